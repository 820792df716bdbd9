"""Writes on awards: the letter of each decision, the agreement of each grant, its payments and report."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.accounts.models import Organisation, Person
from essaim.awards.lifecycle import PAYMENT, REPORT
from essaim.awards.models import Agreement, Letter, Payment, PaymentState, Report, ReportState
from essaim.awards.queries import ceiling_cents, due_cents, planned_cents
from essaim.kernel import access, files, journal, mail
from essaim.kernel.bilingual import Bilingual
from essaim.kernel.documents import render_pdf
from essaim.kernel.workflow import Refused
from essaim.selections.models import Decision, DecisionState
from essaim.ui.formats import day, money

journal.declare("awards.letter.send", label=gettext_lazy("Notifier par lettre"), public=("pdf_sha256",))
journal.declare(
    "awards.agreement.draw",
    label=gettext_lazy("Établir la convention"),
    public=("number", "amount_cents", "pdf_sha256"),
)
journal.declare("awards.payment.plan", label=gettext_lazy("Prévoir un versement"), public=("kind", "amount_cents"))
journal.declare("awards.payment.adjust", label=gettext_lazy("Ajuster le solde prévu"), public=("kind", "amount_cents"))

MONTHS = 24  # agreements of at most two years, as in 2013


def letter_content(decision: Decision, *, lang: str) -> dict[str, Any]:
    """The letter of a decision as `letter.typ` wants it: answer, reasons in order, what would change it, appeal."""
    application, call = decision.application, decision.selection.call
    with translation.override(lang):
        funded = decision.outcome == Decision.Outcome.FUNDED
        opening = (
            _(
                "Votre projet « %(title)s » est retenu. L’aide attribuée est de %(granted)s ; vous aviez demandé "
                "%(asked)s."
            )
            if funded
            else _("Votre projet « %(title)s » n’est pas retenu. Vous aviez demandé %(asked)s.")
        )
        values = {
            "title": application.title,
            "granted": money(decision.granted_cents),
            "asked": money(application.requested_cents),
        }
        paragraphs = [opening % values, _("Pourquoi :"), *[f"– {Bilingual(reason)}" for reason in decision.reasons]]
        if decision.what_would_change and not funded:
            paragraphs += [_("Ce qui aurait changé la décision : %(change)s") % {"change": decision.what_would_change}]
        if funded:
            paragraphs.append(
                _("Une convention vous est adressée. Aucun versement ne peut avoir lieu avant sa signature.")
            )
        return {
            "title": _("Décision sur votre candidature %(reference)s") % {"reference": application.reference},
            "issuer": str(call.programme.administration),
            "issuer_lines": [line for line in (call.service_address, call.service_email, call.service_phone) if line],
            "to": [line for line in _addressee(application.organisation) if line],
            "place_date": _("Le %(date)s") % {"date": day(timezone.localdate(decision.decided_at))},
            "reference": f"{application.reference} · {call.title}",
            "paragraphs": paragraphs,
            "signature": [str(decision.decided_by), _signatory(decision)],
            "mentions": [
                _("Cette décision s’appuie en partie sur un traitement algorithmique (articles L311-3-1 et R311-3-1-1 "
                  "du code des relations entre le public et l’administration) : il propose l’ensemble des dossiers "
                  "qui apporte le plus dans l’enveloppe ; des personnes nommées ont décidé. Vous pouvez demander au "
                  "service ci-dessus les règles et les principales caractéristiques de sa mise en œuvre."),
                _("Voies et délais de recours : %(appeal)s") % {"appeal": call.appeal},
            ],
        }  # fmt: skip


def _addressee(organisation: Organisation | None) -> tuple[str, ...]:
    return (organisation.name, organisation.address) if organisation else ()


def _signatory(decision: Decision) -> str:
    member = decision.selection.call.programme.team.filter(person=decision.decided_by, role="decision_maker").first()
    return member.title if member and member.title else str(_("décideur"))


def send_letter(decision: Decision, *, at: datetime) -> Letter:
    """Make the letter of a published decision and send it to whoever filed; once, however often it is asked."""
    known = Letter.objects.filter(decision=decision).first()
    if known:
        return known
    if decision.state != DecisionState.PUBLISHED:
        raise Refused(_("La lettre part à la publication des résultats, pas avant."))
    application = decision.application
    filing = application.filings.order_by("-number").first()
    reader = filing.filed_by if filing else application.created_by
    language = getattr(reader, "language", "fr")
    pdf = render_pdf("letter", letter_content(decision, lang=language), lang=language, at=at)
    with transaction.atomic():
        stored = files.store_generated(
            pdf, name=f"decision-{application.reference}.pdf", content_type="application/pdf", at=at
        )
        message = mail.send(
            to=reader,
            template="awards_decision",
            context={
                "decision": decision,
                "application": application,
                "call": decision.selection.call,
                "link": settings.SITE_URL + decision.get_absolute_url(),
            },
            at=at,
            key=f"decision:{decision.pk}",
            subject_of=decision,
            attachments=[stored],
        )
        letter = Letter.objects.create(decision=decision, pdf=stored, message=message, made_at=at)
        payload = {"decision": decision.pk, "pdf_sha256": stored.sha256}
        log = decision.journal_log
        journal.append("awards.letter.send", subject=letter, by=None, at=at, payload=payload, log=log)
    return letter


def draw_agreement(decision: Decision, *, at: datetime, starts_on: date | None = None) -> Agreement:
    """The agreement of a funded application, with its advance and balance planned and its report due; once."""
    known = Agreement.objects.filter(decision=decision).first()
    if known:
        return known
    if decision.outcome != Decision.Outcome.FUNDED:
        raise Refused(_("Seul un dossier retenu donne lieu à une convention."))
    application = decision.application
    starts_on = starts_on or timezone.localdate(at) + timedelta(days=15)
    ends_on = _months_later(starts_on, MONTHS)
    with transaction.atomic():
        agreement = Agreement.objects.create(
            decision=decision,
            number=f"{application.reference}-C",
            amount_cents=decision.granted_cents,
            cost_cents=application.cost_cents,
            starts_on=starts_on,
            ends_on=ends_on,
            created_at=at,
        )
        pdf = render_pdf("agreement", agreement_content(agreement), lang="fr", at=at)
        agreement.pdf = files.store_generated(
            pdf, name=f"convention-{agreement.number}.pdf", content_type="application/pdf", at=at
        )
        agreement.save(update_fields=["pdf"])
        payload = {
            "number": agreement.number,
            "amount_cents": agreement.amount_cents,
            "pdf_sha256": agreement.pdf.sha256,
        }
        journal.append("awards.agreement.draw", subject=agreement, by=None, at=at, payload=payload)
        advance = ceiling_cents(agreement, Payment.Kind.ADVANCE)
        plan_payment(agreement, kind=Payment.Kind.ADVANCE, amount_cents=advance, due_on=starts_on, by=None, at=at)
        rest = agreement.amount_cents - advance
        plan_payment(agreement, kind=Payment.Kind.BALANCE, amount_cents=rest, due_on=ends_on, by=None, at=at)
        # The financial report is due within six months of the end (arrêté of the compte rendu financier).
        Report.objects.create(agreement=agreement, due_on=_months_later(ends_on, 6))
    return agreement


def _months_later(start: date, months: int) -> date:
    year, month = divmod(start.month - 1 + months, 12)
    return date(start.year + year, month + 1, min(start.day, 28))


def agreement_content(agreement: Agreement) -> dict[str, Any]:
    """The agreement's text as `agreement.typ` wants it (loi 2000-321 art. 10, décret 2001-495: what it must say)."""
    decision = agreement.decision
    application, call = decision.application, decision.selection.call
    with translation.override("fr"):
        return {
            "title": f"Convention n° {agreement.number}",
            "administration": str(call.programme.administration),
            "beneficiary": str(application.organisation or application.title),
            "beneficiary_siret": application.organisation.siret if application.organisation else "",
            "invented": application.invented,
            "project": application.title,
            "call": str(call.title),
            "amount": money(agreement.amount_cents),
            "cost": money(agreement.cost_cents),
            "starts_on": day(agreement.starts_on),
            "ends_on": day(agreement.ends_on),
            "advance": money(ceiling_cents(agreement, Payment.Kind.ADVANCE)),
            "costs": [[line.label, money(line.amount_cents)] for line in application.cost_lines.all()],
            "fundings": [
                [line.funder, line.get_kind_display(), money(line.amount_cents)]
                for line in application.funding_lines.all()
            ],
        }


