"""New records: read from files and services, held against what is known, screened by people, and carried into the tables."""
