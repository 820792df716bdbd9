"""What happens when someone has just signed in: a later stage registers it, and is called once, whatever the way in."""

from datetime import datetime
from typing import Any, Protocol

from django.http import HttpRequest


class Welcome(Protocol):
    """Called after sign-in, inside the request that ends it (a POST)."""

    def __call__(self, request: HttpRequest, person: Any, *, at: datetime) -> None:
        """Do what the arrival of `person` on this browser asks for."""


WELCOMES: list[Welcome] = []


def on_arrival(welcome: Welcome) -> Welcome:
    """Register `welcome(request, person, at=...)`."""
    WELCOMES.append(welcome)
    return welcome


def arrived(request: HttpRequest, person: Any, *, at: datetime) -> None:
    """Call them all."""
    for welcome in WELCOMES:
        welcome(request, person, at=at)
