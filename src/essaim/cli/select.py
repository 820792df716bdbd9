"""`essaim select`: the most valuable portfolio within an envelope, its proof, its explanations."""

from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from essaim.cli.reading import Row, Table
    from essaim.engine.coverage import Communes, Place
    from essaim.engine.portfolio import Candidate, Constraints, Portfolio

TOP_LEVEL = True
app = typer.Typer()

UNITS = {
    "granted, spent, cut_of_request, budget": "euros",
    "value, quality, bound, missing_points, margin": "points",
    "newly_covered_population": "habitants",
    "gap": "(bound - value) / value",
    "cells": "classes de communes",
    "robustness": "part des tirages où le dossier est retenu",
    "seconds": "secondes",
}
MOST_DRAWS = 500


class Question(NamedTuple):
    """What every computation of this command is given."""

    candidates: "list[Candidate]"
    communes: "Communes"
    constraints: "Constraints"
    places: "list[Place]"


@app.command()
def select(
    applications: Annotated[
        Path,
        typer.Option(
            help="CSV id,grant,value,latitude,longitude[,min_grant,region,commune,mandatory,excluded] (euros, points)."
        ),
    ],
    budget: Annotated[str, typer.Option(help="Enveloppe, en euros.")],
    communes: Annotated[
        Path | None, typer.Option(help="CSV code,population,latitude,longitude (par défaut, les communes de France).")
    ] = None,
    places: Annotated[Path | None, typer.Option(help="CSV latitude,longitude : lieux qui existent déjà.")] = None,
    radius: Annotated[str, typer.Option(help="Une commune est desservie à cette distance, en km.")] = "20",
    weight: Annotated[int, typer.Option(help="Habitants nouvellement desservis qui valent un point.", min=1)] = 50_000,
    quota: Annotated[
        list[str] | None, typer.Option(help="RÉGION:au moins:au plus (vide : pas de limite), autant que voulu.")
    ] = None,
    quotas: Annotated[Path | None, typer.Option(help="CSV region,low,high.")] = None,
    one_per_commune: Annotated[bool, typer.Option("--one-per-commune", help="Un dossier au plus par commune.")] = False,
    partial: Annotated[str, typer.Option(help="Part minimale d’une demande qui peut être accordée : 0.6.")] = "1",
    gap: Annotated[str, typer.Option(help="Écart à l’optimum accepté pour un grand nombre de dossiers.")] = "1e-4",
    explain: Annotated[str, typer.Option(help="Expliquer : all, ou des identifiants séparés par des virgules.")] = "",
    top_mark: Annotated[int | None, typer.Option(help="Note maximale, dite dans les explications.", min=1)] = None,
    envelopes: Annotated[str, typer.Option(help="Autres enveloppes : de:à:pas, en euros.")] = "",
    draws: Annotated[Path | None, typer.Option(help="Tirages des notes (.npz d’essaim rank --posterior).")] = None,
    certificate: Annotated[
        Path | None, typer.Option(help="Écrit aussi le certificat seul, pour essaim verify ou son script autonome.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Fichier JSON à écrire.")] = None,
) -> None:
    """Choisit les dossiers à financer dans l’enveloppe, prouve le choix et, sur demande, explique chacun."""
    from time import perf_counter

    from essaim.cli.reading import answering, option_number
    from essaim.cli.writing import note, working, write
    from essaim.engine.portfolio import select as choose

    with answering():
        rules = {"budget": budget, "radius": radius, "partial": partial, "weight": weight, "alone": one_per_commune}
        question = read_question(applications, communes, places, quota or [], quotas, rules)
        allowed_gap = float(option_number(gap, "gap", most="1"))
        wanted = wanted_ids(explain, question)
        budgets = read_envelopes(envelopes) if envelopes else []
        posterior = read_draws(draws, question) if draws else None
        start = perf_counter()
        with working(f"{len(question.candidates)} dossiers, {len(question.communes.codes)} communes"):
            portfolio = choose(
                question.candidates, question.communes, constraints=question.constraints,
                existing_places=question.places, gap=allowed_gap, proof=True,
            )  # fmt: skip
        result = document(portfolio, perf_counter() - start)
        if wanted:
            result["explanations"] = explanations(portfolio, question, wanted, top_mark)
        if budgets:
            result["envelopes"] = curve(budgets, question, allowed_gap)
        if posterior is not None:
            result["robustness"] = robustness(posterior, question, allowed_gap)
        write(result, out)
        if certificate:
            write(result["certificate"], certificate)
        note(summary(portfolio))


