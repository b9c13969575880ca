"""One folder per subject; the folder list is the table of contents."""
