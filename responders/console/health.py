"""Is it ready: what supervisors and load balancers ask. Being alive needs no rule."""

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from config.clock import SystemClock
from config.database import reading
from responders.overview import beats, unwell


def readiness(engine: Engine) -> list[str]:
    """Return why the service is not ready; empty when the store answers and every pass runs."""
    try:
        with reading(engine) as session:
            found = beats(session)
    except SQLAlchemyError as error:
        return [f"the store does not answer: {str(error).splitlines()[0]}"]
    return unwell(found, now=SystemClock().now())
