"""An issue is handed on to engineering at the console: its ticket is read first, then made once.

What is made is exactly what was shown: the form carries the hash of it, and the evidence is written
anew and compared. Who writes the evidence is handed in, for it stands on the command line's words.
"""

from collections.abc import Callable
from hashlib import sha256

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from classifiers import store as issues_store
from classifiers.store import reference
from classifiers.tables import Issue
from config.database import reading
from config.errors import GroundswellError, SettingsError
from config.ground import Ground
from responders.console.forms import Form
from responders.console.looking import Looking
from responders.console.notices import Notice, refused
from responders.console.rendering import Pages, Visitor, frame_of
from responders.console.showing_issues import IssueFaces
from responders.decisions.acting import Role, refuse_role
from responders.decisions.issues import ticket
from responders.decisions.issues.ticket import Where, Words
from responders.decisions.refusing import NotFound
from responders.delivery.erasures import erasures
from responders.oncall.tickets import store_tickets, tracker
from responders.workspace import open_client

Writes = Callable[[Session, Issue, bool], tuple[str, str]]
"""Title and body of a ticket, with the words of users in it or without."""
FORBIDDEN = 403
CHANGED = "The evidence changed while you read it, so no ticket was asked for. Here it is anew."
PUBLIC = "Say that the repository may be public: everybody will read this."


def plainly(_session: Session, row: Issue, quotes: bool) -> tuple[str, str]:
    """Return a short ticket, where nobody wrote a longer one."""
    name = reference(row.id or 0)
    return f"{name}: {row.title}" if quotes or row.titled_by else name, row.reason


