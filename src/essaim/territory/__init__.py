"""The places that open, on the map, and who is within reach."""
