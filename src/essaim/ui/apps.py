"""The look of the site as a Django app, and which static files are worth collecting."""

from typing import ClassVar

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class UiConfig(AppConfig):
    """Templates, tags, static files and public sundry pages; no model."""

    name = "essaim.ui"
    label = "ui"
    verbose_name = "Présentation"


class StaticConfig(StaticFilesConfig):
    """Django's static files, leaving out what no page asks for (the DSFR ships 1,600 files, we serve a dozen)."""

    ignore_patterns: ClassVar[list[str]] = [
        *StaticFilesConfig.ignore_patterns,
        *("component", "core", "layout", "legacy", "scheme", "analytics", "artwork", "utility"),
        *(
            "*.map",
            "*.legacy.*",
            "*.print.*",
            "*.nomodule.*",
            "*.module.*",
            "*.woff",
            "htmax-*",
            "htmx-4*",
            "htmx-2.js",
        ),
    ]
