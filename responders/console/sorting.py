"""What people decide about the posts of an issue at the console: which are another problem.

Each form calls one act of `decisions`; one that does not happen is told on the same page, with the
posts still chosen.
"""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from classifiers import store as issues_store
from classifiers.store import reference
from config.errors import GroundswellError
from config.ground import Ground
from responders.console.forms import Form
from responders.console.notices import Notice, refused
from responders.console.rendering import Visitor
from responders.console.showing_issues import Choice, IssueFaces
from responders.decisions.issues import merge
from responders.decisions.refusing import AlreadyDone, NotAllowed

CHOSEN = "post-"
"""A box of the form bears this and the post's number."""


class Sorting:
    """The forms that take posts out of an issue."""

    def __init__(self, ground: Ground, issues: IssueFaces) -> None:
        self.ground = ground
        self.issues = issues

    def split(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Make an issue of its own from the posts that were chosen, and show it."""
        named, posts = str(request.path_params["issue"]), chosen(form)
        try:
            key = self._key(named)
            fresh = merge.split(self.ground, visitor.actor, key, posts, form.text("title"))
        except GroundswellError as error:
            return self._told(visitor, named, posts, error, title=form.text("title"))
        return RedirectResponse(f"/console/issues/{reference(fresh)}?did=split", status_code=303)

    def move(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Let the posts that were chosen belong to another issue.

        Post by post: what was moved before one is refused stays moved, and the answer says so.
        """
        named, posts = str(request.path_params["issue"]), chosen(form)
        moved = 0
        try:
            key, to = self._key(named), issues_store.issue_id_from(form.text("to"))
            if to is None:
                raise NotAllowed("choose the issue that the posts belong to")
            if not posts:
                raise NotAllowed("choose the posts that belong elsewhere")
            for post in posts:
                self._moved(visitor, post, to)
                moved += 1
        except GroundswellError as error:
            return self._told(visitor, named, posts[moved:], error, moved=moved)
        return RedirectResponse(f"/console/issues/{reference(key)}?did=move", status_code=303)

    def _moved(self, visitor: Visitor, post: int, to: int) -> None:
        try:
            merge.move_post(self.ground, visitor.actor, post, to)
        except AlreadyDone:
            return  # it stands where it was to go

    def _key(self, named: str) -> int:
        key = issues_store.issue_id_from(named)
        return key if key is not None else 0  # no issue has it, and the act says so

    def _told(
        self, visitor: Visitor, named: str, posts: Sequence[int], error: GroundswellError,
        *, moved: int = 0, title: str = "",
    ) -> Response:  # fmt: skip
        notice, status = refused(error)
        if moved:
            several = f"{moved} posts were" if moved > 1 else "1 post was"
            words = notice.words.removesuffix(" Nothing was changed.")
            notice = Notice(f"{words} {several} moved before that.", lost=notice.lost)
        return self.issues.issue_page(
            visitor, named, everything=True, choice=Choice(posts, title), notice=notice,
            status=status,
        )  # fmt: skip


def chosen(form: Form) -> Sequence[int]:
    """Return the posts whose boxes were ticked; ``post-12=on`` chooses post 12."""
    found = (name.removeprefix(CHOSEN) for name in form.fields if name.startswith(CHOSEN))
    return sorted({int(one) for one in found if one.isascii() and one.isdigit() and len(one) < 19})