def read_question(
    applications: Path,
    communes: Path | None,
    places: Path | None,
    quota: "Sequence[str]",
    quotas: Path | None,
    rules: dict[str, Any],
) -> Question:
    """All inputs, checked."""
    from essaim.cli.reading import BadInput, option_cents, option_number, read_table
    from essaim.engine.portfolio import Constraints

    table = read_table(applications, "id", "grant", "value", "latitude", "longitude")
    table.unique("id")
    if rules["alone"]:
        table.need("commune")
    if quota or quotas:
        table.need("region")
    share = option_number(rules["partial"], "partial", least="0.001", most="1") * 1000
    if share != int(share):
        raise BadInput(f"--partial : « {rules['partial']} » a plus de trois décimales.")
    candidates = [read_candidate(row) for row in table]
    constraints = Constraints(
        budget_cents=option_cents(rules["budget"], "budget"),
        quotas=read_quotas(quota, quotas, {candidate.region for candidate in candidates}),
        one_per_commune=rules["alone"],
        partial_permille=int(share),
        weight=rules["weight"],
        radius_km=float(option_number(rules["radius"], "radius", most="1000")),
    )
    already = read_table(places, "latitude", "longitude") if places else ()
    return Question(
        candidates,
        read_communes(read_table(communes, "code", "population", "latitude", "longitude")) if communes else france(),
        constraints,
        [(row.degrees("latitude", 90), row.degrees("longitude", 180)) for row in already],
    )


def read_candidate(row: "Row") -> "Candidate":
    """One application; marks are kept to the thousandth of a point, as the engine counts."""
    from essaim.engine.portfolio import Candidate

    grant = row.cents("grant")
    least = row.cents("min_grant") if "min_grant" in row else None
    if least is not None and least > grant:
        row.refuse("le montant minimal dépasse le montant demandé.", "min_grant")
    candidate = Candidate(
        id=row.text("id"),
        grant_cents=grant,
        min_grant_cents=least,
        value=int((row.number("value") * 1000).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)),
        latitude=row.degrees("latitude", 90),
        longitude=row.degrees("longitude", 180),
        region=row.cells.get("region", ""),
        commune=row.cells.get("commune", ""),
        mandatory=row.flag("mandatory"),
        excluded=row.flag("excluded"),
    )
    if candidate.mandatory and candidate.excluded:
        row.refuse(f"le dossier « {candidate.id} » est à la fois imposé et écarté.")
    return candidate


def read_communes(table: "Table") -> "Communes":
    """The inhabited territory of a file."""
    from essaim.engine.coverage import Communes

    table.unique("code")
    return Communes(
        tuple(row.text("code") for row in table),
        [row.degrees("latitude", 90) for row in table],
        [row.degrees("longitude", 180) for row in table],
        [row.whole("population") for row in table],
    )


def france() -> "Communes":
    """The built-in communes: no database is needed."""
    from essaim.engine.coverage import Communes
    from essaim.places import table

    rows = table.communes()
    return Communes(
        tuple(row["code"] for row in rows),
        [float(row["latitude"]) for row in rows],
        [float(row["longitude"]) for row in rows],
        [int(row["population"]) for row in rows],
    )


def read_quotas(options: "Sequence[str]", path: Path | None, regions: set[str]) -> dict[str, tuple[int, int | None]]:
    """region -> (least, most or None), from the options and the file."""
    from essaim.cli.reading import BadInput, read_table

    found: dict[str, tuple[int, int | None]] = {}
    for text in options:
        region, _, limits = text.partition(":")
        low, separator, high = limits.partition(":")
        if not (region and separator and low.isdecimal() and (high.isdecimal() or not high)):
            raise BadInput(f"--quota : « {text} » n’est pas un quota ; écrivez RÉGION:au moins:au plus.")
        if region not in regions:
            raise BadInput(f"--quota : aucun dossier n’est de la région « {region} ».")
        if region in found:
            raise BadInput(f"--quota : la région « {region} » a deux quotas.")
        found[region] = (int(low), int(high) if high else None)
    for row in read_table(path, "region", "low", "high") if path else ():
        region = row.text("region")
        if region not in regions:
            row.refuse(f"aucun dossier n’est de la région « {region} ».", "region")
        if region in found:
            row.refuse(f"la région « {region} » a deux quotas.")
        found[region] = (row.whole("low"), row.whole("high") if "high" in row else None)
    for region, (least, most) in found.items():
        if most is not None and least > most:
            raise BadInput(f"Le quota de la région « {region} » demande au moins {least} et au plus {most}.")
    return found


def wanted_ids(explain: str, question: Question) -> list[str]:
    """The ids to explain, in order."""
    from essaim.cli.reading import BadInput, listed

    known = sorted(candidate.id for candidate in question.candidates)
    wanted = known if explain == "all" else listed(explain)
    for id_ in wanted:
        if id_ not in known:
            raise BadInput(f"--explain : le dossier « {id_} » est inconnu.")
    return wanted


