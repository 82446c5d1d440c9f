"""A higher severity is told where no card can be edited: once, and all of one look together."""

from dataclasses import replace
from datetime import timedelta

from classifiers.tables import Issue, IssueState, Severity
from config.clock import FixedClock
from config.database import reading
from config.ground import Ground
from responders.decisions.issues.mute import mute
from responders.oncall.alert import alert_due
from responders.oncall.telling.digesting import tell_storms
from responders.oncall.telling.rises import RISE, SEVERITY, tell_rises
from responders.oncall.telling.since_told import told
from tests.conftest import NOON
from tests.places.discord import Discord
from tests.responders.decisions.deciding import RUTH, set_issue
from tests.responders.incidents import Incident, happen
from tests.responders.oncall.storms.outbreak import STORM, break_out, queued, with_discord


def later(ground: Ground, minutes: int) -> Ground:
    return replace(ground, clock=FixedClock(NOON + timedelta(minutes=minutes)))


def test_what_got_worse_is_told_once_and_again_only_when_it_gets_worse_still(
    ground: Ground,
) -> None:
    issue = happen(ground, Incident(severity=Severity.MINOR))
    alert_due(ground)
    assert tell_rises(ground) == 0
    for version, severity in enumerate((Severity.MAJOR, Severity.MINOR, Severity.CRITICAL), 2):
        set_issue(ground, issue, severity=severity, version=version)
        tell_rises(later(ground, version))
        tell_rises(later(ground, version + 10))
    assert [row.text.splitlines()[1] for row in queued(ground, RISE)] == [
        f"GS-{issue} major now, was minor",
        f"GS-{issue} critical now, was major",
    ]


def test_many_at_once_are_one_message_that_names_the_worst_first(ground: Ground) -> None:
    issues = break_out(ground, 10)
    alert_due(ground)
    more = break_out(ground, 20, first=11)
    alert_due(later(ground, 60))
    for number in (*issues, *more):
        set_issue(ground, number, severity=Severity.MAJOR, version=2)
    set_issue(ground, issues[4], severity=Severity.CRITICAL, version=3)
    assert tell_rises(later(ground, 61)) == 20
    (row,) = queued(ground, RISE)
    lines = row.text.splitlines()
    assert lines[1] == f"GS-{issues[4]} critical now, was minor"
    assert lines[-1] == "and 5 more: groundswell issue list"


def test_what_is_muted_is_not_told(ground: Ground) -> None:
    issue = happen(ground, Incident(severity=Severity.MINOR))
    alert_due(ground)
    mute(ground, RUTH, issue, "known")
    set_issue(ground, issue, severity=Severity.CRITICAL, version=9)
    assert tell_rises(later(ground, 1)) == 0


def test_a_channel_with_cards_says_it_below_the_card_and_not_here(ground: Ground) -> None:
    with Discord() as place:
        there = with_discord(ground, place)
        issue = happen(there, Incident(severity=Severity.MINOR))
        alert_due(there)
        set_issue(there, issue, severity=Severity.CRITICAL, version=2)
        assert tell_rises(later(there, 1)) == 0


def test_what_was_told_in_a_digest_only_is_told_when_it_gets_worse(ground: Ground) -> None:
    issues = break_out(ground, STORM + 2)
    alert_due(ground)
    tell_storms(ground)
    set_issue(ground, issues[-1], severity=Severity.CRITICAL, version=2)
    assert tell_rises(later(ground, 1)) == 1
    assert tell_rises(later(ground, 2)) == 0
    (row,) = queued(ground, RISE)
    assert row.text.splitlines()[1] == f"GS-{issues[-1]} critical now, was minor"


def test_of_all_that_was_ever_told_only_what_is_open_is_read(ground: Ground) -> None:
    over, stays = break_out(ground, 2)
    alert_due(ground)
    set_issue(ground, over, state=IssueState.RESOLVED, version=2)
    with reading(ground.engine) as session:
        heard = told(session, SEVERITY, ["terminal"], [session.get_one(Issue, stays)])
    assert heard == {"terminal": {stays: "minor"}}
