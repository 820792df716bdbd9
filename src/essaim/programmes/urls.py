"""Addresses of programmes."""

from django.urls import path

from essaim.programmes import views

app_name = "programmes"
urlpatterns = [
    path("programmes/", views.index, name="index"),
    path("programmes/<slug:slug>/", views.programme, name="programme"),
    path("programmes/<slug:slug>/enveloppe/", views.envelope, name="envelope"),
    path("programmes/<slug:slug>/journal/", views.journal, name="journal"),
]
