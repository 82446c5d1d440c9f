"""How a digest is drawn, and that it fits whatever the storm holds."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from responders.oncall.grouping import SEVERITIES
from responders.oncall.telling.digest import (
    TEXT,
    Digest,
    Listed,
    as_discord,
    as_slack,
    as_text,
    headline,
)
from tests.conftest import NOON

CONSOLE = "https://console.example/console"
ISSUES = st.lists(
    st.builds(
        Listed,
        number=st.integers(1, 2**31 - 1),
        severity=st.sampled_from(SEVERITIES),
        state=st.sampled_from(("new", "investigating", "resolved")),
        people=st.integers(0, 10**6),
        title=st.text(max_size=200),
        over=st.booleans(),
        back=st.booleans(),
    ),
    min_size=1,
    max_size=500,
    unique_by=lambda one: one.number,
)
LINKS = st.sampled_from((None, CONSOLE, "https://" + "a" * 180 + ".example"))


def storm(count: int, *, console: str | None = CONSOLE) -> Digest:
    listed = [
        Listed(number=n, severity="minor", state="new", people=n, title=f"Problem {n}")
        for n in range(1, count + 1)
    ]
    return Digest(began_at=NOON, over_at=None, listed=listed, console=console)


@settings(max_examples=60)
@given(ISSUES, LINKS)
def test_whatever_it_holds_it_fits_the_limits_of_the_platforms(
    listed: list[Listed], console: str | None
) -> None:
    digest = Digest(began_at=NOON, over_at=None, listed=listed, console=console)
    assert len(as_text(digest)) <= TEXT
    drawn = as_discord(digest)
    (embed,) = drawn["embeds"]
    assert all(len(block["text"]["text"]) <= 3000 for block in as_slack(digest)["blocks"])
    assert len(drawn["content"]) <= 2000
    assert len(embed["description"]) <= 4096
    assert len(embed["title"]) + len(embed["description"]) <= 6000


def counted(text: str) -> int:
    """Count the issues that a digest names or counts."""
    said = 0
    for line in text.splitlines():
        if line.startswith(("GS-", "**GS-")):
            said += 1
        if line.startswith("Also"):
            for part in line.split("; and ")[0].removeprefix("Also: ").rstrip(".").split(", "):
                ends = [int(word.removeprefix("GS-")) for word in part.split(" to ")]
                said += ends[-1] - ends[0] + 1
            if "; and " in line:
                said += int(line.split("; and ")[1].split(" more")[0])
    return said


def test_every_issue_of_a_storm_of_five_hundred_is_named_or_counted() -> None:
    for digest in (storm(500), storm(11), replace(storm(500), listed=storm(999).listed[::2])):
        assert counted(as_text(digest)) == len(digest.listed)
        assert counted(as_discord(digest)["embeds"][0]["description"]) == len(digest.listed)


def test_the_worst_come_first_then_those_of_more_people_and_what_is_over_last() -> None:
    listed = [
        Listed(number=1, severity="minor", state="new", people=9),
        Listed(number=2, severity="critical", state="new", people=1),
        Listed(number=3, severity="critical", state="resolved", people=5, over=True),
        Listed(number=4, severity="critical", state="investigating", people=3, back=True),
    ]
    digest = Digest(began_at=NOON, over_at=None, listed=listed, console=None)
    assert as_text(digest).splitlines()[1:] == [
        "2 critical, 1 minor; 1 needs nobody any more.",
        "GS-4 critical, back, investigating, 3 people",
        "GS-2 critical, 1 person",
        "GS-1 minor, 9 people",
        "GS-3 critical, resolved, 5 people",
    ]


def test_the_plain_text_holds_no_word_of_strangers() -> None:
    assert "Problem" not in as_text(storm(20))
    assert "Problem 20" in as_discord(storm(20))["embeds"][0]["description"]


def test_when_it_is_calm_the_digest_says_so() -> None:
    over = replace(storm(3), over_at=NOON + timedelta(minutes=40))
    assert headline(over) == (
        "The storm is over: 3 issues from 12:00 UTC, 12 May to 12:40 UTC, 12 May."
    )


def test_in_slack_each_line_has_a_link_that_can_be_opened_and_nobody_is_quoted() -> None:
    drawn = as_slack(storm(3))
    head, body = (block["text"] for block in drawn["blocks"])
    assert head["type"] == "plain_text"
    assert body["type"] == "mrkdwn"
    lines = body["text"].splitlines()
    assert lines[0] == "GS-3 minor, 3 people: <https://console.example/console/issues/GS-3>"
    assert len(lines) == 3
    assert "Problem" not in str(drawn)
    assert drawn["text"].startswith("Storm: 3 issues more")
