"""Addresses of the choice."""

from django.urls import path

from essaim.selections.views import decision, results, scenario, team

app_name = "selections"
urlpatterns = [
    path("resultats/", results.index, name="index"),
    path("appels/<slug:slug>/resultats/", results.results, name="results"),
    path("appels/<slug:slug>/classement/", team.ranking, name="ranking"),
    path("appels/<slug:slug>/scenarios/", team.scenarios, name="scenarios"),
    path("appels/<slug:slug>/scenarios/<int:number>/", scenario.scenario, name="scenario"),
    path("appels/<slug:slug>/scenarios/<int:number>/certificat.json", scenario.certificate, name="certificate"),
    path("appels/<slug:slug>/scenarios/<int:number>/points.json", scenario.points, name="points"),
    path("appels/<slug:slug>/publication/", team.publish, name="publish"),
    path("decisions/<uuid:public_id>/", decision.decision, name="decision"),
]
