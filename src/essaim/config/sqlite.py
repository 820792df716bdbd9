"""Use the SQLite of the `pysqlite3` wheel: system libraries before 3.50 have the WAL-reset corruption bug."""

import sys


def use_recent_sqlite() -> None:
    """Put pysqlite3 in the place of sqlite3, before Django imports it; keep the system's where there is no wheel."""
    try:
        import pysqlite3  # noqa: PLC0415 - absent on platforms without a wheel
    except ImportError:
        return
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
