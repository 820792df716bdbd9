"""Addresses of the instruction, of the assignments and of the reviews."""

from django.urls import path

from essaim.reviews.views import assignments, expertise
from essaim.reviews.views.instruction import bulk, file, listing, paper, requests, work

app_name = "reviews"

LIST = "appels/<slug:slug>/instruction/"
ONE = "instruction/<uuid:public_id>/"

urlpatterns = [
    path(f"{LIST}", listing.page, name="instruction"),
    path(f"{LIST}suivant/", listing.following, name="next"),
    path(f"{LIST}recevables/", listing.admit_complete, name="admit-complete"),
    path(f"{LIST}vues/", listing.save_view, name="views"),
    path(f"{LIST}vues/<int:pk>/", listing.change_view, name="view"),
    path(f"{LIST}points/", work.items, name="items"),
    path(f"{LIST}papier/", paper.register, name="paper"),
    path(f"{LIST}ensemble/", bulk.confirm, name="bulk"),
    path(f"{LIST}ensemble/confirmer/", bulk.order, name="bulk-order"),
    path(f"{LIST}ensemble/<uuid:public_id>/", bulk.result, name="bulk-act"),
    path(f"{LIST}ensemble/<uuid:public_id>/dossiers.zip", bulk.archive, name="bulk-archive"),
    path(f"{ONE}", file.file, name="file"),
    path(f"{ONE}dossier.pdf", bulk.pdf, name="file-pdf"),
    path(f"{ONE}decision/<slug:move>/", file.decide, name="decide"),
    path(f"{ONE}pieces/<int:pk>/", file.document, name="document"),
    path(f"{ONE}points/", work.tick, name="tick"),
    path(f"{ONE}notes/", work.note, name="note"),
    path(f"{ONE}suivi/", work.handle, name="handle"),
    path(f"{ONE}etiquettes/", work.tag, name="tag"),
    path(f"{ONE}complement/", requests.ask, name="ask"),
    path(f"{ONE}complement/<int:number>/retirer/", requests.withdraw, name="withdraw-request"),
    path(f"{ONE}echanges/", requests.exchanges, name="exchanges"),
    path(f"{ONE}echanges/lus/", requests.read, name="exchanges-read"),
    path("instruction/expertises/<uuid:public_id>/rouvrir/", file.reopen, name="reopen"),
    path("instruction/expertises/<uuid:public_id>/retirer/", file.recuse, name="recuse"),
    path("appels/<slug:slug>/affectations/", assignments.listing, name="assignments"),
    path("appels/<slug:slug>/affectations/calcul/", assignments.compute, name="compute"),
    path("appels/<slug:slug>/affectations/experts/", assignments.add_expert, name="add-expert"),
    path("expertise/", expertise.mine, name="mine"),
    path("expertise/<uuid:public_id>/", expertise.review, name="review"),
    path("expertise/<uuid:public_id>/pieces/<int:pk>/", expertise.document, name="given-document"),
    path("expertise/<uuid:public_id>/conflit/", expertise.conflict, name="conflict"),
]
