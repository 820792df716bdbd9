"""Writing a draft: nothing typed is lost, nothing of somebody else's is overwritten in silence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.accounts.models import Organisation, Person
from essaim.applications.access import WRITERS, forget
from essaim.applications.models import Application, ApplicationState, Collaborator, CostLine, FundingLine
from essaim.applications.queries.form import Question, questions_of
from essaim.applications.queries.receipt import digest
from essaim.calls.models import Call
from essaim.engine.money import MAX_CENTS
from essaim.kernel import access, journal
from essaim.kernel.workflow import Refused
from essaim.ui.formats import instant, money, number

journal.declare("applications.application.start", label=gettext_lazy("Commencer un dossier"))

LONGEST_TEXT = 100_000
MOST_LINES = 200
# The form's kinds of applicants, from the organisation's own: what is known is not asked again (L114-8 CRPA).
KINDS = {"cooperative": "company", "other": ""}


class Cost(NamedTuple):
    """A line of expenses, in cents."""

    category: str
    label: str
    amount_cents: int


class Funding(NamedTuple):
    """A line of resources, in cents; `kind` and `status` as in `FundingLine`."""

    funder: str
    kind: str
    status: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """The same field changed by someone else meanwhile: `theirs` is kept, `yours` is shown beside it."""

    code: str
    label: str
    theirs: Any
    yours: Any


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a save. `refused`: the sentence for each answer that cannot be kept."""

    version: int
    saved_at: datetime
    conflicts: tuple[Conflict, ...] = ()
    refused: Mapping[str, str] | None = None


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
) -> Application:
    """Open a draft, with the three numbers of the simulator. The same start twice gives the same untouched draft.

    `public_id` is drawn unless given (a story told again gives the same ones).
    """
    if call.state != "published" or call.rule_set is None:
        raise Refused(_("Cet appel n’est pas ouvert aux candidatures."))
    if call.closes_at and at > call.closes_at:
        raise Refused(
            _("L’appel est clos depuis le %(closing)s : on ne peut plus commencer de dossier.")
            % {"closing": instant(call.closes_at, call.zone)}
        )
    if organisation is not None and not WRITERS & access.roles(by, organisation):
        raise Refused(_("Vous n’écrivez pas au nom de cet organisme : demandez à son représentant de vous inviter."))
    twin = Application.objects.filter(
        call=call, created_by=by, organisation=organisation, state=ApplicationState.DRAFT, version=0
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
        Collaborator.objects.create(application=application, person=by, role=Collaborator.Role.OWNER)
        forget(by)
        costs, fundings = _first_lines(call, cost_cents, request_cents, others_cents)
        _write_lines(application, costs, fundings)
        application.save(update_fields=["cost_cents", "requested_cents"])
        journal.append(
            "applications.application.start",
            subject=application,
            by=by,
            at=at,
            role="owner",
            payload={"call": call.pk},
        )
    return application


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


def _first_lines(
    call: Call, cost: int | None, request: int | None, others: int | None
) -> tuple[list[Cost], list[Funding]]:
    category = call.categories[-1]["code"] if call.categories else ""
    costs = [Cost(category, str(_("Coût total, à détailler")), cost)] if cost else []
    fundings = []
    if request:
        fundings.append(Funding(str(call.title)[:200], FundingLine.Kind.REQUESTED, FundingLine.Status.ASKED, request))
    if others:
        label = str(_("Autres financeurs, à nommer"))
        fundings.append(Funding(label, FundingLine.Kind.PRIVATE, FundingLine.Status.ASKED, others))
    _check_lines(call, costs, fundings)
    return costs, fundings


def writable(application: Application, *, by: Any) -> None:
    """Raise the sentence that refuses when `by` may not write in this application, or when it is filed."""
    if not WRITERS & access.roles(by, application):
        raise Refused(_("Vous pouvez lire ce dossier, pas l’écrire : demandez à son porteur."))
    if application.state == ApplicationState.WITHDRAWN:
        raise Refused(_("Ce dossier a été retiré : commencez-en un autre."))
    if application.state != ApplicationState.DRAFT:
        raise Refused(
            _(
                "Ce dossier est déposé : il ne se modifie plus. Remplacer un dépôt viendra plus tard ; "
                "aujourd’hui, vous pouvez le retirer et en déposer un autre avant la clôture."
            )
        )


def writer_role(application: Application, *, by: Any) -> str:
    """In which role `by` writes, for the journal."""
    return min(WRITERS & access.roles(by, application), default="")


def save_answers(
    application: Application,
    answers: Mapping[str, Any],
    *,
    version: int,
    by: Person,
    at: datetime,
    seen: Mapping[str, str] | None = None,
) -> Saved:
    """Keep what was typed, readable or not, field by field.

    A field changed by someone else since `version` is a conflict: theirs stays, yours comes back in the result; other
    fields are kept. `seen` (code -> `mark` of the value shown) is what a page gives instead: it tells a field left as
    it was from one typed again, however old the page. Raises KeyError for a code the form does not have, Refused when
    one may not write.
    """
    writable(application, by=by)
    questions = questions_of(application.rule_set)
    if unknown := set(answers) - {code for code, question in questions.items() if question.type != "commune"}:
        raise KeyError(f"the form has no such question: {', '.join(sorted(unknown))}")
    with transaction.atomic():
        fresh = Application.objects.select_for_update().get(pk=application.pk)
        writable(fresh, by=by)
        kept, conflicts, refused = _merge(fresh, answers, questions, version, seen)
        if kept:
            fresh.version += 1
            fresh.answers = {**fresh.answers, **kept}
            fresh.touched = {**fresh.touched, **dict.fromkeys(kept, fresh.version)}
            fresh.title = " ".join(str(fresh.answers.get("title") or "").split())[:140]
            fresh.saved_at = at
            fresh.save(update_fields=["version", "answers", "touched", "title", "saved_at"])
    for name in ("version", "answers", "touched", "title", "saved_at"):
        setattr(application, name, getattr(fresh, name))
    return Saved(fresh.version, fresh.saved_at, tuple(conflicts), refused)


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
        if problem := unkeepable(value):
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
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def mark(value: Any) -> str:
    """A short fingerprint of an answer, to know whether it is the one that was shown."""
    return digest("" if value in (None, "", []) else as_typed(value))[:16]


def same(value: Any, before: Any) -> bool:
    """Whether nothing changed; nothing and an empty text are the same."""
    return bool(value == before or (value in (None, "", []) and before in (None, "", [])))


def unkeepable(value: Any) -> str:
    """Why a text cannot be kept at all, or "": characters no database takes, or far too long."""
    texts = value if isinstance(value, list) else [value]
    for text in texts:
        if not isinstance(text, str):
            continue
        if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
            return _(
                "Ce texte contient un caractère invisible qui ne peut pas être gardé : effacez-le ou recopiez le texte."
            )
        if len(text) > LONGEST_TEXT:
            return _("Ce texte dépasse %(limit)s caractères : joignez-le plutôt comme pièce.") % {
                "limit": number(LONGEST_TEXT)
            }
    return ""


def save_budget(
    application: Application,
    costs: Iterable[Any],
    fundings: Iterable[Any],
    *,
    by: Person,
    at: datetime,
    version: int | None = None,
) -> Saved:
    """Replace the financing plan, balanced or not (the rules say what does not hold).

    With a `version`, refused when someone else changed the plan since.
    """
    new_costs, new_fundings = [Cost(*line) for line in costs], [Funding(*line) for line in fundings]
    writable(application, by=by)
    _check_lines(application.call, new_costs, new_fundings)
    with transaction.atomic():
        fresh = Application.objects.select_for_update().get(pk=application.pk)
        writable(fresh, by=by)
        if lines_of(fresh) != (new_costs, new_fundings):
            if version is not None and fresh.touched.get("budget", 0) > version:
                raise Refused(
                    _(
                        "Quelqu’un d’autre vient de modifier ce plan de financement. Le sien est gardé ; le vôtre est "
                        "encore sur cette page : comparez-les, puis enregistrez de nouveau."
                    )
                )
            fresh.version += 1
            fresh.touched = {**fresh.touched, "budget": fresh.version}
            fresh.saved_at = at
            _write_lines(fresh, new_costs, new_fundings)
            fresh.save(update_fields=["version", "touched", "saved_at", "cost_cents", "requested_cents"])
    for name in ("version", "touched", "saved_at", "cost_cents", "requested_cents"):
        setattr(application, name, getattr(fresh, name))
    _forget_prefetched(application)
    return Saved(fresh.version, fresh.saved_at)


def lines_of(application: Application) -> tuple[list[Cost], list[Funding]]:
    """The plan as it is kept, in the form `save_budget` takes."""
    costs = [Cost(line.category, line.label, line.amount_cents) for line in application.cost_lines.all()]
    fundings = [
        Funding(line.funder, line.kind, line.status, line.amount_cents) for line in application.funding_lines.all()
    ]
    return costs, fundings


def _check_lines(call: Call, costs: list[Cost], fundings: list[Funding]) -> None:
    """Raise the sentence for the first line that cannot be kept."""
    categories = {row["code"] for row in call.categories}
    if len(costs) > MOST_LINES or len(fundings) > MOST_LINES:
        raise Refused(_("Un plan de financement a au plus %(count)s lignes : regroupez-en.") % {"count": MOST_LINES})
    for line in costs:
        if line.category not in categories:
            raise Refused(_("Choisissez une catégorie pour la dépense « %(label)s ».") % {"label": line.label})
    for funding in fundings:
        if funding.kind not in FundingLine.Kind.values or funding.status not in FundingLine.Status.values:
            raise Refused(
                _("Choisissez la nature et le statut de la ressource « %(label)s ».") % {"label": funding.funder}
            )
    for label, cents in [*((c.label, c.amount_cents) for c in costs), *((f.funder, f.amount_cents) for f in fundings)]:
        if problem := unkeepable(label):
            raise Refused(problem)
        if len(label) > 200:
            raise Refused(
                _("L’intitulé « %(label)s… » dépasse 200 caractères : raccourcissez-le.") % {"label": label[:40]}
            )
        if not 0 <= cents <= MAX_CENTS:
            raise Refused(
                _("Le montant de « %(label)s » doit être entre 0 et %(maximum)s.")
                % {"label": label, "maximum": money(MAX_CENTS)}
            )


def _write_lines(application: Application, costs: list[Cost], fundings: list[Funding]) -> None:
    """Write the lines anew, and the totals on the application (saved by the caller)."""
    application.cost_lines.all().delete()
    application.funding_lines.all().delete()
    CostLine.objects.bulk_create(
        CostLine(application=application, position=rank, **line._asdict()) for rank, line in enumerate(costs, 1)
    )
    FundingLine.objects.bulk_create(
        FundingLine(application=application, position=rank, **line._asdict()) for rank, line in enumerate(fundings, 1)
    )
    application.cost_cents = sum(line.amount_cents for line in costs)
    requested = [line for line in fundings if line.kind == "requested" and line.status != "refused"]
    application.requested_cents = sum(line.amount_cents for line in requested)


def _forget_prefetched(application: Application) -> None:
    """Lines read before are not the lines any more."""
    application.__dict__.pop("_prefetched_objects_cache", None)


def _save_draft(application: Application, *, at: datetime, touched: str, **fields: Any) -> None:
    """Change columns of a draft, and its version; refused when it was filed meanwhile."""
    with transaction.atomic():
        fresh = Application.objects.select_for_update().get(pk=application.pk)
        if fresh.state != ApplicationState.DRAFT:
            raise Refused(_("Ce dossier vient d’être déposé : il ne se modifie plus."))
        fresh.version += 1
        fresh.touched = {**fresh.touched, touched: fresh.version}
        fresh.saved_at = at
        for name, value in fields.items():
            setattr(fresh, name, value)
        fresh.save(update_fields=["version", "touched", "saved_at", *fields])
    for name in ("version", "touched", "saved_at", *fields):
        setattr(application, name, getattr(fresh, name))
