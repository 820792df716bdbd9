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
from essaim.calls.actions.deadline import (
    Suggestion,
    cancel_late_code,
    decide_extension,
    find_late_code,
    give_late_code,
    propose_extension,
    rule_of,
    spend_late_code,
    suggestion,
)
from essaim.calls.actions.editing import begin_call, fill_with_usual, rewrite
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
    "Suggestion",
    "abandon_edition",
    "begin_call",
    "cancel_late_code",
    "check_edition",
    "check_files",
    "check_folder",
    "confirm",
    "decide_extension",
    "draft_call",
    "edition_of",
    "end",
    "export_files",
    "fields_of",
    "files_of",
    "files_of_zip",
    "fill_with_usual",
    "find_late_code",
    "forget",
    "give_late_code",
    "import_into",
    "in_scope",
    "load_call",
    "prepare_call",
    "propose_extension",
    "publish_edition",
    "read_files",
    "read_folder",
    "rewrite",
    "rule_of",
    "save_edition",
    "spend_late_code",
    "stop_token",
    "subscribe",
    "subscription_of",
    "suggestion",
    "tell_everyone",
    "write_folder",
    "written_edition",
    "zip_of",
]
