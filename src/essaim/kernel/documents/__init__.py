"""PDF documents people can keep and screen readers can read: Typst, tagged PDF/UA-1.

A template is `documents/<name>.typ` in an app's folder; it begins with
`#import "/kernel/documents/base.typ": *`, reads `data` from there and calls `letter` or `receipt`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings

EPOCH = datetime(2013, 1, 1, tzinfo=UTC)


class DocumentError(Exception):
    """A template that cannot be made into a PDF: a fault of ours, with Typst's own words."""


def template_path(name: str) -> Path:
    """The file of a template: the first app, in the order of INSTALLED_APPS, whose `documents/` has it."""
    for config in apps.get_app_configs():
        path = Path(config.path) / "documents" / f"{name}.typ"
        if path.is_file():
            return path
    raise DocumentError(f"no app has documents/{name}.typ")


def render_pdf(template_name: str, data: dict[str, Any], *, lang: str = "fr", at: datetime | None = None) -> bytes:
    """The PDF/UA-1 of a template filled with `data` (JSON values); the same data and `at` give the same bytes.

    `at` is the date written in the file's properties. Raises DocumentError, also when the document would not be
    accessible (no title, an image without description, a skipped heading).
    """
    import typst  # noqa: PLC0415 - heavy, and only workers and receipts need it

    path = template_path(template_name)
    try:
        pdf = typst.compile(
            str(path),
            root=str(settings.PACKAGE_DIR),
            font_paths=[],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
            timestamp=(at or EPOCH).replace(microsecond=0),  # Typst takes whole seconds
            sys_inputs={"data": json.dumps(data, ensure_ascii=False), "lang": lang},
        )
    except (typst.TypstError, RuntimeError) as error:
        raise DocumentError(f"{template_name}: {error}") from error
    return bytes(pdf)
