"""Near-duplicate French texts: copies with faults, and other wordings of the same idea."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from bench.measure import Figure, timed
from essaim.engine.similarity import SimilarityIndex, Text, fold

NAME = "Similarity"
ACTIONS = {
    "open": ("Ouvrir", "Créer", "Lancer", "Monter"),
    "train": ("Former", "Accompagner", "Initier", "Apprendre à"),
    "lend": ("Prêter", "Mettre à disposition", "Partager", "Mutualiser"),
    "fund": ("Financer", "Soutenir", "Subventionner", "Aider"),
    "map": ("Cartographier", "Recenser", "Répertorier", "Mettre sur une carte"),
    "repair": ("Réparer", "Remettre en état", "Reconditionner", "Dépanner"),
}
THINGS = {
    "fablab": ("un fablab", "un atelier de fabrication numérique", "un lieu avec imprimantes 3D", "un makerspace"),
    "library": ("la médiathèque", "la bibliothèque", "un point lecture", "le rayon des livres"),
    "bikes": ("des vélos", "des bicyclettes", "des deux-roues", "des cycles"),
    "computers": ("des ordinateurs", "des PC portables", "du matériel informatique", "des postes de travail"),
    "mediators": ("les médiateurs numériques", "les conseillers du numérique", "les animateurs d’EPN", "les aidants"),
    "workshops": ("des ateliers du soir", "des séances hors horaires", "des créneaux après le travail", "des soirées"),
    "garden": ("un jardin partagé", "un potager commun", "des parcelles collectives", "un verger de quartier"),
    "cars": ("des voitures", "des véhicules", "un parc automobile", "des autos"),
}
PUBLICS = {
    "young": ("pour les jeunes", "à destination des adolescents", "avec les collégiens", "tourné vers la jeunesse"),
    "old": ("pour les retraités", "avec les personnes âgées", "à destination des aînés", "pour les seniors"),
    "jobless": ("pour les chômeurs", "avec les demandeurs d’emploi", "pour qui cherche du travail", "sans emploi"),
    "firms": ("pour les artisans", "avec les petites entreprises", "au service des TPE", "avec les indépendants"),
    "all": ("pour tous", "ouvert à chacun", "sans condition", "pour tous les habitants"),
}
PLACES = {
    "rural": ("à la campagne", "en milieu rural", "dans les villages", "loin des villes"),
    "suburb": ("dans les quartiers", "en banlieue", "dans les cités", "en périphérie"),
    "school": ("dans un lycée", "au sein des établissements scolaires", "à l’école", "dans les collèges"),
    "station": ("près de la gare", "autour des transports", "au pied du train", "à l’arrêt de bus"),
}
SLOTS = (ACTIONS, THINGS, PUBLICS, PLACES)


def wording(idea: Sequence[str], pick: Sequence[int]) -> str:
    """One sentence for an idea, each part said in one of its ways."""
    return " ".join(slot[part][way] for slot, part, way in zip(SLOTS, idea, pick, strict=True)) + "."


def faulty(text: str, chance: random.Random) -> str:
    """The same text, with a letter dropped and other typography, as someone who copies it on a phone."""
    at = chance.randrange(len(text) - 2)
    return fold(text[:at] + text[at + 1 :]).replace("’", "'").rstrip(".")


def corpus(texts: int, seed: int) -> tuple[list[Text], dict[str, str], dict[str, set[str]]]:
    """Texts; copy -> its original; text -> other wordings of its idea. Themes are the things spoken of."""
    chance = random.Random(seed)
    every = [(a, b, c, d) for a in ACTIONS for b in THINGS for c in PUBLICS for d in PLACES]
    ideas = chance.sample(every, min(len(every), texts // 3))
    found: list[Text] = []
    copies: dict[str, str] = {}
    others: dict[str, set[str]] = {}
    for number, idea in enumerate(ideas):
        first = [chance.randrange(4) for _ in SLOTS]
        second = [(way + 1 + chance.randrange(3)) % 4 if chance.random() < 0.5 else way for way in first]
        names = [f"{number}o", f"{number}c", f"{number}r"]
        original = wording(idea, first)
        said = (original, faulty(original, chance), wording(idea, second))
        found += [Text(name, text, idea[1]) for name, text in zip(names, said, strict=True)]
        copies[names[1]] = names[0]
        others[names[2]] = {names[0], names[1]}
    return found, copies, others


def figures(quick: bool) -> Iterator[Figure]:
    """All the figures of this problem."""
    size = 300 if quick else 1_000
    texts, copies, others = corpus(size, 1)
    seconds, index = timed(lambda: SimilarityIndex([Text(text.id, text.text) for text in texts]))
    label = f"{len(texts)} texts"
    by_id = {text.id: text for text in texts}
    near = share(
        {name: ranked(index, by_id[name].text, name, 5) for name in copies}, {k: {v} for k, v in copies.items()}
    )
    far = share({name: ranked(index, by_id[name].text, name, 10) for name in others}, others)
    result = f"near copies R@5 {near:.3f}, other wordings R@10 {far:.3f}; index built in {seconds:.2f} s"
    why = "generated texts: the share of words two wordings have in common is that of the generator"
    yield Figure(NAME, label, "Essaim", seconds, result, "R@5 .99, R@10 .50", near >= 0.99 and far >= 0.5, why)
    seconds, _ = timed(lambda: index.nearest("Un fablab ouvert le soir dans les villages", limit=5), times=5)
    yield Figure(NAME, f"{label}, while typing", "Essaim", seconds, "", "0.05 s", seconds <= 0.05)
    yield trigrams(texts, copies, others, label)
    yield cards()


def ranked(index: SimilarityIndex, text: str, itself: str, limit: int, theme: str = "") -> list[str]:
    """The ids nearest to a text, itself left out."""
    found = index.nearest(text, theme=theme, limit=limit + 1, threshold=0.0)
    return [one.id for one in found if one.id != itself][:limit]


def share(found: dict[str, list[str]], wanted: dict[str, set[str]]) -> float:
    """Mean recall."""
    return sum(len(wanted[name] & set(found[name])) / len(wanted[name]) for name in wanted) / len(wanted)


def trigrams(texts: Sequence[Text], copies: dict[str, str], others: dict[str, set[str]], label: str) -> Figure:
    """The similarity of PostgreSQL's pg_trgm, which Decidim uses: common trigrams over all trigrams."""

    def grams(text: str) -> set[str]:
        return {f"  {word} "[k : k + 3] for word in fold(text).split() for k in range(len(word) + 1)}

    def work() -> dict[str, list[str]]:
        bags = [(text.id, grams(text.text)) for text in texts]
        found = {}
        for name, bag in bags:
            scored = [(-len(bag & other) / len(bag | other), one) for one, other in bags if one != name]
            found[name] = [one for _, one in sorted(scored)[:10]]
        return found

    seconds, found = timed(work)
    near = share({name: found[name][:5] for name in copies}, {copy: {of} for copy, of in copies.items()})
    far = share({name: found[name] for name in others}, others)
    result = f"near copies R@5 {near:.3f}, other wordings R@10 {far:.3f}"
    return Figure(NAME, label, "trigrams (pg_trgm)", seconds, result)


def cards() -> Figure:
    """Sixty cards of a workshop, with their themes, over ten draws."""
    shares = []
    for seed in range(10):
        texts, _, others = corpus(60, 100 + seed)
        index, by_id = SimilarityIndex(texts), {text.id: text for text in texts}
        found = {name: ranked(index, by_id[name].text, name, 5, by_id[name].theme) for name in others}
        shares.append(share(found, others))
    recall = sum(shares) / len(shares)
    return Figure(
        NAME, "60 cards with themes", "Essaim", None, f"other wordings R@5 {recall:.3f}", "R@5 .82", recall >= 0.82
    )
