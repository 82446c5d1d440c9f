"""The cards of a channel, kept true: the real outbox and our client against a small Discord."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlmodel import select

from classifiers.tables import Issue, IssueState, Severity
from config.clock import FixedClock
from config.database import durable, reading, transaction
from config.ground import Ground
from responders.decisions.drafts.store_saying import spoken
from responders.decisions.issues.acknowledge import acknowledge
from responders.decisions.issues.merge import merge
from responders.decisions.issues.mute import mute
from responders.decisions.issues.state import set_state
from responders.decisions.issues.take import take
from responders.delivery import store as outbox
from responders.delivery.channels import discord, terminal
from responders.delivery.channels.base import Channel, Message
from responders.delivery.outbox import channels_of, deliver_due
from responders.delivery.store_sending import SENDING
from responders.delivery.tables import Delivery
from responders.oncall.alert import alert_due
from responders.oncall.tables import CardShown
from responders.oncall.telling.refreshing import refresh_due
from tests.conftest import NOON
from tests.places import discord_faults as faults
from tests.places.discord import Discord, Fault
from tests.places.discord_clicks import CHANNEL, TOKEN
from tests.responders.decisions.deciding import RUTH, propose, set_issue
from tests.responders.delivery.conftest import dead_holder
from tests.responders.incidents import Incident, Said, erase, forget, happen, say_more


@pytest.fixture
def place() -> Iterator[Discord]:
    with Discord() as running:
        yield running


class Shift:
    """An on-call channel and the passes that serve it; each look is a second later."""

    def __init__(self, ground: Ground, place: Discord) -> None:
        options = discord.Options(
            token=SecretStr(TOKEN), channel_id=int(CHANNEL), api_url=place.api_url
        )
        off = terminal.Options(enabled=False)
        plugins = {**ground.settings.plugins, "discord": options, "terminal": off}
        console = ground.settings.console.model_copy(
            update={"url": "https://console.example/console/"}
        )
        settings = ground.settings.model_copy(update={"plugins": plugins, "console": console})
        self.ground = replace(ground, settings=settings)
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


@pytest.fixture
def shift(ground: Ground, place: Discord) -> Shift:
    return Shift(ground, place)


def lines(place: Discord) -> list[str]:
    return [message["content"] for message in place.cards[1:]]


def quiet_lines(place: Discord) -> list[str]:
    return [one["content"] for each in place.threads for one in place.messages[each]]


def embed(place: Discord, number: int = 0) -> str:
    return str(place.cards[number]["embeds"][0])


def labels(place: Discord) -> list[str]:
    rows = place.cards[0]["components"]
    return [button["label"] for row in rows for button in row["components"]]


def test_an_issue_gets_one_card_and_it_is_left_alone_while_nothing_changes(
    shift: Shift, place: Discord
) -> None:
    happen(shift.ground, Incident())
    assert shift.look(times=3) == 0
    assert (len(place.cards), place.edits) == (1, [])
    assert "nobody has it yet" in embed(place)
    assert "https://console.example/console/issues/GS-1" in embed(place)
    assert labels(place) == [
        "Acknowledge", "Take", "Snooze…", "Open", "Merge with…", "Mute…", "Not an issue…",
    ]  # fmt: skip


def test_who_has_it_is_shown_on_the_same_card_without_a_word(shift: Shift, place: Discord) -> None:
    issue = happen(shift.ground, Incident())
    shift.look()
    acknowledge(shift.ground, RUTH, issue)
    assert shift.look(times=3) == 1
    take(shift.ground, RUTH, issue)
    assert shift.look(times=3) == 1
    assert "held by Ruth · acknowledged by Ruth 12:00 UTC, 12 May" in embed(place)
    assert {"Un-acknowledge…", "Hand back"} <= set(labels(place))
    assert (len(place.cards), place.threads) == (1, {})


def test_a_state_is_told_in_the_thread_with_who_and_why_once(shift: Shift, place: Discord) -> None:
    issue = happen(shift.ground, Incident())
    shift.look()
    set_state(shift.ground, RUTH, issue, IssueState.IDENTIFIED, note="the *cache* <@1>")
    shift.look(times=3)
    assert quiet_lines(place) == [
        "New → identified, Ruth, 12:00 UTC, 12 May: the \\*cache\\* \\<@\u200b1\\>"
    ]
    assert list(place.threads.values()) == [f"GS-{issue}"]
    assert (len(place.cards), "Identified" in embed(place)) == (1, True)


def test_a_higher_severity_is_told_aloud_below_the_card_once(shift: Shift, place: Discord) -> None:
    issue = happen(shift.ground, Incident())
    shift.look()
    set_issue(shift.ground, issue, severity=Severity.CRITICAL, version=2)
    shift.look(times=3)
    assert lines(place) == [f"Critical now, was major: GS-{issue}. 1 person so far; see its card."]
    assert place.cards[1]["message_reference"]["message_id"] == place.cards[0]["id"]


def test_a_return_edits_the_card_and_is_told_aloud_and_is_no_second_card(
    shift: Shift, place: Discord
) -> None:
    issue = happen(shift.ground, Incident())
    shift.look()
    set_issue(shift.ground, issue, bursts=2, version=2, flags=["regression"])
    shift.look(times=3)
    assert lines(place) == [
        f"Back after it was quiet, major: GS-{issue}. 1 person so far; see its card."
    ]
    assert "Regression" in embed(place)


def test_a_return_while_the_first_card_is_still_on_its_way_is_no_second_card(
    shift: Shift, place: Discord
) -> None:
    issue = happen(shift.ground, Incident())
    alert_due(shift.ground)
    set_issue(shift.ground, issue, bursts=2, version=2)
    shift.look(times=2)
    assert [bool(message["embeds"]) for message in place.cards] == [True, False]


def test_a_card_that_somebody_took_away_comes_again_with_the_next_return(
    shift: Shift, place: Discord
) -> None:
    issue = happen(shift.ground, Incident())
    shift.look()
    place.cards.clear()
    acknowledge(shift.ground, RUTH, issue)
    shift.look(times=2)
    assert place.cards == []
    set_issue(shift.ground, issue, bursts=2, version=2)
    shift.look(times=2)
    assert len(place.cards) == 1
    with reading(shift.ground.engine) as session:
        (card,) = session.exec(select(CardShown)).all()
    assert (card.message_id, card.gone_at) == (place.cards[0]["id"], None)


def test_below_a_card_that_came_again_is_told_what_gets_worse(shift: Shift, place: Discord) -> None:
    issue = happen(shift.ground, Incident(severity=Severity.MINOR))
    shift.look()
    set_issue(shift.ground, issue, severity=Severity.MAJOR, version=2)
    shift.look(times=2)
    place.cards.clear()
    acknowledge(shift.ground, RUTH, issue)
    shift.look(times=2)
    set_issue(shift.ground, issue, bursts=2, version=3)
    shift.look(times=2)
    set_issue(shift.ground, issue, severity=Severity.CRITICAL, version=4)
    shift.look(times=2)
    assert [line.split(":")[0] for line in lines(place)] == ["Critical now, was major"]


def test_what_waits_to_be_said_is_counted_on_the_card(shift: Shift, place: Discord) -> None:
    issue = happen(shift.ground, Incident())
    shift.look()
    propose(shift.ground, issue)
    assert shift.look() == 1
    assert labels(place)[0] == "Approve 1 draft…"
    assert "Drafts waiting" in embed(place)


def test_more_of_the_same_is_shown_after_a_while(shift: Shift, place: Discord) -> None:
    issue = happen(shift.ground, Incident())
    shift.look()
    say_more(shift.ground, issue, Said(text="Mine hangs as well.", thread="t9"))
    set_issue(shift.ground, issue, version=2, reason="2 posts by 2 people")
    assert shift.look() == 0
    assert shift.look(later=timedelta(minutes=11)) == 1
    assert "2 posts by 2 people" in embed(place)


def test_erased_words_leave_the_card_at_once(shift: Shift, place: Discord) -> None:
    said = "My cat Otto sat on it and the app hangs when I open a note."
    issue = happen(shift.ground, Incident(said=[Said(text=said), Said(thread="t2")]))
    set_issue(
        shift.ground, issue, quotes=[{"post_id": 1, "text": said, "url": "https://f.example/1"}]
    )
    shift.look()
    assert "Otto" in embed(place)
    erase(shift.ground, said)
    forget(shift.ground, issue, title="App hangs when a note is opened")
    shift.look()
    assert "Otto" not in embed(place)


def test_a_card_drawn_anew_before_it_left_keeps_its_link_and_buttons(
    shift: Shift, place: Discord
) -> None:
    said = "My cat Otto sat on it and the app hangs when I open a note."
    issue = happen(shift.ground, Incident(said=[Said(text=said), Said(thread="t2")]))
    alert_due(shift.ground)
    erase(shift.ground, said)
    forget(shift.ground, issue, title="App hangs when a note is opened")
    assert shift.look(times=2) == 0
    assert "Otto" not in embed(place)
    assert "Open" in labels(place)


def test_a_part_of_another_issue_says_so_and_offers_no_decision(
    shift: Shift, place: Discord
) -> None:
    first = happen(shift.ground, Incident())
    second = happen(shift.ground, Incident(title="Sync hangs"))
    shift.look(times=2)
    merge(shift.ground, RUTH, first, second)
    shift.look(times=2)
    assert f"Part of GS-{second} now" in embed(place)
    assert labels(place) == ["Open"]
    assert len(place.cards) == 2


def test_what_is_muted_says_so_and_can_be_woken(shift: Shift, place: Discord) -> None:
    issue = happen(shift.ground, Incident())
    shift.look()
    mute(shift.ground, RUTH, issue, "known")
    shift.look()
    assert "Muted" in embed(place)
    assert "Wake" in labels(place)


@pytest.mark.parametrize("fault", [faults.fails_after_doing, faults.hangs_up_after_doing])
def test_a_lost_answer_makes_no_second_card(shift: Shift, place: Discord, fault: Fault) -> None:
    happen(shift.ground, Incident())
    place.faults.append(fault)
    shift.look()
    place.forget_nonces()
    shift.look(later=timedelta(minutes=3), times=3)
    assert len(place.cards) == 1


def test_a_sender_killed_after_the_send_makes_no_second_card(shift: Shift, place: Discord) -> None:
    happen(shift.ground, Incident())
    alert_due(shift.ground)
    with reading(shift.ground.engine) as session:
        (row,) = session.exec(select(Delivery)).all()
    with durable(shift.ground.engine) as session:
        found = session.get_one(Delivery, row.id)
        found.state, found.tries, found.lease_holder = SENDING, 1, dead_holder()
        session.add(found)
    message = Message(key=row.key, text=row.text, payload=row.payload, target=row.target)
    shift.channels["discord"].send(message)
    place.forget_nonces()
    shift.look(times=2)
    assert len(place.cards) == 1


def test_a_change_that_was_edited_and_not_noted_is_told_once(shift: Shift, place: Discord) -> None:
    issue = happen(shift.ground, Incident())
    shift.look()
    set_issue(shift.ground, issue, severity=Severity.CRITICAL, version=2)
    with reading(shift.ground.engine) as session:
        (before,) = session.exec(select(CardShown)).all()
    shift.look()
    with transaction(shift.ground.engine) as session:  # as if it was killed before it noted that
        session.merge(CardShown(**before.model_dump()))
    shift.look(times=2)
    assert len(lines(place)) == 1


def test_silence_that_was_asked_for_is_kept(shift: Shift, place: Discord) -> None:
    issue = happen(shift.ground, Incident())
    shift.look()
    acknowledge(shift.ground, RUTH, issue)
    place.faults.append(faults.too_many(30.0))
    assert shift.look() == 0
    asked = len(place.asked)
    assert shift.look(later=timedelta(seconds=10)) == 0
    assert len(place.asked) == asked
    assert shift.look(later=timedelta(seconds=30)) == 1


def test_an_edit_that_failed_holds_up_no_alert_and_is_tried_again(
    shift: Shift, place: Discord
) -> None:
    issue = happen(shift.ground, Incident())
    shift.look()
    acknowledge(shift.ground, RUTH, issue)
    place.faults.append(faults.fails)
    assert shift.look() == 0
    happen(shift.ground, Incident(title="Sync hangs"))
    shift.look()
    assert len(place.cards) == 2
    assert shift.look(later=timedelta(minutes=2)) == 1


def test_a_card_that_is_refused_is_left_alone_until_its_issue_changes(
    shift: Shift, place: Discord
) -> None:
    issue = happen(shift.ground, Incident())
    shift.look()
    acknowledge(shift.ground, RUTH, issue)
    place.denied.add(f"/channels/{CHANNEL}/messages/{place.cards[0]['id']}")
    shift.look()
    asked = len(place.asked)
    shift.look(times=5)
    assert len(place.asked) == asked
    place.denied.clear()
    take(shift.ground, RUTH, issue)
    assert shift.look() == 1


def test_while_all_is_held_back_no_card_changes(shift: Shift, place: Discord) -> None:
    issue = happen(shift.ground, Incident())
    shift.look()
    acknowledge(shift.ground, RUTH, issue)
    with durable(shift.ground.engine) as session:
        outbox.set_paused(session, True, by="Ruth", reason="a storm", now=NOON)
    assert shift.look(times=2) == 0


def test_two_processes_edit_a_card_once(shift: Shift, place: Discord) -> None:
    issue = happen(shift.ground, Incident())
    shift.look()
    acknowledge(shift.ground, RUTH, issue)
    clock = FixedClock(NOON + timedelta(seconds=5))
    ground = replace(shift.ground, clock=clock)
    done = [refresh_due(ground, shift.channels, spoken, machine=clock) for _ in range(2)]
    assert done == [1, 0]


def test_a_broken_issue_holds_up_no_other(shift: Shift, place: Discord) -> None:
    first = happen(shift.ground, Incident())
    second = happen(shift.ground, Incident(title="Sync hangs"))
    shift.look(times=2)
    set_issue(shift.ground, first, facts={"versions": "nonsense"}, version=2)
    acknowledge(shift.ground, RUTH, second)
    shift.look(times=2)
    assert "acknowledged by Ruth" in embed(place, 1)


def test_without_a_bot_there_are_no_cards(ground: Ground) -> None:
    happen(ground, Incident())
    alert_due(ground)
    assert refresh_due(ground, channels_of(ground), spoken) == 0
    with reading(ground.engine) as session:
        assert session.exec(select(CardShown)).all() == []
        assert session.exec(select(Issue)).one().bursts == 1
