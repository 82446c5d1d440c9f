"""What can go wrong with a request to the small Slack: put some into ``place.faults``."""

import json
import socket

from tests.places.slack import JSON, Fault, Slack
from tests.places.web import Asked, RawReply, Reply


def too_many(retry_after_s: int) -> Fault:
    """Ask for silence and do nothing."""

    def fault(_place: Slack, _asked: Asked) -> Reply:
        body = json.dumps({"ok": False, "error": "ratelimited"}).encode()
        return Reply(429, body, {**JSON, "Retry-After": str(retry_after_s)})

    return fault


def says(error: str, *, done: bool = False) -> Fault:
    """Answer with a word of refusal; done: after doing it all the same."""

    def fault(place: Slack, asked: Asked) -> Reply:
        if done:
            place.ordinary(asked)
        return Reply(200, json.dumps({"ok": False, "error": error}).encode(), JSON)

    return fault


def fails(_place: Slack, _asked: Asked) -> Reply:
    """Fail and do nothing."""
    return Reply(503, b"upstream error", {"Content-Type": "text/plain"})


def fails_after_doing(place: Slack, asked: Asked) -> Reply:
    """Do it, then answer 500."""
    place.ordinary(asked)
    return Reply(500, b"", {"Content-Type": "text/plain"})


def hangs_up_after_doing(place: Slack, asked: Asked) -> RawReply:
    """Do it, and close the line without a word."""
    place.ordinary(asked)
    return lambda connection: connection.shutdown(socket.SHUT_RDWR)


def resets_after_doing(place: Slack, asked: Asked) -> RawReply:
    """Do it, and break the line."""
    place.ordinary(asked)

    def reset(connection: socket.socket) -> None:
        hard = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # linger for no time: the line is reset
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, hard)
        connection.close()

    return reset
