"""The passes in their order, and the loop that runs each of them: due, done, noted, again.

Apart from the service, because `run --once` and the demo run the same passes without it. Passes
talk only through committed rows, so each has a thread of its own: a slow place on the web holds up
no alert, and the model may load while the first posts already come in.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from config import plugins
from config.clock import SystemClock
from config.database import transaction
from config.errors import GroundswellError, TransientError
from config.ground import Ground
from config.logs import event_log
from config.seldom import Seldom
from config.settings import Settings
from config.tables import Beat

if TYPE_CHECKING:
    from classifiers.embedders.base import Embedder

IDLE_S = 1.0
"""How long a pass with nothing to do waits before it looks again."""
BEAT_EVERY_S = 5.0
"""An idle pass notes that it lives no more often than this."""
PARTING_S = 2.0
"""What a pass under way has to come to its end when the service stops."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0

log = event_log(__name__)

Step = Callable[[], int]
"""One run of a pass; returns how many things it moved."""


@dataclass(frozen=True)
class Pass:
    """A pass of the house."""

    name: str
    make: Callable[[Ground, bool], Step]
    """Builds what the pass needs for its life (client, model, channels) and returns its step; the
    flag asks for everything instead of what is due."""


def _crawl(ground: Ground, everything: bool) -> Step:
    from classifiers.register.releasing import follow_due
    from listener.crawl import crawl_due
    from listener.intake.handing_in import take_in_due
    from responders.oncall.tickets.ticketing import look_at_tickets
    from responders.workspace import open_client

    client = open_client(ground)

    def reports() -> int:
        """Make posts of what people handed in by chat; they wait for an answer."""
        return take_in_due(ground, client)

    def posts() -> int:
        looks = crawl_due(ground, client, everything=everything)
        return sum(look.new + look.revised for look in looks)

    def releases() -> int:
        """Read what came out: the same client, so that a host still gets one request at a time."""
        return sum(kept.changed for kept in follow_due(ground, client, everything=everything))

    return in_turn(reports, posts, releases, lambda: look_at_tickets(ground, client))


def _detect(ground: Ground, _everything: bool) -> Step:
    from classifiers.detect import Detector
    from classifiers.retiring import retire_due

    began = time.monotonic()
    embedder = open_embedder(ground.settings)
    took_s = round(time.monotonic() - began, 1)
    log.info("model_loaded", model=embedder.model_id, took_s=took_s)
    detector = Detector(ground, embedder)
    return in_turn(lambda: retire_due(ground), detector.detect_due)


def embedder_options(settings: Settings) -> tuple[ModuleType, Any]:
    """Return the embedder's plug-in and its options; nothing heavy is imported.

    What [detect] says of model and device counts where the embedder's own section is silent.

    Raises:
        SettingsError: there is no such embedder.
    """
    kind = settings.detect.embedder
    module = plugins.load("classifiers.embedders", kind)
    chosen = {"model": settings.detect.model, "device": settings.detect.device}
    values = {name: value for name, value in chosen.items() if value not in {"packaged", "auto"}}
    section = settings.plugins.get(kind)
    if section is not None:
        values |= section.model_dump(exclude_unset=True)
    return module, module.Options(**values)


def open_embedder(settings: Settings) -> "Embedder":
    """Return the embedder that the settings choose; this imports its heavy library.

    Raises:
        SettingsError: there is no such embedder or model.
        PermanentError: the model's weights are missing or not the pinned ones.
    """
    module, options = embedder_options(settings)
    return cast("Embedder", module.build(options))


def _respond(ground: Ground, _everything: bool) -> Step:
    from responders.decisions.issues.mute import wake_due
    from responders.oncall import places
    from responders.oncall.alert import alert_due
    from responders.oncall.ladder import escalating, relieving
    from responders.oncall.telling.digesting import tell_storms
    from responders.oncall.telling.repeats import repeat_alerts
    from responders.oncall.telling.rises import tell_rises
    from responders.oncall.tickets.suggesting import suggest_due
    from responders.voice.ledger import silences
    from responders.voice.respond import respond_due
    from responders.voice.watching.links import LinkWatch, client_of

    links = LinkWatch(ground, client_of(ground.settings))
    return in_turn(
        lambda: wake_due(ground),
        lambda: alert_due(ground),
        lambda: tell_storms(ground),
        lambda: tell_rises(ground),
        lambda: repeat_alerts(ground),
        Seldom(places.EVERY_S, lambda: places.tell_of_places(ground)),
        lambda: respond_due(ground),
        Seldom(silences.EVERY_S, lambda: silences.tell_of_silences(ground)),
        Seldom(escalating.EVERY_S, lambda: escalating.escalate_due(ground)),
        Seldom(relieving.EVERY_S, lambda: relieving.relieve_due(ground)),
        lambda: suggest_due(ground),
        links.ask_due,
    )


