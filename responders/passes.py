"""The passes in their order, and the loop that runs each of them: due, done, noted, again.

Apart from the service, because `run --once` and the demo run the same passes without it. Passes
talk only through committed rows, so each has a thread of its own: a slow place on the web holds up
no alert, and the model may load while the first posts already come in. What alerts people stands
apart from what drafts and publishes, and each destination of alerts apart from the others: an alert
waits neither for a draft, nor for a link that is looked at, nor for a channel that is down.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from config import plugins
from config.clock import SystemClock
from config.database import reading, transaction
from config.errors import GroundswellError, TransientError
from config.ground import Ground
from config.logs import event_log
from config.seldom import Seldom
from config.settings import Settings
from config.tables import Beat
from responders.taking_turns import Abreast, Step, Steps, in_turn, rest_s

if TYPE_CHECKING:
    from classifiers.embedders.base import Embedder

IDLE_S = 1.0
"""How long a pass with nothing to do waits before it looks again."""
KEEN_S, KEEN_SHARE = 0.25, 0.1
"""What a keen one waits, unless looking alone would then take more than this share of a core."""
BEAT_EVERY_S = 5.0
"""An idle pass notes that it lives no more often than this."""
PARTING_S = 2.0
"""What a pass under way has to come to its end when the service stops."""

log = event_log(__name__)


@dataclass(frozen=True)
class Pass:
    """A pass of the house."""

    name: str
    make: Callable[[Ground, bool], Step]
    """Builds what the pass needs for its life (client, model, channels) and returns its step; the
    flag asks for everything instead of what is due."""
    part_of: str = ""
    """The pass with which people name it: `--only respond` runs what alerts, too."""
    at_work: Callable[[Ground, bool], Step] | None = None
    """Builds it for the running service, where that is to do several things at once."""
    keen: bool = False
    """It looks more often than the others: nobody wakes it for all that it waits for."""


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


def _alert(ground: Ground, _everything: bool) -> Step:
    from responders.decisions.issues.mute import wake_due
    from responders.oncall import places
    from responders.oncall.alert import alert_due
    from responders.oncall.ladder import escalating, relieving
    from responders.oncall.telling.changes import ChangeWatch
    from responders.oncall.telling.digesting import tell_storms
    from responders.oncall.telling.repeats import repeat_alerts
    from responders.oncall.telling.rises import tell_rises

    changes = ChangeWatch(ground)
    return in_turn(
        lambda: wake_due(ground),
        lambda: alert_due(ground),
        lambda: tell_storms(ground),
        lambda: tell_rises(ground),
        changes.tell_due,
        lambda: repeat_alerts(ground),
        Seldom(places.EVERY_S, lambda: places.tell_of_places(ground)),
        Seldom(escalating.EVERY_S, lambda: escalating.escalate_due(ground)),
        Seldom(relieving.EVERY_S, lambda: relieving.relieve_due(ground)),
    )


def _respond(ground: Ground, _everything: bool) -> Step:
    from responders.decisions.drafts.first_yes import is_half_approved
    from responders.oncall.tickets.suggesting import suggest_due
    from responders.voice.ledger import silences
    from responders.voice.respond import respond_due
    from responders.voice.watching.links import LinkWatch, client_of

    links = LinkWatch(ground, client_of(ground.settings))
    return in_turn(
        lambda: respond_due(ground, half_approved=is_half_approved),
        Seldom(silences.EVERY_S, lambda: silences.tell_of_silences(ground)),
        lambda: suggest_due(ground),
        links.ask_due,
    )


def _send(ground: Ground, _everything: bool) -> Step:
    """Serve the on-call people's destinations one after the other, as a single run does."""
    return in_turn(*(step for _, step in _to_the_on_call(ground)))


def _send_abreast(ground: Ground, _everything: bool) -> Step:
    """Serve them at once, so that one that hangs holds up no other."""
    from responders.delivery.opening import every_destination
    from responders.delivery.store_sending import waited_for

    steps = dict(_to_the_on_call(ground))
    plain = {to.name for to in every_destination(ground.settings) if not to.keeps_cards}

    def wanted() -> set[str]:
        with reading(ground.engine) as session:
            return (steps.keys() - plain) | waited_for(session)

    return Abreast(steps, wanted=wanted)


def _to_the_on_call(ground: Ground) -> list[tuple[str, Step]]:
    from responders.decisions.drafts.store_saying import spoken
    from responders.delivery.opening import every_destination
    from responders.delivery.outbox import channels_of, deliver_due
    from responders.delivery.store_sending import Scope
    from responders.oncall.heartbeat import HEARTBEAT, Heart
    from responders.oncall.telling.handing_over import UNDELIVERED, hand_over_due
    from responders.oncall.telling.refreshing import refresh_due
    from responders.oncall.telling.refreshing_digests import refresh_digests

    channels = channels_of(ground)
    heart = Heart(ground, channels, [one.name for one in PASSES])
    steps: list[tuple[str, Step]] = []
    for to in every_destination(ground.settings):
        scope = Scope(only=frozenset({to.name}))
        step: Step = partial(deliver_due, ground, channels, scope=scope)
        if to.keeps_cards:  # after what is to be sent: that never waits for an edit
            cards = partial(refresh_due, ground, channels, spoken, only=to.name)
            step = in_turn(step, cards, partial(refresh_digests, ground, channels, only=to.name))
        steps.append((to.name, step))
    steps.append((UNDELIVERED, lambda: hand_over_due(ground)))
    return [*steps, (HEARTBEAT, heart.beat_due)]


