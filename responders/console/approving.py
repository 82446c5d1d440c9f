"""The texts of an issue on one page, to be approved together: each box is one exact text.

What is ticked is approved by itself, in its turn. One that changed since the page was made, or that
somebody else reads, is left out, and the page says so.
"""

from collections.abc import Mapping, Sequence

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from classifiers import store as issues_store
from classifiers.store import reference
from config.database import reading
from config.errors import GroundswellError
from responders.console import store
from responders.console.door import HOME
from responders.console.forms import Form
from responders.console.looking import Looking
from responders.console.notices import ANYWAY, Notice, refused
from responders.console.rendering import Visitor, frame_of, pace_of
from responders.console.store import Proposal
from responders.console.views.bundle import Text, text_of
from responders.console.views.desk import Tray, tray_of
from responders.console.views.remedies import at_the_console
from responders.decisions.drafts import bundle
from responders.decisions.drafts.bundle import Item, LeftOut

TICKED = "text-"
"""A box bears this and the draft's number; its value is the version and hash that were shown."""
DIGITS = 10
NOTHING = "No text was ticked, so nothing was approved."


class Approving(Looking):
    """The texts of one issue, for somebody who is logged in."""

    def preview(self, request: Request, visitor: Visitor) -> Response:
        """Show all texts of an issue that wait, as they would stand."""
        return self._page(visitor, str(request.path_params["issue"]))

    def approve(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Approve what was ticked, exactly as it was shown."""
        named, items = str(request.path_params["issue"]), ticked(form.fields)
        if not items:
            return self._page(visitor, named, notice=Notice(NOTHING), status=422)
        pace = pace_of(self.ground.clock, self.ground.clock.now())
        undo_s = self.ground.settings.outbox.undo_s * pace
        try:
            outcome = bundle.approve_together(
                self.ground, visitor.actor, items, undo_s=undo_s, anyway=bool(form.text(ANYWAY))
            )
        except GroundswellError as error:
            notice, status = refused(error)
            return self._page(visitor, named, notice=notice, status=status)
        queued = sum(done.delivery_id is not None for _, done in outcome.approved)
        if outcome.left_out or queued < len(outcome.approved):
            notice = Notice(_told(queued, len(outcome.approved) - queued, len(outcome.left_out)))
            status = 409 if outcome.left_out else 200
            return self._page(visitor, named, notice=notice, status=status, left=outcome.left_out)
        return RedirectResponse(f"{HOME}?view={Tray.LEAVING}", status_code=303)

    def _page(
        self,
        visitor: Visitor,
        named: str,
        *,
        notice: Notice | None = None,
        status: int = 200,
        left: Sequence[LeftOut] = (),
    ) -> Response:
        with reading(self.ground.engine) as session:
            key = issues_store.issue_id_from(named)
            issue = issues_store.issue_with_id(session, key) if key is not None else None
            if issue is None or key is None:
                return self.gone(f"There is no issue {named[:20]}.", way="/console/issues")
            reasons = {one.draft_id: at_the_console(one.reason) for one in left}
            return self.pages.html(
                "approvals.html",
                status=status,
                frame=frame_of(session, self.ground, visitor),
                reference=reference(key),
                title=issue.title,
                texts=self._texts(session, visitor, key, reasons),
                notice=notice,
                stagger_s=self.ground.settings.outbox.stagger_s,
                address=f"/console/issues/{reference(key)}/approvals",
            )

    def _texts(
        self, session: Session, visitor: Visitor, key: int, reasons: Mapping[int, str]
    ) -> Sequence[Text]:
        now = self.ground.clock.now()
        shown = [
            one
            for one in store.waiting(session)
            if one.draft.issue_id == key and tray_of(one) in {Tray.APPROVE, Tray.HUSHED}
        ]
        shown.sort(key=_page_first)
        me = visitor.user.name
        return [
            text_of(one, me, left_out=reasons.get(one.draft.id or 0, ""), now=now) for one in shown
        ]


def ticked(fields: Mapping[str, str]) -> Sequence[Item]:
    """Return the texts whose boxes were ticked, in the order of the page."""
    found = []
    for name, value in fields.items():
        number, (version, _, sha256) = name.removeprefix(TICKED), value.partition(":")
        if name.startswith(TICKED) and _is_number(number) and _is_number(version):
            found.append(Item(int(number), int(version), sha256))
    return found


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= DIGITS


def _page_first(one: Proposal) -> tuple[bool, int]:
    return one.draft.thread_id is not None, one.draft.id or 0


def _told(queued: int, firsts: int, left: int) -> str:
    said = [f"{_texts(queued)} approved."] if queued else []
    said += (
        [f"{_texts(firsts)} got the first yes of two; another person says it."] if firsts else []
    )
    said += [f"{_texts(left)} left out, for the reasons below."] if left else []
    return " ".join(said)


def _texts(count: int) -> str:
    return "1 text" if count == 1 else f"{count} texts"
