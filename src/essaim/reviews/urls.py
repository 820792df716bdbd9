"""Addresses of the instruction, of the assignments and of the reviews."""

from django.urls import path

from essaim.reviews.views import assignments, expertise, instruction

app_name = "reviews"

urlpatterns = [
    path("appels/<slug:slug>/instruction/", instruction.listing, name="instruction"),
    path("appels/<slug:slug>/instruction/suivant/", instruction.following, name="next"),
    path("appels/<slug:slug>/instruction/recevables/", instruction.admit_complete, name="admit-complete"),
    path("instruction/<uuid:public_id>/", instruction.file, name="file"),
    path("instruction/<uuid:public_id>/decision/<slug:move>/", instruction.decide, name="decide"),
    path("instruction/<uuid:public_id>/pieces/<int:pk>/", instruction.document, name="document"),
    path("instruction/expertises/<uuid:public_id>/rouvrir/", instruction.reopen, name="reopen"),
    path("instruction/expertises/<uuid:public_id>/retirer/", instruction.recuse, name="recuse"),
    path("appels/<slug:slug>/affectations/", assignments.listing, name="assignments"),
    path("appels/<slug:slug>/affectations/calcul/", assignments.compute, name="compute"),
    path("appels/<slug:slug>/affectations/experts/", assignments.add_expert, name="add-expert"),
    path("expertise/", expertise.mine, name="mine"),
    path("expertise/<uuid:public_id>/", expertise.review, name="review"),
    path("expertise/<uuid:public_id>/pieces/<int:pk>/", expertise.document, name="given-document"),
    path("expertise/<uuid:public_id>/conflit/", expertise.conflict, name="conflict"),
]
