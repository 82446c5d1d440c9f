"""Storms: few cards, one digest, nothing lost; the real outbox against a small Discord."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlmodel import select

from classifiers.tables import Issue, IssueState, Severity
from config.clock import SystemClock
from config.database import durable, reading
from config.ground import Ground
from config.leases import acquire, release
from responders.decisions.issues.state import set_state
from responders.delivery import store as outbox
from responders.delivery.channels import discord
from responders.delivery.tables import Delivery
from responders.oncall.alert import alert_due
from responders.oncall.tables import Alert, Storm
from tests.conftest import NOON
from tests.places import discord_faults as faults
from tests.places.board import Board
from tests.places.discord import Discord, Fault
from tests.places.discord_clicks import CHANNEL
from tests.places.web import Asked, RawReply, Reply
from tests.responders.decisions.deciding import RUTH, set_issue
from tests.responders.incidents import Incident, Said, erase, forget, happen
from tests.responders.oncall.storms.outbreak import STORM, Watch, break_out, queued, with_discord

CONSOLE = "https://console.example/console"
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def place() -> Iterator[Discord]:
    with Discord() as running:
        yield running


@pytest.fixture
def watch(ground: Ground, place: Discord) -> Watch:
    return Watch(with_discord(ground, place))


def digest(place: Discord, number: int = STORM) -> str:
    message = place.cards[number]
    return f"{message['content']}\n{message['embeds'][0]['description']}"


def told(ground: Ground) -> dict[int, int | None]:
    """Return in which storm each issue was told."""
    with reading(ground.engine) as session:
        return {row.issue_id: row.storm_id for row in session.exec(select(Alert)).all()}


def test_as_many_alerts_as_allowed_are_cards_and_no_digest(watch: Watch, place: Discord) -> None:
    break_out(watch.ground, STORM)
    watch.look(times=3)
    assert len(place.cards) == STORM
    assert all(message["components"] for message in place.cards)


def test_one_more_makes_a_digest_that_names_it_with_link_and_count(
    watch: Watch, place: Discord
) -> None:
    break_out(watch.ground, STORM + 1)
    watch.look(times=3)
    assert len(place.cards) == STORM + 1
    assert digest(place).splitlines() == [
        "Storm: 1 issue more since 12:00 UTC, 12 May, told here together until it is calm.",
        "1 minor.",
        "",
        f"**GS-11** minor, 1 person · Problem number 11 · <{CONSOLE}/issues/GS-11>",
    ]


def test_what_joins_later_is_shown_by_editing_the_one_digest_and_calm_says_so(
    watch: Watch, place: Discord
) -> None:
    break_out(watch.ground, STORM + 2)
    watch.look(times=2)
    break_out(watch.ground, 3, first=STORM + 3)
    watch.look(times=7)
    assert len(place.cards) == STORM + 1
    assert digest(place).startswith("Storm: 5 issues more")
    watch.look(later=11 * MINUTE, times=2)
    assert digest(place).startswith(
        "The storm is over: 5 issues from 12:00 UTC, 12 May to 12:11 UTC, 12 May."
    )
    edits = len(place.edits)
    watch.look(later=MINUTE, times=10)
    assert (len(place.cards), len(place.edits)) == (STORM + 1, edits)


def test_after_a_storm_an_alert_is_a_card_again(watch: Watch, place: Discord) -> None:
    break_out(watch.ground, STORM + 1)
    watch.look()
    (late,) = break_out(watch.ground, 1, first=99)
    watch.look(later=11 * MINUTE, times=2)
    assert len(place.cards) == STORM + 2
    assert told(watch.ground)[late] is None


def test_a_storm_of_five_hundred_is_ten_cards_and_one_digest_within_the_limits(
    watch: Watch, place: Discord
) -> None:
    hostile = "@everyone [free](https://evil.example) **" + "x" * 200
    issues = break_out(watch.ground, 500)
    set_issue(watch.ground, issues[300], title=hostile, severity=Severity.CRITICAL, version=2)
    watch.look(times=2)
    assert len(place.cards) == STORM + 1
    text = digest(place)
    assert text.startswith("Storm: 490 issues more")
    assert "1 critical, 489 minor." in text
    assert text.splitlines()[3].startswith(f"**GS-{issues[300]}** critical, 1 person")
    assert "@everyone" not in text
    assert "](" not in text
    embed = place.cards[STORM]["embeds"][0]
    assert len(embed["description"]) <= 4096
    assert sum(map(len, (embed["title"], embed["description"]))) <= 6000
    assert set(told(watch.ground)) == set(issues)
    assert sum(storm is not None for storm in told(watch.ground).values()) == 490


def test_between_two_and_three_seconds_comes_one_message_and_then_none(
    watch: Watch, place: Discord
) -> None:
    break_out(watch.ground, STORM)
    watch.look()
    came = []
    for second in range(2, 40):
        if second == 2:
            break_out(watch.ground, 40, first=STORM + 1)
        before = len(place.cards)
        watch.look()
        came += [second] * (len(place.cards) - before)
    assert came == [2]


def test_a_storm_takes_place_over_all_products_together(watch: Watch, place: Discord) -> None:
    break_out(watch.ground, 6, product="Fernsync")
    break_out(watch.ground, 6, product="Other", first=7)
    watch.look(times=2)
    assert len(place.cards) == STORM + 1
    assert digest(place).startswith("Storm: 2 issues more")


def test_what_got_worse_in_the_digest_is_told_below_it_once_and_together(
    watch: Watch, place: Discord
) -> None:
    issues = break_out(watch.ground, STORM + 3)
    watch.look(times=2)
    for number in issues[-2:]:
        set_issue(watch.ground, number, severity=Severity.CRITICAL, version=2)
    watch.look(later=6 * SECOND, times=4)
    lines = [message["content"] for message in place.cards[STORM + 1 :]]
    assert lines == ["Worse now: GS-12 critical, GS-13 critical; see the list above."]
    assert place.cards[-1]["message_reference"]["message_id"] == place.cards[STORM]["id"]


def test_what_ended_goes_to_the_end_of_the_list_and_is_counted_apart(
    watch: Watch, place: Discord
) -> None:
    issues = break_out(watch.ground, STORM + 3)
    watch.look(times=2)
    set_state(watch.ground, RUTH, issues[STORM], IssueState.RESOLVED)
    watch.look(later=6 * SECOND)
    text = digest(place).splitlines()
    assert text[1] == "2 minor; 1 needs nobody any more."
    assert text[-1].startswith("**GS-11** minor, resolved, 1 person")


def test_returns_in_a_storm_are_listed_and_not_told_aloud_one_by_one(
    watch: Watch, place: Discord
) -> None:
    issues = break_out(watch.ground, STORM)
    watch.look(times=2)
    for number in issues:
        set_issue(watch.ground, number, bursts=2, version=2)
    watch.look(later=6 * SECOND, times=3)
    assert len(place.cards) == STORM + 1
    assert "minor, back, 1 person" in digest(place)


SECRET = "My secret words hang the app"


def test_no_row_of_a_digest_holds_words_of_strangers_and_erased_ones_leave_it(
    watch: Watch, place: Discord
) -> None:
    break_out(watch.ground, STORM)
    said = [Said(text=f"{SECRET}. Since this morning."), Said(thread="t2")]
    issue = happen(watch.ground, Incident(title=SECRET, said=said))
    watch.look(times=2)
    assert SECRET in digest(place)
    assert all(SECRET not in str(row.model_dump()) for row in queued(watch.ground, "digest"))
    erase(watch.ground, SECRET)
    watch.look(later=6 * SECOND)
    assert SECRET not in digest(place)
    forget(watch.ground, issue, title="Notes hang")
    set_issue(watch.ground, issue, version=3)
    watch.look(later=6 * SECOND)
    assert "Notes hang" in digest(place)


def test_a_digest_that_somebody_took_away_comes_again_after_a_while_if_more_joined(
    watch: Watch, place: Discord
) -> None:
    break_out(watch.ground, STORM + 1)
    watch.look(times=2)
    watch.look(later=6 * SECOND)
    place.cards.clear()
    break_out(watch.ground, 1, first=STORM + 2)
    watch.look(later=6 * SECOND, times=2)
    asked = len(place.asked)
    watch.look(later=6 * SECOND, times=3)
    assert len(place.asked) == asked
    watch.look(later=MINUTE, times=6)
    assert digest(place, 0).startswith("Storm: 2 issues more")
    assert len(place.cards) == 1
    break_out(watch.ground, 1, first=STORM + 3)
    watch.look(later=6 * SECOND, times=2)
    assert digest(place, 0).startswith("Storm: 3 issues more")
    place.cards.clear()
    watch.look(later=MINUTE, times=30)
    assert place.cards == []


def test_what_joins_after_the_digest_was_given_up_is_told_when_the_channel_works_again(
    watch: Watch, place: Discord
) -> None:
    break_out(watch.ground, STORM)
    watch.look(times=2)
    place.denied.add(f"/channels/{CHANNEL}/messages")
    break_out(watch.ground, 2, first=STORM + 1)
    watch.look(times=3)
    assert [row.state for row in queued(watch.ground, "digest")] == ["failed"]
    place.denied.clear()
    watch.look(later=MINUTE, times=6)
    assert len(place.cards) == STORM
    break_out(watch.ground, 1, first=STORM + 3)
    watch.look(times=3)
    assert digest(place).startswith("Storm: 3 issues more")
    assert len(place.cards) == STORM + 1


def test_an_edit_that_was_refused_is_tried_with_the_next_change(
    watch: Watch, place: Discord
) -> None:
    break_out(watch.ground, STORM + 1)
    watch.look(times=2)
    path = f"/channels/{CHANNEL}/messages/{place.cards[STORM]['id']}"
    place.denied.add(path)
    break_out(watch.ground, 1, first=STORM + 2)
    watch.look(later=6 * SECOND, times=3)
    place.denied.clear()
    break_out(watch.ground, 1, first=STORM + 3)
    watch.look(later=6 * SECOND)
    assert digest(place).startswith("Storm: 3 issues more")


def test_silence_that_was_asked_for_is_kept_to_the_second(watch: Watch, place: Discord) -> None:
    break_out(watch.ground, STORM + 1)
    watch.look(times=2)
    break_out(watch.ground, 5, first=STORM + 2)
    place.faults.append(faults.too_many(30.0))
    watch.look(later=6 * SECOND)
    asked = len(place.asked)
    watch.look(times=29)
    assert len(place.asked) == asked
    watch.look()
    assert digest(place).startswith("Storm: 6 issues more")


def test_while_all_is_held_back_no_digest_changes(watch: Watch, place: Discord) -> None:
    break_out(watch.ground, STORM + 1)
    watch.look(times=2)
    break_out(watch.ground, 5, first=STORM + 2)
    with durable(watch.ground.engine) as session:
        outbox.set_paused(session, True, by="Ruth", reason="a storm", now=NOON)
    edits = len(place.edits)
    watch.look(later=6 * SECOND, times=3)
    assert len(place.edits) == edits


@pytest.mark.parametrize("fault", [faults.fails_after_doing, faults.hangs_up_after_doing])
def test_a_lost_answer_makes_no_second_digest(watch: Watch, place: Discord, fault: Fault) -> None:
    break_out(watch.ground, STORM)
    watch.look(times=2)
    break_out(watch.ground, 5, first=STORM + 1)
    place.faults.append(fault)
    watch.look()
    place.forget_nonces()
    watch.look(later=3 * MINUTE, times=3)
    assert len(place.cards) == STORM + 1


def test_where_nothing_can_be_edited_parts_come_and_a_last_word_and_each_issue_once(
    ground: Ground,
) -> None:
    address = SecretStr("https://discord.com/api/webhooks/12/token-of-it")
    options = discord.Options(webhook_url=address)
    settings = ground.settings.model_copy(update={"plugins": {"discord": options}})
    board = Board()
    watch = Watch(replace(ground, settings=settings), {"discord": board, "terminal": Board()})
    break_out(watch.ground, STORM + 2)
    watch.look(times=2)
    break_out(watch.ground, 3, first=STORM + 3)
    watch.look(later=MINUTE, times=3)
    assert len(board.messages) == STORM + 1
    watch.look(later=MINUTE, times=3)
    assert len(board.messages) == STORM + 2
    watch.look(later=MINUTE, times=12)
    parts = [message.text for message in board.messages[STORM:]]
    assert [text.splitlines()[0].split(" since")[0].split(" from")[0] for text in parts] == [
        "Storm: 2 issues more", "Storm: 3 issues more", "The storm is over: 5 issues",
    ]  # fmt: skip
    rows = [row for row in queued(watch.ground, "digest") if row.destination == "discord:12"]
    listed = [number for row in rows for number in row.target["alerts"]]
    assert len(listed) == len(set(listed)) == 5


def test_while_another_process_counts_alerts_none_is_raised(watch: Watch) -> None:
    break_out(watch.ground, 1)
    held = acquire(watch.ground.engine, "alerts", holder="elsewhere:1:0", clock=SystemClock())
    assert held is not None
    assert alert_due(watch.ground) == 0
    release(watch.ground.engine, held, clock=SystemClock())
    assert alert_due(watch.ground) == 1


def test_a_storm_that_ended_while_nothing_ran_is_told_for_a_day(
    watch: Watch, place: Discord
) -> None:
    break_out(watch.ground, STORM + 1)
    watch.look()
    watch.look(later=timedelta(hours=9), times=2)
    assert digest(place).startswith("The storm is over: 1 issue from")
    with reading(watch.ground.engine) as session:
        assert [row.over_at is not None for row in session.exec(select(Storm)).all()] == [True]
        assert session.exec(select(Delivery).where(Delivery.kind == "digest")).one().state == "sent"
        assert len(session.exec(select(Issue)).all()) == STORM + 1


class Allowing:
    """What a platform allows: so many requests in so many seconds, and never one more."""

    def __init__(self, watch: Watch, *, requests: int = 5, within_s: float = 5.0) -> None:
        self.came: list[datetime] = []
        self.refused = 0
        self._watch, self._most, self._within_s = watch, requests, within_s

    def __call__(self, place: Discord, asked: Asked) -> Reply | RawReply:
        place.faults.append(self)
        now = self._watch.at
        lately = [at for at in self.came if (now - at).total_seconds() < self._within_s]
        if len(lately) >= self._most:
            self.refused += 1
            return faults.too_many(self._within_s)(place, asked)
        self.came.append(now)
        done = place.ordinary(asked)
        first = min([*lately, now])
        left_s = self._within_s - (now - first).total_seconds()
        limits = {
            "X-RateLimit-Remaining": str(self._most - len(lately) - 1),
            "X-RateLimit-Reset-After": f"{left_s:.3f}",
        }
        return Reply(done.status, done.body, {**done.headers, **limits})


def test_what_a_platform_allows_is_used_up_and_never_overstepped(
    watch: Watch, place: Discord
) -> None:
    allowing = Allowing(watch)
    place.faults.append(allowing)
    break_out(watch.ground, 30)
    watch.look(times=20)
    assert allowing.refused == 0
    assert len(place.cards) == STORM + 1
    seconds = [int((at - NOON).total_seconds()) for at in allowing.came]
    assert seconds[: STORM + 1] == [1] * 5 + [6] * 5 + [11]
