"""Coded rules that yield problems: a place, what is wrong, what to do."""
