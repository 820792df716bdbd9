"""The 154 invented applications: spread over the 23 regions as the real ones, plausible budgets and texts in French."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

# 154 applications from 23 regions, less than a third from Île-de-France (the total is a fact; the split is invented).
BY_REGION: dict[str, int] = {
    "Île-de-France": 46, "Rhône-Alpes": 16, "Provence-Alpes-Côte d’Azur": 10, "Bretagne": 9, "Pays de la Loire": 8,
    "Midi-Pyrénées": 8, "Aquitaine": 8, "Nord-Pas-de-Calais": 7, "Languedoc-Roussillon": 6, "Lorraine": 5, "Alsace": 5,
    "Centre": 4, "Bourgogne": 3, "Franche-Comté": 3, "Auvergne": 3, "Picardie": 3, "Haute-Normandie": 2,
    "Basse-Normandie": 2, "Poitou-Charentes": 2, "Limousin": 1, "Champagne-Ardenne": 1, "La Réunion": 1,
    "Guadeloupe": 1,
}  # fmt: skip

KINDS = {"association": 70, "company": 34, "local_authority": 24, "university": 26}
NAMES = {
    "association": ("L’Établi de {c}", "Fab’{c}", "La Fabrique de {c}", "Les Mains libres de {c}", "Bidouille {c}"),
    "company": ("Atelier numérique de {c}", "Protolab {c}", "MakeIt {c}", "Scic Les Ateliers de {c}"),
    "local_authority": ("Communauté de communes de {c}", "Ville de {c} – fabrique publique", "Agglomération de {c}"),
    "university": ("École d’ingénieurs de {c}", "Plateforme technologique de {c}", "Campus ouvert de {c}"),
}
PUBLICS = (
    "les petites entreprises et les artisans du bassin", "les demandeurs d’emploi", "les lycéens et leurs enseignants",
    "les porteurs de projets de création d’entreprise", "les habitants des quartiers prioritaires",
    "les associations de réparation", "les agriculteurs et les coopératives", "les étudiants et les jeunes diplômés",
)  # fmt: skip
SERVICES = (
    "le prototypage rapide pour les entreprises", "des formations courtes à la découpe laser et à la fraiseuse",
    "un accompagnement du dessin à la petite série", "des soirées ouvertes deux fois par semaine",
    "une matériauthèque", "un atelier mobile", "des résidences de concepteurs", "un club d’entreprises utilisatrices",
)  # fmt: skip
MACHINES = (
    "découpeuse laser 130 W", "fraiseuse à commande numérique", "quatre imprimantes 3D", "scanner 3D",
    "brodeuse numérique", "banc d’électronique", "thermoformeuse", "plieuse et poste à souder",
)  # fmt: skip
EXPERTS_KNOW = ("entreprises", "éducation", "fabrication", "territoires", "modèle économique", "médiation", "réseaux")


@dataclass(slots=True)
class InventedProject:
    """Everything an applicant would type. Amounts in cents; `flaw` says what the story plants in this one."""

    number: int
    region: str
    kind: str
    commune: str
    organisation: str
    title: str
    texts: dict[str, str]
    costs: list[tuple[str, str, int]] = field(default_factory=list)
    fundings: list[tuple[str, str, str, int]] = field(default_factory=list)
    quality: float = 0.0
    themes: tuple[str, ...] = ()
    flaw: str = ""

    @property
    def requested_cents(self) -> int:
        """What is asked of the call."""
        return sum(amount for _, kind, _, amount in self.fundings if kind == "requested")


FLAWS: dict[int, str] = {11: "rate 72 %", 37: "request 48 000", 58: "request 210 000", 83: "no documents",
                         101: "rate 72 %", 119: "late", 127: "late", 140: "no documents", 148: "late"}  # fmt: skip


def projects(rng: random.Random, communes: dict[str, list[str]], count: int = 154) -> list[InventedProject]:
    """`count` projects; `communes` gives for each 2013 region the commune names drawn for it, in order."""
    regions = [region for region, n in BY_REGION.items() for _ in range(n)]
    rng.shuffle(regions)
    kinds = [kind for kind, n in KINDS.items() for _ in range(n)]
    flaws = {number * count // 154: flaw for number, flaw in FLAWS.items()}
    used: dict[str, int] = {}
    found = []
    for number in range(count):
        region = regions[number % len(regions)]
        rank = used[region] = used.get(region, -1) + 1
        commune = communes[region][rank % len(communes[region])]
        kind = rng.choice(kinds)
        name = named(rng.choice(NAMES[kind]), commune)
        project = InventedProject(
            number=number,
            region=region,
            kind=kind,
            commune=commune,
            organisation=f"{name} ({number + 1})",
            title=_title(rng, commune),
            texts=_texts(rng, commune),
            # The demonstration's applicant is among the best: the thread can be followed to the end from that desk.
            quality=max(rng.gauss(0, 1), 2.2 if number == 0 else -9),
            themes=tuple(rng.sample(EXPERTS_KNOW, 2)),
            flaw=flaws.get(number, ""),
        )
        _plan(rng, project)
        found.append(project)
    return found


def named(words: str, commune: str) -> str:
    """The words with the commune in them, as French says it: « d’Orgères », « du Mans », « aux Ulis »."""
    article = next((a for a in ("Le ", "Les ") if commune.startswith(a)), "")
    of, at = {"Le ": ("du ", "au "), "Les ": ("des ", "aux ")}.get(article, ("de ", "à "))
    rest = commune.removeprefix(article)
    if not article and re.match("[AEIOUÀÂÉÈÊËÎÏÔŒ]", commune):
        of = "d’"
    return words.replace("de {c}", of + rest).replace("à {c}", at + rest).format(c=commune)


def _title(rng: random.Random, commune: str) -> str:
    form = rng.choice(
        (
            "Un atelier de fabrication numérique pour {c}", "Ouvrir la fabrique de {c} aux entreprises",
            "{c} fabrique : machines, métiers, mentors", "De l’idée à l’objet à {c}", "La fabrique mobile de {c}",
            "Fab lab de {c} : changer d’échelle",
        )
    )  # fmt: skip
    return named(form, commune)


def _texts(rng: random.Random, commune: str) -> dict[str, str]:
    public, other = rng.sample(PUBLICS, 2)
    first, second, third = rng.sample(SERVICES, 3)
    machines = ", ".join(rng.sample(MACHINES, 3))
    hours = rng.choice((24, 30, 36, 45))
    of_the_town = named("de {c}", commune)
    people = rng.choice((120, 180, 250, 400, 600))
    return {
        "project": f"L’atelier {of_the_town} accueille aujourd’hui {people} personnes par an dans un local prêté, avec un "
        f"animateur à mi-temps et des bénévoles formés. Le projet ouvre {hours} heures par semaine pour {public} et pour "
        f"{other}. Il apporte {first}, {second} et {third}. Les machines nouvelles ({machines}) complètent celles du lieu, "
        "et un poste d’animateur est créé. Le lieu publie ses plans et ses modes d’emploi, et échange avec les ateliers "
        "de la région.",
        "companies": "Une convention avec la chambre de métiers réserve deux demi-journées par semaine aux entreprises. "
        f"{rng.choice((12, 20, 35))} d’entre elles ont signé une lettre d’intention pour {first}. Les tarifs sont publics "
        "et proportionnés à la taille de l’entreprise.",
        "access": f"L’atelier est à {rng.choice((3, 5, 8, 10))} minutes à pied d’un arrêt de transport, accessible aux "
        f"personnes à mobilité réduite, ouvert {hours} heures par semaine dont deux soirées.",
        "outreach": f"Journées portes ouvertes, stages avec deux lycées {of_the_town}, présence au salon des "
        "entrepreneurs, formations à la médiation numérique avec les espaces publics numériques voisins, et une lettre "
        "trimestrielle aux acteurs du territoire.",
    }


def _plan(rng: random.Random, project: InventedProject) -> None:
    """A balanced financing plan in whole hundreds of euros; the flaws of the story are planted here."""
    cost = rng.randrange(90_000, 330_000, 500) * 100
    rate = rng.uniform(0.45, 0.695)
    request = min(200_000_00, max(50_000_00, int(cost * rate) // 50_000 * 50_000))
    if request * 10 > cost * 7:
        cost = -(-request * 10 // 7 // 50_000) * 50_000 + 50_000
    if project.flaw.startswith("rate"):
        request = -(-cost * 72 // 100)
        request, cost = (request, cost) if request <= 200_000_00 else (144_000_00, 200_000_00)
    elif project.flaw == "request 48 000":
        request, cost = 48_000_00, 80_000_00
    elif project.flaw == "request 210 000":
        request, cost = 210_000_00, 320_000_00
    shares = (("machines", "Machines : " + rng.choice(MACHINES), 45), ("staff", "Poste d’animateur", 30),
              ("premises", "Aménagement du local", 15))  # fmt: skip
    lines = [(category, label, cost * share // 100 // 100 * 100) for category, label, share in shares]
    rest = cost - sum(amount for _, _, amount in lines)
    project.costs = [*lines, ("services", "Formation et conseil", rest)]
    left = cost - request
    own = left * rng.choice((40, 50, 60)) // 100 // 100 * 100
    project.fundings = [
        ("Appel à projets", "requested", "asked", request),
        (f"Conseil régional – {project.region}", "public", rng.choice(("asked", "secured")), left - own),
        ("Fonds propres", "own", "secured", own),
    ]
