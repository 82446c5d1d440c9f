"""What the listener's tests share: an installation with a product, its sources and its posts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import inspect
from sqlmodel import SQLModel, col, select

from config.clock import FixedClock
from config.database import reading, transaction
from config.ground import Ground
from listener.crawl import Look, crawl_due
from listener.tables import Post, Product, Source
from responders.workspace import open_client

Row = TypeVar("Row", bound=SQLModel)


def declare(ground: Ground, name: str = "fernsync", **more: Any) -> int:
    """Store a product; return its id."""
    with transaction(ground.engine) as session:
        row = Product(name=name, created_at=ground.clock.now(), **more)
        session.add(row)
        session.flush()
        return row.id or 0


def watch(ground: Ground, product_id: int, url: str, name: str = "blog", **more: Any) -> int:
    """Store a source; return its id."""
    given: dict[str, Any] = {"kind": "feed", "created_at": ground.clock.now()} | more
    with transaction(ground.engine) as session:
        row = Source(product_id=product_id, name=name, url=url, **given)
        session.add(row)
        session.flush()
        return row.id or 0


def at(ground: Ground, moment: datetime) -> Ground:
    """Return the installation at another time."""
    return replace(ground, clock=FixedClock(moment))


def crawl(ground: Ground, **more: Any) -> list[Look]:
    """Run the pass once."""
    return crawl_due(ground, open_client(ground), **more)


def rows(ground: Ground, table: type[Row]) -> Sequence[Row]:
    """Return all rows of a table in the order of their keys."""
    with reading(ground.engine) as session:
        return session.exec(select(table).order_by(*inspect(table).primary_key)).all()


def posts(ground: Ground) -> Sequence[Post]:
    """Return all posts by id."""
    with reading(ground.engine) as session:
        return session.exec(select(Post).order_by(col(Post.id))).all()


def source(ground: Ground, name: str = "blog") -> Source:
    """Return a source's row as it stands."""
    with reading(ground.engine) as session:
        return session.exec(select(Source).where(Source.name == name)).one()
