"""The lists of places and of territories as files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from essaim.territory.queries import Facts


def known_places(places: Any) -> tuple[list[str], Iterator[list[Any]]]:
    """Headers and rows of known places; invented ones are marked."""
    headers = [
        _("Nom"), _("Nature"), _("Adresse"), _("Commune"), _("Code de la commune"), _("Département"), _("Latitude"),
        _("Longitude"), _("Site web"), _("Source"), _("Inventé"),
    ]  # fmt: skip
    return headers, map(_known, places)


def _known(place: Any) -> list[Any]:
    commune = place.commune
    return [
        place.name,
        place.get_kind_display(),
        place.address,
        commune.name if commune else "",
        commune.code if commune else "",
        commune.department_id if commune else "",
        place.latitude,
        place.longitude,
        place.website,
        place.source,
        place.invented,
    ]


def territories(rows: Iterable[Facts]) -> tuple[list[str], Iterator[list[Any]]]:
    """Headers and rows of territories."""
    headers = [
        _("Code"), _("Territoire"), _("Lieux connus"), _("Lieux financés"), _("Population"),
        _("Population à 20 km d’un fab lab"), _("Part"),
    ]  # fmt: skip
    cells = ([f.code, f.name, f.known, f.funded, f.population, f.reached, round(f.share, 4)] for f in rows)
    return headers, cells
