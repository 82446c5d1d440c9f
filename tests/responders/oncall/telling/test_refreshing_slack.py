"""The cards of a Slack channel, kept true: the real outbox and our client against a small Slack."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr

from classifiers.tables import IssueState, Severity
from config.clock import FixedClock
from config.ground import Ground
from responders.decisions.drafts.store_saying import spoken
from responders.decisions.issues.acknowledge import acknowledge
from responders.decisions.issues.state import set_state
from responders.decisions.issues.take import take
from responders.delivery.channels import slack, terminal
from responders.delivery.channels.base import Channel
from responders.delivery.outbox import channels_of, deliver_due
from responders.oncall.alert import alert_due
from responders.oncall.telling.refreshing import refresh_due
from tests.conftest import NOON
from tests.places import slack_faults as faults
from tests.places.slack import Fault, Slack, pinging
from tests.places.slack_people import BOT_TOKEN, CHANNEL
from tests.responders.decisions.deciding import RUTH, set_issue
from tests.responders.incidents import Incident, happen


@pytest.fixture
def place() -> Iterator[Slack]:
    with Slack() as running:
        yield running


class Shift:
    """An on-call channel and the passes that serve it; each look is a second later."""

    def __init__(self, ground: Ground, options: slack.Options) -> None:
        off = terminal.Options(enabled=False)
        plugins = {**ground.settings.plugins, "slack": options, "terminal": off}
        self.ground = replace(
            ground, settings=ground.settings.model_copy(update={"plugins": plugins})
        )
        self.channels: Mapping[str, Channel] = channels_of(self.ground)
        self.at = NOON

    def look(self, *, later: timedelta = timedelta(seconds=1), times: int = 1) -> int:
        """Run the passes; return how many cards were edited."""
        done = 0
        for _ in range(times):
            self.at += later
            clock = FixedClock(self.at)
            ground = replace(self.ground, clock=clock)
            alert_due(ground)
            deliver_due(ground, self.channels, machine=clock)
            done += refresh_due(ground, self.channels, spoken, machine=clock)
            deliver_due(ground, self.channels, machine=clock)
        return done


def bot(place: Slack) -> slack.Options:
    return slack.Options(bot_token=SecretStr(BOT_TOKEN), channel_id=CHANNEL, api_url=place.api_url)


@pytest.fixture
def shift(ground: Ground, place: Slack) -> Shift:
    return Shift(ground, bot(place))


def lines(place: Slack) -> list[tuple[str, bool]]:
    """Return what stands in threads, and whether the channel hears it, too."""
    return [
        (one["blocks"][0]["text"]["text"], one["reply_broadcast"])
        for one in place.messages
        if one.get("thread_ts")
    ]


def state(place: Slack) -> str:
    return str(place.cards[0]["blocks"][1]["text"]["text"])


def test_an_issue_gets_one_card_and_it_is_left_alone_while_nothing_changes(
    shift: Shift, place: Slack
) -> None:
    happen(shift.ground, Incident())
    assert shift.look(times=3) == 0
    assert (len(place.cards), place.edits) == (1, [])
    assert "nobody has it yet" in state(place)


def test_who_has_it_is_shown_on_the_same_card_without_a_word(shift: Shift, place: Slack) -> None:
    issue = happen(shift.ground, Incident())
    shift.look()
    acknowledge(shift.ground, RUTH, issue)
    take(shift.ground, RUTH, issue)
    assert shift.look(times=3) == 1
    assert "held by Ruth · acknowledged by Ruth 12:00 UTC, 12 May" in state(place)
    labels = [each.get("text", {}).get("text") for each in place.cards[0]["blocks"][-1]["elements"]]
    assert {"Un-acknowledge…", "Hand back"} <= set(labels)
    assert len(place.messages) == 1


def test_the_time_of_a_look_alone_changes_nothing(shift: Shift, place: Slack) -> None:
    happen(shift.ground, Incident())
    shift.look(later=timedelta(minutes=30), times=4)
    assert place.edits == []


def test_a_state_is_told_in_the_thread_with_who_and_why_once(shift: Shift, place: Slack) -> None:
    issue = happen(shift.ground, Incident())
    shift.look()
    set_state(shift.ground, RUTH, issue, IssueState.IDENTIFIED, note="the *cache* <!channel>")
    shift.look(times=3)
    said = "New → identified, Ruth, 12:00 UTC, 12 May: the *cache* &lt;!channel&gt;"
    assert lines(place) == [(said, False)]
    assert "Identified" in state(place)
    assert pinging(place.messages) == ""


def test_a_higher_severity_is_told_aloud_below_the_card_once(shift: Shift, place: Slack) -> None:
    issue = happen(shift.ground, Incident())
    shift.look()
    set_issue(shift.ground, issue, severity=Severity.CRITICAL, version=2)
    shift.look(times=3)
    told = f"Critical now, was major: GS-{issue}. 1 person so far; see its card."
    assert lines(place) == [(told, True)]
    assert place.messages[1]["thread_ts"] == place.cards[0]["ts"]


@pytest.mark.parametrize(
    "fault",
    [
        [faults.fails_after_doing],
        [faults.resets_after_doing],
        [faults.too_many(1), faults.fails_after_doing],
        [faults.says("internal_error", done=True)],
    ],
)
def test_whatever_happens_to_an_answer_an_issue_has_one_card(
    shift: Shift, place: Slack, fault: Sequence[Fault]
) -> None:
    issue = happen(shift.ground, Incident())
    place.faults += fault
    shift.look(later=timedelta(seconds=20), times=6)
    set_issue(shift.ground, issue, severity=Severity.CRITICAL, version=2)
    place.faults += [faults.fails_after_doing, *fault]
    shift.look(later=timedelta(seconds=20), times=8)
    assert len(place.cards) == 1
    assert len(lines(place)) == 1
    assert "Critical" in state(place)


def test_a_card_that_somebody_deletes_comes_back_with_the_next_return(
    shift: Shift, place: Slack
) -> None:
    issue = happen(shift.ground, Incident())
    shift.look()
    place.messages.clear()
    acknowledge(shift.ground, RUTH, issue)
    shift.look(times=2)
    assert place.messages == []
    set_issue(shift.ground, issue, bursts=2, version=3)
    shift.look(times=2)
    assert len(place.cards) == 1


def test_a_webhook_tells_an_alert_without_buttons_that_nobody_hears(
    ground: Ground, place: Slack
) -> None:
    shift = Shift(ground, slack.Options(webhook_url=SecretStr(place.webhook_url)))
    happen(shift.ground, Incident(title="Sync <!channel> hangs"))
    shift.look(times=3)
    (told,) = place.webhooks
    assert pinging(told) == ""
    assert all(block["type"] != "actions" for block in told["blocks"])
