"""From a file of places to checked rows, with a sentence for each line that cannot be taken."""

import csv
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.utils.translation import gettext as _

from essaim.places.actions import PlaceRow
from essaim.places.formats import RawRow, UnreadableFile, read_table
from essaim.places.gazetteer import Gazetteer, Implausible
from essaim.places.models import KnownPlace, PlaceKind
from essaim.places.queries import fold

NUMBER = re.compile(r"[+-]?\d{1,9}(?:[.,]\d+)?")
BOUNDS = {"latitude": 90, "longitude": 180}
# Words for a kind in the files seen, folded. A cell may hold several, separated by « | ».
KINDS: dict[str, PlaceKind] = {
    **dict.fromkeys(("fablab", "fab lab", "fablabmit", "makerspace", "hackerspace", "hakerspace"), PlaceKind.FABLAB),
    **dict.fromkeys(("epn", "espace public numerique", "cyberbase", "cyber base"), PlaceKind.EPN),
    **dict.fromkeys(("tiers lieu", "tiers lieux", "tierslieu", "cantine", "coworking"), PlaceKind.TIERS_LIEU),
    **dict.fromkeys(("france services", "rfs", "msap", "maison france services"), PlaceKind.FRANCE_SERVICES),
    **dict.fromkeys(("autre", "autre lieu", "other"), PlaceKind.OTHER),
}


class Refused(ValueError):
    """A line cannot be taken; the message is the end of a sentence that starts with the line."""


@dataclass(frozen=True, slots=True)
class LineError:
    """Why a line was refused; `str()` is the whole sentence. Line 0 is the file as a whole."""

    line: int
    sentence: str
    original: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.sentence


def read_places(path: Path, *, kind: str = "") -> tuple[list[PlaceRow], list[LineError]]:
    """Read a file of known places: the rows that can be imported, and an error for each line that cannot.

    `kind` is the kind of the places that do not tell theirs. Odd but usable lines carry remarks. A file that cannot be
    read at all gives no row and one error on line 0. Needs the territory in the database.
    """
    try:
        table, gazetteer = read_table(path), Gazetteer()
    except UnreadableFile as problem:
        return [], [LineError(0, f"{path.name}\u00a0: {problem}")]
    except LookupError:
        return [], [LineError(0, _("Le territoire n’est pas chargé : lancez d’abord « essaim places load »."))]
    reader = PlaceReader(gazetteer, PlaceKind(kind or table.kind or PlaceKind.OTHER))
    errors = []
    rows = []
    for raw in table.rows:
        try:
            rows.append(reader.place(raw))
        except Refused as problem:
            errors.append(LineError(raw.line, f"{raw.where}\u00a0: {problem}", raw.original))
    if not table.rows:
        errors.append(LineError(0, f"{path.name}\u00a0: " + _("le fichier n’a que ses titres de colonnes.")))
    return rows, errors


class PlaceReader:
    """Checks the lines of one file, in order, and remembers them to recognise doubles."""

    def __init__(self, gazetteer: Gazetteer, default_kind: PlaceKind) -> None:
        self.gazetteer = gazetteer
        self.default_kind = default_kind
        self.seen: dict[str, tuple[str, str]] = {}  # identifier -> where, name
        self.spots: dict[tuple[str, float, float], str] = {}  # name and rounded point -> where

    def place(self, raw: RawRow) -> PlaceRow:
        """The place of one line; raises Refused with the end of a sentence."""
        if raw.problem:
            raise Refused(raw.problem)
        remarks: list[str] = []
        name = cut(raw, "name", remarks)
        if not name:
            raise Refused(_("le nom du lieu manque."))
        latitude, longitude = degrees(raw, "latitude"), degrees(raw, "longitude")
        try:
            commune = self.gazetteer.locate(
                latitude,
                longitude,
                code=text(raw, "commune_code"),
                commune=text(raw, "commune"),
                postcode=text(raw, "postcode"),
            )
        except Implausible as problem:
            raise Refused(str(problem))
        remarks += commune.remarks
        self.remark_same_spot(raw, name, latitude, longitude, remarks)
        return PlaceRow(
            source_id=self.identifier(raw, name, commune.code, commune.name, latitude, longitude),
            name=name,
            kind=kind_of(text(raw, "kind"), self.default_kind),
            latitude=latitude,
            longitude=longitude,
            commune_code=commune.code,
            address=cut(raw, "address", remarks),
            email=checked(raw, "email", EmailValidator(), remarks),
            website=checked(raw, "website", URLValidator(schemes=["http", "https"]), remarks),
            line=raw.line,
            remarks=tuple(f"{raw.where}\u00a0: {remark}" for remark in remarks),
        )

    def identifier(self, raw: RawRow, name: str, code: str, commune: str, latitude: float, longitude: float) -> str:
        """The line's own identifier, or one drawn from its name and position; raises Refused for a double."""
        given = text(raw, "source_id")
        if len(given) > 120:
            raise Refused(_("l’identifiant dépasse 120 caractères."))
        content = f"{fold(name)}|{code}|{latitude:.4f}|{longitude:.4f}"
        identifier = given or f"auto-{sha256(content.encode()).hexdigest()[:16]}"
        if identifier not in self.seen:
            self.seen[identifier] = (raw.where, name)
            return identifier
        where, other = self.seen[identifier]
        facts = {"identifier": given[:40], "where": where.lower(), "name": other, "commune": commune}
        if given:
            raise Refused(
                _("même identifiant « %(identifier)s » que « %(name)s » (%(where)s) ; donnez à chacun le sien.") % facts
            )
        raise Refused(
            _("« %(name)s » (%(commune)s) figure déjà dans le fichier (%(where)s) ; supprimez l’un des deux.") % facts
        )

    def remark_same_spot(self, raw: RawRow, name: str, latitude: float, longitude: float, remarks: list[str]) -> None:
        """Remark a place of the same name within about a hundred metres, under another identifier."""
        spot = (fold(name), round(latitude, 3), round(longitude, 3))
        first = self.spots.setdefault(spot, raw.where)
        if first != raw.where:
            remark = _("même nom et même endroit qu’un lieu précédent (%(where)s) : peut-être un doublon.")
            remarks.append(remark % {"where": first.lower()})


