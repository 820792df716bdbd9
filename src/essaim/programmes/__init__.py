"""A public programme, the history of its envelope, its team, its versioned rules."""
