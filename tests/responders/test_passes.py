"""The loop around the passes: it survives what happens in them and notes how they went."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from pydantic import SecretStr
from sqlmodel import select

from config.database import reading
from config.errors import PermanentError, TransientError
from config.ground import Ground
from config.tables import Beat
from responders import passes
from responders.delivery.channels import discord
from responders.delivery.channels.base import Message, Receipt
from responders.delivery.tables import Delivery, DeliveryState
from responders.oncall.tables import Alert
from responders.passes import Pass, Runner
from responders.taking_turns import Step, in_turn
from tests.places.board import Board
from tests.responders.incidents import Incident, happen


def _pass(step: Callable[[], int], name: str = "crawl") -> Pass:
    return Pass(name, lambda _ground, _everything: step)


def _beats(ground: Ground) -> dict[str, Beat]:
    with reading(ground.engine) as session:
        return {row.name: row for row in session.exec(select(Beat)).all()}


def _raising(error: Exception) -> Callable[[], int]:
    def step() -> int:
        raise error

    return step


def test_a_run_notes_how_much_it_moved(ground: Ground) -> None:
    assert Runner(ground, _pass(lambda: 3)).run() == 0.0
    beat = _beats(ground)["crawl"]
    assert (beat.done, beat.error) == (3, "")


def test_an_idle_pass_waits_a_second_at_most(ground: Ground) -> None:
    waited = Runner(ground, _pass(lambda: 0)).run()
    assert waited is not None
    assert 0 < waited <= 1.0


def test_a_keen_pass_waits_less_unless_looking_costs_much(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr("responders.passes.time.thread_time", lambda: now[0])

    def wait_after(seconds: float) -> float | None:
        def step() -> int:
            now[0] += seconds
            return 0

        return Runner(ground, replace(_pass(step), keen=True)).run()

    waits = [wait_after(seconds) for seconds in (0.003, 0.05, 0.4)]
    assert waits == pytest.approx([0.25, 0.5, 1.0])


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermanentError("the weights are missing"), "the weights are missing"),
        (TransientError("busy"), "busy"),
        (ValueError("odd"), "ValueError: odd"),
    ],
)
def test_a_failed_run_is_noted_with_its_reason_and_the_loop_goes_on(
    ground: Ground, error: Exception, words: str
) -> None:
    runner = Runner(ground, _pass(_raising(error)))
    assert runner.run() is None
    assert runner.run() is None
    assert _beats(ground)["crawl"].error == words


def test_failures_in_a_row_make_the_pauses_longer_up_to_a_minute(ground: Ground) -> None:
    runner = Runner(ground, _pass(_raising(ValueError("odd"))))
    pauses = []
    for _ in range(9):
        runner.run()
        pauses.append(runner.pause_s)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_run_that_goes_well_again_clears_the_error(ground: Ground) -> None:
    ends: Iterator[int | Exception] = iter([ValueError("odd"), 1])

    def step() -> int:
        end = next(ends)
        if isinstance(end, Exception):
            raise end
        return end

    runner = Runner(ground, _pass(step))
    runner.run()
    runner.run()
    assert _beats(ground)["crawl"].error == ""


def test_tools_that_cannot_be_made_are_tried_again_and_kept_once_made(ground: Ground) -> None:
    made = []

    def make(_ground: Ground, _everything: bool) -> Step:
        made.append(1)
        if len(made) == 1:
            raise PermanentError("no model yet")
        return lambda: 1

    runner = Runner(ground, Pass("detect", make))
    assert [runner.run(), runner.run(), runner.run()] == [None, 0.0, 0.0]
    assert len(made) == 2


def test_one_pass_that_hangs_or_fails_holds_up_no_other(ground: Ground) -> None:
    stop, release, ran = threading.Event(), threading.Event(), threading.Event()

    def hang() -> int:
        release.wait(30)
        return 0

    def go() -> int:
        ran.set()
        return 0

    chosen = [
        _pass(hang, "crawl"),
        _pass(_raising(ValueError("odd")), "detect"),
        _pass(go, "deliver"),
    ]
    busy: list[str] = []
    thread = threading.Thread(target=lambda: busy.extend(passes.work(ground, stop, chosen)))
    thread.start()
    assert ran.wait(20)
    stop.set()
    thread.join(20)
    release.set()
    for left in threading.enumerate():
        if left.name == "crawl":
            left.join(20)
    assert busy == ["crawl"]


def test_what_a_pass_moved_is_looked_for_by_the_next_one_at_once(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passes, "IDLE_S", 60.0)
    idle, moved, seen, stop = (threading.Event() for _ in range(4))

    def first() -> int:
        if moved.is_set():
            return 0
        assert idle.wait(20)
        moved.set()
        return 1

    def second() -> int:
        if moved.is_set():
            seen.set()
        idle.set()
        return 0

    chosen = [_pass(first), _pass(second, "detect")]
    thread = threading.Thread(target=passes.work, args=(ground, stop, chosen))
    thread.start()
    try:
        assert seen.wait(20)
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()


def test_once_runs_the_chosen_passes_in_their_order_and_tells_of_failure(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[tuple[str, bool]] = []

    def noting(name: str, end: int | Exception) -> Pass:
        def make(_ground: Ground, everything: bool) -> Step:
            def step() -> int:
                ran.append((name, everything))
                if isinstance(end, Exception):
                    raise end
                return end

            return step

        return Pass(name, make)

    monkeypatch.setattr(
        passes,
        "PASSES",
        (noting("crawl", 0), noting("detect", ValueError("x")), noting("deliver", 1)),
    )
    assert passes.run_once(ground) is False
    assert ran == [("crawl", False), ("detect", False), ("deliver", False)]
    ran.clear()
    assert passes.run_once(ground, ["deliver", "crawl"]) is True
    assert ran == [("crawl", True), ("deliver", True)]
    ran.clear()
    passes.run_once(ground, ["crawl"])
    assert ran == [("crawl", True)]


def test_a_page_that_cannot_be_written_holds_up_no_reply_and_is_told(ground: Ground) -> None:
    ran: list[str] = []

    def go(name: str) -> Callable[[], int]:
        def step() -> int:
            ran.append(name)
            return 1

        return step

    step = in_turn(go("send"), _raising(PermanentError("no room on the disk")), go("page"))
    assert Runner(ground, _pass(step, "deliver")).run() is None
    assert ran == ["send", "page"]
    assert _beats(ground)["deliver"].error == "no room on the disk"


def test_the_deliver_pass_sends_notes_what_was_told_and_publishes(ground: Ground) -> None:
    (deliver,) = [what for what in passes.PASSES if what.name == "deliver"]
    step = deliver.make(ground, False)
    step()
    assert ground.settings.path(ground.settings.page.dir).is_dir()


def test_what_breaks_before_the_alerts_keeps_none_of_them_here(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("decisions.issues.mute.wake_due", "oncall.telling.digesting.tell_storms"):
        monkeypatch.setattr(f"responders.{place}", lambda _ground: _raising(ValueError("odd"))())
    happen(ground, Incident())
    (alert,) = [what for what in passes.PASSES if what.name == "alert"]
    ran: list[str] = []

    def rises(_ground: Ground) -> int:
        ran.append("x")
        return 0

    monkeypatch.setattr("responders.oncall.telling.rises.tell_rises", rises)
    with pytest.raises(ValueError, match="odd"):
        alert.make(ground, False)()
    with reading(ground.engine) as session:
        assert len(session.exec(select(Alert)).all()) == 1
    assert ran == ["x"]


def test_a_step_that_fails_makes_the_others_of_its_pass_wait_for_nothing(ground: Ground) -> None:
    stop, woken, went = threading.Event(), threading.Event(), threading.Event()
    ran = [0]

    def alerts() -> int:
        ran[0] += 1
        if ran[0] == 8:
            went.set()
        return int(ran[0] < 8)

    runner = Runner(ground, _pass(in_turn(_raising(ValueError("odd")), alerts), "alert"))
    thread = threading.Thread(target=runner.go_on, args=(stop, woken))
    thread.start()
    try:
        assert went.wait(20), "with a rest of the whole pass this takes over a minute"
    finally:
        stop.set()
        woken.set()
        thread.join(20)
    assert _beats(ground)["alert"].error == "ValueError: odd"


def test_what_was_moved_beside_a_failure_wakes_the_passes_after_it(ground: Ground) -> None:
    stop, woken, after = threading.Event(), threading.Event(), threading.Event()
    step = in_turn(_raising(ValueError("odd")), lambda: 1)
    runner = Runner(ground, _pass(step, "alert"))
    thread = threading.Thread(target=runner.go_on, args=(stop, woken, [after]))
    thread.start()
    try:
        assert after.wait(20)
    finally:
        stop.set()
        woken.set()
        thread.join(20)


def test_an_alert_waits_for_no_draft_and_no_link(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drafting, asking for links and publishing hang; the alert leaves all the same."""
    hanging, release, stop = threading.Event(), threading.Event(), threading.Event()

    def hang(*_: object, **__: object) -> int:
        hanging.set()
        release.wait(60)
        return 0

    monkeypatch.setattr("responders.voice.respond.respond_due", hang)
    links = "responders.voice.watching.links.LinkWatch"
    monkeypatch.setattr(f"{links}.ask_due", hang)
    monkeypatch.setattr(f"{links}.ask_before_they_leave", hang)
    chosen = [what for what in passes.PASSES if what.name not in {"crawl", "detect"}]
    thread = threading.Thread(target=passes.work, args=(ground, stop, chosen))
    thread.start()
    try:
        assert hanging.wait(20)
        happen(ground, Incident())
        assert _sent_within(ground, 20)
    finally:
        release.set()
        stop.set()
        thread.join(20)


