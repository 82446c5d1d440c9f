"""What the console shows: each answer read from the rows in one look."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from classifiers import store as issues_store
from classifiers.store import Counts, reference
from classifiers.tables import Issue, IssueState
from config.clock import SystemClock
from config.database import reading
from config.ground import Ground
from listener import store as posts_store
from listener.tables import Post
from responders import overview
from responders.console import store
from responders.console.door import HOME
from responders.console.forms import row_in_path
from responders.console.rendering import Pages, Visitor, counts_of, frame_of, pace_of
from responders.console.store import Proposal
from responders.console.views import issue as issue_view
from responders.console.views import lists
from responders.console.views.desk import Tray, desk, tray_of
from responders.console.views.focus import Focus, Why, focus, sending, whom, why_of
from responders.console.views.ledger import ladder, ledger, promise_rows
from responders.console.views.picture import Report, Series, count
from responders.console.views.words import clock
from responders.decisions import auditing
from responders.decisions import store as decisions_store
from responders.voice import store as voice_store
from responders.voice.tables import Told

BY_HAND = "manual"
"""The channel of places without a way in."""
AUDIT_PAGE = 100
POSTS_SHOWN = 25
SPANS = {"day": timedelta(hours=24), "week": timedelta(days=7)}
AFTERMATH = timedelta(hours=2)
"""So long after its last report the picture of a resolved issue goes on."""


@dataclass(frozen=True)
class Notice:
    """What an act came to, said on the page it came from."""

    words: str
    lost: bool = False
    """Somebody else was first."""


class Faces:
    """The pages of one installation for somebody who is logged in."""

    def __init__(self, ground: Ground, pages: Pages) -> None:
        self.ground = ground
        self.pages = pages

    def queue(self, request: Request, visitor: Visitor) -> Response:
        """Show the queue with its first draft."""
        named = request.query_params.get("view", Tray.APPROVE)
        tray = Tray(named) if named in set(Tray) else Tray.APPROVE
        return self.desk(visitor, tray=tray, search=request.query_params.get("q", ""))

    def draft(self, request: Request, visitor: Visitor) -> Response:
        """Show one draft in the queue it lies in."""
        return self.desk(
            visitor,
            draft_id=row_in_path(request, "draft"),
            search=request.query_params.get("q", ""),
            editing="edit" in request.query_params,
        )

    def desk(
        self,
        visitor: Visitor,
        *,
        tray: Tray | None = None,
        draft_id: int | None = None,
        search: str = "",
        editing: bool = False,
        text: str | None = None,
        notice: Notice | None = None,
        status: int = 200,
    ) -> Response:
        """Return the queue.

        Args:
            visitor: who looks.
            tray: the view; None takes the one the draft lies in.
            draft_id: the draft in focus; None takes the first.
            search: words to look for.
            editing: show the text to write in.
            text: what was written and not kept; None takes the draft's own.
            notice: what an act came to.
            status: of the answer.
        """
        now = self.ground.clock.now()
        with reading(self.ground.engine) as session:
            chosen = store.proposal(session, draft_id) if draft_id is not None else None
            if draft_id is not None and chosen is None:
                return self._gone(f"There is no draft {draft_id}.")
            proposals = store.waiting(session)
            counts = counts_of(proposals)
            here = tray_of(chosen) if chosen else tray or Tray.APPROVE
            shown = [one for one in proposals if tray_of(one) is here]
            if here is Tray.DECIDED:
                shown = list(store.decided(session))
            view = desk(
                shown, store.promises(session, {one.draft.issue_id for one in shown}),
                tray=here, counts=counts, current=draft_id, now=now, search=search,
            )  # fmt: skip
            if chosen is None and view.current is not None:
                chosen = next(one for one in shown if one.draft.id == view.current)
            return self.pages.html(
                "queue.html",
                status=status,
                frame=frame_of(session, self.ground, visitor, counts),
                desk=view,
                focus=self._focus(session, chosen, now=now) if chosen else None,
                search=search,
                editing=editing and visitor.may("edit"),
                text=text,
                notice=notice,
                address=_address(tray=here, draft_id=draft_id),
                undo=self._undo(visitor, proposals, now=now),
                heard=self._heard(session, now=now),
                trays=Tray,
            )

    def live(self, _request: Request, visitor: Visitor) -> Response:
        """Tell the console's script what changed, in numbers only."""
        with reading(self.ground.engine) as session:
            frame = frame_of(session, self.ground, visitor)
            waiting = store.waiting(session)
        ids = [one.draft.id for one in waiting if tray_of(one) is Tray.APPROVE]
        return JSONResponse(
            {
                "approve": ids,
                "waiting": frame.waiting,
                "issues": frame.issues,
                "silent": frame.silent,
                "doubt": frame.counts[Tray.DOUBT],
                "paused": frame.paused is not None,
            }
        )

    def issues(self, request: Request, visitor: Visitor) -> Response:
        """Show the list of issues."""
        everything = request.query_params.get("show") == "all"
        now = self.ground.clock.now()
        with reading(self.ground.engine) as session:
            rows = issues_store.issues(session, everything=everything)
            ids = [row.id for row in rows if row.id is not None]
            waiting: dict[int, int] = {}
            for one in store.waiting(session):
                waiting[one.draft.issue_id] = waiting.get(one.draft.issue_id, 0) + 1
            shown = lists.issue_rows(
                rows,
                counts=issues_store.counts(session, ids),
                promises=store.promises(session, ids),
                told=store.threads_told(session, ids),
                waiting=waiting,
                incidents=store.incidents(session, ids),
                now=now,
            )
            return self.pages.html(
                "issues.html",
                frame=frame_of(session, self.ground, visitor),
                rows=shown,
                everything=everything,
                heard=self._heard(session, now=now),
                address="/console/issues",
                products=[row.name for row in posts_store.products(session)],
                notice=None,
            )

    def issue(self, request: Request, visitor: Visitor) -> Response:
        """Show one issue."""
        return self.issue_page(
            visitor,
            str(request.path_params["issue"]),
            span=request.query_params.get("span", "began"),
            everything="posts" in request.query_params,
        )

    def issue_page(
        self,
        visitor: Visitor,
        named: str,
        *,
        span: str = "began",
        everything: bool = False,
        notice: Notice | None = None,
        status: int = 200,
    ) -> Response:
        """Return the page of an issue, with what an act came to."""
        with reading(self.ground.engine) as session:
            number = issues_store.issue_id_from(named)
            row = issues_store.issue_with_id(session, number) if number is not None else None
            if row is None:
                return self._gone(f"There is no issue {named[:20]}.", way="/console/issues")
            others = [one for one in issues_store.issues(session) if one.id != row.id]
            return self.pages.html(
                "issue.html",
                status=status,
                frame=frame_of(session, self.ground, visitor),
                issue=self._issue(session, row, span=span, everything=everything),
                others=[(reference(one.id or 0), one.title) for one in others],
                states=list(IssueState),
                spans=issue_view.SPANS,
                address=f"/console/issues/{reference(row.id or 0)}",
                notice=notice,
            )

    def sources(self, _request: Request, visitor: Visitor) -> Response:
        """Show where we listen."""
        now = self.ground.clock.now()
        with reading(self.ground.engine) as session:
            found = overview.look(session, self.ground.settings, machine_time=SystemClock().now())
            rows = lists.source_rows(found.sources, posts_store.counts_by_source(session), now=now)
            return self.pages.html(
                "sources.html",
                frame=frame_of(session, self.ground, visitor),
                rows=rows,
                warnings=found.warnings,
                address="/console/sources",
            )

    def audit(self, request: Request, visitor: Visitor) -> Response:
        """Show the newest entries of the audit, and whether the chain is whole."""
        now = self.ground.clock.now()
        before = issues_store.row_id_from(request.query_params.get("before", ""))
        with reading(self.ground.engine) as session:
            verdict = auditing.verify(session)
        with reading(self.ground.engine) as session:
            entries = decisions_store.newest_entries(session, limit=AUDIT_PAGE, before=before)
            return self.pages.html(
                "audit.html",
                frame=frame_of(session, self.ground, visitor),
                rows=lists.audit_rows(entries, now=now),
                verdict=verdict,
                address="/console/audit",
                older=entries[-1].number if len(entries) == AUDIT_PAGE else None,
            )

    def _gone(self, words: str, *, way: str = HOME) -> Response:
        return self.pages.refused("Nothing here", words, status=404, way=way)

    # What stands around a draft ------------------------------------------------------------------

    def _focus(self, session: Session, one: Proposal, *, now: datetime) -> Focus:
        issue = one.issue
        key = issue.id or 0
        return focus(
            one,
            posts=self._posts(session, one),
            why=self._why(session, issue, now=now),
            promises=store.promises(session, [key])[key],
            incident=store.incidents(session, [key]).get(key),
            product=store.products(session).get(issue.product_id),
            by_hand=one.draft.channel == BY_HAND,
            now=now,
        )

    def _posts(self, session: Session, one: Proposal) -> Sequence[Post]:
        """Return what was said in the thread; for the page, what its issue's quotes came from."""
        if one.draft.thread_id is not None:
            posts = store.thread_posts(session, one.draft.thread_id)
            return sorted(posts, key=lambda post: post.id != one.draft.post_id)
        return issues_store.posts_of_issue(session, one.issue.id or 0, newest=3)

    def _why(self, session: Session, issue: Issue, *, now: datetime) -> Why:
        key = issue.id or 0
        past = ""
        if issue.nearest_past:
            row = issues_store.issue_with_id(session, issue.nearest_past)
            past = f"{reference(issue.nearest_past)} {row.title}" if row else ""
        counts = issues_store.counts(session, [key]).get(key, Counts())
        return why_of(issue, counts, self._series(session, issue, now=now), past=past, now=now)

    def _series(
        self, session: Session, issue: Issue, *, now: datetime, span: str = "began"
    ) -> Series:
        key = issue.id or 0
        evidence = store.last_evidence(session, key)
        measures = evidence.measures if evidence else {}
        since = now - SPANS[span] if span in SPANS else issue.first_seen_at
        until = now
        if issue.state is IssueState.RESOLVED and span not in SPANS:
            until = min(now, issue.last_seen_at + AFTERMATH)
        voices = store.voices(session, [key])[key]
        return count(
            [Report(one.at, one.person) for one in voices],
            since=min(since, until),
            now=until,
            expected=measures.get("expected"),
            window_hours=measures.get("window_hours"),
        )

    def _undo(
        self, visitor: Visitor, proposals: Sequence[Proposal], *, now: datetime
    ) -> dict[str, object] | None:
        """Return the newest approval of this person that has not left yet."""
        mine = [
            one
            for one in proposals
            if tray_of(one) is Tray.LEAVING and one.draft.decided_by == visitor.user.name
        ]
        mine.sort(key=lambda one: (one.draft.decided_at or now, one.draft.id or 0))
        for one in reversed(mine):
            way = sending(one.delivery, now=now)
            if way is not None and way.may_take_back:
                return {
                    "id": one.draft.id,
                    "whom": whom(one),
                    "way": way,
                    "seconds": ceil(way.leaves_in_s / pace_of(self.ground.clock, now)),
                    "more": len(mine) - 1,
                }
        return None

    def _heard(self, session: Session, *, now: datetime) -> str:
        """Return when we last heard anything: what is quiet is told apart from what is unheard."""
        rows = [row for row in posts_store.sources(session) if row.enabled]
        if not rows:
            return "No place is listened to yet."
        times = [row.last_heard_at for row in rows if row.last_heard_at]
        silent = sum(row.state in overview.TROUBLE for row in rows)
        places = f"{len(rows)} places" if len(rows) != 1 else "1 place"
        if not times:
            return f"None of {places} has been heard yet."
        last = clock(max(times), now)
        return f"We listen to {places}, last heard at {last}" + (
            f"; {silent} of them silent." if silent else "."
        )

    # What stands on an issue's page --------------------------------------------------------------

    def _issue(
        self, session: Session, row: Issue, *, span: str, everything: bool
    ) -> issue_view.IssuePage:
        now, key = self.ground.clock.now(), row.id or 0
        incident = store.incidents(session, [key]).get(key)
        updates = store.updates(session, incident.id) if incident and incident.id else ()
        told = voice_store.told(session, key)
        promises = store.promises(session, [key])[key]
        series = self._series(session, row, now=now, span=span)
        things = issue_view.happenings(store.alerts(session, key), told, updates, promises)
        threads = ledger(voice_store.threads_of(session, key), now=now)
        drafts = store.of_issue(session, key)
        limit = 1000 if everything else POSTS_SHOWN
        return issue_view.issue_page(
            row,
            product=store.products(session).get(row.product_id),
            counts=issues_store.counts(session, [key]).get(key, Counts()),
            series=series,
            things=things,
            span=span if span in issue_view.SPANS else "began",
            posts=store.posts_with_places(session, key, limit=limit),
            threads=threads,
            promises=promises,
            steps=ladder(row, told, updates, drafts, now=now),
            drafts=drafts,
            events=issues_store.events(session, key),
            incident=incident,
            promised=promise_rows(
                promises,
                told=_told_last(told, IssueState.RESOLVED),
                total=threads.told,
                resolved=row.state is IssueState.RESOLVED,
                now=now,
            ),
            now=now,
        )


def _address(*, tray: Tray, draft_id: int | None) -> str:
    """Return where a view of the queue stands, to come back to it."""
    if draft_id is not None:
        return f"/console/drafts/{draft_id}"
    return HOME if tray is Tray.APPROVE else f"{HOME}?view={tray}"


def _told_last(told: Collection[Told], phase: str) -> int:
    return len({one.thread_id for one in told if one.phase == phase})


def home(_request: Request) -> Response:
    """Lead to the queue."""
    return RedirectResponse(HOME)
