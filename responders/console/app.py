"""The web app and its server: routes, headers, and the end when the supervisor says so.

Apart from the console stands the public page: files on disk, served also when everything else is
down. The console's routes are a table here; who may is checked at the door (door.py).
"""

import contextlib
import socket
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path

import uvicorn
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config.ground import Ground
from config.logs import event_log
from responders.console.answering import Answering
from responders.console.approving import Approving
from responders.console.changing import Changing
from responders.console.deciding import Deciding
from responders.console.door import HOME, Done, Door, Shown
from responders.console.guarding import headers_for
from responders.console.handing_on import HandingOn, Writes, plainly
from responders.console.handling import Handling
from responders.console.health import readiness
from responders.console.holding import Holding
from responders.console.rendering import Pages, Visitor
from responders.console.showing_desk import DeskFaces
from responders.console.showing_issues import IssueFaces
from responders.console.showing_rest import RestFaces
from responders.console.showing_waiting import WaitingFaces
from responders.console.sorting import Sorting
from responders.page.folder import folder_of
from responders.page.serving import routes as page_routes

FOLDER = Path(__file__).parent
TOKENS = FOLDER.parent / "page" / "static" / "tokens.css"
"""The tokens of the look stand there once, for page and console."""
CONSOLE = "/console"

log = event_log(__name__)


class StrictHeaders:
    """Puts the strict headers on every answer; the page's own are kept: anybody may embed it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and dress the answer."""
        wanted = headers_for(str(scope.get("path", "")))

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                known = {name.lower() for name, _ in message["headers"]}
                added = [
                    (name.lower().encode(), value.encode())
                    for name, value in wanted.items()
                    if name.lower().encode() not in known
                ]
                message["headers"] = [*message["headers"], *added]
            await send(message)

        await self.app(scope, receive, dressed)


class Health:
    """What supervisors ask."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground

    def healthz(self, _request: Request) -> Response:
        """Tell that the process serves."""
        return JSONResponse({"status": "alive"})

    def readyz(self, _request: Request) -> Response:
        """Tell whether the store answers and the passes run."""
        reasons = readiness(self.ground.engine)
        body = {"status": "unready" if reasons else "ready", "reasons": reasons}
        return JSONResponse(body, status_code=503 if reasons else 200)


class Trouble:
    """What is said when an answer could not be made: no trace, and what is safe now."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages

    def store_down(self, _request: Request, error: Exception) -> Response:
        """Say that the store does not answer; the log has the reason."""
        log.error("store_unanswered", reason=str(error).splitlines()[0])
        return self.pages.refused(
            "The store does not answer",
            "What was heard is safe, and cannot be shown until it does. If you were deciding, "
            "nothing was changed or sent. The public page is served as it was last written.",
            status=503,
        )

    def unforeseen(self, _request: Request, error: Exception) -> Response:
        """Say that something broke; the log has the trace."""
        log.error("answer_broke", error=type(error).__name__)
        return self.pages.refused(
            "This did not work",
            "Something broke here, and the log says what. An act that broke changed nothing and "
            "sent nothing: look at the queue before you try it again.",
            status=500,
            way="/console/",
        )

    def not_that_way(self, _request: Request, error: Exception) -> Response:
        """Say that an address takes no request of this kind."""
        answer = self.pages.refused(
            "Not that way",
            "This address cannot be asked for in that way, so nothing was changed.",
            status=405,
        )
        answer.headers.update(getattr(error, "headers", None) or {})
        return answer

    def nothing(self, _request: Request, _visitor: Visitor) -> Response:
        """Say that there is nothing at this address."""
        return self.pages.refused(
            "Nothing here", "There is nothing at this address.", status=404, way="/console/"
        )


