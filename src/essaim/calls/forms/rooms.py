"""What each room of the editor writes, entry by entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from essaim.calls.forms.entries import Entry, Group
from essaim.calls.queries.conditions import TESTS
from essaim.calls.queries.form import CELLS, TYPES

Options = Sequence[tuple[str, Any]]
NONE: tuple[str, Any] = ("", _("Choisissez"))
FORMATS = ("pdf", "jpg", "png", "odt", "docx", "ods", "xlsx", "csv", "txt")
SEVERITIES = (
    ("blocking", _("Bloquante : sans elle, le dossier est inéligible")),
    ("warning", _("À surveiller : dite au porteur et au service")),
    ("officer", _("Laissée à l’appréciation du service")),
)
PHASES = (
    ("simulator", _("Simulateur")),
    ("draft", _("Brouillon")),
    ("filing", _("Dépôt")),
    ("admissibility", _("Recevabilité")),
    ("award", _("Attribution")),
    ("payment", _("Versement")),
)

CALL_TEXTS = (
    Group(
        _("La page de l’appel"),
        (
            Entry(("title",), _("Titre"), "both"),
            Entry(("summary",), _("Résumé"), "both", rows=2),
            Entry(("purpose",), _("Objet"), "both", rows=4),
            Entry(("who",), _("Qui peut candidater"), "both", rows=3),
            Entry(("how_much",), _("Montants"), "both", rows=3),
            Entry(("spending",), _("Dépenses prises en charge"), "both", rows=3),
            Entry(("commitments",), _("Engagements"), "both", rows=3),
        ),
    ),
    Group(
        _("Ce que la loi demande de dire"),
        (
            Entry(("silence", "text"), _("Règle en cas de silence"), "both", rows=3),
            Entry(("appeal", "text"), _("Voies de recours"), "both", rows=3),
            Entry(("late", "text"), _("Règle en cas de retard"), "both", rows=3),
        ),
    ),
)


def dates(*, closing: bool) -> tuple[Group, ...]:
    """Opening, closing (unless the call is published: it is extended elsewhere), zone and announced days."""
    period = [Entry(("period", "opens_at"), _("Ouverture"), "instant")]
    if closing:
        hint = _("L’instant compris : jusqu’à 23 h 59 min 59 s, par exemple.")
        period.append(Entry(("period", "closes_at"), _("Clôture"), "instant", help=hint))
    zone = Entry(("period", "timezone"), _("Fuseau horaire"), help=_("Par exemple Europe/Paris."))
    days = (
        Entry(("date",), _("Jour"), "date"),
        Entry(("approximate",), _("Approximatif"), "yes"),
        Entry(("title",), _("Ce qui a lieu"), "both"),
    )
    hint = _("L’ouverture et la clôture s’y ajoutent d’elles-mêmes.")
    return (
        Group(_("Ouverture et clôture"), (*period, zone)),
        Group(_("Les dates annoncées ensuite"), (Entry(("calendar",), _("Calendrier"), "rows", entries=days),), hint),
    )


def frame(regions: Options) -> tuple[Group, ...]:
    """Who answers for the call, where, on what, and the kinds of spending."""
    category = (
        Entry(("code",), _("Code"), help=""),
        Entry(("title",), _("Nom"), "both"),
        Entry(("account",), _("Compte")),
    )
    return (
        Group(
            _("Le service instructeur"),
            (
                Entry(("service", "name"), _("Nom du service"), "both"),
                Entry(("service", "email"), _("Adresse électronique du service")),
                Entry(("service", "telephone"), _("Téléphone du service")),
                Entry(("service", "postal_address"), _("Adresse postale du service")),
            ),
            _("Ces mentions figurent sur chaque accusé d’enregistrement."),
        ),
        Group(
            _("Numéros, délais, expertises"),
            (
                Entry(("reference",), _("Début du numéro de chaque dossier"), help=_("Par exemple FABLABS.")),
                Entry(("silence", "months"), _("Mois de silence valant rejet"), "number"),
                Entry(("appeal", "delay_months"), _("Mois pour contester"), "number"),
                Entry(("reviews", "each"), _("Expertises par dossier"), "number"),
                Entry(("agreement", "maximum_months"), _("Durée maximale des conventions, en mois"), "number"),
            ),
        ),
        Group(
            _("Territoire et thèmes"),
            (
                Entry(
                    ("territory", "regions"),
                    _("Régions concernées"),
                    "several",
                    help=_("Aucune cochée : toute la France."),
                    options=regions,
                ),
                Entry(
                    ("themes", "codes"),
                    _("Thèmes des alertes"),
                    "words",
                    help=_("Séparés par des virgules, par exemple fablabs, production."),
                ),
            ),
        ),
        Group(
            _("Les catégories de dépenses du budget"),
            (Entry(("category",), _("Catégories"), "rows", entries=category),),
            _("Le compte est celui du plan comptable ; le code est un mot sans accent ni espace."),
        ),
    )


SECTION = (
    Group(
        _("La section"),
        (
            Entry(("title",), _("Titre"), "both"),
            Entry(("help",), _("Aide"), "both", rows=2),
            Entry(
                ("step",),
                _("Page du dossier"),
                "choice",
                options=(("project", _("Le projet")), ("organisation", _("L’organisme"))),
            ),
        ),
    ),
)
CODE = Entry(
    ("code",),
    _("Code"),
    help=_("Un mot sans accent ni espace, qui ne change plus. Laissez vide : il vient du libellé."),
)


def question(kind: str, facts: Options, others: Options) -> tuple[Group, ...]:
    """A question of this type: what is common to all, what is its own, and when it is asked."""
    common = Group(
        _("La question"),
        (
            Entry(("label",), _("Libellé"), "both"),
            Entry(("help",), _("Aide"), "both", rows=2),
            *([] if kind in {"file", "declaration", "commune"} else [Entry(("example",), _("Exemple"), "both")]),
            Entry(("required",), _("Réponse obligatoire pour déposer"), "yes"),
            *(_told(facts) if facts else ()),
        ),
    )
    own = OWN.get(kind, ())
    tests = (
        Entry(("question",), _("Question"), "choice", options=[("", _("Aucune")), *others]),
        Entry(("op",), _("Comparaison"), "choice", options=list(TESTS.items())),
        Entry(("value",), _("Valeur")),
    )
    hint = _(
        "Sans ligne remplie, la question est toujours posée. Valeur : oui ou non, un nombre, une date (AAAA-MM-JJ), "
        "ou le code d’une réponse ; plusieurs codes se séparent par des virgules."
    )
    conditions = Group(
        _("Quand la poser"),
        (
            Entry(
                ("join",),
                _("S’il y a plusieurs conditions"),
                "choice",
                options=(("all", _("Toutes doivent tenir")), ("any", _("Une seule suffit"))),
            ),
            Entry(("tests",), _("Conditions"), "rows", entries=tests),
        ),
        hint,
    )
    return (common, *([Group(TYPES[kind], own)] if own else []), *([conditions] if others else []))


def _told(facts: Options) -> tuple[Entry, ...]:
    """What the answer tells the rules, and how their sentences name it."""
    hint = _("Par exemple : la surface ouverte au public. Vide : le libellé.")
    return (
        Entry(("fact",), _("Ce que la réponse dit au règlement"), "choice", options=[NOTHING, *facts]),
        Entry(("fact_name",), _("Son nom dans les phrases des règles"), "both", help=hint),
    )


NOTHING: tuple[str, Any] = ("", _("Rien"))
_CELLS = [(kind, TYPES[kind]) for kind in CELLS if kind != "choice"]
_ACCEPTED = Entry(("formats",), _("Formats acceptés"), "several", options=[(name, name.upper()) for name in FORMATS])
_LENGTHS = (
    Entry(("min_length",), _("Nombre minimal de caractères"), "number"),
    Entry(("max_length",), _("Nombre maximal de caractères"), "number"),
)
_CHOICES = Entry(
    ("choices",),
    _("Réponses proposées"),
    "rows",
    entries=(Entry(("code",), _("Code")), Entry(("label",), _("Réponse"), "both")),
)
OWN: Mapping[str, tuple[Entry, ...]] = {
    "short_text": _LENGTHS,
    "long_text": _LENGTHS,
    "number": (
        Entry(("min",), _("Minimum"), "figure"),
        Entry(("max",), _("Maximum"), "figure"),
        Entry(("decimals",), _("Décimales permises"), "number"),
        Entry(("unit",), _("Unité"), "both"),
    ),
    "money": (Entry(("min",), _("Minimum"), "money"), Entry(("max",), _("Maximum"), "money")),
    "date": (Entry(("min",), _("Au plus tôt"), "date"), Entry(("max",), _("Au plus tard"), "date")),
    "choice": (
        Entry(
            ("look",),
            _("Présentation"),
            "choice",
            options=(("radio", _("Boutons, toutes visibles")), ("select", _("Menu déroulant"))),
        ),
        _CHOICES,
    ),
    "several": (
        Entry(("min_choices",), _("Au moins"), "number"),
        Entry(("max_choices",), _("Au plus"), "number"),
        _CHOICES,
    ),
    "declaration": (Entry(("text",), _("Texte à certifier"), "both", rows=4),),
    "file": (
        _ACCEPTED,
        Entry(("max_megabytes",), _("Taille maximale, en Mo"), "number"),
        Entry(("multiple",), _("Plusieurs fichiers possibles"), "yes"),
    ),
    "table": (
        Entry(("min_rows",), _("Nombre minimal de lignes"), "number"),
        Entry(("max_rows",), _("Nombre maximal de lignes"), "number"),
        Entry(
            ("column",),
            _("Colonnes"),
            "rows",
            entries=(
                Entry(("code",), _("Code")),
                Entry(
                    ("type",),
                    _("Type"),
                    "choice",
                    options=[("", _("Aucune")), *_CELLS],
                ),
                Entry(("label",), _("Libellé"), "both"),
                Entry(("required",), _("Obligatoire"), "yes"),
            ),
        ),
    ),
}

RULE = (
    Group(
        _("La règle"),
        (
            Entry(("title",), _("Titre"), "both"),
            Entry(("article",), _("Où elle est écrite (article)"), "both"),
            Entry(("severity",), _("Gravité"), "choice", options=SEVERITIES),
            Entry(
                ("phases",),
                _("Quand elle est demandée"),
                "several",
                help=_("Aucun moment coché : toujours."),
                options=PHASES,
            ),
            Entry(("met",), _("Ce qu’elle dit quand elle est respectée"), "both", rows=2),
            Entry(("not_met",), _("Ce qu’elle dit quand elle ne l’est pas"), "both", rows=2),
        ),
    ),
)
GRID = (
    Group(
        _("L’échelle"),
        (
            Entry(("scale", "min"), _("Note la plus basse"), "number"),
            Entry(("scale", "max"), _("Note la plus haute"), "number"),
            Entry(("scale", "step"), _("Pas"), "number"),
            Entry(("justification_min_length",), _("Longueur minimale des justifications, en caractères"), "number"),
            Entry(
                ("level",),
                _("Repères"),
                "rows",
                entries=(Entry(("score",), _("Note"), "number"), Entry(("title",), _("Ce qu’elle veut dire"), "both")),
            ),
        ),
    ),
)
CRITERION = (
    Group(
        _("Le critère"),
        (
            Entry(("title",), _("Titre"), "both"),
            Entry(("weight",), _("Poids"), "number", help=_("Les poids de tous les critères font 100.")),
            Entry(("question",), _("Question posée à l’expert"), "both", rows=2),
            Entry(("low",), _("Ce que dit la note la plus basse"), "both", rows=2),
            Entry(("high",), _("Ce que dit la note la plus haute"), "both", rows=2),
        ),
    ),
)


def document(kinds: Options) -> tuple[Group, ...]:
    """A document asked: what it is, of whom, how it may be sent."""
    everyone = ("*", _("Tous les demandeurs"))
    return (
        Group(
            _("La pièce"),
            (
                Entry(("title",), _("Titre"), "both"),
                Entry(("help",), _("Aide"), "both", rows=2),
                Entry(
                    ("required_for",),
                    _("Obligatoire pour"),
                    "several",
                    help=_("Rien de coché : facultative."),
                    options=[everyone, *kinds],
                    keep_empty=True,
                ),
                Entry(
                    ("formats",), _("Formats acceptés"), "several", options=[(name, name.upper()) for name in FORMATS]
                ),
                Entry(("max_megabytes",), _("Taille maximale, en Mo"), "number"),
                Entry(("multiple",), _("Plusieurs fichiers possibles"), "yes"),
                Entry(("template",), _("Adresse d’un modèle à remplir"), help=_("Facultatif, commence par https.")),
            ),
        ),
    )
