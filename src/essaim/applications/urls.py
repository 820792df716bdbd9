"""Addresses of applications."""

from django.urls import path

from essaim.applications.views import (
    begin,
    budget,
    budget_import,
    check,
    de_minimis,
    documents,
    exchanges,
    members,
    mine,
    places,
    plan,
    preview,
    receipts,
    revising,
    steps,
    together,
    trials,
    versions,
)

app_name = "applications"

ONE = "candidatures/<uuid:public_id>/"

urlpatterns = [
    path("appels/<slug:slug>/preparer/apercu/", preview.preview, name="preview"),
    path("appels/<slug:slug>/candidater/", begin.start, name="start"),
    path("appels/<slug:slug>/essai/", trials.trial, name="trial"),
    path("appels/<slug:slug>/essai/exemples/", trials.examples, name="examples"),
    path("organismes/<uuid:public_id>/aides-de-minimis/", de_minimis.de_minimis, name="de-minimis"),
    path("candidatures/", mine.applications, name="applications"),
    path(ONE, mine.application, name="application"),
    path(f"{ONE}organisme/", steps.organisation, name="organisation"),
    path(f"{ONE}organisme/choisir/", steps.choose_organisation, name="choose-organisation"),
    path(f"{ONE}projet/", steps.project, name="project"),
    path(f"{ONE}lieu/", places.place, name="place"),
    path(f"{ONE}versions/<slug:code>/", versions.versions, name="versions"),
    path(f"{ONE}commentaires/<slug:section>/", together.comments, name="comments"),
    path(f"{ONE}presence/", together.presence, name="presence"),
    path(f"{ONE}membres/", members.members, name="members"),
    path(f"{ONE}copier/", together.copy, name="copy"),
    path(f"{ONE}budget/", budget.budget, name="budget"),
    path(f"{ONE}budget/importer/", budget_import.budget_import, name="budget-import"),
    path(f"{ONE}budget/plan/", plan.plan, name="plan"),
    path(f"{ONE}pieces/", documents.documents, name="documents"),
    path(f"{ONE}pieces/coffre/", documents.take_from_vault, name="take-from-vault"),
    path(f"{ONE}pieces/<int:pk>/coffre/", documents.keep_in_vault, name="keep-in-vault"),
    path(f"{ONE}pieces/<int:pk>/", documents.document, name="document"),
    path(f"{ONE}pieces/<int:pk>/retirer/", documents.remove_document, name="remove-document"),
    path(f"{ONE}verifier/", check.check, name="check"),
    path(f"{ONE}retirer/", mine.withdraw, name="withdraw"),
    path(f"{ONE}echanges/", exchanges.exchanges, name="exchanges"),
    path(f"{ONE}echanges/lus/", exchanges.read, name="exchanges-read"),
    path(f"{ONE}complement/", exchanges.completion, name="completion"),
    path(f"{ONE}recepisse/", receipts.receipt, name="receipt"),
    path(f"{ONE}recepisse.pdf", receipts.receipt_pdf, name="receipt-pdf"),
    path(f"{ONE}recepisse.json", receipts.receipt_json, name="receipt-json"),
    path(f"{ONE}recepisse/<int:number>/", receipts.receipt, name="receipt-number"),
    path(f"{ONE}recepisse/<int:number>.pdf", receipts.receipt_pdf, name="receipt-number-pdf"),
    path(f"{ONE}recepisse/<int:number>.json", receipts.receipt_json, name="receipt-number-json"),
    path(f"{ONE}modifier/", revising.revise, name="revise"),
    path(f"{ONE}abandonner/", revising.abandon, name="abandon-revision"),
    path(f"{ONE}differences/", revising.differences, name="differences"),
]
