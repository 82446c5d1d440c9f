"""Keep the cards in the on-call channels true: edit them in place, and tell what must be told.

Part of the deliver pass. What is due is found by comparing each card with the rows it is drawn
from, so neither a crash nor a second process loses a change or tells it twice: the edit comes
first, and doing it again does no harm; the message below the card has a key of its own.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from json import dumps
from typing import Any

from sqlmodel import Session

from classifiers.store import counts, reference
from classifiers.tables import Issue
from config import leases
from config.clock import Clock, SystemClock
from config.database import reading, transaction
from config.errors import GroundswellError, TransientError
from config.ground import Ground
from config.logs import event_log, masked
from responders.delivery import store as outbox
from responders.delivery import store_sending as sending
from responders.delivery.channels.base import Channel, Gone, Message, Redrawing
from responders.delivery.erasures import erasures
from responders.delivery.inert import discord_text
from responders.delivery.opening import Destination, destinations
from responders.delivery.tables import Delivery
from responders.oncall import store_cards
from responders.oncall.alert import link_to, safe_facts
from responders.oncall.card import IssueFacts, clock_time, make_card
from responders.oncall.cards.drawing import DRAWINGS, as_lines
from responders.oncall.cards.drawing_slack import FOOTER
from responders.oncall.grouping import Shown, Step, next_step
from responders.oncall.tables import CardShown

LINE = "line"
"""The kind of a delivery that stands below a card: our words only."""
EDITS = 20
"""Cards edited in one pass at the most; the outbox must have its turn."""

log = event_log(__name__)


@dataclass(frozen=True)
class Spoken:
    """What we said, or could say, in public about an issue; the voice knows."""

    told: int = 0
    drafts: int = 0
    next_word_at: datetime | None = None


Speaking = Callable[[Session, Collection[int]], Mapping[int, Spoken]]
"""Answers for many issues at once; handed in, because this room knows nothing of the voice."""


def refresh_due(
    ground: Ground,
    channels: Mapping[str, Channel],
    spoken: Speaking,
    *,
    machine: Clock | None = None,
    only: str | None = None,
) -> int:
    """Bring every card up to date that has to be; return how many were edited.

    Args:
        ground: what the pass stands on.
        channels: every configured channel by its kind.
        spoken: tells what was said in public.
        machine: the time of leases and rests, by default the machine's.
        only: the one destination whose cards are looked at; None: every one.
    """
    clock = machine or SystemClock()
    done = 0
    for to in destinations(ground.settings):
        if only not in (None, to.name):
            continue
        channel = channels.get(to.channel)
        if to.keeps_cards and isinstance(channel, Redrawing):
            with leases.holding(
                ground.engine, f"cards:{to.name}", clock=clock, holder=ground.holder
            ) as held:
                if held is not None:
                    done += _Desk(ground, to, channel, spoken, clock).refresh()
    return done


@dataclass(frozen=True)
class _Drawn:
    """A card as it should be."""

    now: Shown
    mark: str
    text: str
    payload: Mapping[str, Any]
    sha256: str


@dataclass(frozen=True)
class _Desk:
    """One destination's cards at one pass."""

    ground: Ground
    to: Destination
    channel: Redrawing
    spoken: Speaking
    machine: Clock

    def refresh(self) -> int:
        self._note_sent()
        done = 0
        for found, said in self._changed():
            if done >= EDITS or self._must_wait():
                break
            try:
                done += self._look(found, said)
            except TransientError as error:
                self._rest(error)
                break
            except GroundswellError as error:  # asked for again when the issue changes next
                issue = reference(found.card.issue_id)
                log.error("card_not_edited", issue=issue, reason=masked(str(error)))
                self._note(found.card, mark=_mark(found, said))
        return done

    def _must_wait(self) -> bool:
        """Tell whether the place wants silence, a person holds all back, or a message is due."""
        with reading(self.ground.engine) as session:
            resting = sending.resting(session, now=self.machine.now())
            waits = not resting.isdisjoint({self.to.name, self._edits})
            now = self.ground.clock.now()
            waits = waits or sending.is_waited_for(session, self.to.name, now=now)
            return waits or outbox.paused(session) is not None

    @property
    def _edits(self) -> str:
        """Name the edits as something that rests by itself: a failed one must hold up no alert."""
        return f"{self.to.name}|edits"

    def _note_sent(self) -> None:
        """Note every card that the outbox sent meanwhile."""
        with reading(self.ground.engine) as session:
            if not store_cards.unnoted(session, self.to.name):
                return
        with transaction(self.ground.engine) as session:
            for row, card in store_cards.unnoted(session, self.to.name):
                session.add(_noted(row, card, now=self.ground.clock.now()))

    def _changed(self) -> list[tuple[store_cards.Standing, Spoken]]:
        """Return the cards whose rows look otherwise than when they were last looked at."""
        with reading(self.ground.engine) as session:
            cards = store_cards.standing(session, self.to.name, now=self.ground.clock.now())
            said = self.spoken(session, [found.card.issue_id for found in cards])
        pairs = [(found, said.get(found.card.issue_id, Spoken())) for found in cards]
        return [(found, words) for found, words in pairs if found.card.mark != _mark(found, words)]

    def _look(self, found: store_cards.Standing, said: Spoken) -> bool:
        """Edit one card if that is due, and tell what is to be told; True when it was edited."""
        card, now = found.card, self.ground.clock.now()
        with reading(self.ground.engine) as session:
            issue = session.get_one(Issue, card.issue_id)
            drawn = self._draw(session, issue, found, said)
            before = Shown.from_json(card.shown) if card.shown else drawn.now
        step = next_step(
            before,
            replace(drawn.now, lines=before.lines),
            redrawn=drawn.sha256 != card.drawn_sha256,
            since=now - card.changed_at,
        )
        if not step.edit:
            if drawn.sha256 == card.drawn_sha256:
                shown = replace(drawn.now, lines=before.lines).as_json()
                self._note(card, mark=drawn.mark, shown=shown)
            return False
        try:
            key = f"{self.to.name}|{card.issue_id}|card"
            receipt = self.channel.redraw(
                card.message_id, Message(key=key, text=drawn.text, payload=drawn.payload)
            )
        except Gone:
            log.warning("card_gone", issue=reference(card.issue_id), destination=self.to.name)
            self._note(card, gone_at=now)
            return False
        self._edited(card, drawn, before, step, now=now)
        if receipt.rest_s > 0:
            self._rest(TransientError("the limit is near", retry_after_s=receipt.rest_s))
        return True

    def _draw(
        self, session: Session, issue: Issue, found: store_cards.Standing, said: Spoken
    ) -> _Drawn:
        now = self.ground.clock.now()
        erased = erasures(session, issue.id or 0)
        facts = replace(
            safe_facts(session, issue, erased, now=now),
            link=link_to(self.ground.settings, issue.id or 0),
            threads_told=said.told,
            drafts_waiting=said.drafts or None,
            next_word_at=said.next_word_at,
            flags=_flags(issue),
        )
        draw = DRAWINGS[self.to.channel]
        card = make_card(facts)
        return _Drawn(
            now=_shown(session, issue, facts, found, said),
            mark=_mark(found, said),
            text=as_lines(card),
            payload=draw(card),
            sha256=_looks(draw(card)),
        )

    def _edited(
        self, card: CardShown, drawn: _Drawn, before: Shown, step: Step, *, now: datetime
    ) -> None:
        lines = before.lines
        with transaction(self.ground.engine) as session:
            for words, aloud in ((step.aloud, True), (step.quietly, False)):
                if words:
                    lines += 1
                    said = _line_text(session, card.issue_id, words, drawn, aloud=aloud)
                    outbox.queue(session, self._line(card, said, number=lines, aloud=aloud))
            row = session.get_one(CardShown, card.id)
            row.shown = replace(drawn.now, lines=lines).as_json()
            row.mark, row.drawn_sha256, row.changed_at = drawn.mark, drawn.sha256, now
            session.add(row)
        log.info("card_edited", issue=reference(card.issue_id), reason=step.reason)

    def _line(self, card: CardShown, text: str, *, number: int, aloud: bool) -> Delivery:
        now = self.ground.clock.now()
        where = {"below": card.message_id} if aloud else {"thread_of": card.message_id}
        return Delivery(
            key=f"{self.to.name}|{card.issue_id}|{LINE}|{number}",
            product_id=card.product_id,
            issue_id=card.issue_id,
            channel=self.to.channel,
            destination=self.to.name,
            target=where | {"thread_name": reference(card.issue_id)},
            kind=LINE,
            text=text,
            payload={"content": discord_text(text)},  # other places draw the text themselves
            next_try_at=now,
            created_at=now,
        )

    def _note(self, card: CardShown, **values: Any) -> None:
        with transaction(self.ground.engine) as session:
            row = session.get_one(CardShown, card.id)
            for name, value in values.items():
                setattr(row, name, value)
            session.add(row)

    def _rest(self, error: TransientError) -> None:
        asked = error.retry_after_s is not None
        wait_s = error.retry_after_s or self.ground.settings.outbox.retry_s
        until = self.machine.now() + timedelta(seconds=wait_s)
        with transaction(self.ground.engine) as session:
            sending.rest(session, self.to.name if asked else self._edits, until=until)
        log.info("cards_wait", destination=self.to.name, reason=masked(str(error)), wait_s=wait_s)


