"""Sources and audit as a person sees them."""

from datetime import timedelta

from config.ground import Ground
from responders.console.views.words import clock
from responders.decisions import mute, pause
from tests.conftest import NOON
from tests.responders.console.rooms import OPERATOR, visiting, words
from tests.responders.incidents import Incident, happen


def test_without_a_place_the_page_says_how_to_add_one(ground: Ground) -> None:
    with visiting(ground) as visit:
        assert "groundswell source add URL" in visit.see("/console/sources")


def test_each_place_says_when_it_was_heard_and_when_we_look_again(ground: Ground) -> None:
    happen(ground, Incident())
    with visiting(ground) as visit:
        shown = words(visit.see("/console/sources"))
    assert "not looked at yet" in shown
    assert "answers go by hand" in shown
    assert "as soon as it can" in shown


def test_every_decision_stands_in_the_audit_with_who_and_why(ground: Ground) -> None:
    with visiting(ground) as visit:
        pause.pause(ground, OPERATOR, "a test")
        shown = words(visit.see("/console/audit"))
    assert "sending paused sending operator command line reason a test" in shown
    assert "2 entries, checked at 12:00 UTC" in shown


def test_the_audit_tells_times_in_words_and_leaves_out_what_is_empty(ground: Ground) -> None:
    issue = happen(ground, Incident())
    mute.snooze(ground, OPERATOR, issue, NOON + timedelta(days=1))
    with visiting(ground) as visit:
        shown = words(visit.see("/console/audit"))
    assert f"until {clock(NOON + timedelta(days=1), NOON)}" in shown
    assert "reason" not in shown


def test_a_warning_names_the_way_at_the_console_and_no_command(ground: Ground) -> None:
    pause.pause(ground, OPERATOR, "a test")
    with visiting(ground) as visit:
        shown = words(visit.see("/console/sources"))
    assert "let it go on, with Resume sending above" in shown
    assert "groundswell resume" not in shown


def test_older_entries_are_a_link_away(ground: Ground) -> None:
    for _ in range(51):
        pause.pause(ground, OPERATOR, "a test")
        pause.resume(ground, OPERATOR)
    with visiting(ground) as visit:
        assert "/console/audit?before=4" in visit.see("/console/audit")
        assert 'id="e3"' in visit.see("/console/audit?before=4")
        visit.see("/console/audit?before=x")
