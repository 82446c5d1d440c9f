"""What a row of the bench is; apart from the rows, of which some load a model."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    what: str
    ours: float | None
    unit: str
    peer: float | None = None
    ratio: float | None = None
    peer_name: str = ""


@dataclass(frozen=True)
class Row:
    """One thing to measure; ``measure`` takes how many rounds."""

    name: str
    measure: Callable[[int], list[Figure]]
