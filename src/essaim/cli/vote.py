"""`essaim vote`: which projects of a participatory budget are funded, from a Pabulib file."""

from pathlib import Path
from typing import Annotated, Final, Literal

import typer

TOP_LEVEL = True
app = typer.Typer()

RULES = ("equal-shares", "greedy", "max-welfare")  # how ballots become funded projects
SATISFACTIONS: Final[tuple[Literal["cost", "cardinality", "points"], ...]] = ("cost", "cardinality", "points")
COMPLETIONS: Final[tuple[Literal["none", "greedy"], ...]] = ("none", "greedy")


@app.command()
def vote(
    file: Annotated[Path, typer.Argument(help="Fichier .pb (format Pabulib).")],
    rule: Annotated[str, typer.Option(help="Règle : equal-shares (parts égales), greedy (glouton) ou max-welfare.")],
    satisfaction: Annotated[
        str, typer.Option(help="Ce que vaut un projet financé : cost (son coût), cardinality (1) ou points.")
    ] = "cost",
    completion: Annotated[
        str, typer.Option(help="Parts égales : none, ou greedy pour dépenser aussi le reste, en glouton.")
    ] = "none",
    out: Annotated[Path | None, typer.Option(help="Fichier JSON à écrire.")] = None,
) -> None:
    """Dit quels projets un budget participatif finance, et pourquoi chacun."""
    from essaim.cli.reading import answering, option_choice, read_text
    from essaim.cli.writing import euros, working, write
    from essaim.engine import ranking_votes
    from essaim.engine.pabulib import parse

    with answering():
        rule = option_choice(rule, "rule", RULES)
        kind = option_choice(satisfaction, "satisfaction", SATISFACTIONS)
        rest = option_choice(completion, "completion", COMPLETIONS)
        election = parse(read_text(file))
        with working(f"{len(election.ballots)} bulletins, {len(election.projects)} projets"):
            if rule == "equal-shares":
                outcome = ranking_votes.equal_shares(election, satisfaction=kind, completion=rest)
            elif rule == "greedy":
                outcome = ranking_votes.greedy_welfare(election, satisfaction=kind)
            else:
                outcome = ranking_votes.max_welfare(election, satisfaction=kind)
        cost = {project.id: project.cost for project in election.projects}
        write(
            {
                "funded": list(outcome.funded),
                "cost": euros(outcome.cost),
                "budget": euros(election.budget),
                "rule": rule,
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
                    if rule == "equal-shares"
                    else "satisfaction par centième de coût",
                },
            },
            out,
        )
