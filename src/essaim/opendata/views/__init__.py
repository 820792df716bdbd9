"""Pages of open data, and the API."""
