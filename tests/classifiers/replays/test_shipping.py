"""Which release each issue of a replay followed, by what was known when it alerted."""

from collections.abc import Sequence
from datetime import timedelta

from classifiers.arriving import Arrival, Decision
from classifiers.emergence import Emergence
from classifiers.releases import Shipped
from classifiers.replays.shipping import followed_in
from tests.conftest import NOON

HOUR = timedelta(hours=1)


def post(name: str, hours: float, text: str = "sync hangs") -> Arrival:
    at = NOON + HOUR * hours
    return Arrival(post_id=name, text=text, published_at=at, seen_at=at, author=name)


def alert(
    number: int, members: Sequence[Arrival], *, kind: str = "issue", returns: int | None = None
) -> Decision:
    """Return the decision on the last of the posts that an alert rests on."""
    names = tuple(member.post_id for member in members)
    evidence = Emergence(
        number=number, kind=kind, members=names, reason="", score=6.0, posts=len(names),  # type: ignore[arg-type]
        authors=len(names), sources=1, window_hours=1.0, expected=0.1,
        first_seen=members[0].published_at, returns=returns,
    )  # fmt: skip
    return Decision(post_id=names[-1], emergence=evidence)


FIRST = [post("a", 0), post("b", 0.1), post("c", 0.2)]
QUIET = [Decision(post_id="a"), Decision(post_id="b")]
SHIPPED = Shipped("5.2", NOON - 6 * HOUR)


def test_an_issue_soon_after_a_release_followed_it() -> None:
    found = followed_in(FIRST, [*QUIET, alert(1, FIRST)], [SHIPPED])
    assert (found[1].version, found[1].probability) == ("5.2", 0.73)


def test_a_release_that_was_not_out_at_the_alert_is_not_looked_ahead_to() -> None:
    later = Shipped("5.3", NOON + HOUR)  # within the lead that a register read later may have
    decisions = [*QUIET, alert(1, FIRST)]
    assert followed_in(FIRST, decisions, [later]) == {}
    assert followed_in(FIRST, decisions, [SHIPPED, later]) == followed_in(
        FIRST, decisions, [SHIPPED]
    )


def test_versions_that_people_name_count() -> None:
    named = [post(name, 0, f"since 5.2.0 sync hangs {name}") for name in "abc"]
    found = followed_in(named, [*QUIET, alert(1, named)], [SHIPPED])
    assert found[1].probability > 0.9
    assert "3 of 3 people who name a version name it" in found[1].reason


def test_a_return_keeps_what_was_said_of_its_issue() -> None:
    again = [post("x", 24 * 40), post("y", 24 * 40 + 0.1), post("z", 24 * 40 + 0.2)]
    decisions = [
        *QUIET, alert(1, FIRST), Decision(post_id="x"), Decision(post_id="y"),
        alert(2, again, returns=1),
    ]  # fmt: skip
    newer = Shipped("6.0", NOON + timedelta(days=40) - HOUR)
    found = followed_in([*FIRST, *again], decisions, [SHIPPED, newer])
    assert found[2] == found[1]
    assert found[1].version == "5.2"


def test_spam_followed_nothing_and_no_issues_before_make_a_release_likelier() -> None:
    assert followed_in(FIRST, [*QUIET, alert(1, FIRST, kind="spam")], [SHIPPED]) == {}
    others = [post(f"o{number}", number - 12) for number in range(12)]
    before = [alert(number + 5, [other]) for number, other in enumerate(others)]
    many = followed_in([*others, *FIRST], [*before, *QUIET, alert(1, FIRST)], [SHIPPED])
    alone = followed_in(FIRST, [*QUIET, alert(1, FIRST)], [SHIPPED])
    assert many.get(1) is None or many[1].probability < alone[1].probability
