"""Invented people and organisations: plausible, French, and nobody. All marked `invented` wherever they appear."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass

FIRST = {
    "F": "Aïcha Alice Anaïs Camille Catherine Chloé Claire Delphine Élodie Émilie Fatima Florence Hélène Inès Isabelle "
    "Jeanne Julie Karima Laure Léa Lucie Manon Margaux Marie Maud Mélanie Nadia Nathalie Odile Pauline Rachel Sarah "
    "Sophie Soizic Sylvie Valérie Yasmine Zoé",
    "H": "Adrien Ahmed Alain Antoine Arnaud Benoît Bruno Cédric Christophe Damien David Emmanuel Éric Étienne Fabien "
    "François Gaël Guillaume Hugo Jérôme Julien Karim Laurent Loïc Malik Marc Mathieu Mehdi Nicolas Olivier Pascal "
    "Pierre Quentin Rémi Samuel Sébastien Thomas Vincent Yann",
}
LAST = [
    "Aubert",
    "Bailly",
    "Barbier",
    "Baron",
    "Benali",
    "Berger",
    "Bertin",
    "Besnard",
    "Blanchard",
    "Bouvier",
    "Brunet",
    "Carpentier",
    "Chevalier",
    "Colin",
    "Collet",
    "Cordier",
    "Coulon",
    "Da-Silva",
    "Delattre",
    "Deschamps",
    "Diallo",
    "Dumas",
    "Fabre",
    "Faure",
    "Fleury",
    "Gaillard",
    "Garnier",
    "Gauthier",
    "Girard",
    "Guérin",
    "Guichard",
    "Hamon",
    "Haddad",
    "Jacquet",
    "Kieffer",
    "Lacroix",
    "Lambert",
    "Le-Goff",
    "Lebrun",
    "Leclerc",
    "Lemoine",
    "Leroux",
    "Marchand",
    "Masson",
    "Mercier",
    "Meunier",
    "Meyer",
    "Monnier",
    "Morvan",
    "Nguyen",
    "Noël",
    "Olivier",
    "Paris",
    "Pasquier",
    "Perrin",
    "Poirier",
    "Prévost",
    "Renaud",
    "Rivière",
    "Rolland",
    "Roussel",
    "Roux",
    "Sanchez",
    "Schmitt",
    "Tanguy",
    "Tessier",
    "Traoré",
    "Vasseur",
    "Vidal",
    "Weber",
]

ROLES = {"fondateur": 34, "association": 26, "agent_public": 22, "chercheur": 10, "elu": 8}
SECTORS = ("mobilité", "habitat", "éducation", "alimentation", "fabrication", "finance", "santé", "culture")
EXPERIENCES = ("première fois", "a déjà participé", "habitué")
ORGANISATIONS = {
    "fondateur": ("Covoit’Ensemble", "Ruche & Co", "Prêtatout", "Atelier Partagé", "Toits Voisins", "MaCuisineOuverte"),
    "association": ("Les Petits Débrouillards d’ici", "Réseau des lieux ouverts", "Repair’Quartier", "Le Commun"),
    "agent_public": ("Direction régionale", "Mairie", "Ministère", "Agence publique", "Conseil régional"),
    "chercheur": ("Laboratoire Usages", "École d’ingénieurs", "Institut des communs"),
    "elu": ("Ville", "Communauté d’agglomération", "Département"),
}
REGIONS = ("Île-de-France", "Rhône-Alpes", "Bretagne", "Provence-Alpes-Côte d’Azur", "Nord-Pas-de-Calais", "Aquitaine")


@dataclass(frozen=True, slots=True)
class InventedPerson:
    """A name and an address in a domain that cannot exist (RFC 2606)."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class InventedParticipant:
    """A participant of the Jam, with the attributes groups are mixed by."""

    name: str
    organisation: str
    attributes: dict[str, str]


def ascii_slug(text: str) -> str:
    """Lower-case letters, digits and dots."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "".join(c if c.isalnum() else "." for c in folded).strip(".")


def person(rng: random.Random, number: int, domain: str = "invente.example") -> InventedPerson:
    """One invented person; the number keeps addresses unique."""
    gender = rng.choice("FH")
    name = f"{rng.choice(FIRST[gender].split())} {rng.choice(LAST).replace('-', ' ')}"
    return InventedPerson(name, f"{ascii_slug(name)}.{number}@{domain}")


def participants(rng: random.Random, count: int = 100) -> list[InventedParticipant]:
    """The people in the room on 25 June 2013: about 100 founders, associations, civil servants (invented)."""
    roles = [role for role, weight in ROLES.items() for _ in range(weight)]
    found = []
    for number in range(count):
        gender = "F" if rng.random() < 0.45 else "H"
        role = roles[number % len(roles)]
        name = f"{rng.choice(FIRST[gender].split())} {rng.choice(LAST).replace('-', ' ')}"
        region = "Île-de-France" if rng.random() < 0.5 else rng.choice(REGIONS)
        organisation = f"{rng.choice(ORGANISATIONS[role])} {rng.randint(1, 9)}"
        attributes = {
            "role": role,
            "region": region,
            "gender": gender,
            "experience": rng.choices(EXPERIENCES, (5, 3, 2))[0],
            "sector": rng.choice(SECTORS),
        }
        found.append(InventedParticipant(name, organisation, attributes))
    return found
