"""How a request is answered: key, body, way, and each refusal as JSON with its reason."""

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route

from config.clock import rfc3339
from config.errors import GroundswellError, SettingsError, TransientError
from config.ground import Ground
from config.logs import event_log
from responders.api import asking, doing
from responders.api.bodies import parsed, read_body
from responders.api.calls import PREFIX, Call, Way
from responders.api.describing import describe
from responders.api.keys import Keys, Refused
from responders.console.guarding import own_hosts, refusal
from responders.decisions.refusing import AlreadyDone, Held, NotAllowed, NotFound, NotValid

BUSY_S: Final = 5
ERRORS: Final = {
    401: "no_key", 403: "not_allowed", 404: "not_found", 405: "not_that_way", 408: "not_whole",
    409: "already_done", 413: "too_large", 415: "no_json", 422: "not_valid", 429: "too_often",
    500: "broke", 503: "not_now",
}  # fmt: skip
"""A word for programs; the reason beside it is for people."""

log = event_log(__name__)


def all_ways() -> Sequence[Way]:
    """Return everything that may be asked and done."""
    return (*asking.ways(), *doing.ways())


def routes(ground: Ground, keys: Keys) -> list[BaseRoute]:
    """Return the interface as routes; what is no way of it is refused as JSON, too."""
    gate = Gate(ground, keys)
    ways = all_ways()
    document = describe(ways)
    found = [
        Route(f"{PREFIX}/openapi.json", lambda _: answer(document), methods=["GET"]),
        *(Route(_pattern(way.path), gate.opens(way), methods=[way.method]) for way in ways),
    ]
    every = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    return [*found, Route(f"{PREFIX}/{{path:path}}", gate.nothing(found), methods=every)]


def _pattern(path: str) -> str:
    """Return what the addresses of a way look like: a source's own name may hold slashes."""
    return PREFIX + path.replace("{name}", "{name:path}")


class Gate:
    """Lets requests in and answers them; no request ends in a trace."""

    def __init__(self, ground: Ground, keys: Keys) -> None:
        self.ground = ground
        self.keys = keys
        console = ground.settings.console
        self.hosts = own_hosts(console.host, console.url)

    def opens(self, way: Way) -> Callable[[Request], Awaitable[Response]]:
        """Return the endpoint of a way."""

        async def endpoint(request: Request) -> Response:
            try:
                raw = await read_body(request) if way.takes else b""
            except Refused as error:
                return refused(error)
            return await run_in_threadpool(self._respond, request, way, raw)

        return endpoint

    def nothing(self, known: Sequence[Route]) -> Callable[[Request], Awaitable[Response]]:
        """Return the endpoint of what is no way: it says so to those who have a key.

        Args:
            known: the ways that there are; where one differs by its method only, that is told.
        """

        async def endpoint(request: Request) -> Response:
            return await run_in_threadpool(self._respond, request, known, b"")

        return endpoint

    def _respond(self, request: Request, way: Way | Sequence[Route], raw: bytes) -> Response:
        try:
            return self._answer(request, way, raw)
        except Refused as error:
            return refused(error)
        except GroundswellError as error:
            return refused(_as_refused(error))
        except SQLAlchemyError as error:
            log.error("store_unanswered", reason=str(error).splitlines()[0])
            headers = {"Retry-After": str(BUSY_S)}
            return refused(Refused(503, "the store does not answer; nothing was changed", headers))
        except Exception as error:
            log.exception("answer_broke", error=type(error).__name__)
            return refused(Refused(500, "something broke here, and the log says what"))

    def _answer(self, request: Request, way: Way | Sequence[Route], raw: bytes) -> Response:
        found = refusal(method="GET", headers=request.headers, hosts=self.hosts,
                        server=str((request.scope.get("server") or ("", 0))[0]))  # fmt: skip
        if found is not None:
            raise Refused(403, found.reason)
        actor = self.keys.who(request)
        if not isinstance(way, Way):
            raise _no_way(request, way)
        call = Call(
            ground=self.ground,
            actor=actor,
            path={name: str(part) for name, part in request.path_params.items()},
            query=_filters(request, way),
            body=parsed(raw, way.takes) if way.takes else None,
        )
        return answer(way.answer(call))


def _no_way(request: Request, known: Sequence[Route]) -> Refused:
    """Return why there is no such way: another method is asked for, or nothing stands there."""
    there = [route for route in known if route.matches(request.scope)[0] is not Match.NONE]
    allowed = sorted({method for route in there for method in route.methods or ()})
    if not allowed:
        return Refused(404, f"there is nothing at this address; see {PREFIX}/openapi.json")
    ways = ", ".join(allowed)
    reason = f"this address takes {ways} only; see {PREFIX}/openapi.json"
    return Refused(405, reason, {"Allow": ways})


def _filters(request: Request, way: Way) -> dict[str, str]:
    """Return what the query asks for.

    Raises:
        Refused: the way knows no such filter, or it is empty or stands there twice.
    """
    asked = [(name, value.replace("\0", "")) for name, value in request.query_params.multi_items()]
    given = dict(asked)
    for name, value in asked:
        if name not in way.filters:
            known = ", ".join(way.filters) or "none"
            raise Refused(422, f"{name[:40]} is no filter here; known are: {known}")
        if not value.strip():
            raise Refused(422, f"{name} is empty; leave it out, or say which")
    if len(asked) > len(given):
        raise Refused(422, "a filter stands there twice; name each once")
    return given


def _as_refused(error: GroundswellError) -> Refused:
    status = 422
    for kind, code in (
        (Held, 409), (AlreadyDone, 409), (NotFound, 404), (NotValid, 422), (NotAllowed, 403),
        (SettingsError, 422), (TransientError, 503),
    ):  # fmt: skip
        if isinstance(error, kind):
            status = code
            break
    return Refused(status, str(error), {"Retry-After": str(BUSY_S)} if status == 503 else None)


def refused(error: Refused) -> Response:
    """Return a refusal: a word for programs, and the reason for people."""
    word = error.word or ERRORS.get(error.status, "refused")
    found = answer({"error": word, "reason": error.reason}, error.status)
    found.headers.update(error.headers)
    return found


def answer(value: Any, status: int = 200) -> Response:
    """Return JSON; times become RFC 3339 UTC."""
    body = json.dumps(value, ensure_ascii=False, default=_plain)
    return Response(
        body.encode("utf-8", "replace"), status_code=status, media_type="application/json"
    )


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return rfc3339(value)
    raise TypeError(f"{type(value).__name__} has no JSON form here")
