"""Forms of calls: the public's, and those of the officer who writes a call on screen."""

from essaim.calls.forms.entries import EntriesForm, Entry, Group
from essaim.calls.forms.public import AlertForm, SimulatorForm

__all__ = ["AlertForm", "EntriesForm", "Entry", "Group", "SimulatorForm"]
