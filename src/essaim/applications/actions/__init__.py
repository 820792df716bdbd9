"""Writes on applications. Every argument after the first is by keyword; `by` is the person, `at` an aware UTC instant.

- `start(call, *, by, at, cost_cents=None, request_cents=None, others_cents=None, organisation=None) -> Application`
- `save_answers(application, answers, *, version, by, at, seen=None) -> Saved`: codes of the form -> what was typed
  (str, bool, int in cents, date, list of codes); `version` is the one the writer had on screen (`application.version`)
- `save_budget(application, costs, fundings, *, by, at, version=None) -> Saved`: `Cost(category, label, amount_cents)`,
  `Funding(funder, kind, status, amount_cents)`, or plain tuples in these orders; replaces all lines
- `set_place(application, *, commune, latitude=None, longitude=None, by, at)`: a Commune or its code
- `set_organisation(application, *, organisation, by, at)`
- `add_document(application, *, slot, uploaded, name, by, at) -> Document`, `remove_document(document, *, by, at)`,
  `take_from_vault(application, *, slot, version, by, at) -> Document`, `keep_in_vault(document, *, by, at)`
- `file_application(application, *, by, at, key, version=None, acknowledged=False) -> Filing`: `at` is the arrival;
  `acknowledged` says that the unmet blocking rules and the missing documents were read
- `revise(application, *, by, at, only=None, until=None) -> Application`: the working copy of a filed file, written with
  the actions above and filed with `file_application(copy, ...)`; `only` (codes of questions, "budget", "documents",
  "document:<code>", "place") and `until`: a request for completion, by an officer or the system, after the closing too
- `abandon_revision(application, *, by, at)`
- `withdraw(application, *, by, at)`
- officers and juries: `move_application(application, name, *, by, at, reason="")` with `admit`,
  `reject_admissibility`, `declare_ineligible` (both with a reason), `fund`, `decline`; or APPLICATION.perform.

- writing together: `restore(application, version, *, by, at)`, `add_comment`, `resolve_comment`, `reopen_comment`,
  `note_presence`, `invite_member`, `withdraw_invitation`, `change_role`, `remove_member`, `copy_from`
- without an account: `begin_guest`, `start_as_guest`, `guest_of`, `claim`, `erase_guests`

All raise `Refused` with the sentence to show; nothing is half done. Drafts are private: the journal has one line for a
start, a file added or taken away and a filing, none for each autosave.
"""

from essaim.applications.actions.about import set_organisation, set_place
from essaim.applications.actions.automatic import ask_automatic, file_automatically
from essaim.applications.actions.budget import Cost, Funding, lines_of, save_budget
from essaim.applications.actions.comments import add_comment, reopen_comment, resolve_comment
from essaim.applications.actions.completion import (
    answer_completion,
    ask_completion,
    lapse_completions,
    why_not_ask,
    withdraw_completion,
)
from essaim.applications.actions.copying import Copied, copy_from, copyable_by
from essaim.applications.actions.de_minimis import add_aid, declare_complete, remove_aid
from essaim.applications.actions.documents import (
    DOOR,
    add_document,
    keep_in_vault,
    remove_document,
    take_from_vault,
    upload_target,
    vault_place,
)
from essaim.applications.actions.drafts import check_begins, mark, save_answers, start
from essaim.applications.actions.exchanges import mark_read, write_to_applicant, write_to_service
from essaim.applications.actions.filing import KeyReused, file_application, move_application, withdraw
from essaim.applications.actions.guests import begin_guest, claim, erase_guests, guest_of, start_as_guest
from essaim.applications.actions.keeping import Conflict, Saved, not_reopened
from essaim.applications.actions.members import (
    change_role,
    invite_member,
    may_manage,
    remove_member,
    withdraw_invitation,
)
from essaim.applications.actions.paper import arrival_of, filed_on_paper, register_paper
from essaim.applications.actions.presence import note_presence
from essaim.applications.actions.restoring import restore
from essaim.applications.actions.revising import abandon_revision, revise
from essaim.applications.actions.standing import compute_standings, keep_standing

__all__ = [
    "DOOR",
    "Conflict",
    "Copied",
    "Cost",
    "Funding",
    "KeyReused",
    "Saved",
    "abandon_revision",
    "add_aid",
    "add_comment",
    "add_document",
    "answer_completion",
    "arrival_of",
    "ask_automatic",
    "ask_completion",
    "begin_guest",
    "change_role",
    "check_begins",
    "claim",
    "compute_standings",
    "copy_from",
    "copyable_by",
    "declare_complete",
    "erase_guests",
    "file_application",
    "file_automatically",
    "filed_on_paper",
    "guest_of",
    "invite_member",
    "keep_in_vault",
    "keep_standing",
    "lapse_completions",
    "lines_of",
    "mark",
    "mark_read",
    "may_manage",
    "move_application",
    "not_reopened",
    "note_presence",
    "register_paper",
    "remove_aid",
    "remove_document",
    "remove_member",
    "reopen_comment",
    "resolve_comment",
    "restore",
    "revise",
    "save_answers",
    "save_budget",
    "set_organisation",
    "set_place",
    "start",
    "start_as_guest",
    "take_from_vault",
    "upload_target",
    "vault_place",
    "why_not_ask",
    "withdraw",
    "withdraw_completion",
    "withdraw_invitation",
    "write_to_applicant",
    "write_to_service",
]
