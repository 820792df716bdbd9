"""Tables of the mechanisms."""

from essaim.kernel.models.journal import Event, Log

__all__ = ["Event", "Log"]
