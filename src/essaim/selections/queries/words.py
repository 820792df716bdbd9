"""What a scenario asks for, in sentences: the same on its page, in a decision's explanation and in the method."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from essaim.selections.queries import DEFAULTS
from essaim.ui.formats import money, number, percent


def parameter_sentences(scenario: Any, region_names: Mapping[str, str]) -> list[str]:
    """Each parameter of a scenario, said so that nobody needs its name; `region_names` by code."""
    given = DEFAULTS | scenario.parameters
    said = [
        _("L’enveloppe est de %(sum)s : le total accordé ne la dépasse jamais.")
        % {"sum": money(scenario.budget_cents)},
        _("Un habitant est à portée d’un lieu à moins de %(radius)s km de sa commune.")
        % {"radius": number(given["radius_km"])},
        _("%(people)s habitants nouvellement à portée comptent autant qu’un point de qualité.")
        % {"people": number(given["weight"])},
    ]
    if given["partial_permille"] >= 1000:
        said.append(_("Chaque projet retenu reçoit tout ce qu’il a demandé."))
    else:
        said.append(
            _("Un projet retenu reçoit au moins %(share)s de ce qu’il a demandé.")
            % {"share": percent(given["partial_permille"] / 1000)}
        )
    if given["one_per_commune"]:
        said.append(_("Un seul projet est retenu par commune."))
    said += [
        _("Le dossier %(file)s est retenu d’office, quel que soit son rang.") % {"file": reference}
        for reference in sorted(given["forced_in"].values())
    ]
    said += [
        _("Le dossier %(file)s est écarté d’office, quel que soit son rang.") % {"file": reference}
        for reference in sorted(given["forced_out"].values())
    ]
    for code, (low, high) in sorted(given["quotas"].items()):
        said.append(_quota(region_names.get(code, code), low, high))
    return said


def _quota(name: str, low: int, high: int | None) -> str:
    values = {"region": name, "low": low, "high": high}
    if high is None:
        return _("Région %(region)s : au moins %(low)d projets retenus.") % values
    if low == high:
        return _("Région %(region)s : exactement %(low)d projets retenus.") % values
    return _("Région %(region)s : entre %(low)d et %(high)d projets retenus.") % values
