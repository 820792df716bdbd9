"""The officer's list of filed applications, and each file beside the decision on its admissibility."""

from __future__ import annotations

from fractions import Fraction
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from essaim.applications.lifecycle import APPLICATION
from essaim.applications.models import Application, ApplicationState, Document, Filing
from essaim.applications.queries import findings_of, tells_regions_of_2013
from essaim.calls.models import Call
from essaim.kernel import access, clock, files, journal, tables
from essaim.kernel.workflow import Refused, role_labels
from essaim.reviews import actions, exports, queries
from essaim.reviews.forms import ReasonForm
from essaim.reviews.models import Assignment
from essaim.reviews.views.reading import (
    ASSIGNMENT_LEVELS,
    LEVELS,
    PER_PAGE,
    reading_context,
    team_application,
    team_call,
    thread_context,
)

SORTS = {
    "numero": (gettext_lazy("numéro"), ("number",)),
    "aide": (gettext_lazy("aide demandée, la plus forte d’abord"), ("-requested_cents", "number")),
    "depot": (gettext_lazy("date de dépôt"), ("filed_at", "number")),
    "organisme": (gettext_lazy("organisme"), ("organisation__name", "number")),
    "region": (gettext_lazy("région"), ("region_name", "number")),
}
DECIDED = gettext_lazy("Décision enregistrée : %(state)s.")


@require_safe
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """The filed applications of a call: what the rules say of each, where it stands, what to open next."""
    call = team_call(request, slug)
    filed = _filed(request, call)
    of_2013 = tells_regions_of_2013(call)
    chosen = {"state": request.GET.get("etat", ""), "region": request.GET.get("region", "")}
    sort = request.GET.get("tri", "") if request.GET.get("tri", "") in SORTS else "numero"
    found = _chosen(filed, of_2013=of_2013, **chosen).search(request.GET.get("q", "")).order_by(*SORTS[sort][1])
    found = queries.with_progress(found).select_related("call", "organisation").prefetch_related(_findings())
    if format := tables.wanted_format(request):
        headers, lines = exports.instruction_table(map(_row, found))
        return tables.download(f"instruction-{call.slug}", format, headers, lines)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    counts = filed.state_counts()
    context = {
        "call": call,
        "page": page,
        "rows": [_row(application) for application in page.object_list],
        "counts": counts,
        "total": sum(counts.values()),
        "examined": sum(counts.values()) - counts.get("filed", 0) - counts.get("withdrawn", 0),
        "waiting": counts.get("filed", 0),
        "running": sum(counts.values()) - counts.get("withdrawn", 0),
        "admissible": counts.get("admissible", 0),
        "states": [(value, label, counts[value]) for value, label in ApplicationState.choices if value in counts],
        "regions": filed.region_figures(of_2013=of_2013),
        "sorts": [(value, label) for value, (label, _fields) in SORTS.items()],
        "chosen": {**chosen, "sort": sort, "q": request.GET.get("q", "")},
        "download_urls": {format: _address(request, format) for format in tables.FORMATS},
        "is_officer": "officer" in access.roles(request.user, call),
        **thread_context(call.programme, at=clock.now()),
    }
    return render(request, "reviews/instruction.html", context)


def _address(request: HttpRequest, format: str) -> str:
    """This list, filtered alike, as a file."""
    kept = request.GET.copy()
    kept["format"] = format
    kept.pop("page", None)
    return f"?{kept.urlencode()}"


def _filed(request: HttpRequest, call: Call) -> Any:
    visible = access.visible_to(request.user, Application)
    return visible.filter(call=call, filed_at__isnull=False)


def _chosen(filed: Any, *, state: str, region: str, of_2013: bool) -> Any:
    """Keep one state and one region, when asked; each row says its region's name of that time."""
    field = "commune__department__region_2013" if of_2013 else "commune__department__region"
    named = filed.annotate(region_name=_name_of(field, of_2013=of_2013))
    if state in ApplicationState.values:
        named = named.filter(state=state)
    return named.filter(**{field: region}) if region else named


