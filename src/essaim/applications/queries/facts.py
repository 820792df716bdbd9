"""What the rules may know of an application, what they answer, and what is still missing before it can be filed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from essaim.applications.queries.de_minimis import de_minimis_facts
from essaim.applications.queries.form import Question, asked, sections_of
from essaim.calls.queries import FindingView, findings, uses_facts
from essaim.engine import budget
from essaim.kernel.bilingual import Bilingual
from essaim.kernel.models import StoredFile
from essaim.ui.formats import money

# Regions changed on 1 January 2016: a call of 2013 is told in the regions of its time.
NEW_REGIONS = datetime(2016, 1, 1, tzinfo=UTC)


WHOLE_SHARE = 10_000  # eligible shares are kept in hundredths of a percent


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that prevents filing: a sentence, the page (`step`) and the field (`anchor`) where it is repaired."""

    sentence: str
    step: str
    anchor: str


def plan_of(application: Any) -> budget.Plan:
    """The financing plan, as the engine takes it."""
    categories = {row["code"]: row for row in application.call.categories}
    return budget.Plan(
        costs=tuple(_cost(line, categories.get(line.category, {})) for line in application.cost_lines.all()),
        fundings=tuple(
            budget.FundingLine(
                funder=line.funder,
                kind=cast(budget.FundingKind, line.kind),
                status=cast(budget.FundingStatus, line.status),
                amount_cents=line.amount_cents,
                account=line.account or FUNDING_ACCOUNTS[line.kind],
                year=line.year,
            )
            for line in application.funding_lines.all()
        ),
    )


# The class of the French chart where each nature of resource usually goes (Cerfa 12156).
FUNDING_ACCOUNTS = {"requested": "74", "public": "74", "private": "75", "own": "75", "in_kind": "87"}


def _cost(line: Any, category: dict[str, Any]) -> budget.CostLine:
    """A line of expenses; its category gives the account it does not say, and whether the call counts it in the base
    (`in_base` in the call's [[category]]: the common rule when it is absent)."""
    in_base = category.get("in_base")
    return budget.CostLine(
        label=line.label,
        category=line.category,
        amount_cents=line.amount_cents,
        account=line.account or str(category.get("account", "")),
        eligible_share=Fraction(line.eligible_points, WHOLE_SHARE),
        vat=cast(budget.Vat, line.vat),
        year=line.year,
        quantity_thousandths=line.quantity_thousandths,
        unit_price_cents=line.unit_price_cents,
        in_base=in_base if isinstance(in_base, bool) else None,
    )


def remarks_of(application: Any) -> list[str]:
    """What does not hold in the financing plan, in sentences of the reader's language; nothing is blocked by them."""
    language: Any = "en" if (get_language() or "fr").startswith("en") else "fr"
    return [remark.say(language) for remark in plan_of(application).remarks()]


def balance_of(plan: budget.Plan) -> str:
    """Whether resources and costs are equal, in a sentence; "" for a plan where nothing is written."""
    if not plan.costs and not plan.fundings:
        return ""
    if plan.balance_cents == 0:
        return _("Le plan est équilibré.")
    if plan.balance_cents < 0:
        return _("Il manque {gap} de ressources.").format(gap=money(plan.missing_cents))
    return _("Les ressources dépassent les dépenses de {gap} : baissez une ressource ou ajoutez une dépense.").format(
        gap=money(plan.over_cents)
    )


def facts_of(application: Any, *, plan: budget.Plan | None = None) -> dict[str, Any]:
    """Everything the rules may ask of an application; a fact nobody has given yet is absent.

    `plan` takes the place of the plan that was written: an amended one is asked the same questions.
    """
    facts: dict[str, Any] = dict(budget.plan_facts(plan_of(application) if plan is None else plan))
    if uses_facts(application.rule_set, "de_minimis."):
        facts |= de_minimis_facts(application)
    for question in asked(application):
        if not question.is_kept_apart:
            facts |= _facts_from(question, question.read(application.answers.get(question.code))[0])
    if application.commune_id:
        facts |= _territory_facts(application)
    facts["documents"] = frozenset(document.slot for document in documents_counted(application))
    if application.filed_at:
        facts["date.filed"] = application.filed_at.astimezone(ZoneInfo(application.call.zone)).date()
    return facts


def _facts_from(question: Question, value: Any) -> dict[str, Any]:
    """What an answer tells the rules: its value; of a table, how many rows, and the sum of each column that says so."""
    if value is None:
        return {}
    if question.type != "table":
        return {question.fact: value} if question.fact else {}
    facts = {question.fact: len(value)} if question.fact else {}
    for column in question.columns:
        if column.fact:
            facts[column.fact] = sum(row[column.code] or 0 for row in value)
    return facts


def readable(application: Any) -> list[Any]:
    """The documents given that can be read: an infected file is as one that is not there."""
    return [row for row in application.documents.all() if row.file.scan != StoredFile.Scan.INFECTED]


def documents_counted(application: Any) -> list[Any]:
    """The files given, without those of a question that is not asked any more: kept, neither counted nor filed."""
    questions = {q.code for section in sections_of(application.rule_set) for q in section.questions if q.type == "file"}
    if not questions:
        return readable(application)
    left_out = questions - {question.code for question in asked(application)}
    return [document for document in readable(application) if document.slot not in left_out]


def tells_regions_of_2013(call: Any) -> bool:
    """Whether a call belongs to the regions before 2016."""
    return call.closes_at is not None and call.closes_at < NEW_REGIONS


