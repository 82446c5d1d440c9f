import re
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from config.clock import FixedClock
from config.database import reading, transaction
from config.ground import Ground
from listener.tables import Product
from responders.decisions.people.roster import (
    LONGEST_NOTE,
    leave_note,
    set_roster,
    swap,
    take_back_swap,
)
from responders.decisions.refusing import AlreadyDone, NotAllowed, NotFound
from responders.oncall.ladder import plans
from responders.oncall.ladder.duty import on_call
from responders.oncall.tables import ShiftNote
from tests.conftest import NOON
from tests.listener.installation import declare
from tests.responders.decisions.deciding import ADMIN, DRAFTER, audit, later
from tests.responders.oncall.ladder.ladders import DECLARED

TODAY = date(2026, 5, 12)


@pytest.fixture
def product(ground: Ground) -> int:
    number = declare(ground)
    set_roster(ground, ADMIN, number, DECLARED)
    return number


def declared(ground: Ground, product: int) -> Mapping[str, Any]:
    with reading(ground.engine) as session:
        return dict(session.get_one(Product, product).extra["oncall"])


def who(ground: Ground, product: int, days: float = 0) -> str | None:
    at = NOON + timedelta(days=days)
    with reading(ground.engine) as session:
        row = session.get_one(Product, product)
        duty = on_call(plans.plan(session, ground.settings, row, now=at).rota, at)
    return duty.person if duty else None


def test_what_a_roster_does_not_name_stays(ground: Ground, product: int) -> None:
    set_roster(ground, ADMIN, product, {"quiet": "22:00-07:00"})
    set_roster(ground, ADMIN, product, {"zone": "UTC"})
    assert declared(ground, product) == {**DECLARED, "quiet": "22:00-07:00", "zone": "UTC"}


def test_a_roster_with_a_mistake_changes_nothing(ground: Ground, product: int) -> None:
    with pytest.raises(NotAllowed, match="there is no time zone"):
        set_roster(ground, ADMIN, product, {"zone": "Berlin"})
    assert declared(ground, product) == DECLARED


def test_shifts_that_overlap_are_refused(ground: Ground, product: int) -> None:
    (shift,) = DECLARED["shifts"]
    late = {**shift, "name": "late", "from": "08:00", "until": "10:00"}
    with pytest.raises(NotAllowed, match="week and late overlap, first on 2026-05-13 08:00"):
        set_roster(
            ground, ADMIN, product, {"shifts": [{**shift, "from": "14:00", "until": "14:00"}, late]}
        )


def test_the_same_roster_again_changes_nothing(ground: Ground, product: int) -> None:
    assert not set_roster(ground, ADMIN, product, DECLARED)
    assert audit(ground) == [("roster set", f"product {product}")]


def test_a_roster_that_would_call_nobody_is_refused(ground: Ground, product: int) -> None:
    with pytest.raises(NotAllowed, match=r"oncall\.ladder\.critical has no step"):
        set_roster(ground, ADMIN, product, {"ladder": {"critical": []}})
    with pytest.raises(NotAllowed, match=r"people\.ruth\.pager: there is no destination apprise:x"):
        set_roster(ground, ADMIN, product, {"people": {"ruth": {"pager": "apprise:x"}, "tom": {}}})
    assert declared(ground, product) == DECLARED


def test_rosters_that_are_set_at_once_lose_nothing(ground: Ground, product: int) -> None:
    """Each names another key, and none undoes the other's."""
    keys: list[dict[str, Any]] = [
        {"zone": "UTC"}, {"quiet": "22:00-07:00"}, {"quiet_override": ["major"]},
        {"ladder": {"major": ["5 channel"]}},
    ]  # fmt: skip
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda one: set_roster(ground, ADMIN, product, one), keys))
    assert done == [True] * 4
    everything = {key: value for one in keys for key, value in one.items()}
    assert declared(ground, product) == {**DECLARED, **everything}


def test_a_roster_waits_for_a_product_that_is_being_applied(ground: Ground, product: int) -> None:
    """`apply` is no act, so it is the product's row that the two wait at."""
    began = threading.Event()

    def set_zone() -> bool:
        began.set()
        return set_roster(ground, ADMIN, product, {"zone": "UTC"})

    with ThreadPoolExecutor(1) as pool:
        with transaction(ground.engine) as session:
            row = session.get_one(Product, product)
            row.extra = {**row.extra, "policy": {"tone": "calm"}}
            session.add(row)
            session.flush()
            done = pool.submit(set_zone)
            assert began.wait(10)
        assert done.result(30)
    with reading(ground.engine) as session:
        extra = session.get_one(Product, product).extra
    assert extra == {"oncall": {**DECLARED, "zone": "UTC"}, "policy": {"tone": "calm"}}


