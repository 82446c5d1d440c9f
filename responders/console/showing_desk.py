"""The queue with the draft in focus, and what the console's script asks."""

from collections.abc import Sequence
from datetime import datetime
from math import ceil
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from classifiers import store as issues_store
from classifiers.corrections.store_workarounds import workaround_of
from classifiers.store import Counts, reference
from classifiers.tables import Issue
from config.database import reading
from listener.tables import Post
from responders.console import store
from responders.console.door import HOME
from responders.console.forms import row_in_path
from responders.console.looking import Looking
from responders.console.notices import Notice
from responders.console.opening import open_draft
from responders.console.rendering import Visitor, counts_of, frame_of, pace_of
from responders.console.store import Proposal
from responders.console.views.answers import answer_rows
from responders.console.views.beside import Beside, reader_of, reworded, second_of, together
from responders.console.views.changes import Changes, Correcting, changes
from responders.console.views.desk import Tray, desk, tray_of
from responders.console.views.focus import Focus, Why, focus, sending, whom, why_of
from responders.decisions import store_drafts
from responders.decisions.drafts.first_yes import need_of, role_for, standing
from responders.decisions.drafts.reviewing import unread_language
from responders.delivery.changing import changes_of
from responders.overview import answers_to_us
from responders.voice.watching.store_minding import contradicted_issues


class DeskFaces(Looking):
    """The queue, for somebody who is logged in."""

    def queue(self, request: Request, visitor: Visitor) -> Response:
        """Show the queue with its first draft."""
        named = request.query_params.get("view", Tray.APPROVE)
        tray = Tray(named) if named in set(Tray) else Tray.APPROVE
        return self.desk(
            visitor,
            tray=tray,
            search=request.query_params.get("q", ""),
            notice=self.done(request),
        )

    def draft(self, request: Request, visitor: Visitor) -> Response:
        """Show one draft in the queue it lies in."""
        opened = row_in_path(request, "draft")
        if "act" not in request.path_params:
            open_draft(self.ground, request, visitor, opened)
        return self.desk(
            visitor,
            draft_id=opened,
            search=request.query_params.get("q", ""),
            editing="edit" in request.query_params,
            correcting=Correcting("") if "correct" in request.query_params else None,
            notice=self.done(request),
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
        correcting: Correcting | None = None,
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
            correcting: another text of a reply that stands, as it was written.
            notice: what an act came to.
            status: of the answer.
        """
        with reading(self.ground.engine) as session:
            chosen = store.proposal(session, draft_id) if draft_id is not None else None
            if draft_id is not None and chosen is None:
                return self.gone(f"There is no draft {draft_id}.")
            here = tray_of(chosen) if chosen else tray or Tray.APPROVE
            return self.pages.html(
                "queue.html", status=status,
                **self._laid_out(session, visitor, here, chosen, search),
                search=search, editing=editing and visitor.may("edit"), text=text,
                correcting=correcting if visitor.may("approve") else None,
                notice=notice, address=_address(tray=here, draft_id=draft_id), trays=Tray,
            )  # fmt: skip

    def _laid_out(
        self,
        session: Session,
        visitor: Visitor,
        here: Tray,
        chosen: Proposal | None,
        search: str,
    ) -> dict[str, Any]:
        """Return what lies on the desk: the list, the draft in focus, and what can be undone."""
        now = self.ground.clock.now()
        proposals = store.waiting(session)
        counts = counts_of(proposals)
        shown = [one for one in proposals if tray_of(one) is here]
        if here is Tray.DECIDED:
            shown = list(store.decided(session))
        view = desk(
            shown,
            store.promises(session, {one.draft.issue_id for one in shown}),
            tray=here,
            counts=counts,
            current=chosen.draft.id if chosen else None,
            now=now,
            search=search,
            contradicted=contradicted_issues(session),
        )
        first = next((one for one in shown if one.draft.id == view.current), None)
        one = chosen or first
        return {
            "desk": view,
            "frame": frame_of(session, self.ground, visitor, counts),
            "focus": self._focus(session, one, now=now) if one else None,
            "changes": self._changes(session, one, now=now) if one else None,
            "unread": unread_language(self.ground.settings, one.draft) if one else "",
            "beside": self._beside(session, visitor, one, proposals, now=now) if one else None,
            "undo": self._undo(visitor, proposals, now=now),
            "heard": "" if one else self.heard(session, now=now),
            "answers": answer_rows(answers_to_us(session), now=now),
        }

    def live(self, _request: Request, visitor: Visitor) -> Response:
        """Tell the console's script what changed, in numbers only."""
        with reading(self.ground.engine) as session:
            waiting = store.standing_of_drafts(session)
            frame = frame_of(session, self.ground, visitor, counts_of(waiting))
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
            now=now,
        )

    def _beside(
        self,
        session: Session,
        visitor: Visitor,
        one: Proposal,
        proposals: Sequence[Proposal],
        *,
        now: datetime,
    ) -> Beside:
        """Return who else is at a draft, and what people changed in it."""
        draft, me = one.draft, visitor.user.name
        is_open = tray_of(one) in {Tray.APPROVE, Tray.HUSHED}
        need = need_of(draft, one.issue, self.ground.settings)
        first = standing(session, self.ground.settings, draft, role_for(one.issue))
        waiting = [other for other in proposals if tray_of(other) is Tray.APPROVE]
        return Beside(
            reader=reader_of(draft, me, now=now) if is_open else None,
            second=second_of(need, first, me, now=now) if is_open else None,
            reworded=reworded(draft, store_drafts.versions(session, draft.id or 0)),
            together=together(one, waiting) if is_open else 0,
        )

    def _changes(self, session: Session, one: Proposal, *, now: datetime) -> Changes | None:
        """Return what became of a reply since it was sent."""
        reply = one.delivery
        rows = changes_of(session, reply.id or 0) if reply else []
        return changes(reply, rows, now=now)

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
        helps = workaround_of(session, issue)
        return why_of(
            issue,
            counts,
            self.series(session, issue, now=now),
            past=past,
            now=now,
            helps=helps.found.text if helps else "",
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


def _address(*, tray: Tray, draft_id: int | None) -> str:
    """Return where a view of the queue stands, to come back to it."""
    if draft_id is not None:
        return f"/console/drafts/{draft_id}"
    return HOME if tray is Tray.APPROVE else f"{HOME}?view={tray}"
