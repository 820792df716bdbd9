"""Who follows a file, its tags, the notes between colleagues: the administration's own, never shown outside."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.accounts.models import Person
from essaim.applications.models import Application
from essaim.kernel import access, journal, mail
from essaim.kernel.workflow import Refused
from essaim.programmes.models import TeamMember
from essaim.reviews.access import TEAM
from essaim.reviews.actions.instruction import only_instructor
from essaim.reviews.models import Handling, Note, Tag

journal.declare("reviews.handling.give", label=gettext_lazy("Confier le suivi du dossier"))
journal.declare("reviews.note.write", label=gettext_lazy("Écrire une note interne"))
journal.declare("reviews.tag.put", label=gettext_lazy("Étiqueter le dossier"))
journal.declare("reviews.tag.take", label=gettext_lazy("Retirer une étiquette du dossier"))

LONGEST_NOTE = 4000
LONGEST_TAG = 40
MOST_TAGS = 10


def give_file(application: Application, *, to: Person | None, by: Person, at: datetime) -> Handling | None:
    """Give a file to a colleague of the programme's team (None: to nobody); they are told by e-mail, unless it is `by`.

    Giving it again to the same person changes nothing.
    """
    only_instructor(application.call, by)
    known = Handling.objects.filter(application=application).select_related("person").first()
    if (known.person_id if known else None) == (to.pk if to else None):
        return known
    if to is not None and not _in_the_team(to, application):
        raise Refused(
            _("%(name)s n’est pas chargé de programme ici : choisissez un collègue de l’équipe.") % {"name": to}
        )
    with transaction.atomic():
        if to is None:
            Handling.objects.filter(application=application).delete()
            given = None
        else:
            given, _made = Handling.objects.update_or_create(
                application=application, defaults={"person": to, "given_by": by, "given_at": at}
            )
        journal.append(
            "reviews.handling.give",
            subject=given or known or application,
            by=by,
            at=at,
            role="officer",
            payload={"application": application.pk, "person": to.pk if to else None},
        )
        if to is not None and to != by:
            mail.send(
                to=to,
                template="reviews/handling",
                context={
                    "application": application,
                    "call": application.call,
                    "by": by,
                    "link": settings.SITE_URL + reverse("reviews:file", args=[application.public_id]),
                },
                at=at,
                subject_of=given,
            )
    return given


def _in_the_team(person: Person, application: Application) -> bool:
    return TeamMember.objects.filter(programme_id=application.call.programme_id, person=person, role="officer").exists()


def write_note(application: Application, *, text: str, key: str, by: Person, at: datetime) -> Note:
    """A note for the team; the same key twice is one note."""
    if not set(TEAM) & access.roles(by, application):
        raise Refused(_("Les notes internes sont réservées à l’équipe du programme."))
    said = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not said:
        raise Refused(_("Écrivez votre note."))
    if len(said) > LONGEST_NOTE:
        raise Refused(_("Une note ne dépasse pas 4 000 caractères : coupez-la en deux."))
    with transaction.atomic():
        note, made = Note.objects.get_or_create(
            key=f"{application.pk}:{key}"[:64],
            defaults={"application": application, "author": by, "text": said, "written_at": at},
        )
        if made:
            journal.append(
                "reviews.note.write",
                subject=note,
                by=by,
                at=at,
                role=min(set(TEAM) & access.roles(by, application)),
                payload={"application": application.pk, "text_sha256": journal.digest(said)},
            )
    return note


def put_tag(application: Application, *, word: str, by: Person, at: datetime) -> Tag:
    """Put a word on a file; it is there once."""
    only_instructor(application.call, by)
    said = " ".join(word.replace("\x00", "").split())[:LONGEST_TAG]
    if not said:
        raise Refused(_("Écrivez l’étiquette à poser."))
    with transaction.atomic():
        known = {tag.word.casefold(): tag for tag in Tag.objects.filter(application=application)}
        if tag := known.get(said.casefold()):
            return tag
        if len(known) >= MOST_TAGS:
            raise Refused(_("Dix étiquettes au plus par dossier : retirez-en une d’abord."))
        tag = Tag.objects.create(application=application, word=said)
        _journal_tag("reviews.tag.put", tag, by=by, at=at)
    return tag


def take_tag(tag: Tag, *, by: Person, at: datetime) -> None:
    """Take a word off a file."""
    only_instructor(tag.application.call, by)
    with transaction.atomic():
        if Tag.objects.filter(pk=tag.pk).exists():
            _journal_tag("reviews.tag.take", tag, by=by, at=at)
            Tag.objects.filter(pk=tag.pk).delete()


def _journal_tag(verb: str, tag: Tag, *, by: Person, at: datetime) -> None:
    payload = {"application": tag.application_id, "word_sha256": journal.digest(tag.word)}
    journal.append(verb, subject=tag, by=by, at=at, role="officer", payload=payload)