def _name_of(field: str, *, of_2013: bool) -> Any:
    return F(f"{field}__name_2013") if of_2013 else F(f"{field}__name")


def _findings() -> Prefetch[Any]:
    filings: QuerySet[Filing] = Filing.objects.only("application_id", "number", "findings").order_by("number")
    return Prefetch("filings", queryset=filings)


def _row(application: Any) -> dict[str, Any]:
    """What the list shows of an application, from its latest filing's frozen findings."""
    filings = list(application.filings.all())
    statuses = [found["status"] for found in filings[-1].findings] if filings else []
    return {
        "application": application,
        "region": application.region_name or "",
        "met": statuses.count("met"),
        "unmet": statuses.count("not_met"),
        "level": LEVELS.get(application.state, "neutral"),
    }


@require_safe
def following(request: HttpRequest, slug: str) -> HttpResponse:
    """Go to the next file to examine, by number, after `?apres=`; back to the list when there is none."""
    call = team_call(request, slug)
    waiting = _filed(request, call).filter(state=ApplicationState.FILED).order_by("number")
    after = request.GET.get("apres", "")
    number = int(after) if after.isascii() and after.isdigit() and len(after) < 9 else 0
    found = waiting.filter(number__gt=number).first() or waiting.first()
    if found is None:
        messages.success(request, _("Tous les dossiers de cet appel ont été examinés."))
        return redirect("reviews:instruction", slug=slug)
    return redirect("reviews:file", public_id=found.public_id)


