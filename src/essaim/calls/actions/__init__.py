"""Writes on calls: preparing one, reading it from its folder, telling those it concerns."""

from essaim.calls.actions.alerts import (
    CONFIRM_WITHIN,
    confirm,
    end,
    forget,
    stop_token,
    subscribe,
    subscription_of,
    tell_everyone,
)
from essaim.calls.actions.folder import FolderFault, check_folder
from essaim.calls.actions.preparing import draft_call, fields_of, load_call, prepare_call, read_folder
from essaim.calls.queries import in_scope

__all__ = [
    "CONFIRM_WITHIN",
    "FolderFault",
    "check_folder",
    "confirm",
    "draft_call",
    "end",
    "fields_of",
    "forget",
    "in_scope",
    "load_call",
    "prepare_call",
    "read_folder",
    "stop_token",
    "subscribe",
    "subscription_of",
    "tell_everyone",
]
