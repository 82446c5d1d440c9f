"""The list of issues, and one issue with everything about it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from classifiers import store as issues_store
from classifiers.corrections import store_workarounds
from classifiers.corrections.workarounds import KIND as FIXES
from classifiers.facts import reported
from classifiers.store import Counts, reference
from classifiers.tables import Issue, IssueState
from config.database import reading
from listener import store as posts_store
from responders.console import store
from responders.console.looking import Looking
from responders.console.notices import Notice
from responders.console.rendering import Visitor, frame_of
from responders.console.store import Proposal
from responders.console.views import issue as issue_view
from responders.console.views import lists
from responders.console.views.goes_on import GoesOn, goes_on
from responders.console.views.handled import Handled, handled, sayings
from responders.console.views.ledger import PromiseRow, ladder, ledger, promise_rows
from responders.oncall.store_cards import handling_of
from responders.oncall.tickets import store_tickets
from responders.page.tables import Incident
from responders.voice import store as voice_store
from responders.voice.leave.store_policy import calls
from responders.voice.ledger.store_clocks import clocks_of
from responders.voice.ledger.store_silence import silences
from responders.voice.tables import Told

POSTS_SHOWN, MOST_POSTS = 8, 1000


@dataclass(frozen=True)
class Choice:
    """The posts of an issue that were chosen as another problem, and what that is called."""

    posts: Collection[int] = ()
    title: str = ""


class IssueFaces(Looking):
    """The issues, for somebody who is logged in."""

    def issues(self, request: Request, visitor: Visitor) -> Response:
        """Show the list of issues."""
        everything = request.query_params.get("show") == "all"
        now = self.ground.clock.now()
        with reading(self.ground.engine) as session:
            rows = issues_store.issues(session, everything=everything)
            ids = [row.id for row in rows if row.id is not None]
            waiting: dict[int, list[Proposal]] = {}
            for one in store.waiting(session):
                waiting.setdefault(one.draft.issue_id, []).append(one)
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
                heard=self.heard(session, now=now),
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
            choice=Choice() if "sort" in request.query_params else None,
            notice=self.done(request),
        )

    def issue_page(
        self,
        visitor: Visitor,
        named: str,
        *,
        span: str = "began",
        everything: bool = False,
        choice: Choice | None = None,
        notice: Notice | None = None,
        status: int = 200,
    ) -> Response:
        """Return the page of an issue, with what an act came to.

        Args:
            visitor: who looks.
            named: the issue.
            span: of the picture.
            everything: show all posts and not the newest only.
            choice: let posts be chosen that are another problem, these at first.
            notice: what an act came to.
            status: of the answer.
        """
        with reading(self.ground.engine) as session:
            number = issues_store.issue_id_from(named)
            row = issues_store.issue_with_id(session, number) if number is not None else None
            if row is None:
                return self.gone(f"There is no issue {named[:20]}.", way="/console/issues")
            others = _others(session, row)
            return self.pages.html(
                "issue.html",
                status=status,
                frame=frame_of(session, self.ground, visitor),
                issue=self._issue(session, row, span=span, everything=everything),
                on=self._goes_on(session, row),
                others=others, states=list(IssueState), sayings=sayings(),
                hand=self._hand(session, row, visitor),
                choice=choice if visitor.may("decide") else None,
                spans=issue_view.SPANS,
                address=f"/console/issues/{reference(row.id or 0)}", notice=notice,
            )  # fmt: skip

    def _hand(self, session: Session, row: Issue, visitor: Visitor) -> Handled:
        found = handling_of(session, row.id or 0)
        return handled(found, visitor.user.name, now=self.ground.clock.now())

    def _goes_on(self, session: Session, row: Issue) -> GoesOn:
        issues = voice_store.family(session, row.id or 0)
        return goes_on(
            clocks_of(session, row),
            silences(session).get(row.id or 0),
            issues_store.events(session, row.id or 0),
            store_tickets.tickets(session, issues),
            store_tickets.suggestions(session, issues),
            state=row.state,
            now=self.ground.clock.now(),
        )

    def _issue(
        self, session: Session, row: Issue, *, span: str, everything: bool
    ) -> issue_view.IssuePage:
        now, key = self.ground.clock.now(), row.id or 0
        incident = store.incidents(session, [key]).get(key)
        updates = store.updates(session, incident.id) if incident and incident.id else ()
        told = voice_store.told(session, key)
        threads = ledger(
            voice_store.threads_of(session, key),
            calls=calls(session, voice_store.family(session, key)),
            now=now,
        )
        rows = self._rows(session, row, incident, everything=everything)
        alerts = store.alerts(session, key)
        return issue_view.issue_page(
            rows,
            series=self.series(session, row, now=now, span=span),
            things=issue_view.happenings(alerts, told, updates, rows.promises),
            span=span,
            threads=threads,
            promised=_promised(rows, told, threads.told, now=now),
            steps=ladder(row, told, updates, rows.drafts, now=now),
            now=now,
        )

    def _rows(
        self, session: Session, row: Issue, incident: Incident | None, *, everything: bool
    ) -> issue_view.IssueRows:
        key = row.id or 0
        return issue_view.IssueRows(
            issue=row,
            product=store.products(session).get(row.product_id),
            counts=issues_store.counts(session, [key]).get(key, Counts()),
            posts=store.posts_with_places(
                session, key, limit=MOST_POSTS if everything else POSTS_SHOWN
            ),
            promises=store.promises(session, [key])[key],
            drafts=store.of_issue(session, key),
            events=issues_store.events(session, key),
            incident=incident,
            workaround=store_workarounds.workaround_of(session, row),
            finders=store_workarounds.authors(
                session,
                {
                    int(quote.post_id)
                    for fact in reported(row.facts, FIXES)
                    for quote in fact.quotes
                },
            ),
        )


def _others(session: Session, row: Issue) -> Sequence[tuple[str, str]]:
    known = issues_store.issues(session)
    return [(reference(one.id or 0), one.title) for one in known if one.id != row.id]


def _promised(
    rows: issue_view.IssueRows, told: Collection[Told], total: int, *, now: datetime
) -> Sequence[PromiseRow]:
    fixed = {one.thread_id for one in told if one.phase == IssueState.RESOLVED}
    resolved = rows.issue.state is IssueState.RESOLVED
    return promise_rows(rows.promises, told=len(fixed), total=total, resolved=resolved, now=now)
