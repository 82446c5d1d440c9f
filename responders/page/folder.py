"""From rows to the files of the page, in one moment: what is due, what there is, in which order.

All of one writing is read from one snapshot of the store and rendered in memory first. Entries are
written before what links to them, the first page last, and what was written is noted after that:
whoever is killed in between leaves a page that can be served, and the next run completes it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from config.clock import Clock
from config.ground import Ground
from config.settings import Settings
from listener import store as posts_store
from listener.tables import Product, Source
from responders.page import api, feeds, heartbeat, render, store
from responders.page.remembering import Remembered, recall, remember
from responders.page.snapshot import Entry, Heading, Part, Place, Snapshot
from responders.page.wording import title
from responders.page.writing import write_all

HEARTBEAT = timedelta(seconds=60)
"""Machine time after which the page says again when we last listened."""
BATCH = 200
"""Pages of resolved incidents written in one go: after an upgrade all are due, and deliveries must
not wait for them."""
UNNAMED = "default"
"""The product of somebody who named none."""
REPORTS = timedelta(days=8)
"""A day for the picture and seven for what is usual."""


def page_url(settings: Settings) -> str:
    """Return the public address of the page with a slash at its end."""
    own = f"http://{settings.console.host}:{settings.console.port}/"
    return f"{(settings.page.url or own).rstrip('/')}/"


def folder_of(settings: Settings) -> Path:
    """Return the folder that the page's files are written to."""
    return settings.path(settings.page.dir)


@dataclass(frozen=True, kw_only=True)
class _Moment:
    """What the store says at one moment."""

    shot: Snapshot
    now: Remembered
    """What will be remembered once it is written."""
    headings: Sequence[Heading] | None
    """All of the history; None where nothing was published since the last writing."""
    unwritten: frozenset[str]
    """The resolved incidents whose page is to be written."""