def make_app(
    ground: Ground, *, beside: Sequence[BaseRoute] = (), writes: Writes = plainly
) -> Starlette:
    """Return the web app of one installation.

    Args:
        ground: what it stands on.
        beside: what else is served, which stands above the console and which it knows nothing of.
        writes: the evidence for a ticket.
    """
    pages, health = Pages(), Health(ground)
    door, trouble = Door(ground, pages), Trouble(pages)
    return Starlette(
        routes=[
            Route("/healthz", health.healthz, methods=["GET"]),
            Route("/readyz", health.readyz, methods=["GET"]),
            Route(CONSOLE, home, methods=["GET"]),
            Route(f"{CONSOLE}/login", door.login_page, methods=["GET"]),
            Route(f"{CONSOLE}/login", door.login, methods=["POST"]),
            Route(f"{CONSOLE}/logout", door.logout, methods=["POST"]),
            Route(f"{CONSOLE}/logout/everywhere", door.logout_everywhere, methods=["POST"]),
            *beside,
            *_behind(door, ground, pages, writes),
            Route(f"{CONSOLE}/static/tokens.css", tokens, methods=["GET"]),
            Mount(f"{CONSOLE}/static", StaticFiles(directory=FOLDER / "static")),
            Route(f"{CONSOLE}/{{path:path}}", door.shows(trouble.nothing), methods=["GET"]),
            *page_routes(folder_of(ground.settings)),
        ],
        middleware=[Middleware(StrictHeaders)],
        exception_handlers={
            SQLAlchemyError: trouble.store_down,
            405: trouble.not_that_way,
            Exception: trouble.unforeseen,
        },
    )


def _behind(door: Door, ground: Ground, pages: Pages, writes: Writes) -> Iterator[Route]:
    """Yield what is shown and done behind the door."""
    desks, issues = DeskFaces(ground, pages), IssueFaces(ground, pages)
    link, answering = f"{CONSOLE}/answer/{{link}}", Answering(ground, pages)
    yield Route(link, door.shows_anybody(answering.show), methods=["GET"])
    yield Route(link, door.does_for_anybody(answering.act), methods=["POST"])
    together, waiting = Approving(ground, pages), WaitingFaces(ground, pages)
    yield Route(f"{CONSOLE}/live", door.shows(desks.live, asks=True), methods=["GET"])
    yield Route(f"{CONSOLE}/waiting", door.shows(waiting.waiting), methods=["GET"])
    handing_on = HandingOn(ground, pages, issues, writes)
    ticket = f"{CONSOLE}/issues/{{issue}}/ticket"
    yield Route(ticket, door.shows(handing_on.preview), methods=["GET"])
    for path, look in shown(desks, issues, RestFaces(ground, pages), together):
        yield Route(path, door.shows(look), methods=["GET"])
    acts = {**done(Deciding(ground, desks, issues), Sorting(ground, issues))}
    acts |= held(Holding(ground, desks), together)
    acts |= handled(Handling(ground, issues), handing_on, Changing(ground, desks))
    for path, act in acts.items():
        yield Route(path, door.does(act), methods=["POST"])


def home(_request: Request) -> Response:
    """Lead to the queue."""
    return RedirectResponse(HOME)


def tokens(_request: Request) -> Response:
    """Return the tokens of the look."""
    return FileResponse(TOKENS)


def shown(
    desks: DeskFaces, issues: IssueFaces, rest: RestFaces, together: Approving
) -> list[tuple[str, Shown]]:
    """Return the pages of the console by address."""
    return [
        (f"{CONSOLE}/", desks.queue),
        (f"{CONSOLE}/drafts/{{draft:int}}", desks.draft),
        (f"{CONSOLE}/issues", issues.issues),
        (f"{CONSOLE}/issues/{{issue}}", issues.issue),
        (f"{CONSOLE}/issues/{{issue}}/approvals", together.preview),
        (f"{CONSOLE}/sources", rest.sources),
        (f"{CONSOLE}/audit", rest.audit),
        # An act that was refused is told under its own address; asking for that again shows the
        # thing itself.
        (f"{CONSOLE}/drafts/{{draft:int}}/{{act}}", desks.draft),
        (f"{CONSOLE}/issues/{{issue}}/{{act}}", issues.issue),
        (f"{CONSOLE}/deliveries/{{delivery:int}}/{{act}}", desks.queue),
        (f"{CONSOLE}/issues/{{issue}}/posts/{{post:int}}/judge", issues.issue),
        (f"{CONSOLE}/pause", desks.queue),
        (f"{CONSOLE}/resume", desks.queue),
    ]


