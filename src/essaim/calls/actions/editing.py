"""Writing one thing of an edition on screen: what others write elsewhere is kept, the same thing is a conflict."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.accounts.models import Person
from essaim.calls.actions.editions import Stale, edition_of, save_edition
from essaim.calls.models import Call, Edition
from essaim.calls.queries.content import content_of
from essaim.calls.queries.editing import mark, new_code
from essaim.calls.queries.starting import copied_content, starting_content
from essaim.kernel import access, journal
from essaim.kernel.bilingual import Bilingual
from essaim.kernel.workflow import Refused
from essaim.programmes.models import Programme

journal.declare("calls.call.begin", label=gettext_lazy("Commencer un appel"))

TRIES = 5


def rewrite(
    call: Call,
    part: str,
    change: Callable[[Any], Any],
    *,
    by: Person | None,
    at: datetime,
    shown: Callable[[Any], Any] | None = None,
    seen: str = "",
) -> Edition:
    """Change a part of the call's edition (opened if need be) as it is now, not as the page showed it.

    `change` gives the new part from the present one. When `shown` is given, what it reads in the present part must
    still have the mark `seen`; else Stale is raised: someone wrote the same thing since. KeyError of `change`: it is
    gone.
    """
    for _attempt in range(TRIES):
        edition = edition_of(call, by=by, at=at)
        present = deepcopy(edition.content.get(part) or {})
        if shown is not None and mark(shown(present)) != seen:
            raise Stale(
                _(
                    "Quelqu’un d’autre vient d’enregistrer cette page. Votre texte est encore dans les champs ; le "
                    "sien est au-dessus. Reprenez ce qu’il faut, puis enregistrez : c’est votre page qui sera gardée."
                )
            )
        try:
            return save_edition(edition, part, change(present), version=edition.version, by=by, at=at)
        except Stale:
            continue  # someone saved another thing at this very instant: read again
    raise Stale(_("Plusieurs personnes enregistrent en même temps : enregistrez de nouveau dans un instant."))


def begin_call(programme: Programme, *, title: Bilingual, by: Person, at: datetime, base: Call | None = None) -> Call:
    """A new draft call of a programme, with what the law asks to say, or with all of `base` but its dates.

    Asked twice with the same title before anything is written, it is the same call.
    """
    if "officer" not in access.roles(by, programme):
        raise Refused(_("Seul un chargé de programme prépare un appel."))
    words = title.get("fr", "").strip()
    if not words:
        raise Refused(_("Donnez un titre à l’appel, en français : vous pourrez le changer."))
    drafts = Call.objects.filter(programme=programme, state="draft", rule_set=None, editions__version=0)
    for twin in drafts:
        if twin.title.get("fr") == words:
            return twin
    slug = new_code(words, Call.objects.values_list("slug", flat=True), joint="-")
    with transaction.atomic():
        call = Call.objects.create(
            programme=programme, slug=slug, reference=slug.split("-")[0].upper()[:8], title=title
        )
        content = copied_content(content_of(base)) if base else starting_content()
        content["call"] |= {"slug": slug, "reference": call.reference, "title": dict(title)}
        edition = edition_of(call, by=by, at=at)
        edition.content = content
        edition.save(update_fields=["content"])
        journal.append("calls.call.begin", subject=call, by=by, at=at, role="officer", payload={"slug": slug})
    return call


def fill_with_usual(call: Call, *, by: Person, at: datetime) -> None:
    """Give a call that nobody wrote yet what every call asks and says; what is already written stays."""
    usual = starting_content()
    with transaction.atomic():
        for part, words in usual.items():
            rewrite(call, part, lambda held, words=words: _completed(held, words), by=by, at=at)


def _completed(held: Any, words: Any) -> Any:
    """What is held, with the usual words wherever nothing is."""
    if not isinstance(held, dict) or not isinstance(words, dict):
        return held or words
    return {**held, **{key: _completed(held.get(key), value) for key, value in words.items()}}
