"""CSV and BibTeX read into frozen records that keep their file and line."""