NIGHTS: Mapping[str, Any] = {
    "zone": "Europe/Berlin",
    "shifts": [
        {
            "name": "Auckland nights", "people": ["ruth", "tom"], "from": "20:00",
            "until": "08:00", "since": "2026-05-11", "zone": "Pacific/Auckland",
            "days": ["mon", "tue", "wed", "thu", "fri"],
        }
    ],
}  # fmt: skip
"""At noon UTC it is midnight in Auckland: the shift of 12 May has run for four hours."""


NONE = (
    "no shift begins on 2026-05-16, by the clock of each shift; the next one is Auckland nights, "
    "Mon 2026-05-18 20:00 (Pacific/Auckland)"
)


@pytest.mark.parametrize(
    ("hours", "day", "refused"),
    [
        (0, date(2026, 5, 12), ""),
        (0, date(2026, 5, 11), "swap days from today (2026-05-12)"),
        (4, date(2026, 5, 12), ""),  # 04:00 on the 13th in Auckland: that shift still runs
        (9, date(2026, 5, 12), "swap days from today (2026-05-13)"),  # it is over
        (0, date(2026, 5, 16), NONE),
    ],
)
def test_a_swap_s_days_are_those_of_the_shift_s_own_zone(
    ground: Ground, hours: float, day: date, refused: str
) -> None:
    number = declare(ground)
    set_roster(ground, ADMIN, number, NIGHTS)
    at = replace(ground, clock=FixedClock(NOON + timedelta(hours=hours)))
    if refused:
        with pytest.raises(NotAllowed, match=re.escape(refused)):
            swap(at, DRAFTER, number, "tom", first=day, last=day)
        return
    swap(at, DRAFTER, number, "tom", first=day, last=day)


def test_a_swapped_day_is_taken_back_once(ground: Ground, product: int) -> None:
    assert who(ground, product, 1) == "ruth"
    number = swap(
        ground, DRAFTER, product, "tom", first=TODAY + timedelta(days=1),
        last=TODAY + timedelta(days=1),
    )  # fmt: skip
    assert [who(ground, product, day) for day in (0, 1, 2)] == ["ruth", "tom", "ruth"]
    take_back_swap(later(ground), DRAFTER, number)
    assert who(ground, product, 1) == "ruth"
    with pytest.raises(AlreadyDone, match="Dora took it back at 12:03 UTC, 12 May"):
        take_back_swap(later(ground), DRAFTER, number)
    with pytest.raises(NotFound, match="there is no swap 99"):
        take_back_swap(ground, DRAFTER, 99)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"person": "bob"}, "the roster knows no bob; it has ruth, tom"),
        ({"shift": "nights"}, "there is no shift nights; there are: week"),
        ({"last": TODAY - timedelta(days=1)}, "the last day comes before the first one"),
        ({"first": date(2020, 1, 1), "last": date(2020, 1, 2)}, "swap days from today"),
        ({"first": date(2090, 1, 1), "last": date(2090, 1, 2)}, "swap days from today"),
    ],
)
def test_a_swap_that_cannot_be_meant_is_refused(
    ground: Ground, product: int, words: Mapping[str, Any], told: str
) -> None:
    given = {"person": "tom", "first": TODAY, "last": TODAY, **words}
    with pytest.raises(NotAllowed, match=told):
        swap(ground, DRAFTER, product, **given)


def test_without_a_roster_there_is_nothing_to_swap(ground: Ground) -> None:
    with pytest.raises(NotAllowed, match="has no roster yet"):
        swap(ground, DRAFTER, declare(ground), "tom", first=TODAY, last=TODAY)


def test_a_note_is_a_line_with_its_author(ground: Ground, product: int) -> None:
    leave_note(ground, DRAFTER, product, "look\n at  the log")
    with reading(ground.engine) as session:
        (note,) = session.exec(select(ShiftNote)).all()
    assert (note.text, note.by, note.roster_id) == ("look at the log", "Dora", None)
    with pytest.raises(NotAllowed, match=f"{LONGEST_NOTE} is the most"):
        leave_note(ground, DRAFTER, product, "x" * (LONGEST_NOTE + 1))


def test_every_act_stands_in_the_audit(ground: Ground, product: int) -> None:
    swap(ground, DRAFTER, product, "tom", first=TODAY, last=TODAY)
    leave_note(ground, DRAFTER, product, "All quiet.")
    take_back_swap(ground, DRAFTER, 1)
    acts = [entry[0] if isinstance(entry, tuple) else entry for entry in audit(ground)]
    assert acts == ["roster set", "roster swapped", "shift note left", "roster swap taken back"]
    assert "quiet" not in str(audit(ground)), "the words of a note stand in its row alone"


@pytest.mark.parametrize("act", [set_roster, leave_note])
def test_of_no_product_there_is_no_roster(ground: Ground, act: Any) -> None:
    with pytest.raises(NotFound, match="there is no product 99"):
        act(ground, ADMIN, 99, {} if act is set_roster else "x")
