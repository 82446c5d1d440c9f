"""What the last writing of the page's folder was made from, kept in the folder beside the files.

It is a cache: without it everything is written anew. Its name begins with a dot, so no server of
ours gives it out. The listener keeps no row of each look; the looks the page draws are noted here.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from config.clock import parse_time
from responders.page.writing import write_all

FILE = ".rendered.json"


@dataclass(frozen=True)
class Remembered:
    """The last writing."""

    written_at: datetime | None = None
    """Machine time; None when nothing is known of it."""
    fixed: Sequence[Any] = ()
    """What all files depend on: address, name, templates."""
    marks: Sequence[Any] = ()
    """What was published and what fell due (``store.marks``)."""
    places: Sequence[Any] = ()
    settled: Mapping[str, str] = field(default_factory=dict)
    """When each resolved incident had changed last, by public id."""
    left: int = 0
    """How many pages of resolved incidents the next writing must go on with."""
    looks: Mapping[str, Sequence[datetime]] = field(default_factory=dict)
    """The looks of the last hour, by source id."""


def recall(folder: Path) -> Remembered:
    """Return what is remembered; nothing where the file is missing or damaged."""
    try:
        known = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return Remembered(
            written_at=parse_time(known["written_at"]) if known["written_at"] else None,
            fixed=list(known["fixed"]),
            marks=list(known["marks"]),
            places=list(known["places"]),
            settled={str(key): str(value) for key, value in known["settled"].items()},
            left=int(known["left"]),
            looks={
                str(key): [parse_time(look) for look in value]
                for key, value in known["looks"].items()
            },
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Remembered()


def remember(folder: Path, what: Remembered) -> None:
    """Keep what was written.

    Raises:
        PageUnwritable: the folder refuses.
    """
    kept = {
        "written_at": what.written_at.isoformat() if what.written_at else None,
        "fixed": what.fixed,
        "marks": what.marks,
        "places": what.places,
        "settled": what.settled,
        "left": what.left,
        "looks": {key: [look.isoformat() for look in value] for key, value in what.looks.items()},
    }
    write_all(folder, [(FILE, json.dumps(kept).encode())])
