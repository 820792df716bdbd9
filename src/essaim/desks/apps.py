from django.apps import AppConfig


class DesksConfig(AppConfig):
    """The first page, and each person's own: what waits, since when, until when."""

    name = "essaim.desks"
    label = "desks"
    verbose_name = "Bureaux"
