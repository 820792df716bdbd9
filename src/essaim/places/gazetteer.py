"""Says which commune a place is in, from what its line tells: a code, a name, a postcode, a point."""

import re
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from essaim.places.models import Commune
from essaim.places.queries import EARTH_RADIUS_KM, commune_arrays, distance_km, fold, unit_vectors

FAR_KM = 60.0  # no point of France is further from a town hall, except in French Guiana
FAR_KM_GUIANA = 250.0
NEAR_KM = 20.0  # a commune named without its code is looked for within this distance of the point
DOUBT_KM = 30.0  # a point further than this from the town hall of its own commune is remarked
GUIANA = "973"


class Implausible(ValueError):
    """The point cannot be in France; the message is the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Found:
    """The commune kept, and what was odd on the way (ends of sentences)."""

    code: str
    name: str
    remarks: tuple[str, ...] = ()


class Gazetteer:
    """All communes in memory, read once for a whole file."""

    def __init__(self) -> None:
        """Read the communes; raises LookupError when the territory is not loaded."""
        rows = Commune.objects.order_by("code").values_list("name", "search_name", "postcodes", "former_codes")
        self.communes = list(rows)
        self.arrays = commune_arrays()
        if not self.communes:
            raise LookupError("the territory is not loaded")
        self.index = {code: i for i, row in enumerate(self.communes) for code in row[3].split()}
        self.index |= {str(code): i for i, code in enumerate(self.arrays.code)}
        self.named: dict[str, list[int]] = {}
        for i, row in enumerate(self.communes):
            self.named.setdefault(row[1], []).append(i)

    def locate(
        self, latitude: float, longitude: float, *, code: str = "", commune: str = "", postcode: str = ""
    ) -> Found:
        """The commune of a place: the one its code designates, else the one its name or postcode tells, else the
        nearest.

        Raises Implausible when the point is too far from any commune.
        """
        cosines = self.cosines(latitude, longitude)
        nearest = int(cosines.argmax())
        self.refuse_far(latitude, longitude, nearest)
        remark = ""
        if code:
            told = self.index.get(code.strip().upper().zfill(5))
            remark = _("le code commune « %(told)s » n’existe pas ; commune la plus proche retenue : %(name)s.")
        else:
            told = self.named_near(cosines, plain_name(commune), postcode.strip())
            if commune and told is None:
                remark = _("pas de commune « %(told)s » près de ce point ; commune la plus proche retenue : %(name)s.")
        if told is not None:
            return Found(str(self.arrays.code[told]), self.name(told), self.doubt(latitude, longitude, told))
        if remark:
            remark %= {"told": (code or commune)[:60], "name": self.name(nearest)}
        return Found(str(self.arrays.code[nearest]), self.name(nearest), (remark,) if remark else ())

    def named_near(self, cosines: np.ndarray, wanted: str, postcode: str) -> int | None:
        """The commune of this name nearest to the point, else of this postcode, within `NEAR_KM`; else the one further
        away that has both; else None."""

        def has_postcode(index: int) -> bool:
            return bool(postcode) and f" {postcode} " in self.communes[index][2]

        near = np.flatnonzero(cosines >= np.cos(NEAR_KM / EARTH_RADIUS_KM))
        near = near[np.argsort(-cosines[near], kind="stable")].tolist()
        candidates = [i for i in near if wanted and self.communes[i][1] == wanted]
        candidates += [i for i in near if has_postcode(i)]
        candidates += [i for i in self.named.get(wanted, ()) if has_postcode(i)]
        return candidates[0] if candidates else None

    def cosines(self, latitude: float, longitude: float) -> np.ndarray:
        """The cosine of the angle between a point and each commune, seen from the centre of the Earth."""
        return self.arrays.direction @ unit_vectors(np.array([latitude]), np.array([longitude]))[0]

    def name(self, index: int) -> str:
        """The name of a commune."""
        return str(self.communes[index][0])

    def distance(self, latitude: float, longitude: float, index: int) -> float:
        """From a point to a town hall, in km."""
        return distance_km((latitude, longitude), (self.arrays.latitude[index], self.arrays.longitude[index]))

    def limit(self, index: int, usual: float) -> float:
        """The usual limit in km, or Guiana's, whose communes are as large as departments."""
        return FAR_KM_GUIANA if self.arrays.department[index] == GUIANA else usual

    def refuse_far(self, latitude: float, longitude: float, nearest: int) -> None:
        """Raise Implausible when the nearest commune is too far; say so when swapping the coordinates would do."""
        away = self.distance(latitude, longitude, nearest)
        if away <= self.limit(nearest, FAR_KM):
            return
        if abs(longitude) <= 90:
            swapped = int(self.cosines(longitude, latitude).argmax())
            if self.distance(longitude, latitude, swapped) <= FAR_KM:
                raise Implausible(
                    _("latitude et longitude semblent inversées : échangez-les (le point tomberait près de %(name)s).")
                    % {"name": self.name(swapped)}
                )
        raise Implausible(
            _("le point est à %(km)d km de la commune la plus proche, %(name)s ; vérifiez latitude et longitude.")
            % {"km": round(away), "name": self.name(nearest)}
        )

    def doubt(self, latitude: float, longitude: float, index: int) -> tuple[str, ...]:
        """A remark when the point is far from the town hall of the commune the line declares."""
        away = self.distance(latitude, longitude, index)
        if away <= self.limit(index, DOUBT_KM):
            return ()
        remark = _("le point est à %(km)d km de %(name)s (%(code)s) ; vérifiez la position ou la commune.")
        return (remark % {"km": round(away), "name": self.name(index), "code": self.arrays.code[index]},)


def plain_name(commune: str) -> str:
    """A commune's name folded, without « cedex » nor the number of a district.

    >>> plain_name("PARIS 12e"), plain_name("Rennes Cedex 7"), plain_name("St-Malo")
    ('paris', 'rennes', 'saint malo')
    """
    return re.sub(r"( cedex.*| \d+(e|er|eme|ere)?( arrondissement)?)$", "", fold(commune))
