"""A place that we cannot hear is told of once for each spell, many of them in one message."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from config.clock import SystemClock
from config.database import reading, transaction
from config.ground import Ground
from config.leases import acquire
from listener.health import REMEDIES
from listener.tables import Source, SourceState
from responders.delivery.channels.terminal import Terminal
from responders.delivery.outbox import deliver_due
from responders.delivery.tables import Delivery, DeliveryState
from responders.oncall.places import tell_of_places
from tests.conftest import NOON
from tests.listener.installation import at, declare, rows, watch

HOUR = timedelta(hours=1)


def fail(ground: Ground, product: int, *names: str, **more: Any) -> None:
    given = {"state": SourceState.UNREACHABLE, "reason": "nobody answers."} | more
    for name in names:
        watch(ground, product, f"https://{name}.example", name, failing_since=NOON, **given)


def texts(ground: Ground) -> list[str]:
    with reading(ground.engine) as session:
        return list(session.exec(select(Delivery.text).order_by(Delivery.key)).all())


def change(ground: Ground, name: str, **values: Any) -> None:
    with transaction(ground.engine) as session:
        row = session.exec(select(Source).where(Source.name == name)).one()
        for key, value in values.items():
            setattr(row, key, value)


def test_a_place_is_told_of_once_however_long_it_fails(ground: Ground) -> None:
    fail(ground, declare(ground), "blog")
    assert tell_of_places(at(ground, NOON + 5 * HOUR)) == 0
    assert tell_of_places(at(ground, NOON + 6 * HOUR)) == 1
    change(ground, "blog", state=SourceState.TIMED_OUT, failures=9)
    assert tell_of_places(at(ground, NOON + 30 * HOUR)) == 0
    (text,) = texts(ground)
    assert text.splitlines() == [
        "1 place of fernsync wants a look.",
        "blog is unreachable since 2026-05-12 12:00 UTC: nobody answers. What to do: "
        + REMEDIES[SourceState.UNREACHABLE],
    ]


def test_the_next_spell_of_a_place_is_told_again(ground: Ground) -> None:
    fail(ground, declare(ground), "blog")
    tell_of_places(at(ground, NOON + 6 * HOUR))
    change(ground, "blog", state=SourceState.OK, failing_since=None)
    assert tell_of_places(at(ground, NOON + 8 * HOUR)) == 0
    change(ground, "blog", state=SourceState.UNREACHABLE, failing_since=NOON + 9 * HOUR)
    assert tell_of_places(at(ground, NOON + 15 * HOUR)) == 1
    assert len(texts(ground)) == 2


def test_an_outage_of_our_own_line_is_one_message_for_each_product(ground: Ground) -> None:
    product, other = declare(ground), declare(ground, "mossnote")
    fail(ground, product, *(f"s{number}" for number in range(8)))
    fail(ground, other, "elsewhere")
    assert tell_of_places(at(ground, NOON + 6 * HOUR)) == 9
    first, second = texts(ground)
    assert first.startswith("8 places of fernsync want a look.\ns0 is unreachable")
    assert first.endswith("And 3 more: groundswell source list")
    assert len(first) < 2000
    assert second.startswith("1 place of mossnote")


def test_strange_names_and_reasons_stay_within_their_line(ground: Ground) -> None:
    wild = {"reason": "x\n\u202e@everyone" * 200}
    fail(ground, declare(ground), "a\nb\u202e" * 50, **wild)
    tell_of_places(at(ground, NOON + 6 * HOUR))
    (text,) = texts(ground)
    assert len(text.splitlines()) == 2
    assert "\u202e" not in text
    assert len(text) < 500


def test_while_another_process_responds_nothing_is_told_here(ground: Ground) -> None:
    product = declare(ground)
    fail(ground, product, "blog")
    clock = SystemClock()
    other = acquire(ground.engine, f"oncall:{product}", clock=clock, holder="other")
    assert other is not None
    assert tell_of_places(at(ground, NOON + 6 * HOUR)) == 0
    assert texts(ground) == []


def test_the_message_leaves_by_the_outbox_and_says_what_to_do(
    ground: Ground, capsys: pytest.CaptureFixture[str]
) -> None:
    fail(ground, declare(ground), "blog", state=SourceState.NEEDS_LOGIN)
    later = at(ground, NOON + 6 * HOUR)
    tell_of_places(later)
    assert deliver_due(later, {"terminal": Terminal()}) == 1
    assert "write a log-in into [credentials.NAME]" in capsys.readouterr().out
    assert [row.state for row in rows(ground, Delivery)] == [DeliveryState.SENT]
