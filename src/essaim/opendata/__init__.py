"""What anyone may download, and check."""
