"""The web app and its server: routes, headers, and the end when the supervisor says so."""

import contextlib
import socket
import threading
from collections.abc import Generator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config.ground import Ground
from config.logs import event_log
from responders.console.guarding import HEADERS
from responders.console.health import readiness

FOLDER = Path(__file__).parent
log = event_log(__name__)


class StrictHeaders:
    """Puts the strict headers on every answer, whoever made it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and dress the answer."""

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(
                        (name.lower().encode(), value.encode())
                        for name, value in HEADERS.items()
                        if name.lower().encode() not in given
                    ),
                ]
            await send(message)

        await self.app(scope, receive, dressed)


def make_app(ground: Ground) -> Starlette:
    """Return the web app of one installation."""

    def healthz(_request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    def readyz(_request: Request) -> Response:
        reasons = readiness(ground.engine)
        return JSONResponse(
            {"status": "unready" if reasons else "ready", "reasons": reasons},
            status_code=503 if reasons else 200,
        )

    return Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Mount("/static", StaticFiles(directory=FOLDER / "static")),
        ],
        middleware=[Middleware(StrictHeaders)],
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