class Folder:
    """One folder of files and the rows they are made from."""

    def __init__(self, ground: Ground, path: Path, machine: Clock, *, batch: int = BATCH) -> None:
        self.ground = ground
        self.path = path
        self.machine = machine
        self.batch = batch

    def due(self) -> bool:
        """Tell whether anything must be written; a few small queries."""
        known = recall(self.path)
        with store.one_moment(self.ground.engine) as session:
            now = self._look(session, known)
        return self._old(known) or _differ(known, now) or _looked(known, now)

    def write_everything(self) -> int:
        """Look at every file and write what is not as it should be; return how many changed.

        Raises:
            PageUnwritable: the folder cannot be written.
        """
        changed = self._write(Remembered())
        while (known := recall(self.path)).left:
            changed += self._write(known)
        return changed

    def write(self) -> int:
        """Write what changed since the last writing; return how many files changed.

        Raises:
            PageUnwritable: the folder cannot be written.
        """
        return self._write(recall(self.path))

    def _write(self, known: Remembered) -> int:
        with store.one_moment(self.ground.engine) as session:
            now = self._look(session, known)
            if not (self._old(known) or _differ(known, now)):
                remember(self.path, replace(now, written_at=known.written_at))
                return 0
            moment = self._moment(session, known, now)
        changed = write_all(self.path, self._files(moment).items())
        remember(self.path, moment.now)
        return changed

    def _old(self, known: Remembered) -> bool:
        """Tell whether the last writing is: the heartbeat is due, it was cut short, or is gone.

        Also where the machine's clock was set back.
        """
        if known.written_at is None or known.left or not (self.path / "index.html").exists():
            return True
        return not timedelta() <= self.machine.now() - known.written_at < HEARTBEAT

    def _look(self, session: Session, known: Remembered) -> Remembered:
        """Return what would be remembered now, ready to be compared with what is."""
        settings, now = self.ground.settings, self.ground.clock.now()
        name = name_of(settings, posts_store.products(session))
        sources = watched(session)
        looks = {
            str(source.id): heartbeat.looks_with(
                known.looks.get(str(source.id), ()), source.last_heard_at, now=now
            )
            for source in sources
        }
        places = self._places(session, sources, looks)
        return Remembered(
            written_at=self.machine.now(),
            fixed=[render.edition(), name, page_url(settings)],
            marks=json.loads(json.dumps(store.marks(session, now=now))),
            places=[[place.name, place.state] for place in places],
            settled=known.settled,
            looks=looks,
        )

    def _places(
        self, session: Session, sources: Sequence[Source], looks: Mapping[str, Sequence[datetime]]
    ) -> list[Place]:
        now = self.ground.clock.now()
        lately = store.newest_posts_at(session, since=now - heartbeat.QUIET_AFTER)
        return [
            Place(
                name=heartbeat.public_name(source.name),
                state=heartbeat.state_of(
                    source.state,
                    heard_at=source.last_heard_at,
                    next_due_at=source.next_due_at,
                    written_at=lately.get(source.id or 0),
                    now=now,
                ),
                heard_at=source.last_heard_at,
                looks=looks.get(str(source.id), ()),
            )
            for source in sources
        ]

    def _moment(self, session: Session, known: Remembered, now: Remembered) -> _Moment:
        """Read all that the files need."""
        published = bool(known.left) or (known.marks, known.fixed) != (now.marks, now.fixed)
        if known.fixed != now.fixed:
            known = replace(known, settled={})
        headings = store.headings(session) if published else None
        candidates = [
            heading.public_id
            for heading in headings or ()
            if not heading.open and self._unwritten(heading, known)
        ]
        unwritten, later = frozenset(candidates[: self.batch]), set(candidates[self.batch :])
        entries = store.entries(session, newest=api.INCIDENTS_SHOWN, also=unwritten)
        drawn = [
            replace(entry, reported_at=store.reported_of(session, entry.public_id))
            if entry.open or entry.public_id in unwritten
            else entry
            for entry in entries
        ]
        settled = {
            each.public_id: _version(each)
            for each in headings or ()
            if not each.open and each.public_id not in later
        }
        return _Moment(
            shot=self._snapshot(session, drawn, now),
            now=now if headings is None else replace(now, settled=settled, left=len(later)),
            headings=headings,
            unwritten=unwritten,
        )

    def _snapshot(self, session: Session, entries: Sequence[Entry], now: Remembered) -> Snapshot:
        products = posts_store.products(session)
        at = self.ground.clock.now()
        name, url = str(now.fixed[1]), str(now.fixed[2])
        return Snapshot(
            name=name,
            url=url,
            now=at,
            machine_now=self.machine.now(),
            parts=[
                Part(
                    id=product.id or 0,
                    name=name if product.name == UNNAMED else product.name,
                    created_at=product.created_at,
                )
                for product in products
            ],
            places=self._places(session, watched(session), now.looks),
            entries=entries,
            words=store.newest_words(session, feeds.LOOKED_AT),
            reported_at=store.reported(session, since=at - REPORTS, until=at),
            history_since=store.oldest_post_at(session),
        )

    def _unwritten(self, heading: Heading, known: Remembered) -> bool:
        """Tell whether a resolved incident's page is missing or of an older state."""
        there = (self.path / entry_path(heading.public_id)).exists()
        return not there or known.settled.get(heading.public_id) != _version(heading)

    def _files(self, moment: _Moment) -> dict[str, bytes]:
        """Return the files that may have changed, in the order in which they are written."""
        shot = moment.shot
        files = dict(render.assets()) if moment.headings is not None else {}
        for entry in shot.entries:
            if entry.open or entry.public_id in moment.unwritten:
                files[entry_path(entry.public_id)] = render.entry_page(entry, shot)
        if moment.headings is not None:
            files |= render.history(render.months(moment.headings), shot)
            files["404.html"] = render.missing(shot)
        files |= feeds.feeds(shot)
        files |= {path: as_json(document) for path, document in api.documents(shot).items()}
        files["index.html"] = render.front(shot)
        return files


def _differ(known: Remembered, now: Remembered) -> bool:
    return (known.marks, known.fixed, known.places) != (now.marks, now.fixed, now.places)


def _looked(known: Remembered, now: Remembered) -> bool:
    """Tell whether a place answered that was not noted yet; looks only grow old by themselves."""
    return any(set(looks) - set(known.looks.get(key, ())) for key, looks in now.looks.items())


def _version(heading: Heading) -> str:
    return heading.updated_at.isoformat()


def entry_path(public_id: str) -> str:
    """Return where the page of an incident stands below the page."""
    return f"incidents/{public_id}/index.html"


def as_json(document: Mapping[str, object]) -> bytes:
    """Return a document as it is served."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def watched(session: Session) -> list[Source]:
    """Return the sources somebody looks at, by name."""
    return [
        source
        for source in posts_store.sources(session)
        if source.enabled and source.kind != posts_store.MANUAL
    ]


def name_of(settings: Settings, products: Sequence[Product]) -> str:
    """Return the name above the page: the operator's, else the products'."""
    known = [product.name for product in products if product.name != UNNAMED]
    return title(settings.page.name or ", ".join(known) or "Groundswell")
