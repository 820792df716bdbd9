from django.apps import AppConfig


class OpendataConfig(AppConfig):
    """What anyone may download, and check."""

    name = "essaim.opendata"
    label = "opendata"
    verbose_name = "Données ouvertes"
