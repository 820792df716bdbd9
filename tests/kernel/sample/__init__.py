"""An app for tests only: a paper with two states, so that the mechanisms are tried without a stage."""
