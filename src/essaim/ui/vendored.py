"""Files of others that we serve ourselves: read from `static/vendor/vendor.toml`, which also holds their SHA-256."""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

VENDOR_DIR = Path(__file__).parent / "static" / "vendor"


@dataclass(frozen=True)
class Vendored:
    """One thing of others: what it is, its licence, what it does here, and the SHA-256 of each file."""

    name: str
    version: str
    licence: str
    purpose: str
    files: dict[str, str]


@cache
def vendored() -> tuple[Vendored, ...]:
    """Everything declared, in the order of the file."""
    declared = tomllib.loads((VENDOR_DIR / "vendor.toml").read_text())
    return tuple(Vendored(**item) for item in declared["item"])


def digests() -> dict[str, str]:
    """The SHA-256 of every file really there, by path under the vendor folder (`vendor.toml` aside)."""
    files = (path for path in sorted(VENDOR_DIR.rglob("*")) if path.is_file() and path.name != "vendor.toml")
    return {str(path.relative_to(VENDOR_DIR)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
