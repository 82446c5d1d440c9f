"""What people say at the console of an issue they are on call for, and of its posts.

Each form calls one act of `decisions`; one that does not happen is told on the issue's own page.
"""

from collections.abc import Callable
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from classifiers import store as issues_store
from classifiers.store import reference
from config.errors import GroundswellError
from config.ground import Ground
from responders.console.forms import Form, row_in_path
from responders.console.notices import ANYWAY, again, refused
from responders.console.rendering import Visitor
from responders.console.showing_issues import IssueFaces
from responders.decisions.issues import acknowledge, judging, take
from responders.decisions.refusing import AlreadyDone, NotFound


class Handling:
    """The forms of one installation."""

    def __init__(self, ground: Ground, issues: IssueFaces) -> None:
        self.ground = ground
        self.issues = issues

    def acknowledge(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Say that one knows of an issue."""
        return self._on(
            request, visitor, form,
            lambda key: acknowledge.acknowledge(self.ground, visitor.actor, key),
        )  # fmt: skip

    def unacknowledge(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Take that back, so that people are called again."""
        return self._on(
            request, visitor, form,
            lambda key: acknowledge.unacknowledge(
                self.ground, visitor.actor, key, form.text("reason")
            ),
        )  # fmt: skip

    def take(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Take an issue, also from somebody else once that was asked."""
        anyway = bool(form.text(ANYWAY))
        return self._on(
            request, visitor, form,
            lambda key: take.take(self.ground, visitor.actor, key, anyway=anyway),
        )  # fmt: skip

    def hand_back(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Let an issue go."""
        return self._on(
            request, visitor, form, lambda key: take.hand_back(self.ground, visitor.actor, key)
        )

    def judge(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Say what a post is."""
        post = row_in_path(request, "post")
        return self._on(
            request, visitor, form,
            lambda _: judging.judge_post(self.ground, visitor.actor, post, form.text("said")),
            did="judge",
        )  # fmt: skip

    def _on(
        self, request: Request, visitor: Visitor, form: Form, act: Callable[[int], object],
        *, did: str = "",
    ) -> Response:  # fmt: skip
        named = str(request.path_params["issue"])
        key = issues_store.issue_id_from(named)
        try:
            if key is None:
                raise NotFound(f"there is no issue {named[:20]}")
            act(key)
        except GroundswellError as error:
            notice, status = refused(error)
            if isinstance(error, AlreadyDone) and request.url.path.endswith("/take"):
                notice = replace(notice, again=again(request.url.path, form.fields))
            return self.issues.issue_page(visitor, named, notice=notice, status=status)
        did = did or request.url.path.rsplit("/", 1)[-1]
        return RedirectResponse(f"/console/issues/{reference(key)}?did={did}", status_code=303)
