"""Asks whether the addresses in texts that wait answer: a reply that leads nowhere helps nobody.

The linter only reads what was found here, so it stays a rule of plain values. An answer is a row
with its time. Nothing hangs on it being there: what nobody could ask is unknown and keeps no text
back. An address of this machine is never asked; another rule warns of it.
"""

import time
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from config.addresses import parse_url
from config.clock import Clock, SystemClock
from config.database import reading, transaction
from config.errors import GroundswellError
from config.ground import Ground
from config.http_client import HttpKnobs, PoliteClient
from config.logs import event_log
from config.settings import Settings
from responders.delivery import store as outbox
from responders.voice import store_links as store
from responders.voice.knowing import findings_of
from responders.voice.rules.base import links_in
from responders.voice.rules.foreign import is_local
from responders.voice.tables import LinkAnswer, LinkState
from responders.voice.watching.link_answers import OTHER_THAN_GET, Found, of_status, of_trouble

EVERY_S = 2.0
"""Machine seconds between two looks at what waits."""
PATIENCE_S = 6.0
"""A run begins no further request after so long: people and alerts wait for the same pass."""

log = event_log(__name__)


class LinkWatch:
    """Asks what is due, for the life of a pass."""

    def __init__(
        self, ground: Ground, client: PoliteClient, *, machine: Clock | None = None
    ) -> None:
        self._ground = ground
        self._client = client
        self._machine = machine or SystemClock()
        self._looked_at = float("-inf")

    def ask_due(self) -> int:
        """Ask for the addresses of drafts that wait; return how many answers changed."""
        if time.monotonic() - self._looked_at < EVERY_S:
            return 0
        self._looked_at = time.monotonic()
        with reading(self._ground.engine) as session:
            texts = [draft.text for draft in store.waiting(session)]
        return self._ask(texts)

    def ask_before_they_leave(self) -> int:
        """Ask anew for the addresses of texts that would leave now; return how many changed."""
        with reading(self._ground.engine) as session:
            if outbox.paused(session):
                return 0
            texts = store.leaving(session, self._ground.clock.now())
        return self._ask(texts)

    def _ask(self, texts: Iterable[str]) -> int:
        urls = dict.fromkeys(url for text in texts for url in links_in(text) if not is_local(url))
        now = self._machine.now()
        with reading(self._ground.engine) as session:
            known = store.answers(session, urls)
        due = [url for url in urls if self._is_due(known.get(url), now)]
        return self._ask_each(due)

    def _is_due(self, known: LinkState | None, now: datetime) -> bool:
        if known is None:
            return True
        knobs = self._ground.settings.voice
        alive = known.answer is LinkAnswer.ALIVE
        minutes = knobs.link_fresh_minutes if alive else knobs.link_retry_minutes
        return now - known.checked_at >= timedelta(minutes=minutes)

    def _ask_each(self, urls: Sequence[str]) -> int:
        changed, began = 0, time.monotonic()
        for url in urls:
            if time.monotonic() - began > PATIENCE_S:
                break  # the others stay due
            found = asked(self._client, url)
            with transaction(self._ground.engine) as session:
                other = store.note(session, url, *found, at=self._machine.now())
                if other:
                    self._show(session, url)
            log.info("link_asked", url=url, answer=found[0], reason=found[1])
            changed += other
        return changed

    def _show(self, session: Session, url: str) -> None:
        """Let the drafts with an address say what is known of it now."""
        session.expire_all()
        for draft in store.waiting(session):
            if url in links_in(draft.text):
                store.refresh(session, draft, findings_of(session, self._ground, draft))


def client_of(settings: Settings) -> PoliteClient:
    """Return a client that waits for no address long; it may reach the page of the settings."""
    knobs = settings.http.model_dump()
    knobs["deadline_s"] = min(settings.http.deadline_s, PATIENCE_S)
    page = settings.page.url
    return PoliteClient(HttpKnobs(**knobs), allow_hosts=[parse_url(page).host_port] if page else [])


def asked(client: PoliteClient, url: str) -> Found:
    """Ask an address, briefly first; where that is refused, as a browser would."""
    try:
        answer = client.head(url)
        if answer.status in OTHER_THAN_GET:
            answer = client.get(url)
    except GroundswellError as error:
        return of_trouble(error)
    return of_status(answer.status)
