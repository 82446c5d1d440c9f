"""What engines share: a statement is said to PostgreSQL as an engine of its own would say it."""

from sqlalchemy import Engine
from sqlmodel import col, select

from config.database import make_engine, reading
from responders.delivery.tables import Delivery
from tests import statements
from tests.postgres import PostgresServer


def test_what_is_learnt_is_what_the_other_database_would_be_told(
    engine: Engine, postgres: PostgresServer
) -> None:
    marked = select(Delivery).where(col(Delivery.key).like("a_statement\\_of_this_test"))
    with reading(engine) as session:
        session.exec(marked.with_for_update(skip_locked=True)).all()
    other = make_engine(postgres.own_url)
    statements.learn(other)
    known = [
        str(made)
        for (dialect, *_), made in statements._KNOWN.items()
        if dialect.name == "postgresql" and "SKIP LOCKED" in str(made)
    ]
    told = str(marked.with_for_update(skip_locked=True).compile(other))
    other.dispose()
    assert told in known
