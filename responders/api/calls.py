"""One way of the interface: its address, what it takes and gives, and who answers.

The table of all ways is the one source: routes, checks and the description are made from it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from config.ground import Ground
from responders.decisions.acting import Actor

PREFIX = "/console/api"


class Body(BaseModel):
    """What an act takes; a field it does not know is refused, so that no typo is taken for a no."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Nothing(Body):
    """An act that needs no words."""


@dataclass(frozen=True)
class Call:
    """One request that may be answered."""

    ground: Ground
    actor: Actor
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = None


@dataclass(frozen=True)
class Way:
    """One way of the interface."""

    method: Literal["GET", "POST"]
    path: str
    """Below PREFIX, such as ``/drafts/{id}``."""
    summary: str
    gives: str
    """The name of a shape; with ``[]`` a list of it."""
    answer: Callable[[Call], Any]
    filters: Mapping[str, str] = field(default_factory=dict)
    """What may stand in the query, with what it means."""
    takes: type[Body] | None = None
