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
from essaim.calls.actions.editions import (
    Stale,
    abandon_edition,
    check_edition,
    edition_of,
    publish_edition,
    save_edition,
    written_edition,
)
from essaim.calls.actions.folder import FolderFault, check_files, check_folder, files_of
from essaim.calls.actions.preparing import draft_call, load_call, prepare_call, read_files, read_folder
from essaim.calls.queries import in_scope
from essaim.calls.queries.content import fields_of

__all__ = [
    "CONFIRM_WITHIN",
    "FolderFault",
    "Stale",
    "abandon_edition",
    "check_edition",
    "check_files",
    "check_folder",
    "confirm",
    "draft_call",
    "edition_of",
    "end",
    "fields_of",
    "files_of",
    "forget",
    "in_scope",
    "load_call",
    "prepare_call",
    "publish_edition",
    "read_files",
    "read_folder",
    "save_edition",
    "stop_token",
    "subscribe",
    "subscription_of",
    "tell_everyone",
    "written_edition",
]
