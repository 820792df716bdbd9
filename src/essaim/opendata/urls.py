"""Addresses of the data, of the API and of verification."""

from django.urls import path

from essaim.opendata.views import api, data, status

app_name = "opendata"
urlpatterns = [
    path("donnees/", data.index, name="index"),
    path("donnees/<slug:slug>/<str:name>", data.file, name="file"),
    path("etat/", status.status, name="status"),
    path("etat/sonde/<str:token>/", status.sounding, name="sounding"),
    path(".well-known/essaim-key.json", status.key, name="key"),
    path("verifier/", data.verify, name="verify"),
    path("api/", api.documentation, name="api"),
    path("api/openapi.json", api.openapi, name="openapi"),
    path("api/programmes/", api.programmes, name="api_programmes"),
    path("api/programmes/<slug:slug>/", api.programme, name="api_programme"),
    path("api/programmes/<slug:slug>/fil/", api.thread, name="api_thread"),
    path("api/appels/", api.calls, name="api_calls"),
    path("api/appels/<slug:slug>/resultats/", api.results, name="api_results"),
]