def text(raw: RawRow, name: str) -> str:
    """A cell on one line: no control characters, no HTML line breaks, one space between words."""
    value = re.sub(r"\s*<br\s*/?>\s*", ", ", raw.values.get(name, ""))
    kept = "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in value)
    return " ".join(kept.split())


def cut(raw: RawRow, name: str, remarks: list[str]) -> str:
    """A text cut to what the database holds, which is remarked. The address takes its complement along."""
    value = text(raw, name)
    if name == "address" and (more := text(raw, "address_more")):
        value = f"{value}, {more}" if value else more
    longest = KnownPlace._meta.get_field(name).max_length
    if len(value) <= longest:
        return value
    remark = _("texte coupé à %(longest)d caractères : « %(start)s… ».")
    remarks.append(remark % {"longest": longest, "start": value[:30]})
    return value[:longest].rstrip()


def degrees(raw: RawRow, name: str) -> float:
    """A coordinate in degrees, French decimals welcome; raises Refused."""
    label = {"latitude": _("la latitude"), "longitude": _("la longitude")}[name]
    value = text(raw, name).replace("\u2212", "-")
    facts = {"what": label, "value": value[:40], "example": {"latitude": "48,8566", "longitude": "2,3522"}[name]}
    if not value:
        raise Refused(_("%(what)s manque ; écrivez par exemple %(example)s.") % facts)
    if not NUMBER.fullmatch(value):
        raise Refused(_("%(what)s « %(value)s » n’est pas un nombre ; écrivez par exemple %(example)s.") % facts)
    number = float(value.replace(",", "."))
    if abs(number) > BOUNDS[name]:
        facts["bound"] = str(BOUNDS[name])
        raise Refused(
            _("%(what)s « %(value)s » sort du globe (de −%(bound)s à %(bound)s) ; écrivez par exemple %(example)s.")
            % facts
        )
    return number


def kind_of(value: str, default: PlaceKind) -> PlaceKind:
    """The first known kind a cell names, or the default."""
    if value in PlaceKind.values:
        return PlaceKind(value)
    words = (fold(part) for part in value.split("|"))
    return next((KINDS[word] for word in words if word in KINDS), default)


def checked(raw: RawRow, name: str, validator: EmailValidator | URLValidator, remarks: list[str]) -> str:
    """The first e-mail or web address of a cell; one that is not valid is left out and remarked."""
    written = text(raw, name).split("|")[0].strip().split(" ")[0]
    if not written:
        return ""
    value = f"http://{written}" if name == "website" and "://" not in written else written
    try:
        validator(value)
        if len(value) > KnownPlace._meta.get_field(name).max_length:
            raise ValidationError("too long")
    except ValidationError:
        label = {"email": _("l’adresse électronique"), "website": _("l’adresse du site")}[name]
        remark = _("%(what)s « %(value)s » n’est pas valable et a été laissée de côté.")
        remarks.append(remark % {"what": label, "value": written[:60]})
        return ""
    return value


def write_refused(errors: Sequence[LineError], path: Path) -> Path:
    """Write the refused lines and their reason in a CSV beside the file (FILE.refus.csv), to correct and send again."""
    target = path.with_name(f"{path.stem}.refus.csv")
    columns = list(dict.fromkeys(name for error in errors for name in error.original))
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, [*columns, "motif du refus"])
        writer.writeheader()
        writer.writerows({**error.original, "motif du refus": error.sentence} for error in errors)
    return target