def _deliver(ground: Ground, _everything: bool) -> Step:
    from responders.decisions.drafts.rechecking import recheck_due
    from responders.delivery.opening import every_destination
    from responders.delivery.outbox import channels_of, deliver_due
    from responders.delivery.revisiting import revisit_due
    from responders.delivery.store_sending import Scope
    from responders.delivery.visiting import visit_due
    from responders.page.erasing import redact_due
    from responders.page.publish import PagePublisher, publish_due
    from responders.voice.ledger.settling import record_sent
    from responders.voice.watching.links import LinkWatch, client_of
    from responders.voice.watching.minding import mind_due

    channels = channels_of(ground, PagePublisher(ground))
    links = LinkWatch(ground, client_of(ground.settings))
    others = Scope(but=frozenset(to.name for to in every_destination(ground.settings)))
    return in_turn(
        links.ask_before_they_leave,
        lambda: recheck_due(ground),
        lambda: deliver_due(ground, channels, scope=others),
        lambda: revisit_due(ground, channels),
        lambda: visit_due(ground, channels),
        lambda: record_sent(ground),
        lambda: mind_due(ground),
        lambda: redact_due(ground),
        lambda: publish_due(ground),
    )


PASSES = (
    Pass("crawl", _crawl),
    Pass("detect", _detect, keen=True),
    Pass("alert", _alert, part_of="respond"),
    Pass("respond", _respond),
    Pass("send", _send, part_of="deliver", at_work=_send_abreast),
    Pass("deliver", _deliver),
)


class Runner:
    """Runs one pass again and again, whatever happens in it."""

    def __init__(
        self, ground: Ground, what: Pass, *, everything: bool = False, at_work: bool = False
    ) -> None:
        self.ground = ground
        self.name = what.name
        self._keen = what.keen
        make = (what.at_work or what.make) if at_work else what.make
        self._make: Callable[[], Step] = lambda: make(ground, everything)
        self._step: Step | None = None
        self._beat_at = float("-inf")
        self._failures = 0

    def run(self, *, patient: bool = False) -> float | None:
        """Run the pass once; return the seconds to wait before the next run, None on failure.

        After work the wait is 0: more may have come due meanwhile.

        Args:
            patient: leave out those of several steps that failed a moment ago.
        """
        began, spent_s = time.monotonic(), time.thread_time()
        try:
            self._step = self._step or self._make()
            step = self._step
            if isinstance(step, Steps):
                done = step.run(began if patient else float("inf"))
            else:
                done = step()
        except Exception as error:  # noqa: BLE001 - the loop must survive any one bad run
            self._note_failure(error, began)
            return None
        self._failures = 0
        if done or time.monotonic() - self._beat_at >= BEAT_EVERY_S:
            self._beat(began, done=done, error=self._trouble())
        return 0.0 if done else self._idle_s(time.thread_time() - spent_s)

    def go_on(
        self, stop: threading.Event, woken: threading.Event, after: Sequence[threading.Event] = ()
    ) -> None:
        """Run the pass until told to stop.

        Args:
            stop: whether to end; whoever sets it sets ``woken``, too.
            woken: a pass before this one moved something, so the wait is over.
            after: tells the passes after this one.
        """
        while not stop.is_set():
            woken.clear()  # before the run: what comes during it is looked for once more
            wait_s = self.run(patient=True)
            if wait_s == 0.0 or self._moved_though_it_failed():
                for each in after:
                    each.set()
            if wait_s is None and not isinstance(self._step, Steps):
                stop.wait(self.pause_s)
            else:  # of several steps the one that failed rests by itself
                woken.wait(IDLE_S if wait_s is None else wait_s)

    def _idle_s(self, spent_s: float) -> float:
        return min(max(KEEN_S, spent_s / KEEN_SHARE), IDLE_S) if self._keen else IDLE_S

    @property
    def pause_s(self) -> float:
        """How long to wait after a failure: 1 s, doubling to a minute."""
        return rest_s(self._failures)

    def _moved_though_it_failed(self) -> bool:
        return self._failures > 0 and isinstance(self._step, Steps) and self._step.moved > 0

    def _trouble(self) -> str:
        """Return why a step that rests failed: the pass is not well until it runs again."""
        trouble = self._step.trouble if isinstance(self._step, Steps) else None
        return _reason(trouble) if trouble is not None else ""

    def _note_failure(self, error: Exception, began: float) -> None:
        self._failures += 1
        known, again_s = isinstance(error, GroundswellError), self.pause_s
        first = self._failures == 1
        if isinstance(self._step, Steps):
            first, again_s = self._step.failures == 1, rest_s(self._step.failures)
        write = log.warning if isinstance(error, TransientError) else log.error
        write(
            "pass_failed",
            what=self.name,
            reason=_reason(error),
            retry_in_s=again_s,
            exc_info=error if first and not known else None,
        )
        self._beat(began, error=_reason(error))

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


def _reason(error: Exception) -> str:
    known = isinstance(error, GroundswellError)
    return str(error) if known else f"{type(error).__name__}: {error}"


def run_once(ground: Ground, only: Sequence[str] = ()) -> bool:
    """Run each pass (or those named) once, in order; return whether all went well.

    Named, crawl looks at every source now, due or not.
    """
    everything = "crawl" in only
    chosen = [what for what in PASSES if not only or (what.part_of or what.name) in only]
    ends = [Runner(ground, what, everything=everything).run() for what in chosen]
    return all(end is not None for end in ends)


def work(ground: Ground, stop: threading.Event, passes: Sequence[Pass] = PASSES) -> list[str]:
    """Run all passes until told to stop; return the names of those still busy a moment later."""
    woken = [threading.Event() for _ in passes]
    threads = [
        threading.Thread(
            target=Runner(ground, what, at_work=True).go_on,
            args=(stop, woken[number], woken[number + 1 :]),
            name=what.name,
            daemon=True,
        )
        for number, what in enumerate(passes)
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
