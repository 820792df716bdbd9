"""A Jam from the folder a team writes: programmes/<programme>/jam.toml."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.jams.models import Group, Jam, Round
from essaim.kernel import access, journal
from essaim.kernel.bilingual import as_bilingual
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
    jam = Jam.objects.create(
        programme=programme,
        **{name: as_bilingual(content[name]) for name in ("title", "summary", "promise")},
        **{name: content[name] for name in ("slug", "place", "join_code", "dots_each", "themes")},
        organisers=_enumerated(content["organisers"]),
        starts_at=_instant(content["starts_at"]),
        ends_at=_instant(content["ends_at"]),
        answers_due_on=_day(content["answers_due_on"]),
    )
    for number, row in enumerate(content["rounds"], start=1):
        question = as_bilingual(row["question"])
        round_ = Round.objects.create(
            jam=jam, number=number, question=question, minutes=row["minutes"], tables=row["tables"]
        )
        Group.objects.bulk_create(Group(round=round_, number=table) for table in range(1, row["tables"] + 1))
    journal.append(
        "jams.jam.load",
        subject=jam,
        by=by,
        at=at,
        role="" if by is None else "facilitator",
        payload={"slug": jam.slug, "rounds": len(content["rounds"])},
    )
    return jam


def _enumerated(value: Any) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def _instant(value: Any) -> datetime:
    """A TOML date and hour, or ISO text; without a zone, it is the programme's local time."""
    read = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    local = read if timezone.is_aware(read) else timezone.make_aware(read)
    return local.astimezone(UTC)


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
