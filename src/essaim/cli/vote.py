"""`essaim vote`: which projects of a participatory budget are funded, from a Pabulib file."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

TOP_LEVEL = True
app = typer.Typer()


class Rule(StrEnum):
    """How ballots become funded projects."""

    EQUAL_SHARES = "equal-shares"
    GREEDY = "greedy"
    MAX_WELFARE = "max-welfare"


class Satisfaction(StrEnum):
    """What a funded project is worth to a voter who supports it."""

    COST = "cost"
    CARDINALITY = "cardinality"
    POINTS = "points"


class Completion(StrEnum):
    """What becomes of the money that equal shares leave."""

    NONE = "none"
    GREEDY = "greedy"


@app.command()
def vote(
    file: Annotated[Path, typer.Argument(help="Fichier .pb (format Pabulib).")],
    rule: Annotated[Rule, typer.Option(help="Règle : parts égales, glouton, ou plus grande satisfaction.")],
    satisfaction: Annotated[
        Satisfaction, typer.Option(help="Ce que vaut un projet financé : son coût, 1 ou ses points.")
    ] = Satisfaction.COST,
    completion: Annotated[
        Completion, typer.Option(help="Parts égales : dépenser aussi le reste, en glouton.")
    ] = Completion.NONE,
    out: Annotated[Path | None, typer.Option(help="Fichier JSON à écrire.")] = None,
) -> None:
    """Dit quels projets un budget participatif finance, et pourquoi chacun."""
    from essaim.cli.reading import answering, read_text
    from essaim.cli.writing import euros, working, write
    from essaim.engine import ranking_votes
    from essaim.engine.pabulib import parse

    with answering():
        election = parse(read_text(file))
        with working(f"{len(election.ballots)} bulletins, {len(election.projects)} projets"):
            kind = satisfaction.value
            if rule is Rule.EQUAL_SHARES:
                outcome = ranking_votes.equal_shares(election, satisfaction=kind, completion=completion.value)
            elif rule is Rule.GREEDY:
                outcome = ranking_votes.greedy_welfare(election, satisfaction=kind)
            else:
                outcome = ranking_votes.max_welfare(election, satisfaction=kind)
        cost = {project.id: project.cost for project in election.projects}
        write(
            {
                "funded": list(outcome.funded),
                "cost": euros(outcome.cost),
                "budget": euros(election.budget),
                "rule": rule.value,
                "satisfaction": kind,
                "details": [
                    {
                        "project": line.project,
                        "funded": line.funded,
                        "cost": euros(cost[line.project]),
                        "supporters": line.supporters,
                        "price": None if line.price is None else float(line.price),
                        "sentence_fr": line.fr,
                        "sentence_en": line.en,
                    }
                    for line in outcome.details
                ],
                "ties": [list(tie) for tie in outcome.ties],
                "units": {
                    "cost": (election.meta or {}).get("currency", "unité monétaire du fichier"),
                    "supporters": "votants",
                    "price": "part payée par unité de satisfaction"
                    if rule is Rule.EQUAL_SHARES
                    else "satisfaction par centième de coût",
                },
            },
            out,
        )