@require_POST
def admit_complete(request: HttpRequest, slug: str) -> HttpResponse:
    """Admit at once every file to which nothing can be objected."""
    call = team_call(request, slug)
    try:
        count = actions.admit_complete(call, by=request.user, at=clock.arrival(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            ngettext(
                "%(count)d dossier déclaré recevable. Ceux qui restent demandent une lecture.",
                "%(count)d dossiers déclarés recevables. Ceux qui restent demandent une lecture.",
                count,
            )
            % {"count": count},
        )
    return redirect("reviews:instruction", slug=slug)


@require_safe
def file(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A file as the administration reads it, beside the decision on its admissibility."""
    return _file_page(request, team_application(request, public_id))


def _file_page(
    request: HttpRequest, application: Application, *, refused: dict[str, ReasonForm] | None = None
) -> HttpResponse:
    at = clock.now()
    findings = findings_of(application, phase="admissibility")
    around = _around(request, application)
    context = {
        **reading_context(application),
        **around,
        "findings": findings,
        "checks": queries.checklist_of(application, findings),
        "moves": _moves(request, application, findings, refused or {}),
        "filing": application.filings.order_by("-number").first(),
        "level": LEVELS.get(application.state, "neutral"),
        "history": _history(application),
        "reviewers": _reviewers(application),
        "is_officer": "officer" in access.roles(request.user, application),
        **thread_context(application.call.programme, at=at),
    }
    return render(request, "reviews/file.html", context, status=422 if refused else 200)


def _moves(
    request: HttpRequest, application: Application, findings: list[Any], refused: dict[str, ReasonForm]
) -> list[dict[str, Any]]:
    """The decisions open now, each with its form; the one the findings call for comes first."""
    unmet = any(found.blocks for found in findings)
    moves = []
    for transition in APPLICATION.available(application, by=request.user, at=clock.now()):
        if transition.name not in actions.MOVES:
            continue
        initial = queries.reason_from_findings(findings) if transition.name == "declare_ineligible" else ""
        form = refused.get(transition.name) or ReasonForm(
            initial={"reason": initial}, auto_id=f"id_{transition.name}_%s"
        )
        form.fields["reason"].required = transition.reason or unmet
        moves.append(
            {
                "name": transition.name,
                "label": transition.label,
                "form": form,
                "asks_reason": transition.reason or unmet,
                "first": transition.name == ("declare_ineligible" if unmet else "admit"),
                "open": transition.name in refused,
                "derogation": unmet and transition.name == "admit",
            }
        )
    return sorted(moves, key=lambda move: not move["first"])


def _around(request: HttpRequest, application: Application) -> dict[str, Any]:
    """The files before and after this one in the call, by number, and whether one waits to be examined."""
    filed = _filed(request, application.call).only("public_id", "number", "title", "call")
    return {
        "before": filed.filter(number__lt=application.number).order_by("-number").first(),
        "after": filed.filter(number__gt=application.number).order_by("number").first(),
        "waiting": filed.filter(state=ApplicationState.FILED).exclude(pk=application.pk).count(),
    }


def _history(application: Application) -> list[dict[str, Any]]:
    """What the journal holds of a file, latest first."""
    return [
        {
            "at": event.at,
            "label": journal.VERBS[event.verb].label if event.verb in journal.VERBS else event.verb,
            "role": ", ".join(role_labels([event.role])) if event.role else "",
            "leaf": event.leaf,
        }
        for event in journal.events_of(application).order_by("-seq")
    ]


def _reviewers(application: Application) -> list[dict[str, Any]]:
    rows = application.assignments.select_related("expert__person", "review").order_by("pk")
    return [
        {
            "assignment": row,
            "level": ASSIGNMENT_LEVELS[row.state],
            "total": row.review.total if row.state == "done" and hasattr(row, "review") else None,
            "twenty": Fraction(row.review.total or 0, 1000) if row.state == "done" and hasattr(row, "review") else 0,
            "reopen_form": ReasonForm(auto_id=f"id_reopen_{row.pk}_%s") if row.state == "done" else None,
        }
        for row in rows
    ]


@require_POST
def decide(request: HttpRequest, public_id: UUID, move: str) -> HttpResponse:
    """Declare a file admissible, inadmissible or ineligible; the same request again shows the same result."""
    application = team_application(request, public_id)
    if move not in actions.MOVES:
        raise Http404
    form = ReasonForm(request.POST, auto_id=f"id_{move}_%s")
    if form.is_valid():
        try:
            actions.decide(
                application, move, reason=form.cleaned_data["reason"], by=request.user, at=clock.arrival(request)
            )
        except Refused as refusal:
            form.add_error("reason", str(refusal))
        else:
            messages.success(request, str(DECIDED) % {"state": application.get_state_display()})
            return redirect("reviews:file", public_id=public_id)
    return _file_page(request, team_application(request, public_id), refused={move: form})


@require_safe
def document(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponseBase:
    """A document of a file, as a download, for those who run the programme."""
    application = team_application(request, public_id)
    found = access.visible_to(request.user, Document).select_related("file").filter(application=application)
    return files.serve(access.fetch(request.user, found, pk=pk).file, request)


@require_POST
def reopen(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let an expert change a review they handed in, with the reason."""
    assignment = _assignment(request, public_id)
    try:
        actions.reopen_review(
            assignment, reason=request.POST.get("reason", ""), by=request.user, at=clock.arrival(request)
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("L’expertise est rouverte : l’expert peut la changer et la rendre de nouveau."))
    return redirect(reverse("reviews:file", args=[assignment.application.public_id]))


@require_POST
def recuse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a file from an expert because of a conflict the service found; another gets it at once."""
    assignment = _assignment(request, public_id)
    try:
        made = actions.declare_conflict(assignment, by=request.user, at=clock.arrival(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("Le dossier est confié à %(name)s.") % {"name": made.expert}
            if made
            else _("Le dossier est retiré, mais aucun expert n’est libre : ajoutez-en, puis calculez l’affectation."),
        )
    return redirect(reverse("reviews:file", args=[assignment.application.public_id]))


def _assignment(request: HttpRequest, public_id: UUID) -> Assignment:
    visible = access.visible_to(request.user, Assignment).select_related(
        "application__call", "application__rule_set", "expert__call", "expert__person"
    )
    found = access.fetch(request.user, visible, public_id=public_id)
    if "officer" not in access.roles(request.user, found):
        raise Http404
    return found
