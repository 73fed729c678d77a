"""Pages rendered by papermill into one dated edition, and what follows from it."""
