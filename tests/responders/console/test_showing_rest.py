"""Sources and audit as a person sees them."""

from datetime import timedelta
from typing import Any

from config.clock import SystemClock
from config.database import transaction
from config.ground import Ground
from listener import store
from listener.sources.base import Loss
from listener.tables import SourceState
from responders.console.views.words import clock
from responders.decisions import pause
from responders.decisions.issues import mute
from tests.conftest import NOON
from tests.listener.installation import declare, watch
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


def test_a_place_in_trouble_says_what_to_do_in_the_words_of_the_command_line(
    ground: Ground,
) -> None:
    product, today = declare(ground), NOON.replace(hour=0)
    asked: dict[str, Any] = {"requests": 7, "requests_day": today, "next_due_at": NOON}
    out = {"state": SourceState.NEEDS_LOGIN, "reason": "it answers 401"}
    watch(ground, product, "https://a.example", "locked", **out, **asked)
    watch(ground, product, "https://b.example", "late", state=SourceState.OK, took_s=14.0)
    watch(ground, product, "https://c.example", "left", enabled=False, **out)
    with visiting(ground) as visit:
        shown = words(visit.see("/console/sources"))
    assert "needs login it answers 401 Write a log-in into [credentials.NAME]" in shown
    assert "now 7 requests today" in shown
    assert "heard, but slow its last answer took 14 s" in shown
    assert shown.count("Write a log-in") == 1
    assert "not watched any more" in shown


def test_a_place_that_we_cannot_answer_says_why(ground: Ground) -> None:
    product = declare(ground)
    watch(ground, product, "https://a.example/f", "a feed")
    watch(ground, product, "https://b.example", "b forum", kind="discourse")
    watch(ground, product, "https://c.example", "c forum", kind="discourse", reply=True)
    with visiting(ground) as visit:
        shown = words(visit.see("/console/sources"))
    assert "by hand: no reply leaves by itself to a place of the kind feed" in shown
    assert "by hand: `reply = true` does not stand on the source" in shown
    assert "by hand: it lacks " in shown
    assert "we may answer there" not in shown


def test_a_place_with_a_gap_stands_above_those_that_are_heard(ground: Ground) -> None:
    product, well = declare(ground), {"state": SourceState.OK, "last_heard_at": NOON}
    watch(ground, product, "https://a.example", "a whole place", **well)
    holed = watch(ground, product, "https://b.example", "b holed place", **well)
    with transaction(ground.engine) as session:
        store.add_gap(session, holed, Loss("lost"), now=SystemClock().now())
    with visiting(ground) as visit:
        shown = words(visit.see("/console/sources"))
    assert shown.index("b holed place") < shown.index("a whole place")
    assert "heard, with a gap" in shown
    assert "groundswell source gaps NAME" in shown


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
