"""Pages of the beneficiary and of the team: agreements, their payments, their report; and the letter of a decision."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from essaim.awards import actions, exports, queries
from essaim.awards.forms import INDICATORS, PayForm, PlanForm, ReportForm
from essaim.awards.lifecycle import AGREEMENT, PAYMENT, REPORT
from essaim.awards.models import Agreement, AgreementState, Letter, Payment, PaymentState, Report, ReportState
from essaim.kernel import access, clock, files, journal, tables
from essaim.kernel.workflow import Lifecycle, Refused, role_labels
from essaim.programmes.access import programmes_of
from essaim.programmes.thread import thread_of
from essaim.ui.formats import day, money
from essaim.ui.shapes import Step

PAGE = 25
STEP_OF_PAYMENT = {PaymentState.PLANNED: "todo", PaymentState.CLAIMED: "current", PaymentState.PAID: "done"}


@never_cache
@require_safe
def agreements(request: HttpRequest) -> HttpResponse:
    """The agreements one may see, with what is paid; letters that did not arrive are shown to the officer."""
    found = access.visible_to(request.user, Agreement).with_story().order_by("number").distinct()
    query, state = request.GET.get("q", "").strip(), request.GET.get("etat", "")
    found = found.search(query) if query else found
    found = found.filter(state=state) if state in AgreementState.values else found
    found = found.with_paid()
    if format := tables.wanted_format(request):
        return tables.download("conventions", format, *exports.agreements(found))
    context = {
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "query": query,
        "state": state,
        "states": AgreementState.choices,
        "download": _download_query(request),
        "undelivered": list(queries.undelivered_letters(programmes_of(request.user, "officer"))),
    }
    return render(request, "awards/agreements.html", context)


def _download_query(request: HttpRequest) -> str:
    """The filters of the page, kept in the address of its file."""
    kept = request.GET.copy()
    kept.pop("page", None)
    return f"{kept.urlencode()}&" if kept else ""


def _fetch(request: HttpRequest, public_id: UUID) -> Agreement:
    return access.fetch(request.user, access.visible_to(request.user, Agreement).with_story(), public_id=public_id)


@never_cache
@require_safe
def agreement(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One agreement: its facts, its payments, its report, what one may do now, what was done."""
    return _page(request, _fetch(request, public_id))


def _page(
    request: HttpRequest, found: Agreement, *, status: int = 200, **forms_with_errors: forms.Form | int
) -> HttpResponse:
    """The page of an agreement, with the form that was refused, if any, as it was typed."""
    at = clock.now()
    application = found.decision.application
    roles = access.roles(request.user, found)
    payments = list(found.payments.all())
    for payment in payments:
        payment.agreement = found
    report = getattr(found, "report", None)
    if report is not None:
        report.agreement = found
    refused_pay = forms_with_errors.get("pay_form")
    context = {
        "agreement": found,
        "application": application,
        "call": found.decision.selection.call,
        "programme": found.decision.selection.call.programme,
        "thread": thread_of(found.decision.selection.call.programme, at=at),
        "roles": roles,
        "to_watch": [one for one in queries.payment_findings(found) if one.status == "not_met"],
        "moves": AGREEMENT.available(found, by=request.user, at=at),
        "waits": _waits(found, report, payments, at),
        "steps": [_step(payment) for payment in payments],
        "payments": [
            {
                "payment": payment,
                "ceiling": queries.ceiling_cents(found, payment.kind),
                "claim": not PAYMENT.why_not(payment, "claim", by=request.user, at=at),
                "why_not": _why_wait(payment, roles, request.user, at),
                "form": _pay_form(payment, roles, refused_pay, forms_with_errors.get("refused_payment")),
            }
            for payment in payments
        ],
        "paid": sum(p.amount_cents for p in payments if p.state == PaymentState.PAID),
        "plan_form": forms_with_errors.get("plan_form") or _plan_form(found, payments, roles),
        "report": report,
        "indicators": _indicators(report),
        "report_moves": [move for move in _report_moves(report, request.user, at) if move.name != "submit"],
        "return_form_open": forms_with_errors.get("return_refused", False),
        "history": [_line(event) for event in queries.history(found)],
        "reads_application": bool(roles & {"applicant", "officer", "decision_maker"}),
    }
    return render(request, "awards/agreement.html", context, status=status)