def plan_payment(
    agreement: Agreement, *, kind: str, amount_cents: int, due_on: date, by: Person | None, at: datetime
) -> Payment:
    """Add a payment to the plan; an instalment is taken from the balance. The same one asked twice is planned once.

    Raises Refused beyond the ceiling: 30 % for the advance, 80 % with the instalments, the amount in all.
    """
    if by is not None and "officer" not in access.roles(by, agreement):
        raise Refused(_("Seul un chargé de programme prévoit un versement."))
    if amount_cents <= 0:
        raise Refused(_("Un versement est un montant positif."))
    if known := agreement.payments.filter(kind=kind, amount_cents=amount_cents, due_on=due_on).first():
        return known
    with transaction.atomic():
        if kind == Payment.Kind.INSTALMENT:
            balance = agreement.payments.filter(kind=Payment.Kind.BALANCE, state=PaymentState.PLANNED).first()
            if balance is None or balance.amount_cents <= amount_cents:
                raise Refused(
                    _("Un acompte se prend sur le solde prévu, qui est de %(rest)s : prévoyez moins.")
                    % {"rest": money(balance.amount_cents if balance else 0)}
                )
            _set_balance(balance, balance.amount_cents - amount_cents, by=by, at=at)
        total = planned_cents(agreement, *COUNTED[kind]) + amount_cents
        if total > ceiling_cents(agreement, kind):
            raise Refused(
                _("Ce versement porterait le total prévu à %(total)s ; le plafond à cette étape est de %(ceiling)s.")
                % {"total": money(total), "ceiling": money(ceiling_cents(agreement, kind))}
            )
        payment = Payment.objects.create(agreement=agreement, kind=kind, amount_cents=amount_cents, due_on=due_on)
        payload = {"kind": str(kind), "amount_cents": amount_cents}
        role = "system" if by is None else "officer"
        journal.append("awards.payment.plan", subject=payment, by=by, at=at, role=role, payload=payload)
    return payment


