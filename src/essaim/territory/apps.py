from django.apps import AppConfig


class TerritoryConfig(AppConfig):
    """The places that open, on the map, and who is within reach."""

    name = "essaim.territory"
    label = "territory"
    verbose_name = "Territoire"
