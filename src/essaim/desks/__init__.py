"""The first page, and each person's own: what waits, since when, until when."""
