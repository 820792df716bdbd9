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
from essaim.calls.actions.editing import begin_call, rewrite
from essaim.calls.actions.editions import (
    Stale,
    abandon_edition,
    check_edition,
    edition_of,
    publish_edition,
    save_edition,
    written_edition,
)
from essaim.calls.actions.exchange import (
    MOST_BYTES,
    NotAFolder,
    export_files,
    files_of_zip,
    import_into,
    write_folder,
    zip_of,
)
from essaim.calls.actions.faults import FolderFault
from essaim.calls.actions.folder import check_files, check_folder, files_of
from essaim.calls.actions.preparing import draft_call, load_call, prepare_call, read_files, read_folder
from essaim.calls.queries import in_scope
from essaim.calls.queries.content import fields_of

__all__ = [
    "CONFIRM_WITHIN",
    "MOST_BYTES",
    "FolderFault",
    "NotAFolder",
    "Stale",
    "abandon_edition",
    "begin_call",
    "check_edition",
    "check_files",
    "check_folder",
    "confirm",
    "draft_call",
    "edition_of",
    "end",
    "export_files",
    "fields_of",
    "files_of",
    "files_of_zip",
    "forget",
    "import_into",
    "in_scope",
    "load_call",
    "prepare_call",
    "publish_edition",
    "read_files",
    "read_folder",
    "rewrite",
    "save_edition",
    "stop_token",
    "subscribe",
    "subscription_of",
    "tell_everyone",
    "write_folder",
    "written_edition",
    "zip_of",
]
