"""The alert pass on a real store."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlmodel import select

from classifiers.tables import Issue, IssueKind
from config.clock import FixedClock, SystemClock
from config.database import reading
from config.ground import Ground
from config.leases import LeaseLost, acquire
from listener.tables import Source
from responders.decisions.issues.mute import mute
from responders.delivery.channels import discord
from responders.delivery.outbox import channels_of, deliver_due
from responders.delivery.tables import Delivery, DeliveryState
from responders.oncall import alert, store
from responders.oncall.alert import ALL_ALERTS, UNTITLED, alert_due, buckets
from responders.oncall.tables import Alert
from tests.conftest import NOON
from tests.listener.installation import declare, rows, watch
from tests.places.board import Board
from tests.responders.decisions.deciding import RUTH
from tests.responders.incidents import Incident, Said, breaking, erase, forget, happen, measure


def deliveries(ground: Ground) -> list[Delivery]:
    with reading(ground.engine) as session:
        return list(session.exec(select(Delivery).order_by(Delivery.key)).all())


def with_webhook(ground: Ground) -> Ground:
    options = discord.Options(
        webhook_url=SecretStr("https://discord.com/api/webhooks/12/secret-token")
    )
    settings = ground.settings.model_copy(update={"plugins": {"discord": options}})
    return replace(ground, settings=settings)


def test_an_issue_that_passed_the_level_is_alerted_once(ground: Ground) -> None:
    issue = happen(ground, Incident())
    assert [alert_due(ground) for _ in range(3)] == [1, 0, 0]
    (row,) = deliveries(ground)
    assert row.key == f"terminal|{issue}|alert|1"
    assert (row.state, row.public, row.kind) == (DeliveryState.QUEUED, False, "alert")


def test_an_alert_has_the_places_of_its_product_looked_at_sooner(ground: Ground) -> None:
    happen(ground, Incident())
    here, beside = at_rest(ground, 1, "here"), at_rest(ground, 1, "beside")
    elsewhere = at_rest(ground, declare(ground, "other"), "elsewhere")
    alert_due(ground)
    kept = {row.id: row for row in rows(ground, Source)}
    for hurried in (here, beside):
        assert kept[hurried].next_due_at == NOON
        assert kept[hurried].sooner_until == NOON + timedelta(hours=1)
    assert kept[elsewhere].sooner_until is None
    assert kept[elsewhere].next_due_at == NOON + timedelta(minutes=30)


def at_rest(ground: Ground, product: int, name: str) -> int:
    later = NOON + timedelta(minutes=30)
    return watch(ground, product, f"https://{name}.example", name, next_due_at=later)


def test_the_alert_shows_numbers_reason_and_quotes(ground: Ground) -> None:
    issue = happen(ground, Incident())
    measure(ground, issue, authors=7, window_hours=19 / 60, expected=0.4)
    alert_due(ground)
    lines = deliveries(ground)[0].text.splitlines()
    assert lines[0] == (
        f"New, major: app hangs when a note is opened. 7 people in 19 min, usual 0–2. GS-{issue}."
    )
    assert lines[3] == "7 posts by 7 people within 19 min; usual: 0.4"
    assert lines[4:6] == ["first seen 12:00 UTC, 12 May", "posts per 15 min: ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁█ 1"]
    assert lines[6].startswith("  “The app hangs when I open a note.")


def test_an_alert_goes_to_every_place_that_is_configured(ground: Ground) -> None:
    issue = happen(ground, Incident())
    alert_due(with_webhook(ground))
    found = deliveries(ground)
    assert [row.key for row in found] == [
        f"discord:12|{issue}|alert|1",
        f"terminal|{issue}|alert|1",
    ]
    assert found[0].payload["embeds"][0]["title"] == "App hangs when a note is opened"
    assert "secret-token" not in str([row.model_dump() for row in found])


@pytest.mark.parametrize(
    "incident",
    [
        Incident(kind=IssueKind.SPAM),
        Incident(kind=IssueKind.BRIGADE),
        Incident(alerted=False),
        Incident(flags=["muted"]),
        Incident(flags=["not-an-issue"]),
    ],
)
def test_what_nobody_is_to_be_told_of_is_not_alerted(ground: Ground, incident: Incident) -> None:
    happen(ground, incident)
    assert alert_due(ground) == 0
    assert not deliveries(ground)


def test_an_erased_post_is_not_quoted(ground: Ground) -> None:
    happen(ground, Incident(said=[Said(text="my name is on it", erased=True), Said()]))
    alert_due(ground)
    assert "my name is on it" not in deliveries(ground)[0].text


def test_facts_of_an_unknown_shape_do_not_hold_the_alert_up(ground: Ground) -> None:
    issue = happen(ground, Incident())
    measure(ground, issue, authors=7, window_hours=0.3, expected=-1e308)
    assert alert_due(ground) == 1
    assert "hangs" in deliveries(ground)[0].text


def test_what_was_muted_after_it_was_read_is_not_told(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = happen(ground, Incident())
    mute(ground, RUTH, issue, "known")
    monkeypatch.setattr(store, "unalerted", lambda _session, _product: [issue])
    alert_due(ground)
    assert deliveries(ground) == []
    with reading(ground.engine) as session:
        assert session.exec(select(Alert)).all() == []


def test_while_another_process_holds_the_lease_nothing_is_raised(ground: Ground) -> None:
    happen(ground, Incident())
    other = replace(ground, holder="elsewhere:1:00000000")
    held = acquire(ground.engine, ALL_ALERTS, holder=other.holder, clock=SystemClock())
    assert held is not None
    assert alert_due(ground) == 0
    assert alert_due(other) == 1


def test_the_alert_reaches_the_terminal_through_the_outbox(ground: Ground) -> None:
    happen(ground, Incident())
    alert_due(ground)
    board = Board()
    assert deliver_due(ground, {"terminal": board}) == 1
    assert board.messages[0].text.startswith("New, major: app hangs")


def test_the_second_alert_of_a_week_says_so(ground: Ground) -> None:
    happen(ground, Incident(title="One"))
    alert_due(ground)
    happen(ground, Incident(title="Two"))
    alert_due(replace(ground, clock=FixedClock(NOON + timedelta(days=2))))
    assert any("alert 2 this week" in row.text for row in deliveries(ground))
    with reading(ground.engine) as session:
        assert len(session.exec(select(Alert)).all()) == 2


def test_posts_are_counted_by_quarters_of_an_hour_up_to_now() -> None:
    ago = [0, 14, 15, 29, 239, 240, -5]
    counted = buckets([NOON - timedelta(minutes=minutes) for minutes in ago], now=NOON)
    assert (counted[-1], counted[-2], counted[0], sum(counted)) == (2, 2, 1, 5)


def test_an_issue_that_breaks_does_not_hold_up_the_others(
    ground: Ground, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = happen(ground, Incident()), happen(ground, Incident())
    with breaking(Alert, "before_insert", RuntimeError("it breaks"), issue_id=bad):
        assert alert_due(ground) == 1
    assert [row.issue_id for row in deliveries(ground)] == [good]
    assert "alert_broke" in caplog.text


def test_a_product_that_breaks_does_not_hold_up_the_others(
    ground: Ground, caplog: pytest.LogCaptureFixture
) -> None:
    happen(ground, Incident())
    good = happen(ground, Incident(product="Other"))
    with breaking(Issue, "load", RuntimeError("it breaks"), product_id=1):
        assert alert_due(ground) == 1
    assert [row.issue_id for row in deliveries(ground)] == [good]
    assert "alert_pass_broke" in caplog.text


def test_a_lost_lease_ends_the_run_of_its_product_alone(ground: Ground) -> None:
    first = happen(ground, Incident())
    happen(ground, Incident())
    other = happen(ground, Incident(product="Other"))
    with breaking(Alert, "before_insert", LeaseLost("taken"), issue_id=first):
        assert alert_due(ground) == 1
    assert [row.issue_id for row in deliveries(ground)] == [other]


SECRET = "My secret words hang the app"
BOTH = [Said(text=f"{SECRET}. Since this morning."), Said(thread="t2")]


def everything(ground: Ground) -> str:
    return str([(row.text, row.payload) for row in deliveries(ground)])


def test_an_alert_that_waits_is_drawn_anew_without_what_was_erased(
    ground: Ground, capsys: pytest.CaptureFixture[str]
) -> None:
    both_ways = with_webhook(ground)
    happen(ground, Incident(said=BOTH))
    alert_due(both_ways)
    assert all(SECRET in row.text for row in deliveries(ground))
    erase(ground, SECRET)
    assert deliver_due(ground, channels_of(ground)) == 0
    later = replace(both_ways, clock=FixedClock(NOON + timedelta(hours=1)))
    assert alert_due(later) == 0
    assert SECRET not in everything(ground)
    assert "The app hangs when I open a note" in everything(ground)
    assert "changed 12:00 UTC" in everything(ground)
    terminal = {"terminal": channels_of(ground)["terminal"]}
    assert deliver_due(ground, terminal) == 1
    printed = capsys.readouterr().out
    assert "The app hangs when I open a note" in printed
    assert SECRET not in printed


@pytest.mark.parametrize("alerted_before", [True, False])
def test_a_title_that_may_be_an_erased_posts_is_not_shown(
    ground: Ground, alerted_before: bool
) -> None:
    happen(ground, Incident(said=BOTH, title=SECRET))
    if alerted_before:
        alert_due(with_webhook(ground))
    erase(ground, SECRET)
    alert_due(with_webhook(ground))
    assert SECRET.lower() not in everything(ground).lower()
    assert UNTITLED in everything(ground)


@pytest.mark.parametrize("forgotten", [True, False])
def test_a_title_that_a_standing_post_says_stays(ground: Ground, forgotten: bool) -> None:
    title = "app hangs when I  open a note"
    issue = happen(ground, Incident(said=BOTH, title=title))
    erase(ground, SECRET)
    if forgotten:
        forget(ground, issue, title=title)
    alert_due(ground)
    assert "app hangs when I open a note" in deliveries(ground)[0].text


def test_what_the_classifiers_made_of_an_issue_after_an_erasure_is_shown(ground: Ground) -> None:
    issue = happen(ground, Incident(said=BOTH, title=SECRET))
    alert_due(ground)
    erase(ground, SECRET)
    forget(ground, issue, title="Notes hang")
    alert_due(ground)
    assert "\nNotes hang\n" in deliveries(ground)[0].text


def test_a_second_erasure_draws_the_alert_a_second_time(ground: Ground) -> None:
    happen(ground, Incident(said=BOTH))
    for words in (SECRET, "The app hangs"):
        alert_due(ground)
        erase(ground, words)
    alert_due(ground)
    assert "hangs when I open" not in everything(ground)
    assert deliver_due(ground, {"terminal": Board()}) == 1


def test_an_alert_that_was_sent_is_not_drawn_anew(ground: Ground) -> None:
    happen(ground, Incident(said=BOTH))
    alert_due(ground)
    deliver_due(ground, {"terminal": Board()})
    (sent,) = deliveries(ground)
    erase(ground, SECRET)
    alert_due(ground)
    assert deliveries(ground)[0].text == sent.text


def test_between_two_alerts_of_a_storm_others_may_write(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    gaps: list[float] = []
    monkeypatch.setattr(alert, "give_way", lambda _, held_s: gaps.append(held_s))
    for _ in range(3):
        happen(ground, Incident())
    assert alert_due(ground) == 3
    assert len(gaps) == 3
    assert min(gaps) > 0
