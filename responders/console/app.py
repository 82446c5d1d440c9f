"""The web app and its server: routes, headers, and the end when the supervisor says so."""

import contextlib
import socket
import threading
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import uvicorn
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config.clock import SystemClock
from config.database import reading
from config.ground import Ground
from config.logs import event_log
from listener import store as posts_store
from responders import overview
from responders.console import views
from responders.console.guarding import HEADERS, own_hosts, refusal
from responders.console.health import readiness

FOLDER = Path(__file__).parent
DRAFTS_SHOWN = 3
"""Drafts of one issue on the console's page; they say much the same."""
UNNAMED = "default"
"""The product of somebody who named none: nothing to show the public."""

log = event_log(__name__)


class StrictHeaders:
    """Puts the strict headers on every answer, whoever made it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.headers = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and dress the answer."""

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self.headers]
            await send(message)

        await self.app(scope, receive, dressed)


class Faces:
    """What the routes answer, from the rows of one installation."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        settings = ground.settings
        self.hosts = own_hosts(settings.console.host, settings.console.url)
        self.pages = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
        )
        self.pages.filters["utc"] = views.utc

    def healthz(self, _request: Request) -> Response:
        """Tell that the process serves."""
        return JSONResponse({"status": "alive"})

    def readyz(self, _request: Request) -> Response:
        """Tell whether the store answers and the passes run."""
        reasons = readiness(self.ground.engine)
        body = {"status": "unready" if reasons else "ready", "reasons": reasons}
        return JSONResponse(body, status_code=503 if reasons else 200)

    def page(self, _request: Request) -> Response:
        """Show the public page: nothing of any issue is public without approval."""
        with reading(self.ground.engine) as session:
            places = views.places(posts_store.sources(session))
            names = [product.name for product in posts_store.products(session)]
        known = [name for name in names if name != UNNAMED]
        return self._html(
            "page.html",
            name=self.ground.settings.page.name or ", ".join(known) or "Groundswell",
            places=places,
            heard_at=views.last_heard(places),
            now=self.ground.clock.now(),
        )

    def console(self, request: Request) -> Response:
        """Show the open issues with what people say and what we would say."""
        peer = request.client.host if request.client else None
        refused = refusal(peer=peer, headers=request.headers, hosts=self.hosts)
        if refused is not None:
            log.warning("console_refused", peer=peer, host=request.headers.get("host", ""))
            return self._html(
                "refused.html", status=403, title="Not shown here", words=f"{refused.reason}."
            )
        with reading(self.ground.engine) as session:
            found = overview.look(session, self.ground.settings, machine_time=SystemClock().now())
            issues = views.open_issues(session)
        places = views.places(found.sources)
        return self._html(
            "console.html",
            issues=issues,
            places=places,
            silent=sum(place.silent for place in places),
            heard_at=views.last_heard(places),
            warnings=found.warnings,
            shown=DRAFTS_SHOWN,
        )

    def store_down(self, _request: Request, error: Exception) -> Response:
        """Say that the store does not answer; the log has the reason."""
        log.error("store_unanswered", reason=str(error).splitlines()[0])
        return self._html(
            "refused.html",
            status=503,
            title="The store does not answer",
            words="What was heard is safe, and cannot be shown until it does.",
        )

    def _html(self, template: str, *, status: int = 200, **values: Any) -> Response:
        return HTMLResponse(self.pages.get_template(template).render(**values), status_code=status)


def make_app(ground: Ground) -> Starlette:
    """Return the web app of one installation."""
    faces = Faces(ground)
    routes: dict[str, Callable[[Request], Response]] = {
        "/healthz": faces.healthz,
        "/readyz": faces.readyz,
        "/": faces.page,
        "/console/": faces.console,
        "/console": lambda _request: RedirectResponse("/console/"),
    }
    return Starlette(
        routes=[
            *(Route(path, answer, methods=["GET"]) for path, answer in routes.items()),
            Mount("/static", StaticFiles(directory=FOLDER / "static")),
        ],
        middleware=[Middleware(StrictHeaders)],
        exception_handlers={SQLAlchemyError: faces.store_down},
    )


class Server(uvicorn.Server):
    """uvicorn that leaves the signals to us."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Do nothing: the child's own handlers stand."""
        yield


def serve(ground: Ground, listening: socket.socket, stop: threading.Event) -> None:
    """Serve on the socket until told to stop."""
    server = Server(
        uvicorn.Config(
            make_app(ground),
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