# What counts under the ceiling of each kind: the advance alone, then with the instalments, then everything.
COUNTED: dict[str, tuple[str, ...]] = {
    Payment.Kind.ADVANCE: (Payment.Kind.ADVANCE,),
    Payment.Kind.INSTALMENT: (Payment.Kind.ADVANCE, Payment.Kind.INSTALMENT),
    Payment.Kind.BALANCE: (),
}


def fit_balance(agreement: Agreement, *, at: datetime) -> None:
    """Bring the planned balance down to what is owed once the report is accepted: less was spent, less is due."""
    balance = agreement.payments.filter(kind=Payment.Kind.BALANCE, state=PaymentState.PLANNED).first()
    before = planned_cents(agreement, Payment.Kind.ADVANCE, Payment.Kind.INSTALMENT)
    rest = max(due_cents(agreement) - before, 0)
    if balance is not None and rest < balance.amount_cents:
        with transaction.atomic():
            _set_balance(balance, rest, by=None, at=at)


def _set_balance(balance: Payment, amount_cents: int, *, by: Person | None, at: datetime) -> None:
    """Change the planned balance, or take it away when nothing is left to pay; the journal keeps the change."""
    planned = Payment.objects.filter(pk=balance.pk, state=PaymentState.PLANNED, amount_cents=balance.amount_cents)
    changed = planned.update(amount_cents=amount_cents) if amount_cents else planned.delete()[0]
    if not changed:
        raise Refused(_("Quelqu’un vient de modifier ce versement : rechargez la page pour voir où il en est."))
    payload = {"kind": str(balance.kind), "amount_cents": amount_cents}
    role = "system" if by is None else "officer"
    journal.append("awards.payment.adjust", subject=balance, by=by, at=at, role=role, payload=payload)


def pay(payment: Payment, *, reference: str, by: Person, at: datetime) -> None:
    """Record that the accountant paid."""
    PAYMENT.perform(payment, "pay", by=by, at=at, reference=reference)


def save_report(
    report: Report, *, text: str, spent_cents: int | None, indicators: dict[str, int], by: Person, at: datetime
) -> None:
    """Keep what the beneficiary typed, complete or not."""
    if "beneficiary" not in access.roles(by, report):
        raise Refused(_("Seul le bénéficiaire écrit le compte rendu."))
    values = {"text": text, "spent_cents": spent_cents, "indicators": indicators}
    # Compare and set: what is handed in does not change under the officer's eyes.
    if not Report.objects.filter(pk=report.pk, state=ReportState.DUE).update(**values):
        raise Refused(_("Le compte rendu est remis : il ne se modifie plus, sauf si le service vous le renvoie."))
    report.refresh_from_db()


def submit_report(report: Report, *, by: Person, at: datetime) -> None:
    """Hand the report in."""
    REPORT.perform(report, "submit", by=by, at=at)


def resend_letter(letter: Letter, *, by: Person, at: datetime) -> bool:
    """Ask again for the sending of a letter that did not arrive; False when it is on its way already."""
    if "officer" not in access.roles(by, letter):
        raise Refused(_("Seul un chargé de programme renvoie une lettre."))
    return letter.message is not None and mail.retry(letter.message, at=at)
