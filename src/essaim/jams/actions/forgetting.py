"""What a Jam forgets once it is over: what served only to mix the tables, and the devices people came with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from essaim.jams.models import Jam
from essaim.kernel import journal

journal.declare("jams.jam.forget", label=gettext_lazy("Effacer les attributs de placement"), public=("people",))


def forget_attributes(*, jam: Jam, by: Any, at: datetime) -> int:
    """Erase the seating attributes but the role (published sums rest on it) and the devices; gives how many people.

    Invented people are left: they are nobody's data.
    """
    with transaction.atomic():
        people = list(jam.participants.filter(invented=False).exclude(device_sha256="", return_digest=""))
        for person in people:
            person.attributes = {"role": person.role} if person.role else {}
            person.device_sha256 = person.return_digest = ""
            person.save(update_fields=["attributes", "device_sha256", "return_digest"])
        if people:
            journal.append("jams.jam.forget", subject=jam, by=by, at=at, payload={"people": len(people)})
    return len(people)
