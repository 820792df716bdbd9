"""A funded place with its whole way back, and one person per role."""

from tests.funded import accountant, at, decision_maker, fresh_cache, juror, officer, place, stranger

__all__ = ["accountant", "at", "decision_maker", "fresh_cache", "juror", "officer", "place", "stranger"]
