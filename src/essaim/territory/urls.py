"""Addresses of the map, of territories and of places."""

from django.urls import path

from essaim.territory import views

app_name = "territory"
urlpatterns = [
    path("carte/", views.map_page, name="map"),
    path("carte/departements.geojson", views.outlines, name="outlines"),
    path("carte/lieux.json", views.points, name="points"),
    path("territoires/", views.territories, name="territories"),
    path("territoires/<slug:code>/", views.territory, name="territory"),
    path("lieux/", views.known, name="known"),
    path("lieux/<slug:slug>/", views.place, name="place"),
    path("lieux/<slug:slug>/ouvrir/", views.open_place, name="open"),
]
