"""Is it alive, is it ready: what supervisors, load balancers and `status` ask."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from config.clock import SystemClock
from config.database import reading
from config.tables import Beat
from responders.passes import PASSES

STALE_S = 60.0
"""A pass that has not come to an end for so long (machine time) is not well."""


def beats(engine: Engine) -> Mapping[str, Beat]:
    """Return when each pass last ran, by its name."""
    with reading(engine) as session:
        return {row.name: row for row in session.exec(select(Beat)).all()}


def unready(found: Mapping[str, Beat], names: Sequence[str], *, now: datetime) -> list[str]:
    """Return why the passes are not ready, in words; empty when they are.

    Args:
        found: the last run of each pass.
        names: the passes there should be.
        now: machine time.
    """
    reasons = []
    for name in names:
        beat = found.get(name)
        if beat is None:
            reasons.append(f"{name} has not run yet")
        elif now - beat.at > timedelta(seconds=STALE_S):
            reasons.append(f"{name} last ran {(now - beat.at).total_seconds():.0f} s ago")
    return reasons


def readiness(engine: Engine) -> list[str]:
    """Return why the service is not ready; empty when it is."""
    try:
        found = beats(engine)
    except SQLAlchemyError as error:
        return [f"the store does not answer: {str(error).splitlines()[0]}"]
    return unready(found, [one.name for one in PASSES], now=SystemClock().now())
