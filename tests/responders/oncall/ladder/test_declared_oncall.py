import tomllib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import SettingsError
from listener.tables import Product
from responders.oncall.ladder.declared_oncall import (
    DeclaredOncall,
    Usual,
    mistaken,
    plan_of,
    plan_or_usual,
    read_oncall,
    refuse_overlaps,
)
from responders.oncall.ladder.duty import on_call
from tests.conftest import NOON

USUAL = Usual(
    zone="UTC",
    quiet="",
    quiet_override=["critical"],
    ladders={"critical": ["5 role"], "major": [], "minor": [], "cosmetic": []},
)
WHOLE = """
[oncall]
zone = "Europe/Berlin"
quiet = "22:00-07:00"
quiet_override = ["critical", "major"]
ladder = { critical = ["2 role", "7 person", "12 pager apprise:pager"] }

[oncall.people.ruth]
discord = "123456789012345678"
slack = "U0RUTH"
pager = "apprise:pager-ruth"

[oncall.people.tom]

[[oncall.shifts]]
name = "all day"
people = ["ruth", "tom"]
from = 09:00:00
until = "09:00"
since = 2026-05-11
"""


def read(text: str) -> DeclaredOncall:
    return read_oncall(tomllib.loads(text))


def mistakes(text: str) -> str:
    with pytest.raises(SettingsError) as refused:
        read(text)
    return str(refused.value)


def test_a_whole_declaration_is_read() -> None:
    plan = plan_of(read(WHOLE), USUAL)
    assert plan.people["ruth"].pager == "apprise:pager-ruth"
    assert [rung.place for rung in plan.ladders["critical"]] == ["", "", "apprise:pager"]
    assert plan.quiet_for("major") is None
    assert plan.quiet_for("minor") is not None
    duty = on_call(plan.rota, datetime(2026, 5, 12, 12, tzinfo=UTC))
    assert duty is not None
    assert (duty.person, duty.shift) == ("ruth", "all day")


def test_what_a_product_leaves_out_is_as_the_settings_say() -> None:
    plan = plan_of(read(""), USUAL)
    assert (plan.zone, plan.quiet, len(plan.ladders["critical"])) == ("UTC", None, 1)
    assert plan.rota.shifts == ()


def test_the_number_of_an_account_may_be_written_as_one() -> None:
    ruth = read("[oncall.people.ruth]\ndiscord = 123456789012345678").people["ruth"]
    assert ruth.discord == "123456789012345678"


def test_quiet_hours_can_be_taken_away() -> None:
    usual = Usual(zone="UTC", quiet="22:00-07:00", quiet_override=[], ladders={})
    assert plan_of(read('oncall = { quiet = "" }'), usual).quiet is None
    assert plan_of(read(""), usual).quiet is not None


SHIFT = """
[[oncall.shifts]]
people = ["ruth"]
from = "09:00"
until = "17:00"
since = "2026-05-11"
"""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('oncall = "x"', "write it as a table of its own"),
        ('oncall = { zone = "Berlin" }', "there is no time zone “Berlin”"),
        ('oncall = { quiet = "22-7" }', "write them as 22:00-07:00"),
        ('oncall = { quiet = "22:00 - 22:00" }', "let nobody be called; write two times"),
        ("[oncall.people.ruth]\ndiscord = 12", "oncall.people.ruth.discord: “12” is no Discord id"),
        ("oncall = { laddr = {} }", "did you mean ladder"),
        ('oncall = { ladder = { critical = ["5"] } }', "is no step"),
        ('oncall = { ladder = { dire = ["5 role"] } }', "oncall.ladder.dire"),
        (f'{SHIFT}days = ["monday"]', "oncall.shifts number 1, days number 1: write 'mon', 'tue'"),
        (f'{SHIFT}frm = "10:00"', "did you mean from"),
        (
            SHIFT.replace('"09:00"', '"25:00"'),
            "oncall.shifts number 1, from: write hours and minutes such as 08:00",
        ),
        (SHIFT.replace('"09:00"', '"09:00:30"'), "hours and minutes by the clock"),
        (SHIFT.replace('["ruth"]', "[]"), "oncall.shifts number 1, people: is empty"),
        (
            SHIFT.replace('["ruth"]', '["<@&1>"]'),
            "people number 1: “<@&1>” is no name for a roster",
        ),
        (SHIFT + SHIFT, "shift stands there twice"),
        (f"{SHIFT}[oncall.people.tom]", "there is no ruth in people; known: tom"),
        (
            '[oncall.people.ruth]\ndiscord = "ruth"',
            "oncall.people.ruth.discord: “ruth” is no Discord id",
        ),
        ('[oncall.people.ruth]\npagr = "x"', "did you mean pager"),
    ],
)
def test_a_mistake_is_told_with_its_key(text: str, words: str) -> None:
    assert words in mistakes(text)


def test_shifts_of_one_zone_that_overlap_are_refused_with_the_first_time() -> None:
    late = SHIFT.replace('"09:00"', '"16:00"').replace("people", 'name = "late"\npeople', 1)
    plan = plan_of(read(SHIFT + late), USUAL)
    with pytest.raises(SettingsError, match=r"shift and late overlap, first on 2026-05-12 16:00"):
        refuse_overlaps(plan, now=NOON)


def test_what_cannot_be_read_in_the_store_counts_as_not_declared_and_is_told() -> None:
    broken = Product(name="Fernsync", extra={"oncall": {"zone": "Berlin"}}, created_at=NOON)
    assert plan_or_usual(broken, USUAL) == plan_of(DeclaredOncall(), USUAL)
    (told,) = mistaken([broken], usual=USUAL, now=NOON)
    assert told.startswith("Fernsync: oncall.zone: there is no time zone “Berlin”")
    assert told.endswith("groundswell apply")


values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("ruth"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["people", "shifts", "ladder", "zone", "from", "critical", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(values)
def test_whatever_stands_there_is_read_or_refused_in_words(value: Any) -> None:
    told = "it is read"
    try:
        plan_of(read_oncall({"oncall": value}), USUAL)
    except SettingsError as refused:
        told = str(refused)
    assert told
