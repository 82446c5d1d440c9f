"""Tell the person at the terminal what happens while the day is played.

It reads committed rows and controls nothing: closed, silenced or broken, it changes no decision.
Words of strangers are printed inert, one line each, without markup and without terminal codes.
"""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from classifiers.store import issues, reference
from classifiers.tables import Issue, IssueKind
from config.clock import Clock
from config.database import reading
from config.logs import event_log, printable
from listener import store as listened
from responders.demo import store
from responders.demo.script import DAY_END
from responders.demo.telling import Loop

LOOK_EVERY_S: Final = 0.5
TELL_HEARD_EVERY: Final = timedelta(minutes=30)
"""Of the demo's clock; what was heard is told sooner when something is noticed."""
FIRST_ELSEWHERE: Final = 5
QUOTES, QUOTE = 2, 160
SET_ASIDE: Final[Mapping[IssueKind, str]] = {
    IssueKind.SPAM: "spam",
    IssueKind.BRIGADE: "a brigade, not users",
}

log = event_log(__name__)


@dataclass
class _Told:
    """What the person knows by now."""

    heard: dict[str, int] = field(default_factory=dict)
    heard_at: datetime | None = None
    issues: set[int] = field(default_factory=set)
    drafts: set[int] = field(default_factory=set)
    elsewhere: int = 0
    day_over: bool = False


def command(file: Path) -> str:
    """Return the command that works on the demo's workspace, without its verb."""
    here = Path.cwd()
    shown = file.relative_to(here) if file.is_relative_to(here) else file
    return f"groundswell --config {shown}"


def commands(file: Path) -> tuple[str, ...]:
    """Return what a person may type in another terminal to look closer."""
    start = command(file)
    return (f"{start} issue list", f"{start} draft list", f"{start} status")


class Narration:
    """Looks at the store from time to time and says what is new."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        *,
        console: Console | None = None,
        file: Path | None = None,
    ) -> None:
        """Begin with nothing told.

        Args:
            engine: the store that is looked at.
            clock: the demo's.
            console: where it is told; by default the standard error.
            file: the settings file; named in the commands that lead further.
        """
        self._engine, self._clock, self._file = engine, clock, file
        self._heard_before: dict[str, int] = {}
        self._console = console or Console(stderr=True, highlight=False)
        self._told, self._loop = _Told(), Loop()

    def go_on(self, stopped: threading.Event) -> None:
        """Tell until stopped, and once more at the end."""
        while not stopped.wait(LOOK_EVERY_S):
            self.look()
        self.look()

    def look(self) -> None:
        """Say what has come about since the last look."""
        try:
            with reading(self._engine) as session:
                lines = list(self._news(session, now=self._clock.now()))
        except SQLAlchemyError as error:
            log.warning("narration_missed", reason=str(error).splitlines()[0])
            return
        for line in lines:
            self._console.print(line, soft_wrap=True)

    def _news(self, session: Session, *, now: datetime) -> Iterator[Text]:
        found = list(reversed(issues(session, everything=True)))
        fresh = [row for row in found if row.id not in self._told.issues]
        yield from self._heard(session, now=now, at_once=bool(fresh))
        yield from self._elsewhere(session, now=now)
        for issue in fresh:
            self._told.issues.add(issue.id or 0)
            yield from _noticed(issue, now=now)
        for issue in found:
            yield from self._draft(session, issue, now=now)
        for news in self._loop.news(session):
            yield _line(now, printable(news.words), news.style)
            for words in news.below:
                yield _indented(words, news.style)
        if now >= DAY_END and not self._told.day_over:
            self._told.day_over = True
            yield _line(now, "The day is over; from here the clock goes at the usual pace.", "dim")
            yield from self._where_next(now)

    def _where_next(self, now: datetime) -> Iterator[Text]:
        if self._file is None:
            return
        yield _line(now, "look closer in another terminal:", "dim")
        for command in commands(self._file):
            yield _indented(command, "cyan")

    def _heard(self, session: Session, *, now: datetime, at_once: bool) -> Iterator[Text]:
        names = {row_id: row.name for row_id, row in listened.sources_by_id(session).items()}
        counts = listened.counts_by_source(session)
        heard = {names[row_id]: count for row_id, count in counts.items()}
        told = self._told
        new = {name: count - told.heard.get(name, 0) for name, count in sorted(heard.items())}
        new = {name: count for name, count in new.items() if count > 0}
        # At first the count still grows, page by page of a forum.
        grows, self._heard_before = heard != self._heard_before, heard
        waits = grows if told.heard_at is None else now < told.heard_at + TELL_HEARD_EVERY
        if not new or (waits and not at_once):
            return
        places = ", ".join(f"{printable(name)} {count}" for name, count in new.items())
        posts = sum(new.values())
        line = _line(now, f"heard {posts} {'post' if posts == 1 else 'posts'}: {places}", "dim")
        if told.heard_at is None and (history := store.count_history(session)):
            line.append(f" ({history} of them history, which teaches what is usual)", style="dim")
        told.heard, told.heard_at = heard, now
        yield line

    def _elsewhere(self, session: Session, *, now: datetime) -> Iterator[Text]:
        """Say it at the first five such posts, and each time their number has doubled."""
        count = store.count_elsewhere(session)
        if count >= max(FIRST_ELSEWHERE, 2 * self._told.elsewhere):
            self._told.elsewhere = count
            yield _line(now, f"set aside: {count} posts about other products, not ours", "yellow")

    def _draft(self, session: Session, issue: Issue, *, now: datetime) -> Iterator[Text]:
        if issue.id is None or issue.id in self._told.drafts:
            return
        draft = store.first_draft(session, issue.id)
        if draft is None:
            return
        first = not self._told.drafts
        self._told.drafts.add(issue.id)
        yield _line(now, f"draft written for {reference(issue.id)}; nobody has sent it:", "green")
        for words in draft.text.splitlines():
            if words.strip():
                yield _indented(words, "green")
        if first:
            yield from self._where_next(now)


def _noticed(issue: Issue, *, now: datetime) -> Iterator[Text]:
    title = printable(issue.title)
    if issue.kind is not IssueKind.ISSUE:
        what = SET_ASIDE.get(issue.kind, str(issue.kind))
        yield _line(now, f"set aside as {what}: {title} ({printable(issue.reason)})", "yellow")
        return
    yield _line(now, f"noticed {reference(issue.id or 0)}: {title}", "bold red")
    yield _indented(issue.reason, "")
    for quote in issue.quotes[:QUOTES]:
        yield _indented(f"“{_cut(str(quote['text']))}”", "italic")


def _line(now: datetime, words: str, style: str) -> Text:
    return Text(f"{now:%H:%M} UTC  ", style="dim").append(words, style=style or None)


def _indented(words: str, style: str) -> Text:
    return Text(" " * 11).append(printable(words), style=style or None)


def _cut(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= QUOTE else words[: QUOTE - 1].rstrip() + "…"