def _deliver(ground: Ground, _everything: bool) -> Step:
    from responders.decisions.drafts.rechecking import recheck_due
    from responders.decisions.drafts.store_saying import spoken
    from responders.delivery.outbox import channels_of, deliver_due
    from responders.delivery.revisiting import revisit_due
    from responders.delivery.visiting import visit_due
    from responders.oncall.heartbeat import Heart
    from responders.oncall.telling.handing_over import hand_over_due
    from responders.oncall.telling.refreshing import refresh_due
    from responders.oncall.telling.refreshing_digests import refresh_digests
    from responders.page.erasing import redact_due
    from responders.page.publish import PagePublisher, publish_due
    from responders.voice.ledger.settling import record_sent
    from responders.voice.watching.links import LinkWatch, client_of
    from responders.voice.watching.minding import mind_due

    channels = channels_of(ground, PagePublisher(ground))
    links = LinkWatch(ground, client_of(ground.settings))
    heart = Heart(ground, channels, [one.name for one in PASSES])
    return in_turn(
        links.ask_before_they_leave,
        lambda: recheck_due(ground),
        lambda: deliver_due(ground, channels),
        lambda: refresh_due(ground, channels, spoken),
        lambda: refresh_digests(ground, channels),
        lambda: hand_over_due(ground),
        heart.beat_due,
        lambda: revisit_due(ground, channels),
        lambda: visit_due(ground, channels),
        lambda: record_sent(ground),
        lambda: mind_due(ground),
        lambda: redact_due(ground),
        lambda: publish_due(ground),
    )


def in_turn(*steps: Step) -> Step:
    """Return the steps as one: each runs though one before it failed; the first error is told."""

    def step() -> int:
        done, errors = 0, []
        for each in steps:
            try:
                done += each()
            except Exception as error:  # noqa: BLE001 - told below, once the others had their turn
                errors.append(error)
        if errors:
            raise errors[0]
        return done

    return step


PASSES = (
    Pass("crawl", _crawl),
    Pass("detect", _detect),
    Pass("respond", _respond),
    Pass("deliver", _deliver),
)


class Runner:
    """Runs one pass again and again, whatever happens in it."""

    def __init__(self, ground: Ground, what: Pass, *, everything: bool = False) -> None:
        self.ground = ground
        self.name = what.name
        self._make: Callable[[], Step] = lambda: what.make(ground, everything)
        self._step: Step | None = None
        self._beat_at = float("-inf")
        self._failures = 0

    def run(self) -> float | None:
        """Run the pass once; return the seconds to wait before the next run, None on failure.

        After work the wait is 0: more may have come due meanwhile.
        """
        began = time.monotonic()
        try:
            self._step = self._step or self._make()
            done = self._step()
        except Exception as error:  # noqa: BLE001 - the loop must survive any one bad run
            self._note_failure(error, began)
            return None
        self._failures = 0
        if done or time.monotonic() - self._beat_at >= BEAT_EVERY_S:
            self._beat(began, done=done)
        return 0.0 if done else IDLE_S

    def go_on(
        self, stop: threading.Event, woken: threading.Event, after: threading.Event | None
    ) -> None:
        """Run the pass until told to stop.

        Args:
            stop: whether to end; whoever sets it sets ``woken``, too.
            woken: the pass before this one moved something, so the wait is over.
            after: tells the pass after this one.
        """
        while not stop.is_set():
            woken.clear()  # before the run: what comes during it is looked for once more
            wait_s = self.run()
            if wait_s == 0.0 and after is not None:
                after.set()
            if wait_s is None:
                stop.wait(self.pause_s)
            else:
                woken.wait(wait_s)

    @property
    def pause_s(self) -> float:
        """How long to wait after a failure: 1 s, doubling to a minute."""
        return float(min(FIRST_PAUSE_S * 2.0 ** min(self._failures - 1, 10), LONGEST_PAUSE_S))

    def _note_failure(self, error: Exception, began: float) -> None:
        self._failures += 1
        known = isinstance(error, GroundswellError)
        reason = str(error) if known else f"{type(error).__name__}: {error}"
        write = log.warning if isinstance(error, TransientError) else log.error
        write(
            "pass_failed",
            what=self.name,
            reason=reason,
            retry_in_s=self.pause_s,
            exc_info=error if self._failures == 1 and not known else None,
        )
        self._beat(began, error=reason)

    def _beat(self, began: float, *, done: int = 0, error: str = "") -> None:
        """Note the run; a store that does not answer is the next run's trouble."""
        self._beat_at = time.monotonic()
        beat = Beat(
            name=self.name,
            at=SystemClock().now(),
            took_s=round(time.monotonic() - began, 3),
            done=done,
            error=error[:1000],
        )
        try:
            with transaction(self.ground.engine) as session:
                session.merge(beat)
        except IntegrityError:
            log.debug("beat_shared", what=self.name)  # another worker made the row this instant
        except SQLAlchemyError as failure:
            log.error("beat_failed", what=self.name, reason=str(failure).splitlines()[0])


def run_once(ground: Ground, only: Sequence[str] = ()) -> bool:
    """Run each pass (or those named) once, in order; return whether all went well.

    Named, crawl looks at every source now, due or not.
    """
    everything = "crawl" in only
    chosen = [what for what in PASSES if not only or what.name in only]
    ends = [Runner(ground, what, everything=everything).run() for what in chosen]
    return all(end is not None for end in ends)


def work(ground: Ground, stop: threading.Event, passes: Sequence[Pass] = PASSES) -> list[str]:
    """Run all passes until told to stop; return the names of those still busy a moment later."""
    woken = [threading.Event() for _ in passes]
    threads = [
        threading.Thread(
            target=Runner(ground, what).go_on, args=(stop, own, after), name=what.name, daemon=True
        )
        for what, own, after in zip(passes, woken, [*woken[1:], None], strict=True)
    ]
    for thread in threads:
        thread.start()
    stop.wait()
    for each in woken:
        each.set()
    deadline = time.monotonic() + PARTING_S
    for thread in threads:
        thread.join(max(deadline - time.monotonic(), 0.0))
    return [thread.name for thread in threads if thread.is_alive()]
