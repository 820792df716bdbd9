"""What a link can invite to: each part registers its scope, and what accepting does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


class Accept(Protocol):
    """Gives the role; called inside the transaction that marks the invitation accepted."""

    def __call__(self, invitation: Any, *, by: Any, at: datetime) -> None:
        """Give `invitation.role` on `invitation.scope_id` to `by`. May raise Refused with a sentence."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A kind of thing one may be invited to."""

    name: str
    label: Any
    accept: Accept
    find: Callable[[int], Any]
    role_label: Callable[[str], Any]
    url: Callable[[Any], str]


SCOPES: dict[str, Scope] = {}


def invitation_scope(
    name: str,
    *,
    accept: Accept,
    label: Any,
    find: Callable[[int], Any],
    role_label: Callable[[str], Any],
    url: Callable[[Any], str],
) -> Scope:
    """Declare once what `Invitation.scope == name` means.

    `find(scope_id)`: the object (its `str` is shown), or None when it is gone; `role_label(role)`: the role as people
    read it; `url(obj)`: where the person lands after accepting.
    """
    if name in SCOPES:
        raise ValueError(f"the invitation scope {name} is declared twice")
    SCOPES[name] = Scope(name, label, accept, find, role_label, url)
    return SCOPES[name]
