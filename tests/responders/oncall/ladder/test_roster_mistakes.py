"""A ladder without a step, or a place that is not there, is refused in words."""

import tomllib

import pytest

from config.errors import SettingsError
from responders.delivery.opening import Destination
from responders.oncall.ladder.declared_oncall import KEY, read_oncall
from responders.oncall.ladder.roster_mistakes import refuse_deaf

PLACES = (
    Destination("discord", "discord:channel:1", keeps_cards=True),
    Destination("apprise", "apprise:pager-ruth"),
)


def refuse(text: str, *, named: str = "ladder people") -> None:
    refuse_deaf(read_oncall({KEY: tomllib.loads(text)}), PLACES, named=named.split())


EMPTY = (
    "oncall.ladder.critical has no step, so nobody would be called; write steps such as "
    '["5 role", "10 person"], leave critical out for the usual ladder, or write ["nobody"] if'
)
NO_PLACE = (
    "oncall.ladder.major: there is no destination apprise:pager; configured are: "
    "apprise:pager-ruth, discord:channel:1"
)
NO_PAGER = (
    "oncall.people.ruth.pager: there is no destination apprise:pager-tom; configured are: "
    "apprise:pager-ruth, discord:channel:1. Take one of them, or write it into [apprise] "
    'urls first, such as "pager-tom=pagerduty://…"'
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ladder = {}", "oncall.ladder names no severity; write one such as critical = "),
        ("ladder = { critical = [] }", EMPTY),
        ('ladder = { major = ["5 pager apprise:pager"] }', NO_PLACE),
        ('[people.ruth]\npager = "apprise:pager-tom"', NO_PAGER),
    ],
)
def test_what_would_call_nobody_is_refused_with_the_remedy(text: str, words: str) -> None:
    with pytest.raises(SettingsError) as refused:
        refuse(text)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        'zone = "Europe/Berlin"',
        'ladder = { critical = ["nobody"], major = ["5 role", "9 pager apprise:pager-ruth"] }',
        'ladder = { major = ["5 channel discord"] }\n[people.ruth]\npager = "apprise:pager-ruth"',
        "[people.ruth]",
    ],
)
def test_what_calls_somebody_or_nobody_on_purpose_is_taken(text: str) -> None:
    refuse(text, named=" ".join(tomllib.loads(text)))


def test_what_was_declared_before_is_not_asked_again() -> None:
    """A place that was taken out of the settings since must not keep a new zone from being set."""
    refuse('[people.ruth]\npager = "apprise:gone"', named="zone")


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        refuse('ladder = { minor = [], major = ["1 role x"] }\n[people.tom]\npager = "y"')
    assert len(str(refused.value).splitlines()) == 3
