"""A reply of ours that stands in public is corrected or taken away at the console.

A correction is shown as what it changes before it leaves: the form that sends it carries the text
that was read there and the new one, so a second person's correction is never overwritten unseen.
"""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from config.database import reading
from config.errors import GroundswellError
from config.ground import Ground
from responders.console.forms import Form, row_in_path
from responders.console.notices import Notice, refused
from responders.console.rendering import Visitor, pace_of
from responders.console.showing_desk import DeskFaces
from responders.console.views.changes import Correcting, difference
from responders.decisions.drafts import correct
from responders.delivery.changing import changes_of
from responders.delivery.tables import Delivery

SAME = "It says that already. Nothing was changed."
SURE = "Say that it is to be taken away for everybody. Nothing was changed."


class Changing:
    """The forms of one installation."""

    def __init__(self, ground: Ground, desks: DeskFaces) -> None:
        self.ground = ground
        self.desks = desks

    def correct(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Show what a new text changes; once that was read, let the reply say it."""
        delivery_id, draft_id = row_in_path(request, "delivery"), form.number("draft") or 0
        text = form.lines("text")
        if not form.text("confirmed"):
            before = self._now(delivery_id)
            if before == text:
                return self._desk(visitor, draft_id, Correcting(text), Notice(SAME), 422)
            return self._desk(visitor, draft_id, difference(before, text), None, 200)
        try:
            made = correct.correct(
                self.ground, visitor.actor, delivery_id, text, sha256=form.text("sha256") or None,
                undo_s=self._undo_s(),
            )  # fmt: skip
        except GroundswellError as error:
            notice, status = refused(error)
            return self._desk(visitor, draft_id, Correcting(text), notice, status)
        return _back(draft_id, "first-change" if made.waits else "corrected")

    def delete(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Take a reply away from its place, once somebody said so twice."""
        delivery_id, draft_id = row_in_path(request, "delivery"), form.number("draft") or 0
        if not form.text("sure"):
            return self._desk(visitor, draft_id, None, Notice(SURE), 422)
        try:
            made = correct.remove(
                self.ground, visitor.actor, delivery_id, form.text("reason"), undo_s=self._undo_s()
            )
        except GroundswellError as error:
            notice, status = refused(error)
            return self._desk(visitor, draft_id, None, notice, status)
        return _back(draft_id, "first-change" if made.waits else "deleted")

    def confirm(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Say the second yes to a change that waits for it."""
        return self._settle(request, visitor, form, "confirmed", self._confirm)

    def take_back(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Take a change back before it is done."""
        return self._settle(request, visitor, form, "unchanged", self._take_back)

    def _settle(
        self, request: Request, visitor: Visitor, form: Form, did: str,
        act: Callable[[Visitor, int], object],
    ) -> Response:  # fmt: skip
        delivery_id, draft_id = row_in_path(request, "delivery"), form.number("draft") or 0
        try:
            act(visitor, delivery_id)
        except GroundswellError as error:
            notice, status = refused(error)
            return self._desk(visitor, draft_id, None, notice, status)
        return _back(draft_id, did)

    def _confirm(self, visitor: Visitor, delivery_id: int) -> object:
        return correct.confirm(self.ground, visitor.actor, delivery_id, undo_s=self._undo_s())

    def _take_back(self, visitor: Visitor, delivery_id: int) -> None:
        correct.take_back(self.ground, visitor.actor, delivery_id)

    def _undo_s(self) -> float:
        """Return the seconds of the house that are as long as the setting says to a person."""
        pace = pace_of(self.ground.clock, self.ground.clock.now())
        return self.ground.settings.outbox.undo_s * pace

    def _now(self, delivery_id: int) -> str:
        with reading(self.ground.engine) as session:
            reply = session.get(Delivery, delivery_id)
            return correct.text_now(changes_of(session, delivery_id), reply) if reply else ""

    def _desk(
        self, visitor: Visitor, draft_id: int, correcting: Correcting | None,
        notice: Notice | None, status: int,
    ) -> Response:  # fmt: skip
        return self.desks.desk(
            visitor, draft_id=draft_id, correcting=correcting, notice=notice, status=status
        )


def _back(draft_id: int, did: str) -> Response:
    return RedirectResponse(f"/console/drafts/{draft_id}?did={did}&of={draft_id}", status_code=303)
