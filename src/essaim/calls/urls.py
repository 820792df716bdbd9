"""Addresses of calls and of alerts."""

from django.urls import path

from essaim.calls.views import alerts, feeds, officer, public, versions

app_name = "calls"
urlpatterns = [
    path("appels/", public.calls, name="calls"),
    path("appels/flux.atom", feeds.atom, name="atom"),
    path("appels/calendrier.ics", feeds.calendar, name="calendar"),
    path("appels/<slug:slug>/", public.call, name="call"),
    path("appels/<slug:slug>/calendrier.ics", feeds.call_calendar, name="call_calendar"),
    path("appels/<slug:slug>/reglement/", public.rules, name="rules"),
    path("appels/<slug:slug>/reglement.json", feeds.rules_json, name="rules_json"),
    path("appels/<slug:slug>/preparer/", officer.prepare, name="prepare"),
    path("appels/<slug:slug>/preparer/publier/", officer.publish, name="publish"),
    path("appels/<slug:slug>/retirer/", officer.withdraw, name="withdraw"),
    path("appels/<slug:slug>/versions/", versions.versions, name="versions"),
    path("appels/<slug:slug>/versions/apercu/", versions.preview, name="preview"),
    path("appels/<slug:slug>/versions/dossier.zip", versions.folder, name="folder"),
    path("appels/<slug:slug>/versions/importer/", versions.bring, name="bring"),
    path("appels/<slug:slug>/versions/publier/", versions.publish, name="versions_publish"),
    path("appels/<slug:slug>/versions/abandonner/", versions.abandon, name="versions_abandon"),
    path("appels/<slug:slug>/portee/", officer.reach, name="reach"),
    path("alertes/", alerts.subscribe, name="subscribe"),
    path("alertes/confirmer/<str:token>/", alerts.confirm, name="confirm"),
    path("alertes/arreter/<str:token>/", alerts.stop, name="stop"),
]