def _waits(found: Agreement, report: Report | None, payments: list[Payment], at: datetime) -> str:
    """Where the agreement stands today and who is waited for, in a sentence."""
    if found.state == AgreementState.DRAFT:
        return _("La convention attend la signature du bénéficiaire.")
    if found.state == AgreementState.ACCEPTED:
        return _("Le bénéficiaire a signé ; la convention attend la signature de l’administration.")
    if found.state == AgreementState.CLOSED:
        return _("Tout est versé et le compte rendu est accepté : la convention est soldée.")
    if claimed := next((p for p in payments if p.state == PaymentState.CLAIMED), None):
        return _("Le comptable doit inscrire un versement de %(amount)s.") % {"amount": money(claimed.amount_cents)}
    if report is not None and report.state == ReportState.SUBMITTED:
        return _("Le compte rendu est remis : le service l’examine.")
    if report is not None and report.state == ReportState.DUE:
        return _("Le compte rendu est attendu le %(day)s.") % {"day": day(report.due_on)}
    if any(p.state == PaymentState.PLANNED for p in payments):
        return _("Le bénéficiaire peut demander le versement du solde.")
    return _("Tout est versé : le service peut clore la convention.")


def _step(payment: Payment) -> Step:
    label = f"{payment.get_kind_display()} : {money(payment.amount_cents)}"
    when = payment.paid_at or payment.due_on
    detail = f"{payment.get_state_display()}, {day(when)}"
    return Step(label=label, state=STEP_OF_PAYMENT[PaymentState(payment.state)], detail=detail)


def _why_wait(payment: Payment, roles: access.Roles, user: Any, at: datetime) -> str:
    """Why the beneficiary cannot claim yet, or the accountant not pay yet; nothing for the others."""
    if payment.state == PaymentState.PLANNED and "beneficiary" in roles:
        return PAYMENT.why_not(payment, "claim", by=user, at=at) or ""
    if payment.state == PaymentState.CLAIMED and "accountant" in roles:
        return PAYMENT.why_not(payment, "pay", by=user, at=at) or ""
    return ""


def _pay_form(payment: Payment, roles: access.Roles, refused: Any, refused_payment: Any) -> forms.Form | None:
    if payment.state != PaymentState.CLAIMED or "accountant" not in roles:
        return None
    return refused if refused is not None and refused_payment == payment.pk else PayForm(auto_id=f"id_p{payment.pk}_%s")


def _plan_form(found: Agreement, payments: list[Payment], roles: access.Roles) -> PlanForm | None:
    balance = any(p.kind == Payment.Kind.BALANCE and p.state == PaymentState.PLANNED for p in payments)
    open_ = found.state in {AgreementState.DRAFT, AgreementState.ACCEPTED, AgreementState.SIGNED}
    return PlanForm() if "officer" in roles and open_ and balance else None


def _indicators(report: Report | None) -> list[tuple[Any, int]]:
    known = report.indicators if report else {}
    return [(label, known[key]) for key, label in INDICATORS.items() if key in known]


def _report_moves(report: Report | None, user: Any, at: datetime) -> list[Any]:
    return REPORT.available(report, by=user, at=at) if report else []


def _line(event: Any) -> dict[str, Any]:
    verb = journal.VERBS.get(event.verb)
    cents = event.payload.get("amount_cents")
    return {
        "label": str(verb.label) if verb else event.verb,
        "at": event.at,
        "role": ", ".join(role_labels([event.role])) if event.role else "",
        "amount": money(cents) if cents is not None else "",
    }


def _perform(request: HttpRequest, lifecycle: Lifecycle[Any], obj: Any, name: str, said: str, **data: Any) -> bool:
    """Make a move and say so; a second send of a move already made shows the first one's result."""
    move = lifecycle.table.get(name)
    if move is None:
        raise Http404
    if obj.state == move.target:
        messages.info(request, _("C’est déjà fait."))
        return True
    try:
        lifecycle.perform(obj, name, by=request.user, at=clock.now(), **data)
    except Refused as refused:
        messages.error(request, str(refused))
        return False
    messages.success(request, said)
    return True


@never_cache
@require_POST
def step(request: HttpRequest, public_id: UUID, name: str) -> HttpResponse:
    """Sign, or close."""
    found = _fetch(request, public_id)
    said = {
        "accept": _("Convention signée : l’administration signe à son tour."),
        "sign": _("Convention signée par les deux parties : l’avance peut être demandée."),
        "close": _("Convention soldée."),
    }
    _perform(request, AGREEMENT, found, name, said.get(name, ""))
    return redirect(found)


