from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.delivery.opening import Destination
from responders.oncall.escalation import Whom, ladder_of
from responders.oncall.ladder.calling import (
    About,
    Ping,
    Reach,
    Reached,
    as_text,
    call_words,
    drawn,
    reached_again,
    reminder_words,
    rings,
    span,
    together_words,
    unknown_places,
)
from responders.oncall.ladder.declared_oncall import DeclaredPerson

DISCORD = Destination("discord", "discord:channel:1", keeps_cards=True)
SLACK = Destination("slack", "slack:channel:C1", keeps_cards=True)
MAIL = Destination("apprise", "apprise:mail")
PAGER = Destination("apprise", "apprise:pager")
RUTHS = Destination("apprise", "apprise:pager-ruth")
REACH = Reach(
    places=(DISCORD, SLACK, MAIL, PAGER, RUTHS),
    only_called=("apprise:pager", "apprise:pager-*"),
    roles={"discord": "11"},
    people={
        "ruth": DeclaredPerson(discord="900000000000000002", pager="apprise:pager-ruth"),
        "tom": DeclaredPerson(slack="U0TOM"),
    },
    on_call="ruth",
)
ABOUT = About(name="GS-7", title="Notes hang", severity="critical")


def names(reach: Reach, step: str) -> list[str]:
    (rung,) = ladder_of([step])
    return [one.to.name for one in reach.of(rung)]


@pytest.mark.parametrize(
    ("step", "on_call", "places"),
    [
        ("5 channel", "ruth", [DISCORD.name, SLACK.name]),
        ("5 channel slack", "ruth", [SLACK.name]),
        ("5 channel apprise:mail", "ruth", [MAIL.name]),
        ("5 channel nowhere", "ruth", []),
        ("5 role", "ruth", [DISCORD.name]),
        ("5 role slack", "ruth", []),
        ("5 person", "ruth", [DISCORD.name, SLACK.name]),
        ("5 person", "", []),
        ("5 pager", "ruth", [RUTHS.name]),
        ("5 pager apprise:pager", "ruth", [RUTHS.name]),
        ("5 pager", "tom", [PAGER.name]),
        ("5 pager", "", [PAGER.name]),
        ("5 pager apprise:mail", "tom", [MAIL.name]),
    ],
)
def test_a_step_calls_where_it_can_reach_somebody(
    step: str, on_call: str, places: list[str]
) -> None:
    assert names(replace(REACH, on_call=on_call), step) == places


def test_only_the_account_of_that_platform_is_rung() -> None:
    (rung,) = ladder_of(["5 person"])
    assert [one.ping for one in REACH.of(rung)] == [Ping("900000000000000002", role=False), None]
    tom = replace(REACH, on_call="tom")
    assert [one.ping for one in tom.of(rung)] == [None, Ping("U0TOM", role=False)]


def test_without_a_chat_people_are_reminded_where_alerts_are_read() -> None:
    reach = replace(REACH, places=(MAIL, PAGER))
    assert [one.to.name for one in reach.about("ruth")] == [MAIL.name]


def test_places_that_no_step_can_find_are_named() -> None:
    steps = ladder_of(["1 channel slack", "2 pager apprise:pagr", "3 role"])
    assert unknown_places(steps, REACH.places) == ["apprise:pagr"]


def test_a_ping_stands_in_the_message_of_its_platform_and_comes_back_from_the_target() -> None:
    role = Reached(DISCORD, Ping("11", role=True))
    assert drawn("now", None, role) == {"content": "<@&11> now"}
    assert rings(role) == {"ping": {"roles": ["11"]}}
    assert reached_again("discord", DISCORD.name, rings(role)).ping == role.ping
    tom = Reached(SLACK, Ping("U0TOM", role=False))
    (block,) = drawn("a & b", "https://c.example/1", tom)["blocks"]
    assert block["text"]["text"] == "<@U0TOM> a &amp; b\n<https://c.example/1>"
    assert drawn("now", None, Reached(PAGER)) == {}
    assert as_text("now", "https://c.example") == "now\nhttps://c.example"


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=20), "1 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(minutes=70), "1 h 10 min"),
        (timedelta(hours=24), "24 h"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_a_length_of_time_is_said_in_words(length: timedelta, words: str) -> None:
    assert span(length) == words


def test_what_is_said_names_the_issue_and_the_way_out() -> None:
    said = call_words(ABOUT, Whom.PERSON, "ruth", timedelta(minutes=5), pressed=False)
    assert said == (
        "ruth, you are on call. GS-7 “Notes hang” (critical): nobody has acknowledged it for "
        "5 min. You know of it? groundswell issue acknowledge GS-7"
    )
    assert "hand-back GS-7" in reminder_words(ABOUT, "Ruth", timedelta(hours=1), held=True)
    assert "unacknowledge GS-7" in reminder_words(ABOUT, "Ruth", timedelta(hours=1), held=False)


@given(st.text(max_size=500), st.text(max_size=40), st.integers(1, 3000))
def test_every_call_fits_its_platform_and_rings_nobody_else(
    title: str, person: str, count: int
) -> None:
    about = replace(ABOUT, title=title)
    link = "https://console.example/" + "x" * 270
    reached = Reached(DISCORD, Ping("9" * 20, role=True))
    alone = call_words(about, Whom.PAGER, person, timedelta(days=9), pressed=True)
    together = together_words([about] * count, Whom.PERSON, person, pressed=False)
    for text, behind in ((alone, link), (together, None), ("*" * 5000, None), ("*" * 5000, link)):
        content = drawn(text, behind, reached)["content"]
        assert len(content) <= 2000
        assert content.count("<@") == 1
        (block,) = drawn(text, behind, Reached(SLACK, Ping("U1", role=False)))["blocks"]
        assert len(block["text"]["text"]) <= 3000
        assert block["text"]["text"].count("<@") == 1
