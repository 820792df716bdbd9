"""The call for projects: published from a folder, explained, simulated, announced."""
