"""The database itself refuses to change or delete an event.

Installed after every migrate, not in a migration: on SQLite, an AlterField rebuilds the table and loses its triggers.
"""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from essaim.kernel.models import Event


def _names(model: type[Model]) -> tuple[str, list[str]]:
    table = model._meta.db_table
    return table, [f"{table}_no_update", f"{table}_no_delete", f"{table}_no_truncate"]


def install(connection: BaseDatabaseWrapper, model: type[Model] = Event) -> None:
    """Make UPDATE, DELETE (and TRUNCATE on PostgreSQL) of a table fail; safe to repeat."""
    table, (update, delete, truncate) = _names(model)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name, verb in ((update, "UPDATE"), (delete, "DELETE")):
                cursor.execute(
                    f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
            return
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
        )
        for name, verb, level in (
            (update, "UPDATE", "ROW"),
            (delete, "DELETE", "ROW"),
            (truncate, "TRUNCATE", "STATEMENT"),
        ):
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER {name} BEFORE {verb} ON {table} "
                f"FOR EACH {level} EXECUTE FUNCTION {table}_refuse()"
            )


def remove(connection: BaseDatabaseWrapper, model: type[Model] = Event) -> None:
    """Lift the triggers; only tests that empty their tables need it."""
    table, names = _names(model)
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + ("" if connection.vendor == "sqlite" else f" ON {table}"))


def missing(connection: BaseDatabaseWrapper, model: type[Model] = Event) -> list[str]:
    """The triggers that should be there and are not."""
    table, names = _names(model)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            names = names[:2]
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(%s)", [table])
        present = {row[0] for row in cursor.fetchall()}
    return [name for name in names if name not in present]


def install_after_migrate(sender: Any, using: str, **kwargs: Any) -> None:
    """Receiver of post_migrate."""
    connection = connections[using]
    if Event._meta.db_table in connection.introspection.table_names():
        install(connection)
