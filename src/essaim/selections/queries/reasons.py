"""The reasons of a decision, in order, in both languages: what each applicant reads, and anyone once published."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.apps import apps
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.kernel.bilingual import Bilingual
from essaim.ui.formats import money, number

Sentences = list[str]


def reasons_for(
    application: Any, outcome: str, line: Any | None, ranked: Mapping[str, Any] | None, ranked_count: int
) -> list[Bilingual]:
    """The reasons of one decision; never empty. `line` and `ranked` are None for a file that was not compared."""
    given: Callable[[], Sentences]
    if outcome in {"inadmissible", "ineligible"}:
        given = lambda: _before_comparison(application, outcome)  # noqa: E731 - said twice, once per language
    else:
        given = lambda: _after_comparison(application, outcome, line, ranked, ranked_count)  # noqa: E731
    return [Bilingual(fr=fr, en=en) for fr, en in zip(_said("fr", given), _said("en", given), strict=True)]


def _said(language: str, sentences: Callable[[], Sentences]) -> Sentences:
    with translation.override(language):
        return sentences()


def _before_comparison(application: Any, outcome: str) -> Sentences:
    """The officer's reason, then each rule that is not met, with its margin."""
    said = [
        _("Votre dossier a été déclaré irrecevable.")
        if outcome == "inadmissible"
        else _("Votre dossier a été déclaré inéligible : une règle de l’appel n’est pas respectée.")
    ]
    if application.admissibility_reason:
        said.append(_("Motif donné par le service : %(reason)s") % {"reason": application.admissibility_reason})
    filing = application.filings.order_by("-number").first()
    for finding in filing.findings if filing else []:
        if finding["status"] == "not_met" and finding["severity"] == "blocking":
            said.append(
                f"{Bilingual(finding['title'])} : {Bilingual(finding['margin']) or Bilingual(finding['message'])}"
            )
    return said


def _after_comparison(
    application: Any, outcome: str, line: Any | None, ranked: Mapping[str, Any] | None, ranked_count: int
) -> Sentences:
    """The rules, the marks, the rank with its uncertainty, then the choice."""
    said = [_("Votre dossier est recevable et respecte les règles de l’appel.")]
    reviews = apps.get_model("reviews", "Review").objects.filter(
        assignment__application=application, assignment__state="done"
    )
    totals = list(reviews.values_list("total", flat=True))
    if totals and ranked:
        text = ngettext(
            "%(n)d expert l’a noté : %(mean)s sur 20 en moyenne.",
            "%(n)d experts l’ont noté : %(mean)s sur 20 en moyenne.",
            len(totals),
        )
        said.append(text % {"n": len(totals), "mean": number(ranked["mean"] / 1000, 1)})
        said.append(
            _(
                "Une fois corrigée la sévérité de chaque expert, sa qualité est de %(quality)s sur 20 ; son rang "
                "se situe entre %(low)d et %(high)d sur %(count)d (intervalle à 90 %%)."
            )
            % {
                "quality": number(ranked["quality"] / 1000, 1),
                "low": ranked["low"],
                "high": ranked["high"],
                "count": ranked_count,
            }
        )
    if outcome == "funded" and line and line.granted_cents < application.requested_cents:
        said.append(
            _("Il fait partie de l’ensemble qui apporte le plus de qualité et d’habitants desservis dans l’enveloppe : "
              "%(sum)s lui sont accordés, sur %(asked)s demandés.")
            % {"sum": money(line.granted_cents), "asked": money(application.requested_cents)}
        )  # fmt: skip
    elif outcome == "funded":
        said.append(
            _("Il fait partie de l’ensemble qui apporte le plus de qualité et d’habitants desservis dans l’enveloppe : "
              "%(sum)s lui sont accordés.") % {"sum": money(line.granted_cents if line else 0)}
        )  # fmt: skip
    elif line is None and ranked:
        said.append(_("La commune du projet n’est pas connue : il n’a pas pu être comparé aux autres."))
    elif line is None:
        said.append(_("Il n’a pas reçu d’expertise dans les délais et n’a pas pu être comparé aux autres."))
    else:
        said.append(
            _("Il ne fait pas partie de l’ensemble qui apporte le plus de qualité et d’habitants desservis dans "
              "l’enveloppe.")
        )  # fmt: skip
    return said