def _noted(row: Delivery, card: CardShown | None, *, now: datetime) -> CardShown:
    """Return the row of a card that was sent; what it showed is read when it is looked at."""
    noted = card or CardShown(
        product_id=row.product_id, issue_id=row.issue_id or 0, destination=row.destination,
        delivery_id=0, message_id="", changed_at=now,
    )  # fmt: skip
    noted.delivery_id, noted.message_id = row.id or 0, row.remote_id or ""
    lines = Shown.from_json(noted.shown).lines  # counted on: the keys of those below are taken
    shown = dict(row.target.get("shown") or {})
    noted.shown, noted.mark = {**shown, "lines": lines} if shown else {}, ""
    noted.drawn_sha256 = _looks(row.payload)
    noted.changed_at, noted.gone_at = row.sent_at or now, None
    return noted


def _flags(issue: Issue) -> list[str]:
    """Return the flags as the card shows them; a part of another issue has none of its own."""
    return [] if issue.merged_into else list(issue.flags)


def _shown(
    session: Session, issue: Issue, facts: IssueFacts, found: store_cards.Standing, said: Spoken
) -> Shown:
    number = issue.id or 0
    people = counts(session, [number]).get(number)
    handling = found.handling
    rest = {
        "title": facts.title,
        "flags": sorted(facts.flags),
        "part": issue.merged_into,
        "erased": [issue.erasures, found.erased],
        "held": handling.held_by if handling else "",
        "acknowledged": handling.acknowledged_by if handling else "",
        "holds": list(facts.holds),
        "told": said.told,
        "drafts": said.drafts,
        "next": said.next_word_at.isoformat() if said.next_word_at else None,
    }
    return Shown(
        state=issue.state.value,
        severity=issue.severity.value,
        bursts=found.told,
        people=people.authors if people else 0,
        rest=_digest(rest),
    )