def read_envelopes(text: str) -> list[int]:
    """« from:to:step » in euros, as cents."""
    from essaim.cli.reading import BadInput, option_cents

    parts = text.split(":")
    low, high, step = (option_cents(part, "envelopes") for part in parts) if len(parts) == 3 else (0, 0, 0)
    if not (low <= high and step > 0 and (high - low) // step < 1000):
        raise BadInput(f"--envelopes : « {text} » n’est pas de:à:pas, en euros, en moins de 1000 enveloppes.")
    return list(range(low, high + 1, step))


def read_draws(path: Path, question: Question) -> tuple[list[str], Any]:
    """The applications and the (draws, n) qualities of a .npz; all candidates must be there."""
    import numpy as np

    from essaim.cli.reading import BadInput

    try:
        with np.load(path, allow_pickle=False) as arrays:
            names, quality = arrays["applications"].astype(str).tolist(), arrays["quality"].astype(float)
    except FileNotFoundError:
        raise BadInput(f"Le fichier « {path} » n’existe pas.") from None
    except (OSError, ValueError, EOFError, KeyError):
        raise BadInput(f"Le fichier « {path.name} » n’a pas les tableaux « applications » et « quality ».") from None
    if quality.ndim != 2 or quality.shape[1] != len(names) or not len(quality) or not np.isfinite(quality).all():
        raise BadInput(f"« {path.name} » : il faut un nombre fini par tirage (ligne) et par dossier (colonne).")
    for candidate in question.candidates:
        if candidate.id not in set(names):
            raise BadInput(f"« {path.name} » n’a pas de tirage pour le dossier « {candidate.id} ».")
    return names, quality[:MOST_DRAWS]


def document(portfolio: "Portfolio", seconds: float) -> dict[str, Any]:
    """The portfolio and its proof."""
    from essaim.cli.writing import euros

    return {
        "funded": [{"id": grant.id, "granted": euros(grant.granted_cents)} for grant in portfolio.funded],
        "value": portfolio.points(portfolio.value),
        "quality": portfolio.quality / 1000,
        "newly_covered_population": portfolio.newly_covered_population,
        "spent": euros(portfolio.spent_cents),
        "bound": portfolio.points(portfolio.bound),
        "gap": portfolio.gap,
        "cells": portfolio.cells,
        "proven": portfolio.proven,
        "method": portfolio.method,
        "seconds": round(seconds, 3),
        "certificate": portfolio.certificate.document(),
        "units": UNITS,
    }


def explanations(
    portfolio: "Portfolio", question: Question, wanted: "Sequence[str]", top_mark: int | None
) -> dict[str, Any]:
    """One explanation per id, computed one after the other so that progress shows."""
    from essaim.cli.writing import euros, working
    from essaim.engine.explain import explain

    def points(thousandths: int | None) -> float | None:
        return None if thousandths is None else thousandths / 1000

    with working(f"{len(wanted)} explications"):
        found = explain(
            portfolio, question.candidates, question.communes, question.constraints, wanted,
            existing_places=question.places, top_mark=top_mark,
        )  # fmt: skip
    return {
        id_: {
            "funded": one.funded,
            "missing_points": points(one.missing_points),
            "cut_of_request": None if one.cut_of_request_cents is None else euros(one.cut_of_request_cents),
            "margin": points(one.margin),
            "rule_blame": list(one.rule_blame),
            "sentence_fr": one.sentence_fr,
            "sentence_en": one.sentence_en,
        }
        for id_, one in found.items()
    }


def curve(budgets: "Sequence[int]", question: Question, gap: float) -> list[dict[str, Any]]:
    """The best portfolio of each envelope, who enters and who leaves."""
    from essaim.cli.writing import euros, working
    from essaim.engine.explain import envelope_curve

    with working(f"{len(budgets)} enveloppes"):
        found = envelope_curve(
            budgets, question.candidates, question.communes, question.constraints,
            existing_places=question.places, gap=gap,
        )  # fmt: skip
    return [
        {
            "budget": euros(one.budget_cents),
            "value": one.value / (1000 * question.constraints.weight),
            "proven": one.proven,
            "funded": list(one.funded),
            "entering": list(one.entering),
            "leaving": list(one.leaving),
            "sentence_fr": one.sentence_fr,
            "sentence_en": one.sentence_en,
        }
        for one in found
    ]


def robustness(posterior: tuple[list[str], Any], question: Question, gap: float) -> dict[str, Any]:
    """The probability of being funded, over draws of the marks."""
    from essaim.cli.writing import followed
    from essaim.engine.robustness import funded_by_draw, probabilities

    names, quality = posterior
    again = funded_by_draw(
        names, quality, question.candidates, question.communes, question.constraints,
        existing_places=question.places, gap=gap,
    )  # fmt: skip
    funded = list(followed(again, "Tirages", len(quality)))
    ids = sorted(candidate.id for candidate in question.candidates)
    return {"draws": len(funded), "probability_funded": dict(probabilities(funded, ids))}


def summary(portfolio: "Portfolio") -> str:
    """One line for the person at the terminal."""
    from essaim.engine.sentences import NBSP, THIN, counted, euros, grouped, mark

    reached = grouped(portfolio.newly_covered_population, THIN)
    gap = f"{100 * portfolio.gap:.4f}".rstrip("0").rstrip(".").replace(".", ",")
    return (
        f"{counted(len(portfolio.funded), 'dossier retenu', 'dossiers retenus')}, "
        f"{euros(portfolio.spent_cents)}, {mark(portfolio.quality)} points de qualité, "
        f"{reached} habitants desservis en plus, écart à l’optimum d’au plus {gap}{NBSP}%."
    )
