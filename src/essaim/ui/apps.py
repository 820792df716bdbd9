"""The look of the site as a Django app, and which static files are worth collecting."""

from django.apps import AppConfig
from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig

UNSERVED = (
    *("component", "core", "layout", "legacy", "scheme", "analytics", "artwork", "utility", "favicon", "dsfr"),
    *("*.map", "*.legacy.*", "*.print.*", "*.nomodule.*", "*.module.*", "dsfr.css.map", "dsfr.min.css"),
    *("htmax-*", "htmx-4*", "htmx-2.js"),
)


class UiConfig(AppConfig):
    """Templates, tags, static files and public sundry pages; no model."""

    name = "essaim.ui"
    label = "ui"
    verbose_name = "Présentation"


class StaticConfig(StaticFilesConfig):
    """Django's static files, leaving out what no page asks for (the DSFR ships 1,600 files, we serve its one sheet)."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        # Our sheet over the DSFR names its files: without that theme they are not there to be named.
        unnamed = () if settings.THEME == "dsfr" else ("dsfr.css",)
        self.ignore_patterns = [*super().ignore_patterns, *UNSERVED, *unnamed]
