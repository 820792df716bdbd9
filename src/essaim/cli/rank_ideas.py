"""`essaim rank-ideas`: ideas ranked from « which of these two? »."""

from pathlib import Path
from typing import Annotated

import typer

TOP_LEVEL = True
app = typer.Typer()


@app.command("rank-ideas")
def rank_ideas(
    votes: Annotated[Path, typer.Argument(help="CSV : winner,loser[,voter], une ligne par comparaison.")],
    top: Annotated[int, typer.Option(help="Combien d’idées sont cherchées.", min=1)] = 10,
    seed: Annotated[int, typer.Option(help="Graine : la même donne le même résultat.", min=0)] = 1,
    out: Annotated[Path | None, typer.Option(help="Fichier JSON à écrire.")] = None,
) -> None:
    """Classe des idées comparées deux à deux, avec leurs intervalles, et dit quelle paire demander ensuite."""
    from essaim.cli.reading import answering, read_table
    from essaim.cli.writing import working, write
    from essaim.engine.ranking_votes import Comparison, bradley_terry

    with answering():
        comparisons = []
        for row in read_table(votes, "winner", "loser"):
            winner, loser = row.text("winner"), row.text("loser")
            if winner == loser:
                row.refuse(f"l’idée « {winner} » est comparée à elle-même.")
            comparisons.append(Comparison(winner, loser, row.cells.get("voter", "")))
        with working(f"{len(comparisons)} comparaisons"):
            ranking = bradley_terry(comparisons, top=top, seed=seed)
        write(
            {
                "ideas": [
                    {
                        "id": idea.id,
                        "strength": idea.strength,
                        "low": idea.low,
                        "high": idea.high,
                        "probability_top": idea.probability_top,
                        "comparisons": idea.comparisons,
                    }
                    for idea in ranking.ideas
                ],
                "next_pair": None if ranking.next_pair is None else list(ranking.next_pair),
                "top": ranking.top,
                "top_set": list(ranking.top_set),
                "undecided": list(ranking.undecided),
                "seed": seed,
                "units": {
                    "strength": "logarithme de cote, 0 est la moyenne",
                    "low, high": "bornes à 5 % et 95 % de strength",
                    "probability_top": f"probabilité d’être parmi les {ranking.top} premières",
                },
            },
            out,
        )
