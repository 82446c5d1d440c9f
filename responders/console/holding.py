"""The forms by which somebody at the console holds a draft, or lets it go."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from config.errors import GroundswellError
from config.ground import Ground
from responders.console.forms import Form, row_in_path
from responders.console.notices import ANYWAY, again, refused
from responders.console.opening import idle_s
from responders.console.rendering import Visitor
from responders.console.showing_desk import DeskFaces
from responders.decisions.drafts import claim as claiming


class Holding:
    """The forms that hold a draft and let it go."""

    def __init__(self, ground: Ground, desks: DeskFaces) -> None:
        self.ground = ground
        self.desks = desks

    def claim(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Hold a draft, also instead of somebody else once that was asked."""
        draft_id, anyway = row_in_path(request, "draft"), bool(form.text(ANYWAY))
        try:
            claiming.claim(
                self.ground, visitor.actor, draft_id, anyway=anyway, idle_s=idle_s(self.ground)
            )
        except GroundswellError as error:
            return self._told(request, visitor, form, error)
        return RedirectResponse(f"/console/drafts/{draft_id}", status_code=303)

    def release(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Let a draft go, and stand before the queue."""
        draft_id, anyway = row_in_path(request, "draft"), bool(form.text(ANYWAY))
        try:
            claiming.release(self.ground, visitor.actor, draft_id, anyway=anyway)
        except GroundswellError as error:
            return self._told(request, visitor, form, error)
        return RedirectResponse(f"/console/?did=released&of={draft_id}", status_code=303)

    def _told(
        self, request: Request, visitor: Visitor, form: Form, error: GroundswellError
    ) -> Response:
        notice, status = refused(error, again(request.url.path, form.fields))
        draft_id = row_in_path(request, "draft")
        return self.desks.desk(visitor, draft_id=draft_id, notice=notice, status=status)
