from django.apps import AppConfig


class JamsConfig(AppConfig):
    """The workshop: mixed groups over rounds, cards, proposals, and a reasoned answer to each."""

    name = "essaim.jams"
    label = "jams"
    verbose_name = "Jams"
