"""Admissibility, experts, conflicts, assignments and reviews."""
