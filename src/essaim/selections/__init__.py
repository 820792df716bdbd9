"""Scenarios under the envelope, ratification, and a reasoned decision for everyone."""
