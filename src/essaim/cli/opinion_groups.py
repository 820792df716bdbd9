"""`essaim opinion-groups`: groups of opinion among many voters, or the sentence that says why there are none."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

TOP_LEVEL = True
app = typer.Typer()

UNITS = {
    "stability": "indice de Rand ajusté moyen, 1 : toujours les mêmes groupes",
    "share_for, share_for_elsewhere": "part des votants du groupe, et des autres, qui sont pour",
    "votes": "votes du groupe sur cette phrase",
}


@app.command("opinion-groups")
def opinion_groups(
    votes: Annotated[
        Path, typer.Argument(help="CSV : voter,statement,vote (-1 contre, 0 ni l’un ni l’autre, 1 pour).")
    ],
    seed: Annotated[int, typer.Option(help="Graine : la même donne le même résultat.", min=0)] = 1,
    out: Annotated[Path | None, typer.Option(help="Fichier JSON à écrire.")] = None,
) -> None:
    """Cherche des groupes d’opinion, au-dessus de 100 votants et s’ils sont stables ; sinon, dit pourquoi."""
    from essaim.cli.reading import answering, read_table
    from essaim.cli.writing import working, write
    from essaim.engine.opinion_groups import Vote
    from essaim.engine.opinion_groups import opinion_groups as engine

    with answering():
        table = read_table(votes, "voter", "statement", "vote")
        table.unique("voter", "statement")
        rows = []
        for row in table:
            value = row.number("vote", negative=True)
            if value not in (-1, 0, 1):
                row.refuse(f"« {row.text('vote')} » n’est ni -1, ni 0, ni 1.", "vote")
            rows.append(Vote(row.text("voter"), row.text("statement"), int(value)))
        with working(f"{len(rows)} votes"):
            found = engine(rows, seed=seed)
        write(asdict(found) | {"units": UNITS}, out)
