"""Experts to applications: the assignment of greatest total affinity, proven, with a reason for each pair."""

from essaim.engine.assignment.front import Assignment, Pair, assign
from essaim.engine.assignment.reasons import Reason, why, why_each

__all__ = ["Assignment", "Pair", "Reason", "assign", "why", "why_each"]
