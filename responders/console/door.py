"""The door: who is logged in, and that a form comes from our own page of this very log-in.

Every way into the console goes through here, so no page can forget a check.
"""

import secrets
import threading
import time
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from config.database import reading
from config.ground import Ground
from config.logs import event_log
from responders.console.forms import Form, NoForm, NotWhole, TooMuch, read_form
from responders.console.guarding import host_of, is_loopback, own_hosts, refusal, safe_next
from responders.console.guessing import Guesses
from responders.console.rendering import Pages, Visitor
from responders.console.signing import ENTRY, FORM, is_genuine, is_nonce, token
from responders.decisions import store as decisions_store
from responders.decisions.people import people

SESSION, ENTERING = "groundswell_session", "groundswell_entry"
HOME, LOGIN = "/console/", "/console/login"
CHECKS_AT_ONCE, CHECK_WAIT_S = 2, 10.0
"""Passwords checked side by side: each check costs much memory on purpose."""

Endpoint = Callable[[Request], Awaitable[Response]]
Shown = Callable[[Request, Visitor], Response]
Done = Callable[[Request, Visitor, Form], Response]

log = event_log(__name__)


class Door:
    """Lets people in and out, and looks at every request."""

    def __init__(self, ground: Ground, pages: Pages) -> None:
        self.ground = ground
        self.pages = pages
        console = ground.settings.console
        self.hosts = own_hosts(console.host, console.url)
        self.secure = console.url.startswith("https://")
        self.guesses = Guesses()
        self._checks = threading.BoundedSemaphore(CHECKS_AT_ONCE)

    # Every request -------------------------------------------------------------------------------

    def shows(self, answer: Shown, *, asks: bool = False) -> Endpoint:
        """Return an endpoint that shows something to people who are logged in.

        Args:
            answer: makes the answer.
            asks: the console's own script asks; it gets a status instead of the log-in page.
        """

        def respond(request: Request) -> Response:
            if (refused := self._refused(request)) is not None:
                return refused
            visitor = self._visitor(request)
            if visitor is not None:
                return answer(request, visitor)
            if asks:
                return JSONResponse({"reason": "log in again"}, status_code=401)
            return RedirectResponse(_to_login(request), status_code=303)

        async def endpoint(request: Request) -> Response:
            return await run_in_threadpool(respond, request)

        return endpoint

    def does(self, answer: Done) -> Endpoint:
        """Return an endpoint that does something for people who are logged in."""

        def respond(request: Request, form: Form) -> Response:
            visitor = self._visitor(request)
            if visitor is None:
                return self.pages.refused(
                    "Log in again",
                    "Your log-in has ended, so nothing was changed.",
                    status=401,
                    way=LOGIN,
                )
            given = form.text("csrf_token")
            if not is_genuine(self.ground.key, FORM, visitor.cookie, given):
                log.warning("form_refused", by=visitor.user.name, path=request.url.path)
                return self._stale_form()
            return answer(request, visitor, form)

        return self._posted(respond)

    def shows_anybody(self, answer: Callable[[Request], Response]) -> Endpoint:
        """Return an endpoint that shows something without a log-in; the link is the right."""

        def respond(request: Request) -> Response:
            refused = self._refused(request)
            return answer(request) if refused is None else refused

        async def endpoint(request: Request) -> Response:
            return await run_in_threadpool(respond, request)

        return endpoint

    def does_for_anybody(self, answer: Callable[[Request, Form], Response]) -> Endpoint:
        """Return an endpoint that does something without a log-in; the link is the right."""
        return self._posted(answer)

    def _posted(self, respond: Callable[[Request, Form], Response]) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            if (refused := self._refused(request)) is not None:
                return refused
            try:
                form = await read_form(request)
            except TooMuch:
                return self.pages.refused(
                    "Too much",
                    "The form was larger than any of ours, so nothing was changed.",
                    status=413,
                    way=HOME,
                )
            except NoForm:
                return self.pages.refused(
                    "Use the button",
                    "This was no form of ours, so nothing was changed. Open the page and press its "
                    "button.",
                    status=400,
                    way=HOME,
                )
            except NotWhole:
                return self.pages.refused(
                    "It broke off",
                    "The form did not arrive whole, so nothing was changed. Send it again.",
                    status=408,
                    way=HOME,
                )
            return await run_in_threadpool(respond, request, form)

        return endpoint

    def _refused(self, request: Request) -> Response | None:
        server = request.scope.get("server") or ("", 0)
        found = refusal(
            method=request.method,
            headers=request.headers,
            hosts=self.hosts,
            server=host_of(str(server[0])),
        )
        if found is None:
            return None
        log.warning("console_refused", peer=_peer(request), host=request.headers.get("host", ""))
        return self.pages.refused("Not shown here", f"{found.reason}.", status=403)

    def _visitor(self, request: Request) -> Visitor | None:
        cookie = request.cookies.get(SESSION, "")
        if not cookie:
            return None
        with reading(self.ground.engine) as session:
            user = people.session_user(session, cookie, self.ground.clock.now())
        if user is None:
            return None
        return Visitor(user, cookie, token(self.ground.key, FORM, cookie))

    def _stale_form(self) -> Response:
        return self.pages.refused(
            "Open it again",
            "This form was made for another log-in, so nothing was changed. "
            "Open the page again and decide there.",
            status=403,
            way=HOME,
        )

    # In and out ----------------------------------------------------------------------------------

    @property
    def login_page(self) -> Endpoint:
        """Show the log-in form."""

        def respond(request: Request) -> Response:
            if (refused := self._refused(request)) is not None:
                return refused
            wanted = safe_next(request.query_params.get("next", ""), otherwise=HOME)
            if self._visitor(request) is not None:
                return RedirectResponse(wanted, status_code=303)
            return self._form(request, wanted=wanted)

        async def endpoint(request: Request) -> Response:
            return await run_in_threadpool(respond, request)

        return endpoint

    @property
    def login(self) -> Endpoint:
        """Check name and password."""
        return self._posted(self._enter)

    @property
    def logout(self) -> Endpoint:
        """End the log-in, here and in the store."""

        def leave(_request: Request, visitor: Visitor, _form: Form) -> Response:
            people.log_out(self.ground, visitor.cookie)
            return self._left()

        return self.does(leave)

    @property
    def logout_everywhere(self) -> Endpoint:
        """End every log-in of this person, on every machine."""

        def leave(_request: Request, visitor: Visitor, _form: Form) -> Response:
            people.log_out_everywhere(self.ground, visitor.user)
            log.info("logged_out_everywhere", by=visitor.user.name)
            return self._left()

        return self.does(leave)

    def _left(self) -> Response:
        answer = RedirectResponse(LOGIN, status_code=303)
        answer.delete_cookie(SESSION, path="/console", secure=self.secure, httponly=True)
        return answer

    def _enter(self, request: Request, form: Form) -> Response:
        wanted = safe_next(form.text("next"), otherwise=HOME)
        entering = request.cookies.get(ENTERING, "")
        if not is_genuine(self.ground.key, ENTRY, entering, form.text("csrf_token")):
            words = "The form was too old or came from elsewhere. Here is a new one."
            return self._form(request, wanted=wanted, words=words, status=403)
        name, peer = form.text("username"), _peer(request)
        wait_s = self.guesses.wait_s(name, peer, now_s=time.monotonic())
        if wait_s > 0:
            words = f"Too many wrong passwords. Wait {wait_s:.0f} s, then try again."
            return self._form(request, wanted=wanted, name=name, words=words, status=429)
        if not self._checks.acquire(timeout=CHECK_WAIT_S):
            words = "Many people log in at this moment. Wait 10 s, then try again."
            return self._form(request, wanted=wanted, name=name, words=words, status=503)
        try:
            user = people.check_password(self.ground, name, form.fields.get("password", ""))
        finally:
            self._checks.release()
        if user is None:
            self.guesses.wrong(name, peer, now_s=time.monotonic())
            log.warning("log_in_refused", peer=peer)
            words = "Name and password do not belong together."
            return self._form(request, wanted=wanted, name=name, words=words, status=403)
        self.guesses.right(name, peer)
        answer = RedirectResponse(wanted, status_code=303)
        self._set(answer, SESSION, people.log_in(self.ground, user), path="/console")
        answer.delete_cookie(ENTERING, path=LOGIN, secure=self.secure, httponly=True)
        return answer

    def _form(
        self, request: Request, *, wanted: str, name: str = "", words: str = "", status: int = 200
    ) -> Response:
        entering = request.cookies.get(ENTERING, "")
        if not is_nonce(entering):
            entering = secrets.token_hex(16)
        with reading(self.ground.engine) as session:
            users = decisions_store.users(session)
        answer = self.pages.html(
            "login.html",
            status=status,
            token=token(self.ground.key, ENTRY, entering),
            wanted=wanted,
            name=name,
            words=words,
            nobody=not any(user.password_hash for user in users),
            open_line=not self.secure and not is_loopback(_peer(request)),
        )
        self._set(answer, ENTERING, entering, path=LOGIN)
        return answer

    def _set(self, answer: Response, name: str, value: str, *, path: str) -> None:
        answer.set_cookie(
            name, value, path=path, httponly=True, secure=self.secure, samesite="strict"
        )


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""


def _to_login(request: Request) -> str:
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    wanted = safe_next(wanted, otherwise=HOME)
    return LOGIN if wanted == HOME else f"{LOGIN}?next={quote(wanted)}"
