"""What people decide at the console: each form calls one act of `decisions` and says what came.

No rule of its own: who may, and what is too late, the acts say. An act that does not happen is
told in place, on the page it came from, with what is safe now.
"""

from collections.abc import Callable
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from classifiers import store as issues_store
from classifiers.corrections.resolutions import resolution_of
from classifiers.store import reference
from classifiers.tables import IssueState
from config.database import reading
from config.errors import GroundswellError
from config.ground import Ground
from responders.console import store
from responders.console.door import HOME
from responders.console.forms import Form, row_in_path
from responders.console.guarding import safe_next
from responders.console.notices import ANYWAY, Again, Notice, again, refused
from responders.console.rendering import Visitor, pace_of
from responders.console.showing_desk import DeskFaces
from responders.console.showing_issues import IssueFaces
from responders.console.views.desk import Tray, desk, tray_of
from responders.decisions import pause
from responders.decisions.drafts import approve, edit, reject, settle
from responders.decisions.issues import declare, merge, mute, rename, state, ticket, workaround
from responders.decisions.refusing import NotAllowed, NotFound
from responders.voice.watching.store_minding import contradicted_issues

NO_REASON = "paused at the console"
LONGEST_QUIET_H = 24 * 90


class Deciding:
    """The forms of one installation."""

    def __init__(self, ground: Ground, desks: DeskFaces, issues: IssueFaces) -> None:
        self.ground = ground
        self.desks = desks
        self.issues = issues

    # Drafts --------------------------------------------------------------------------------------

    def approve(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Approve exactly the text that was shown, and go on to the next draft."""
        draft_id = row_in_path(request, "draft")
        after = self._after(draft_id, form)
        version, sha256 = form.number("version"), form.text("text_sha256")
        if version is None or not sha256:
            words = "The form did not say which text was read, so nothing was sent."
            return self._desk(visitor, draft_id, Notice(words), status=422)

        def act() -> approve.Approved:
            return approve.approve(
                self.ground, visitor.actor, draft_id, version=version, sha256=sha256,
                undo_s=self._undo_s(), override=form.text("override"),
                anyway=bool(form.text(ANYWAY)), read=form.text("read") == "yes",
            )  # fmt: skip

        asked = again(request.url.path, form.fields)
        return self._on_draft(visitor, draft_id, act, then=after, asked=asked)

    def _undo_s(self) -> float:
        """Return the seconds of the house that are as long as the setting says to a person."""
        pace = pace_of(self.ground.clock, self.ground.clock.now())
        return self.ground.settings.outbox.undo_s * pace

    def take_back(self, request: Request, visitor: Visitor, _form: Form) -> Response:
        """Take an approval back and show its draft again."""
        draft_id = row_in_path(request, "draft")
        return self._on_draft(
            visitor,
            draft_id,
            lambda: approve.take_back(self.ground, visitor.actor, draft_id),
            did="taken-back",
        )

    def edit(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Keep another text of a draft."""
        draft_id, text = row_in_path(request, "draft"), form.lines("text")

        def act() -> None:
            edit.edit(
                self.ground, visitor.actor, draft_id, text, version=form.number("version"),
                anyway=bool(form.text(ANYWAY)),
            )  # fmt: skip

        asked = again(request.url.path, form.fields)
        return self._on_draft(visitor, draft_id, act, text=text, did="edited", asked=asked)

    def reject(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Say no to a draft, and go on to the next one."""
        draft_id = row_in_path(request, "draft")
        after = self._after(draft_id, form)
        return self._on_draft(
            visitor,
            draft_id,
            lambda: reject.reject(
                self.ground,
                visitor.actor,
                draft_id,
                form.text("reason"),
                anyway=bool(form.text(ANYWAY)),
            ),
            then=after,
            did="rejected",
            asked=again(request.url.path, form.fields),
        )

    def stay_silent(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Say nothing in the place of a draft, and go on to the next one."""
        draft_id = row_in_path(request, "draft")
        after = self._after(draft_id, form)
        return self._on_draft(
            visitor,
            draft_id,
            lambda: reject.stay_silent(
                self.ground,
                visitor.actor,
                draft_id,
                form.text("reason"),
                anyway=bool(form.text(ANYWAY)),
            ),
            then=after,
            did="silent",
            asked=again(request.url.path, form.fields),
        )

    def settle(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Say what became of a text that is in doubt or was posted by hand."""
        delivery_id = row_in_path(request, "delivery")
        draft_id = form.number("draft") or 0
        there = form.text("outcome") == "sent"
        if form.text("outcome") not in {"sent", "not-sent"}:
            words = "Say whether the text stands there. Nothing was changed."
            return self._desk(visitor, draft_id, Notice(words), status=422)
        url = form.text("sent_url") if there else None
        return self._on_draft(
            visitor,
            draft_id,
            lambda: settle.settle(self.ground, visitor.actor, delivery_id, sent_url=url),
            did=form.text("outcome"),
        )

    def _on_draft(
        self,
        visitor: Visitor,
        draft_id: int,
        act: Callable[[], object],
        *,
        then: str = "",
        did: str = "",
        text: str | None = None,
        asked: Again | None = None,
    ) -> Response:
        """Do an act on a draft and go on; where it is refused, show the draft as it stands now."""
        try:
            came = act()
        except GroundswellError as error:
            notice, status = refused(error, asked)
            return self._desk(visitor, draft_id, notice, status=status, text=text)
        if isinstance(came, approve.Approved) and came.waits:
            did = "first"
        way = then or f"/console/drafts/{draft_id}"
        return RedirectResponse(f"{way}?did={did}&of={draft_id}" if did else way, status_code=303)

    def _desk(
        self,
        visitor: Visitor,
        draft_id: int,
        notice: Notice,
        *,
        status: int,
        text: str | None = None,
    ) -> Response:
        return self.desks.desk(
            visitor,
            draft_id=draft_id,
            editing=text is not None,
            text=text,
            notice=notice,
            status=status,
        )

    def _after(self, draft_id: int, form: Form) -> str:
        """Return the address of the draft below this one, as the list stands before the act."""
        search = form.text("q")
        with reading(self.ground.engine) as session:
            waiting = store.waiting(session)
            shown = [one for one in waiting if tray_of(one) is Tray.APPROVE]
            promises = store.promises(session, {one.draft.issue_id for one in shown})
            contradicted = contradicted_issues(session)
        view = desk(
            shown, promises, tray=Tray.APPROVE, counts={}, current=draft_id,
            now=self.ground.clock.now(), search=search, contradicted=contradicted,
        )  # fmt: skip
        following = view.after if view.after is not None else view.before
        return f"/console/drafts/{following}" if following is not None else HOME

    # Issues --------------------------------------------------------------------------------------

    def state(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Say how far we are with an issue."""
        wanted = form.text("state")

        def act(issue_id: int) -> None:
            if wanted not in set(IssueState):
                raise NotAllowed("choose a state")
            ended = resolution_of(form.text("ended")) if wanted == IssueState.RESOLVED else None
            state.set_state(
                self.ground, visitor.actor, issue_id, IssueState(wanted), note=form.text("note"),
                avoid=form.text("avoid") if wanted == IssueState.RESOLVED else "",
                resolution=ended,
            )  # fmt: skip

        return self._on_issue(request, visitor, form, act)

    def decline(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Say no to what engineering's work suggests."""
        number = form.number("suggestion") or 0
        return self._on_issue(
            request, visitor, form, lambda _: ticket.decline(self.ground, visitor.actor, number)
        )

    def rename(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Give an issue another title."""
        return self._on_issue(
            request,
            visitor,
            form,
            lambda key: rename.rename(self.ground, visitor.actor, key, form.text("title")),
        )

    def workaround(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Vouch for what helped somebody, or take that back."""

        def act(issue_id: int) -> None:
            if form.text("clear"):
                workaround.take_back(self.ground, visitor.actor, issue_id)
                return
            workaround.verify(
                self.ground, visitor.actor, issue_id, post_id=form.number("post"),
                text=form.text("text"),
            )  # fmt: skip

        return self._on_issue(request, visitor, form, act)

    def merge(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Make an issue part of another one."""

        def act(issue_id: int) -> None:
            into = issues_store.issue_id_from(form.text("into"))
            if into is None:
                raise NotAllowed("choose the issue that it is a part of")
            merge.merge(self.ground, visitor.actor, issue_id, into)

        return self._on_issue(request, visitor, form, act)

    def unmerge(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Take a merge back."""
        return self._on_issue(
            request, visitor, form, lambda key: merge.unmerge(self.ground, visitor.actor, key)
        )

    def snooze(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Propose nothing about an issue for some hours."""

        def act(issue_id: int) -> None:
            until = self.ground.clock.now() + timedelta(hours=_hours(form))
            mute.snooze(self.ground, visitor.actor, issue_id, until)

        return self._on_issue(request, visitor, form, act)

    def mute(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Tell nobody of an issue any more, for some hours or until a person wakes it."""

        def act(issue_id: int) -> None:
            until = None
            if form.text("hours"):
                until = self.ground.clock.now() + timedelta(hours=_hours(form))
            mute.mute(self.ground, visitor.actor, issue_id, form.text("reason"), until=until)

        return self._on_issue(request, visitor, form, act)

    def not_an_issue(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Say that what was noticed is no problem of ours."""
        return self._on_issue(
            request,
            visitor,
            form,
            lambda key: mute.not_an_issue(self.ground, visitor.actor, key, form.text("reason")),
        )

    def wake(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Take mute, snooze or "not an issue" away again."""
        return self._on_issue(
            request, visitor, form, lambda key: mute.wake(self.ground, visitor.actor, key)
        )

    def declare(self, _request: Request, visitor: Visitor, form: Form) -> Response:
        """Open an issue that the detector did not."""
        try:
            key = declare.declare(
                self.ground, visitor.actor, title=form.text("title"),
                product=form.text("product") or None,
            )  # fmt: skip
        except GroundswellError as error:
            notice, status = refused(error)
            return self.issues.pages.refused(
                "Not opened", notice.words, status=status, way="/console/issues"
            )
        return RedirectResponse(f"/console/issues/{reference(key)}", status_code=303)

    def _on_issue(
        self, request: Request, visitor: Visitor, form: Form, act: Callable[[int], object]
    ) -> Response:
        """Do an act on an issue; go back to where it was asked for, or to its page."""
        named = str(request.path_params["issue"])
        try:
            key = issues_store.issue_id_from(named)
            if key is None:
                raise NotFound(f"there is no issue {named[:20]}")
            act(key)
        except GroundswellError as error:
            notice, status = refused(error)
            return self.issues.issue_page(visitor, named, notice=notice, status=status)
        did = request.url.path.rsplit("/", 1)[-1]
        back = safe_next(form.text("next"), otherwise=f"/console/issues/{reference(key)}")
        return RedirectResponse(f"{back}?did={did}", status_code=303)

    # Sending -------------------------------------------------------------------------------------

    def pause(self, _request: Request, visitor: Visitor, form: Form) -> Response:
        """Hold everything back."""
        reason = form.text("reason") or NO_REASON
        return self._sending(visitor, form, lambda: pause.pause(self.ground, visitor.actor, reason))

    def resume(self, _request: Request, visitor: Visitor, form: Form) -> Response:
        """Let everything leave again."""
        return self._sending(visitor, form, lambda: pause.resume(self.ground, visitor.actor))

    def _sending(self, visitor: Visitor, form: Form, act: Callable[[], object]) -> Response:
        try:
            act()
        except GroundswellError as error:
            notice, status = refused(error)
            return self.desks.desk(visitor, notice=notice, status=status)
        return RedirectResponse(safe_next(form.text("next"), otherwise=HOME), status_code=303)


def _hours(form: Form) -> int:
    hours = form.number("hours")
    if hours is None or not 0 < hours <= LONGEST_QUIET_H:
        raise NotAllowed(f"name whole hours, {LONGEST_QUIET_H} at the most")
    return hours