class HandingOn(Looking):
    """Tickets, for somebody who is logged in."""

    def __init__(self, ground: Ground, pages: Pages, issues: IssueFaces, writes: Writes) -> None:
        super().__init__(ground, pages)
        self.issues = issues
        self.writes = writes

    def preview(self, request: Request, visitor: Visitor) -> Response:
        """Show what a ticket would say, and where it would stand."""
        query = request.query_params
        return self._page(
            visitor, str(request.path_params["issue"]), repo=query.get("repo", ""),
            credential=query.get("credential", ""), quotes="quotes" in query,
        )  # fmt: skip

    def create(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Ask for a ticket with exactly the words that were shown."""
        named = str(request.path_params["issue"])
        repo, credential = form.text("repo"), form.text("credential")
        quotes = bool(form.text("quotes"))

        def told(words: str, status: int) -> Response:
            return self._page(
                visitor, named, repo=repo, credential=credential, quotes=quotes,
                notice=Notice(words), status=status,
            )  # fmt: skip

        try:
            refuse_role(visitor.actor, Role.APPROVER)
            key = _key(named)
            where = self._where(repo, credential)
            words, public = self._words(key, where, quotes=quotes)
            if public and not form.text("public"):
                return told(PUBLIC, 422)
            if digest(words) != form.text("shown") and not self._has_one(key):
                return told(CHANGED, 409)
            ticket.ask(self.ground, visitor.actor, key, where, words)
        except GroundswellError as error:
            notice, status = refused(error)
            return told(notice.words, status)
        return RedirectResponse(f"/console/issues/{reference(key)}?did=ticket", status_code=303)

    def link(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Link a ticket that stands there already."""

        def act(key: int) -> None:
            chosen = tracker.options_of(self.ground.settings).credential
            api_url, url = tracker.api_of(self.ground.settings, chosen), form.text("url")
            repository, number = tracker.ticket_in(url, api_url)
            where = Where(api_url, repository, chosen)
            ticket.link(self.ground, visitor.actor, key, where, number=number, url=url)

        return self._on(request, visitor, act)

    def unlink(self, request: Request, visitor: Visitor, _form: Form) -> Response:
        """Let an issue have no ticket any more."""
        return self._on(
            request, visitor, lambda key: ticket.unlink(self.ground, visitor.actor, key)
        )

    def _on(self, request: Request, visitor: Visitor, act: Callable[[int], object]) -> Response:
        named = str(request.path_params["issue"])
        try:
            key = _key(named)
            act(key)
        except GroundswellError as error:
            notice, status = refused(error)
            return self.issues.issue_page(visitor, named, notice=notice, status=status)
        did = request.url.path.rsplit("/", 1)[-1]
        return RedirectResponse(f"/console/issues/{reference(key)}?did={did}", status_code=303)

    def _page(
        self, visitor: Visitor, named: str, *, repo: str, credential: str, quotes: bool,
        notice: Notice | None = None, status: int = 200,
    ) -> Response:  # fmt: skip
        options = tracker.options_of(self.ground.settings)
        repo, credential = repo or options.repository or "", credential or options.credential or ""
        words, public = None, False
        key = issues_store.issue_id_from(named)
        if key is None or not self._is_there(key):
            return self.gone(f"There is no issue {named[:20]}.", way="/console/issues")
        if repo and status != FORBIDDEN:
            try:
                refuse_role(visitor.actor, Role.APPROVER)  # the tracker is asked with a log-in
                words, public = self._words(key, self._where(repo, credential), quotes=quotes)
            except GroundswellError as error:
                found, code = refused(error)
                notice, status = notice or found, status if status != 200 else code
        with reading(self.ground.engine) as session:
            frame = frame_of(session, self.ground, visitor)
        return self.pages.html(
            "ticket.html", status=status, frame=frame, reference=reference(key), repo=repo,
            credential=credential, credentials=self._credentials(), quotes=quotes, words=words,
            public=public, shown=digest(words) if words else "", notice=notice,
            address=f"/console/issues/{reference(key)}/ticket",
        )  # fmt: skip

    def _has_one(self, key: int) -> bool:
        """Tell whether there is a ticket already: then that is what is told."""
        with reading(self.ground.engine) as session:
            return store_tickets.standing(session, key) is not None

    def _is_there(self, key: int) -> bool:
        with reading(self.ground.engine) as session:
            return issues_store.issue_with_id(session, key) is not None

    def _credentials(self) -> list[str]:
        """Return the names of the credentials that could write a ticket; never what they hold."""
        found = self.ground.settings.credentials.items()
        return sorted(name for name, one in found if one.token is not None)

    def _where(self, repo: str, credential: str) -> Where:
        """Return where the ticket goes.

        Raises:
            SettingsError: no repository is named, or no such credential.
        """
        if not repo:
            raise SettingsError("say which repository: owner/name")
        chosen = credential or None
        api_url = tracker.api_of(self.ground.settings, chosen)
        return Where(api_url, tracker.repository_in(repo), chosen)

    def _words(self, key: int, where: Where, *, quotes: bool) -> tuple[Words, bool]:
        """Return what the ticket would say, and whether everybody could read it.

        What was erased is counted before the rest is read.
        """
        found = tracker.look_at_repository(
            open_client(self.ground), where.api_url, where.repository,
            login=tracker.login_of(self.ground.settings, where.credential),
            now=self.ground.clock.now(),
        )  # fmt: skip
        if not found.has_issues:
            raise SettingsError(f"{where.repository} has its issues switched off; name another")
        whole = quotes or not found.is_public
        with reading(self.ground.engine) as session:
            erased = erasures(session, key).members
            row = session.get(Issue, key, populate_existing=True)
            if row is None:
                raise NotFound(f"there is no issue {reference(key)}")
            title, body = self.writes(session, row, whole)
        return Words(title, body, erased, whole), found.is_public


def digest(words: Words) -> str:
    """Return what tells one ticket from another, for the form that was shown."""
    return sha256(f"{words.title}\n{words.body}".encode("utf-8", "replace")).hexdigest()


def _key(named: str) -> int:
    key = issues_store.issue_id_from(named)
    if key is None:
        raise NotFound(f"there is no issue {named[:20]}")
    return key
