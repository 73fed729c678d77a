"""Answers in sentences, tables and figures, all with marks back to the rows."""
