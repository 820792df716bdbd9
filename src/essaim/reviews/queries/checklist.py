"""The checklist of a file: what the form, the documents and the rules say, and what officers ticked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from essaim.applications.queries import documents_asked, findings_of, missing_of
from essaim.calls.queries import FindingView


@dataclass(frozen=True, slots=True)
class Point:
    """One point: what the computation proposes (True, False, None: it cannot say), and what an officer answered.

    `weighs`: unanswered, a False makes the file objectionable; the others are for the officer's judgement.
    """

    code: str
    title: str
    group: str
    article: str
    sentences: tuple[str, ...]
    proposed: bool | None
    weighs: bool
    tick: Any | None = None

    @property
    def holds(self) -> bool | None:
        """The officer's answer, or else the proposal; None while somebody must look."""
        return self.tick.holds if self.tick is not None else self.proposed

    @property
    def objects(self) -> bool:
        """Whether it speaks against the file."""
        return self.holds is False and (self.weighs or self.tick is not None)

    @property
    def open(self) -> bool:
        """Whether somebody must still look: nothing computed, nothing answered, and it weighs."""
        return self.holds is None and self.weighs


def points_of(application: Any, findings: Iterable[FindingView] | None = None) -> list[Point]:
    """The points of a file in order: form, documents, rules, then the officers' own for the call."""
    given = {document.slot for document in application.documents.all()}
    found = list(findings) if findings is not None else findings_of(application, phase="admissibility")
    ticks = {tick.point: tick for tick in application.ticks.all()}
    missing = missing_of(application)
    points = [
        Point(
            "form", _("Le formulaire est complet"), _("Le dossier"), "",
            tuple(row.sentence for row in missing), not missing, True,
        ),
        *(
            Point(
                f"document:{asked.code}", str(asked.title), _("Les pièces"), "",
                () if asked.code in given else (_("Cette pièce obligatoire n’est pas jointe."),),
                asked.code in given, asked.required,
            )
            for asked in documents_asked(application)
            if asked.required or asked.code in given
        ),
        *(
            Point(
                f"rule:{row.rule}", str(row.title), _("Les règles"), str(row.article),
                tuple(filter(None, (str(row.message), str(row.margin)))),
                {"met": True, "not_met": False}.get(row.status), row.severity == "blocking",
            )
            for row in found
        ),
        *(
            Point(f"item:{item.pk}", item.text, _("Les points de l’équipe"), "", (), None, True)
            for item in application.call.checklist_items.all()
            if item.dropped_at is None
        ),
    ]  # fmt: skip
    return [
        Point(p.code, p.title, p.group, p.article, p.sentences, p.proposed, p.weighs, ticks.get(p.code)) for p in points
    ]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the checklist proposes: `verdict` is admit, object or wait; `sentence` says it. A person decides."""

    verdict: str
    sentence: str


def proposal_of(points: Iterable[Point]) -> Proposal:
    """Admissible when nothing objects and nothing is left to look at."""
    listed = list(points)
    against = [point.title for point in listed if point.objects]
    left = [point.title for point in listed if point.open]
    if against:
        sentence = _("La liste de contrôle s’oppose à la recevabilité : %(points)s.") % {"points": ", ".join(against)}
        return Proposal("object", sentence)
    if left:
        return Proposal("wait", _("Il reste à vérifier : %(points)s.") % {"points": ", ".join(left)})
    return Proposal("admit", _("Rien ne s’oppose à la recevabilité. La décision vous revient."))