def _mark(found: store_cards.Standing, said: Spoken) -> str:
    """Say in one line what the rows behind a card look like; cheap, for all cards at each pass."""
    issue, who = found.issue, found.handling
    at = [who.acknowledged_at, who.held_at] if who else [None, None]
    parts = [issue.version, issue.erasures, found.erased, found.told, found.last_event, *at]
    return "|".join(map(str, [*parts, said.told, said.drafts, said.next_word_at]))


def _line_text(session: Session, issue_id: int, words: str, drawn: _Drawn, *, aloud: bool) -> str:
    """Return what stands below a card: what changed, by whom and when, in our own words."""
    if aloud:
        people = "1 person" if drawn.now.people == 1 else f"{drawn.now.people} people"
        return f"{words}: {reference(issue_id)}. {people} so far; see its card."
    event = store_cards.last_state_event(session, issue_id)
    if event is None:
        return f"{words}."
    note = str(event.data.get("note") or "").strip()
    return f"{words}, {event.by}, {clock_time(event.at)}{f': {note}' if note else '.'}"


def _looks(payload: Mapping[str, Any]) -> str:
    """Return what tells one drawing from another; the time of the change alone is no change."""
    embeds = [{**embed, "footer": None} for embed in payload.get("embeds", ())]
    seen = {**payload, "embeds": embeds}
    if "blocks" in payload:
        seen["blocks"] = [one for one in payload["blocks"] if one.get("block_id") != FOOTER]
    return _digest(seen)


def _digest(value: object) -> str:
    return sha256(dumps(value, sort_keys=True, default=str).encode()).hexdigest()
