"""Writing a draft: nothing typed is lost, nothing of somebody else's is overwritten in silence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.accounts.models import Organisation, Person
from essaim.applications.access import WRITERS, forget
from essaim.applications.actions.budget import first_lines, write_lines
from essaim.applications.actions.keeping import Conflict, Saved, frozen, not_reopened, unkeepable, writable
from essaim.applications.actions.versions import keep_versions
from essaim.applications.models import AnswerVersion, Application, ApplicationState, Collaborator
from essaim.applications.queries.form import Question, questions_of
from essaim.applications.queries.receipt import digest
from essaim.calls.models import Call
from essaim.kernel import access, journal
from essaim.kernel.workflow import Refused
from essaim.ui.formats import instant

journal.declare("applications.application.start", label=gettext_lazy("Commencer un dossier"))

# The form's kinds of applicants, from the organisation's own: what is known is not asked again (L114-8 CRPA).
KINDS = {"cooperative": "company", "other": ""}


def start(
    call: Call,
    *,
    by: Person,
    at: datetime,
    cost_cents: int | None = None,
    request_cents: int | None = None,
    others_cents: int | None = None,
    organisation: Organisation | None = None,
    public_id: UUID | None = None,
    guest: bool = False,
) -> Application:
    """Open a draft, with the three numbers of the simulator. The same start twice gives the same untouched draft.

    `public_id` is drawn unless given (a story told again gives the same ones). A `guest` writes, and files nothing:
    the journal begins when an account claims the draft.
    """
    check_begins(call, at=at)
    if organisation is not None and not WRITERS & access.roles(by, organisation):
        raise Refused(_("Vous n’écrivez pas au nom de cet organisme : demandez à son représentant de vous inviter."))
    twin = Application.objects.filter(
        call=call, created_by=by, organisation=organisation, state=ApplicationState.DRAFT, version=0, replaces=None
    ).first()
    if twin is not None:
        return twin
    with transaction.atomic():
        application = Application.objects.create(
            public_id=public_id or uuid4(),
            call=call,
            rule_set=call.rule_set,
            organisation=organisation,
            created_by=by,
            created_at=at,
            saved_at=at,
            answers=known_answers(call, organisation),
            invented=by.invented or bool(organisation and organisation.invented),
        )
        role = Collaborator.Role.EDITOR if guest else Collaborator.Role.OWNER
        Collaborator.objects.create(application=application, person=by, role=role)
        forget(by)
        costs, fundings = first_lines(call, cost_cents, request_cents, others_cents)
        write_lines(application, costs, fundings)
        application.save(update_fields=["cost_cents", "requested_cents"])
        if not guest:
            journal_start(application, by=by, at=at)
    return application


def check_begins(call: Call, *, at: datetime) -> None:
    """Raise the sentence that says why no draft can begin for this call at `at`."""
    if call.state != "published" or call.rule_set is None:
        raise Refused(_("Cet appel n’est pas ouvert aux candidatures."))
    if call.closes_at and at > call.closes_at:
        raise Refused(
            _("L’appel est clos depuis le %(closing)s : on ne peut plus commencer de dossier.")
            % {"closing": instant(call.closes_at, call.zone)}
        )


def journal_start(application: Application, *, by: Person, at: datetime) -> None:
    """The journal's line of a draft: someone with an account holds it."""
    payload = {"call": application.call_id}
    journal.append("applications.application.start", subject=application, by=by, at=at, role="owner", payload=payload)


def known_answers(call: Call, organisation: Organisation | None) -> dict[str, Any]:
    """What the organisation already told, under the form's codes."""
    if organisation is None or call.rule_set is None:
        return {}
    known = {
        "applicant_kind": KINDS.get(organisation.kind, organisation.kind),
        "siret": organisation.siret,
        "contact_phone": organisation.phone,
    }
    asked = questions_of(call.rule_set)
    return {code: value for code, value in known.items() if value and code in asked}


def save_answers(
    application: Application,
    answers: Mapping[str, Any],
    *,
    version: int,
    by: Person,
    at: datetime,
    seen: Mapping[str, str] | None = None,
    restored_from: AnswerVersion | None = None,
) -> Saved:
    """Keep what was typed, readable or not, field by field.

    A field changed by someone else since `version` is a conflict: theirs stays, yours comes back in the result; other
    fields are kept. `seen` (code -> `mark` of the value shown) is what a page gives instead: it tells a field left as
    it was from one typed again, however old the page. Each change becomes a version of its answer, `restored_from`
    another when it is one taken back. Raises KeyError for a code the form does not have, Refused when
    one may not write.
    """
    writable(application, by=by)
    questions = questions_of(application.rule_set)
    if unknown := set(answers) - {code for code, question in questions.items() if not question.is_kept_apart}:
        raise KeyError(f"the form has no such question: {', '.join(sorted(unknown))}")
    with transaction.atomic():
        fresh = Application.objects.select_for_update().get(pk=application.pk)
        writable(fresh, by=by)
        frozen(fresh, at=at)
        kept, conflicts, refused = _merge(fresh, answers, questions, version, seen)
        if kept:
            fresh.version += 1
            keep_versions(fresh, fresh.answers, kept, by=by, at=at, restored_from=restored_from)
            fresh.answers = {**fresh.answers, **kept}
            fresh.touched = {**fresh.touched, **dict.fromkeys(kept, fresh.version)}
            fresh.title = " ".join(str(fresh.answers.get("title") or "").split())[:140]
            fresh.saved_at = at
            fresh.save(update_fields=["version", "answers", "touched", "title", "saved_at"])
    for name in ("version", "answers", "touched", "title", "saved_at"):
        setattr(application, name, getattr(fresh, name))
    return Saved(fresh.version, fresh.saved_at, tuple(conflicts), refused, changed=bool(kept))


def _merge(
    fresh: Application,
    answers: Mapping[str, Any],
    questions: Mapping[str, Question],
    version: int,
    seen: Mapping[str, str] | None,
) -> tuple[dict[str, Any], list[Conflict], dict[str, str]]:
    """What to keep, what conflicts, what cannot be kept."""
    kept: dict[str, Any] = {}
    conflicts, refused = [], {}
    for code, given in answers.items():
        value = as_typed(given)
        before = fresh.answers.get(code)
        if same(value, before) or (seen is not None and mark(value) == seen.get(code)):
            continue
        changed_since = fresh.touched.get(code, 0) > version if seen is None else mark(before) != seen.get(code)
        if problem := unkeepable(value) or not_reopened(fresh, code):
            refused[code] = problem
        elif changed_since:
            conflicts.append(Conflict(code, str(questions[code].label), before, value))
        else:
            kept[code] = value
    return kept, conflicts, refused


def as_typed(value: Any) -> Any:
    """An answer as it is kept: JSON, one way to write line ends, dates as ISO."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [as_typed(part) for part in value]
    if isinstance(value, Mapping):
        return {key: as_typed(part) for key, part in value.items()}
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def mark(value: Any) -> str:
    """A short fingerprint of an answer, to know whether it is the one that was shown."""
    return digest("" if value in (None, "", []) else as_typed(value))[:16]


def same(value: Any, before: Any) -> bool:
    """Whether nothing changed; nothing and an empty text are the same."""
    return bool(value == before or (value in (None, "", []) and before in (None, "", [])))