def _territory_facts(application: Any) -> dict[str, str]:
    department = application.commune.department
    old = tells_regions_of_2013(application.call)
    return {
        "territory.commune": application.commune_id,
        "territory.department": application.commune.department_id,
        "territory.region": department.region_2013_id if old else department.region_id,
    }


def findings_of(
    application: Any,
    *,
    phase: str | None = None,
    plan: budget.Plan | None = None,
    grant_cents: int | None = None,
    spent_cents: int | None = None,
) -> list[FindingView]:
    """What each rule says of an application, in a phase of its life ("draft", then "admissibility" once filed).

    The one evaluation of every place. The award adds what is granted, the payment what was spent, in cents; `plan` is
    an amended plan, asked instead of the filed one.
    """
    facts = facts_of(application, plan=plan)
    known = {"grant": grant_cents, "spent": spent_cents}
    facts |= {name: cents for name, cents in known.items() if cents is not None}
    return findings(
        application.rule_set, facts, phase=phase or ("draft" if application.filed_at is None else "admissibility")
    )


def unmet_of(application: Any, *, phase: str = "filing") -> list[FindingView]:
    """The blocking rules that are not met: filing stays possible, once the applicant has read them."""
    return [found for found in findings_of(application, phase=phase) if found.blocks]


@dataclass(frozen=True, slots=True)
class Asked:
    """A document the call asks for. `required` depends on who applies."""

    code: str
    title: Bilingual
    help: Bilingual
    required: bool
    multiple: bool
    formats: tuple[str, ...]
    max_bytes: int


def documents_asked(application: Any) -> list[Asked]:
    """The documents the call asks of this applicant, required ones first."""
    kind = application.answers.get("applicant_kind")
    asked_for = [
        Asked(
            code=row["code"],
            title=Bilingual(row["title"]),
            help=Bilingual(row.get("help", {})),
            required=bool({"*", kind} & set(row.get("required_for", []))),
            multiple=bool(row.get("multiple")),
            formats=tuple(row.get("formats", ["pdf"])),
            max_bytes=int(row.get("max_megabytes", 10)) * 10**6,
        )
        for row in application.rule_set.documents.get("document", [])
    ]
    return sorted(asked_for, key=lambda document: not document.required)


def files_asked(application: Any) -> list[Asked]:
    """The files the form's own questions ask, each under the code of its question."""
    return [
        Asked(
            code=question.code,
            title=question.label,
            help=question.help,
            required=question.required,
            multiple=question.multiple,
            formats=question.formats,
            max_bytes=question.max_bytes,
        )
        for question in asked(application)
        if question.type == "file"
    ]


def articles_asking(rule_set: Any) -> dict[str, list[str]]:
    """For each document some rule asks for: the articles of these rules, in the reader's language."""
    found: dict[str, list[str]] = {}
    for rule in rule_set.rules.get("rule", []):
        article = str(Bilingual(rule.get("article", {})))
        for code in _documents_in(rule.get("check", {})):
            if article and article not in found.setdefault(code, []):
                found[code].append(article)
    return found


def _documents_in(check: Any) -> Iterator[str]:
    if check.get("op") == "document":
        yield str(check.get("code", ""))
    for inner in check.get("checks", []):
        yield from _documents_in(inner)


def missing_documents_of(application: Any) -> list[Asked]:
    """The required documents not given. They do not prevent filing: they are said, and named on the receipt."""
    given = {document.slot for document in readable(application)}
    return [document for document in documents_asked(application) if document.required and document.code not in given]


def missing_of(application: Any) -> list[Missing]:
    """What prevents filing, in the order of the pages; empty when the application can be filed."""
    found = []
    if application.organisation_id is None:
        sentence = _("Dites pour quel organisme vous déposez.")
        found.append(Missing(sentence, "organisation", "id_organisation"))
    for question in asked(application):
        if sentence := _problem_of(application, question):
            step = "place" if question.is_place else step_of(application.rule_set, question.code)
            anchor = "id_q" if question.is_place else f"id_{question.code}"
            found.append(Missing(sentence, step, anchor))
    plan = plan_of(application)
    if not plan.cost_cents:
        found.append(Missing(_("Ajoutez au moins une dépense."), "budget", "costs"))
    if not plan.requested_cents:
        found.append(Missing(_("Indiquez l’aide demandée à cet appel parmi les ressources."), "budget", "fundings"))
    return found


def _problem_of(application: Any, question: Question) -> str:
    """Why an answer does not do, in a sentence that names the question; "" when it does."""
    if question.is_place:
        if question.required and application.commune_id is None:
            return _("Choisissez la commune de l’atelier.")
        return ""
    if question.type == "file":
        given = any(document.slot == question.code for document in readable(application))
        return (
            ""
            if given or not question.required
            else _("Joignez un fichier : « %(label)s ».") % {"label": question.label}
        )
    typed = application.answers.get(question.code)
    value, problem = question.read(typed)
    names = {"label": question.label}
    if problem:
        return _("« %(label)s » : %(problem)s") % {**names, "problem": problem}
    if question.required and question.type == "declaration" and value is not True:
        return _("Cochez « %(label)s »") % names
    if question.required and value is None:
        return _("Répondez à « %(label)s ».") % names
    return ""


def step_of(rule_set: Any, code: str) -> str:
    """The page where a question is asked: "organisation" or "project"."""
    for section in sections_of(rule_set):
        if any(question.code == code for question in section.questions):
            return section.step
    return "project"
