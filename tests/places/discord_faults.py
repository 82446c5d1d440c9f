"""What can go wrong with a request to the small Discord: put some into ``place.faults``."""

import json
import socket

from tests.places.discord import Discord, Fault
from tests.places.discord_webhook import JSON
from tests.places.web import Asked, RawReply, Reply


def too_many(retry_after_s: float) -> Fault:
    """Ask for silence and do nothing."""

    def fault(_place: Discord, _asked: Asked) -> Reply:
        body = {"message": "You are being rate limited.", "retry_after": retry_after_s,
                "global": False}  # fmt: skip
        headers = {**JSON, "Via": "1.1 google", "Retry-After": str(int(retry_after_s) + 1)}
        return Reply(429, json.dumps(body).encode(), headers)

    return fault


def last_allowed(reset_after_s: float) -> Fault:
    """Do it and say that it was the last one for a while."""

    def fault(place: Discord, asked: Asked) -> Reply:
        done = place.ordinary(asked)
        limits = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": str(reset_after_s)}
        return Reply(done.status, done.body, {**done.headers, **limits})

    return fault


def fails(_place: Discord, _asked: Asked) -> Reply:
    """Fail and do nothing."""
    return Reply(500, b"upstream error", {"Content-Type": "text/plain"})


def fails_after_doing(place: Discord, asked: Asked) -> Reply:
    """Do it, then answer 500."""
    place.ordinary(asked)
    return Reply(500, b"", {"Content-Type": "text/plain"})


def hangs_up_after_doing(place: Discord, asked: Asked) -> RawReply:
    """Do it, and close the line without a word."""
    place.ordinary(asked)
    return lambda connection: connection.shutdown(socket.SHUT_RDWR)
