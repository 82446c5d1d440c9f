"""Who asks: the key of a person in the Authorization header, and how often it may ask.

A key opens what its person's role opens. Nothing here reads a cookie, so no web page can make a
browser act for somebody.
"""

import threading
import time
from hashlib import sha256
from typing import Final

from starlette.requests import Request

from config.database import reading
from config.ground import Ground
from responders.console.guessing import Guesses
from responders.decisions.acting import Actor
from responders.decisions.people import people

VIA: Final = "api"
NOBODY: Final = "a key"
"""Wrong keys are counted by where they come from: they name nobody."""
A_MINUTE: Final = 600
"""Requests of one key in a minute: ten a second is more than any script needs to stay informed."""
REMEMBERED: Final = 10_000
KEY_MAX: Final = 200


REALM: Final = 'Bearer realm="groundswell"'
INVALID: Final = f'{REALM}, error="invalid_token"'
"""Source: https://www.rfc-editor.org/rfc/rfc6750#section-3.1"""
NO_KEY: Final = (
    "send a key as `Authorization: Bearer KEY`; an admin makes one: groundswell user token NAME"
)
WRONG: Final = (
    "this key opens nothing: it is mistyped, over a year old, or its person was removed; an admin "
    "makes a new one: groundswell user token NAME"
)
WRONG_KEY: Final = "wrong_key"


class Refused(Exception):
    """The request is not answered; ``word`` says more to programs than the status does."""

    def __init__(
        self, status: int, reason: str, headers: dict[str, str] | None = None, word: str = ""
    ) -> None:
        super().__init__(reason)
        self.status, self.reason, self.headers = status, reason, headers or {}
        self.word = word


class Keys:
    """Looks at the key of each request; safe to share between threads."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.guesses = Guesses()
        self._lock = threading.Lock()
        self._spent: dict[str, tuple[float, float]] = {}

    def who(self, request: Request) -> Actor:
        """Return who asks.

        Raises:
            Refused: without a key, with a wrong or old one, or too often.
        """
        key, peer, now_s = _key(request), _peer(request), time.monotonic()
        with reading(self.ground.engine) as session:
            user = people.user_of_token(session, key, self.ground.clock.now()) if key else None
        if user is None:
            # A right key is never kept waiting: behind a proxy everybody comes from one place.
            wait_s = self.guesses.wait_s(NOBODY, peer, now_s=now_s)
            if wait_s > 0:
                raise _later(wait_s, "too many wrong keys came from here")
            if key:
                self.guesses.wrong(NOBODY, peer, now_s=now_s)
                raise Refused(401, WRONG, {"WWW-Authenticate": INVALID}, word=WRONG_KEY)
            raise Refused(401, NO_KEY, {"WWW-Authenticate": REALM})
        self._spend(key, now_s)
        return Actor(name=user.name, role=user.role, via=VIA)

    def _spend(self, key: str, now_s: float) -> None:
        """Let a key ask once more: a bucket of A_MINUTE drops that refills within a minute."""
        name = sha256(key.encode("utf-8", "replace")).hexdigest()
        with self._lock:
            left, at = self._spent.get(name, (float(A_MINUTE), now_s))
            left = min(A_MINUTE, left + (now_s - at) * A_MINUTE / 60)
            if left < 1:
                raise _later((1 - left) * 60 / A_MINUTE, f"a key may ask {A_MINUTE} times a minute")
            if len(self._spent) >= REMEMBERED:
                self._spent.clear()
            self._spent[name] = (left - 1, now_s)


def _later(wait_s: float, why: str) -> Refused:
    whole = max(int(wait_s) + 1, 1)
    return Refused(429, f"{why}; wait {whole} s", {"Retry-After": str(whole)})


def _key(request: Request) -> str:
    kind, _, key = request.headers.get("authorization", "").partition(" ")
    key = key.strip()
    return key if kind.lower() == "bearer" and len(key) <= KEY_MAX else ""


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""
