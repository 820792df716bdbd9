"""Essaim: from an idea spoken in a workshop to a place that opens on the map."""
