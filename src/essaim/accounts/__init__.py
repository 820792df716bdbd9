"""People, organisations, and how one signs in."""