@never_cache
@require_POST
def plan(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Plan an instalment."""
    found = _fetch(request, public_id)
    form = PlanForm(request.POST)
    if form.is_valid():
        try:
            actions.plan_payment(found, **form.values(), by=request.user, at=clock.now())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Acompte prévu ; le solde est réduit d’autant."))
            return redirect(found)
    return _page(request, found, status=422, plan_form=form)


def _payment(request: HttpRequest, found: Agreement, pk: int) -> Payment:
    return access.fetch(request.user, access.visible_to(request.user, Payment).distinct(), pk=pk, agreement=found)


@never_cache
@require_POST
def claim(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """The beneficiary asks for a payment."""
    found = _fetch(request, public_id)
    _perform(request, PAYMENT, _payment(request, found, pk), "claim", _("Versement demandé : le comptable le voit."))
    return redirect(found)


@never_cache
@require_POST
def pay(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """The accountant records a payment, with the reference of the order to pay."""
    found = _fetch(request, public_id)
    payment = _payment(request, found, pk)
    form = PayForm(request.POST, auto_id=f"id_p{pk}_%s")
    if payment.state == PaymentState.PAID:
        messages.info(request, _("C’est déjà fait."))
        return redirect(found)
    if form.is_valid():
        try:
            actions.pay(payment, reference=form.cleaned_data["reference"], by=request.user, at=clock.now())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Versement inscrit."))
            return redirect(found)
    return _page(request, found, status=422, pay_form=form, refused_payment=pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The beneficiary writes the report: saved at any time, handed in once it is whole."""
    found = _fetch(request, public_id)
    if "beneficiary" not in access.roles(request.user, found) or not hasattr(found, "report"):
        raise Http404
    if found.report.state != ReportState.DUE:
        messages.info(
            request, _("Le compte rendu est remis : il ne se modifie plus, sauf si le service vous le renvoie.")
        )
        return redirect(found)
    form = ReportForm(request.POST or None, initial=ReportForm.initial_of(found.report))
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_report(found.report, **form.values(), by=request.user, at=clock.now())
            if "submit" in request.POST:
                actions.submit_report(found.report, by=request.user, at=clock.now())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            submitted = "submit" in request.POST
            messages.success(
                request, _("Compte rendu remis.") if submitted else _("Brouillon enregistré : pas encore remis.")
            )
            return redirect(found) if submitted else redirect(request.path)
    programme = found.decision.selection.call.programme
    context = {
        "agreement": found,
        "report": found.report,
        "form": form,
        "thread": thread_of(programme, at=clock.now()),
    }
    return render(request, "awards/report.html", context, status=422 if form.errors else 200)


@never_cache
@require_POST
def report_step(request: HttpRequest, public_id: UUID, name: str) -> HttpResponse:
    """The officer accepts the report, or sends it back with a reason."""
    found = _fetch(request, public_id)
    if not hasattr(found, "report"):
        raise Http404
    said = {
        "accept": _("Compte rendu accepté : le solde peut être demandé."),
        "return": _("Compte rendu renvoyé au bénéficiaire, avec votre demande."),
        "submit": _("Compte rendu remis."),
    }
    data = {"reason": request.POST.get("reason", "")} if name == "return" else {}
    _perform(request, REPORT, found.report, name, said.get(name, ""), **data)
    return redirect(found)


@never_cache
@require_safe
def agreement_pdf(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The text of the agreement."""
    found = _fetch(request, public_id)
    if found.pdf is None:
        raise Http404
    return files.serve(found.pdf, request)


@never_cache
@require_safe
def letter(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The letter of a decision, as a file; nothing is written."""
    mine = access.visible_to(request.user, Letter).select_related("pdf").distinct()
    return files.serve(access.fetch(request.user, mine, decision__public_id=public_id).pdf, request)


@never_cache
@require_POST
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send again a letter that did not arrive."""
    found = access.fetch(request.user, access.visible_to(request.user, Letter).distinct(), pk=pk)
    try:
        asked = actions.resend_letter(found, by=request.user, at=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.info(request, _("La lettre repart.") if asked else _("La lettre est déjà en route."))
    return redirect("awards:agreements")