def test_a_destination_that_hangs_holds_up_no_other(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The chat takes the message and never answers; the terminal has it all the same."""
    release, stop, begun = threading.Event(), threading.Event(), threading.Event()

    class Hanging(Board):
        def send(self, message: Message) -> Receipt:
            begun.set()
            release.wait(60)
            return super().send(message)

    options = discord.Options(webhook_url=SecretStr("https://discord.com/api/webhooks/12/token-t"))
    settings = ground.settings.model_copy(update={"plugins": {"discord": options}})
    there = replace(ground, settings=settings)
    channels = {"discord": Hanging(), "terminal": Board()}
    monkeypatch.setattr("responders.delivery.outbox.channels_of", lambda *_: channels)
    happen(there, Incident())
    chosen = [what for what in passes.PASSES if what.name in {"alert", "send"}]
    thread = threading.Thread(target=passes.work, args=(there, stop, chosen))
    thread.start()
    try:
        assert begun.wait(20)
        assert _sent_within(there, 10)
        again = happen(there, Incident())
        assert _sent_within(there, 10, issue=again), "nor does it later, while it still hangs"
    finally:
        release.set()
        stop.set()
        thread.join(20)


def _sent_within(ground: Ground, seconds: int, *, issue: int | None = None) -> bool:
    never = threading.Event()
    for _ in range(seconds * 10):
        with reading(ground.engine) as session:
            sent = select(Delivery).where(Delivery.state == DeliveryState.SENT)
            if issue is not None:
                sent = sent.where(Delivery.issue_id == issue)
            if session.exec(sent).first() is not None:
                return True
        never.wait(0.1)
    return False


def test_named_by_people_a_pass_is_all_its_parts() -> None:
    parts: dict[str, list[str]] = {}
    for what in passes.PASSES:
        parts.setdefault(what.part_of or what.name, []).append(what.name)
    assert list(parts) == ["crawl", "detect", "respond", "deliver"]
    assert parts["respond"] == ["alert", "respond"], "people are told before anything is drafted"
    assert parts["deliver"] == ["send", "deliver"]