def done(deciding: Deciding, sorting: Sorting) -> Mapping[str, Done]:
    """Return the forms of the console by address."""
    draft, issue = f"{CONSOLE}/drafts/{{draft:int}}", f"{CONSOLE}/issues/{{issue}}"
    return {
        f"{draft}/approve": deciding.approve,
        f"{draft}/take-back": deciding.take_back,
        f"{draft}/edit": deciding.edit,
        f"{draft}/reject": deciding.reject,
        f"{draft}/silent": deciding.stay_silent,
        f"{CONSOLE}/deliveries/{{delivery:int}}/settle": deciding.settle,
        f"{CONSOLE}/issues": deciding.declare,
        f"{issue}/state": deciding.state,
        f"{issue}/decline": deciding.decline,
        f"{issue}/rename": deciding.rename,
        f"{issue}/workaround": deciding.workaround,
        f"{issue}/merge": deciding.merge,
        f"{issue}/unmerge": deciding.unmerge,
        f"{issue}/split": sorting.split,
        f"{issue}/move": sorting.move,
        f"{issue}/snooze": deciding.snooze,
        f"{issue}/mute": deciding.mute,
        f"{issue}/not-an-issue": deciding.not_an_issue,
        f"{issue}/wake": deciding.wake,
        f"{CONSOLE}/pause": deciding.pause,
        f"{CONSOLE}/resume": deciding.resume,
    }


def held(holding: Holding, together: Approving) -> Mapping[str, Done]:
    """Return the forms that hold drafts, and that approve several at once, by address."""
    draft = f"{CONSOLE}/drafts/{{draft:int}}"
    return {
        f"{draft}/claim": holding.claim,
        f"{draft}/release": holding.release,
        f"{CONSOLE}/issues/{{issue}}/approvals": together.approve,
    }


def handled(handling: Handling, handing_on: HandingOn, changing: Changing) -> Mapping[str, Done]:
    """Return the forms of who is on call, of tickets, and of replies that stand, by address."""
    issue, reply = f"{CONSOLE}/issues/{{issue}}", f"{CONSOLE}/deliveries/{{delivery:int}}"
    return {
        f"{issue}/acknowledge": handling.acknowledge,
        f"{issue}/unacknowledge": handling.unacknowledge,
        f"{issue}/take": handling.take,
        f"{issue}/hand-back": handling.hand_back,
        f"{issue}/posts/{{post:int}}/judge": handling.judge,
        f"{issue}/ticket": handing_on.create,
        f"{issue}/link-ticket": handing_on.link,
        f"{issue}/unlink-ticket": handing_on.unlink,
        f"{reply}/correct": changing.correct,
        f"{reply}/delete": changing.delete,
        f"{reply}/confirm": changing.confirm,
        f"{reply}/unchange": changing.take_back,
    }


class Server(uvicorn.Server):
    """uvicorn that leaves the signals to us."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Do nothing: the child's own handlers stand."""
        yield


def serve(app: Starlette, listening: socket.socket, stop: threading.Event) -> None:
    """Serve on the socket until told to stop."""
    server = Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            proxy_headers=False,  # the guard judges the real peer
            server_header=False,
            timeout_graceful_shutdown=2,
        )
    )

    def end() -> None:
        stop.wait()
        server.should_exit = True

    threading.Thread(target=end, name="end", daemon=True).start()
    server.run(sockets=[listening])
