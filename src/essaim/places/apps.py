from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """Reference geography and the places already known."""

    name = "essaim.places"
    label = "places"
    verbose_name = "Lieux"
