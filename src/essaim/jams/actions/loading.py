"""A Jam from the folder a team writes: programmes/<programme>/jam.toml."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.jams.models import Group, Jam, Round
from essaim.kernel import access, journal
from essaim.kernel.bilingual import Bilingual, as_bilingual
from essaim.kernel.workflow import Refused
from essaim.programmes.models import Programme

journal.declare("jams.jam.load", label=gettext_lazy("Annoncer la Jam"), public=("slug", "rounds"))


def load_jam(folder: Path, *, programme: Programme, by: Any, at: datetime) -> Jam:
    """Create the Jam described in `folder`/jam.toml, in preparation, or give the same one if it exists.

    Raises Refused, with a sentence, when the file lacks something or when `by` may not.
    """
    if by is not None and not access.roles(by, programme) & {"facilitator", "officer"}:
        raise Refused(_("Une Jam est annoncée par un animateur ou un chargé de programme."))
    content = tomllib.loads((folder / "jam.toml").read_text(encoding="utf-8"))
    try:
        existing = Jam.objects.filter(slug=content["slug"]).first()
        return existing or _create(content, programme, by, at)
    except KeyError as error:
        raise Refused(_("Il manque « %(field)s » dans jam.toml.") % {"field": error.args[0]}) from None


@transaction.atomic
def _create(content: dict[str, Any], programme: Programme, by: Any, at: datetime) -> Jam:
    promise, hours = content["promise"], content["hours"]
    jam = Jam.objects.create(
        programme=programme,
        **{name: as_bilingual(content[name]) for name in ("title", "summary", "place")},
        **{name: content[name] for name in ("slug", "join_code", "dots_each")},
        promise=Bilingual(fr=promise["fr"], en=promise["en"]),
        themes=[_theme(row) for row in content.get("theme", [])],
        organisers=", ".join(content["hosts"]),
        starts_at=_instant(hours["starts_at"]),
        ends_at=_instant(hours["ends_at"]),
        answers_due_on=promise["answers_due_on"],
    )
    tables = content["groups_per_round"]
    for row in content["round"]:
        round_ = Round.objects.create(
            jam=jam,
            number=row["number"],
            question=as_bilingual(row["question"]),
            minutes=hours["round_minutes"],
            tables=tables,
        )
        Group.objects.bulk_create(Group(round=round_, number=table) for table in range(1, tables + 1))
    journal.append(
        "jams.jam.load",
        subject=jam,
        by=by,
        at=at,
        role="" if by is None else "facilitator",
        payload={"slug": jam.slug, "rounds": len(content["round"])},
    )
    return jam


def _theme(row: dict[str, Any]) -> dict[str, Any]:
    return {"code": row["code"], "title": dict(as_bilingual(row["title"]))}


def _instant(value: datetime) -> datetime:
    """A TOML instant; without its offset, it is the site's local time."""
    local = value if timezone.is_aware(value) else timezone.make_aware(value)
    return local.astimezone(UTC)
