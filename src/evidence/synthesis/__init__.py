"""From findings to effects, groups, certainty and verdicts."""
