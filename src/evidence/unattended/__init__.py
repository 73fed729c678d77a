"""The run nobody watches: one at a time, logged, and told of when it fails."""
