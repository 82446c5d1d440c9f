"""All that is served at one address: the console for people, the interface, numbers, the page."""

import socket
import threading

from sqlmodel import Session
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

from classifiers.tables import Issue
from config.ground import Ground
from responders.api import answering
from responders.api.keys import Keys
from responders.api.monitoring import Monitoring
from responders.bots.running import bot_routes
from responders.commands.issues.evidence import markdown, title_of
from responders.console import app as console


def make_app(ground: Ground) -> Starlette:
    """Return the web app of one installation."""
    return console.make_app(ground, beside=_beside(ground), writes=evidence)


def serve(ground: Ground, listening: socket.socket, stop: threading.Event) -> None:
    """Serve on the socket until told to stop."""
    console.serve(make_app(ground), listening, stop)


def evidence(session: Session, row: Issue, quotes: bool) -> tuple[str, str]:
    """Return title and body of a ticket: the same that the command line writes."""
    body = markdown(session, row, quotes=quotes).partition("\n")[2].strip()
    return title_of(row, quotes=quotes), body


def _beside(ground: Ground) -> list[BaseRoute]:
    keys = Keys(ground)
    metrics = Monitoring(ground, keys).metrics
    return [
        Route("/metrics", metrics, methods=["GET"]),
        *answering.routes(ground, keys),
        *bot_routes(ground),
    ]
