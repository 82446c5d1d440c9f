"""The queries on storms: what is asked every second must not read all that was ever sent."""

from typing import Any

from sqlalchemy import event
from sqlmodel import select

from config.database import reading
from config.ground import Ground
from responders.oncall.storms.store_storms import sends
from responders.oncall.tables import Storm
from tests.places.discord import Discord
from tests.places.discord_clicks import CHANNEL
from tests.responders.oncall.storms.outbreak import STORM, Watch, break_out, with_discord


def test_to_ask_what_was_told_of_a_storm_older_messages_are_not_looked_through(
    ground: Ground,
) -> None:
    with Discord() as place:
        watch = Watch(with_discord(ground, place))
        break_out(watch.ground, STORM + 1)
        watch.look(times=2)
    with reading(watch.ground.engine) as session:
        storm = session.exec(select(Storm)).one()
        statements: list[tuple[str, Any]] = []
        listen = (watch.ground.engine, "before_cursor_execute")

        def note(_conn: object, _cur: object, words: str, given: object, *_: object) -> None:
            statements.append((words, given))

        event.listen(*listen, note)
        try:
            assert len(sends(session, storm, f"discord:channel:{CHANNEL}")) == 1
        finally:
            event.remove(*listen, note)
        if session.connection().dialect.name != "sqlite":
            return
        ((words, given),) = statements
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", given).all()
    assert "ix_delivery_next_try_at" in str(plan)
