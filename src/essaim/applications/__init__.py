"""Written together, never lost, filed before the deadline, proven by a receipt."""
