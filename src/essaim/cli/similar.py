"""`essaim similar`: near-duplicate French texts, with the words they share."""

from pathlib import Path
from typing import Annotated

import typer

TOP_LEVEL = True
app = typer.Typer()


@app.command()
def similar(
    texts: Annotated[Path, typer.Argument(help="CSV : id,text[,theme].")],
    threshold: Annotated[float, typer.Option(help="Score à partir duquel une paire est montrée.", min=0, max=1)] = 0.3,
    limit: Annotated[int, typer.Option(help="Nombre de paires au plus.", min=1)] = 200,
    out: Annotated[Path | None, typer.Option(help="Fichier JSON à écrire.")] = None,
) -> None:
    """Propose les textes français qui disent la même chose ; ce n’est qu’une suggestion."""
    from dataclasses import asdict

    from essaim.cli.reading import answering, read_table
    from essaim.cli.writing import working, write
    from essaim.engine.similarity import Text, similar

    with answering():
        table = read_table(texts, "id", "text")
        table.unique("id")
        rows = [Text(row.text("id"), row.cells["text"], row.cells.get("theme", "")) for row in table]
        with working(f"{len(rows)} textes"):
            pairs = similar(rows, threshold=threshold, limit=limit)
        units = {"score": "ressemblance, de 0 à 1", "shared": "mots communs, le plus rare d’abord"}
        write({"pairs": [asdict(pair) for pair in pairs], "texts": len(rows), "units": units}, out)
