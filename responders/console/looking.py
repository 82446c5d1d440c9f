"""What the pages of the console have in common: they look at one installation's rows."""

from datetime import datetime, timedelta

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from classifiers import store as issues_store
from classifiers.tables import Issue
from config.database import reading
from config.ground import Ground
from listener import store as posts_store
from responders import overview
from responders.console import store
from responders.console.door import HOME
from responders.console.notices import Notice, done_words
from responders.console.rendering import Pages
from responders.console.views.focus import whom
from responders.console.views.picture import Report, Series, count
from responders.console.views.words import clock

SPANS = {"day": timedelta(hours=24), "week": timedelta(days=7)}


class Looking:
    """Looks at the rows of one installation."""

    def __init__(self, ground: Ground, pages: Pages) -> None:
        self.ground = ground
        self.pages = pages

    def done(self, request: Request) -> Notice | None:
        """Return what was just done, as the address names it; whom it was for the rows say."""
        did = request.query_params.get("did", "")
        draft_id = issues_store.row_id_from(request.query_params.get("of", ""))
        name = ""
        if draft_id is not None:
            with reading(self.ground.engine) as session:
                one = store.proposal(session, draft_id)
            name = whom(one) if one else ""
        return done_words(did, whom=name, of=draft_id)

    def gone(self, words: str, *, way: str = HOME) -> Response:
        """Say that there is nothing of that name."""
        return self.pages.refused("Nothing here", words, status=404, way=way)

    def series(
        self, session: Session, issue: Issue, *, now: datetime, span: str = "began"
    ) -> Series:
        """Return how many people reported an issue in each stretch of time."""
        key = issue.id or 0
        evidence = store.last_evidence(session, key)
        measures = evidence.measures if evidence else {}
        since = now - SPANS[span] if span in SPANS else issue.first_seen_at
        voices = store.voices(session, [key])[key]
        return count(
            [Report(one.at, one.person) for one in voices],
            since=min(since, now),
            now=now,
            expected=measures.get("expected"),
            window_hours=measures.get("window_hours"),
        )

    def heard(self, session: Session, *, now: datetime) -> str:
        """Return when we last heard anything, and why nothing can alert yet, if nothing can.

        So what is quiet is told apart from what is unheard, and from what nobody can know yet.
        """
        rows = [row for row in posts_store.sources(session) if row.enabled]
        if not rows:
            return "No place is listened to yet."
        times = [row.last_heard_at for row in rows if row.last_heard_at]
        silent = sum(row.state in overview.TROUBLE for row in rows)
        places = f"{len(rows)} places" if len(rows) != 1 else "1 place"
        if not times:
            return f"None of {places} has been heard yet."
        last = clock(max(times), now)
        unheard = f"; {silent} of them silent" if silent else ""
        learning = overview.learning_warnings(session, now=now)
        told = [f"We listen to {places}, last heard at {last}{unheard}", *learning]
        return " ".join(f"{line[:1].upper()}{line[1:]}." for line in told)
