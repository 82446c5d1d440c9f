"""The process of its own that sends one message by Apprise; started by its channel.

Apart because the library knows neither a deadline that holds nor a cap on what a server answers,
and follows what it is told; so it lives in a process that can be killed, with memory of its own,
and its half second of loading never delays the service. The job comes by standard input, so that no
secret stands in a list of processes; the answer is one line of JSON.
"""

import json
import logging
import resource
import signal
import sys
from collections.abc import Sequence
from typing import Any

MAX_MEMORY = 1 << 30
"""Bytes of address space."""
KNOWN, REFUSED, UNKNOWN = "known", "refused", "unknown"
"""What ``outcome`` says of an address: sent, not sent, or that no service has it."""
LONGEST = 2000
"""Characters of what the library said, which are passed on."""


class Said(logging.Handler):
    """Keeps what the library says of a failure."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self.lines.append(record.getMessage())


def send(job: dict[str, str]) -> dict[str, Any]:
    """Send one message once; return the outcome and what the library said.

    Args:
        job: ``url``, ``title``, ``body`` and ``level`` (info, warning or failure).
    """
    import apprise

    said = Said()
    log = logging.getLogger("apprise")
    log.handlers[:], log.propagate = [said], False
    service = apprise.Apprise.instantiate(job["url"], asset=_asset(), suppress_exceptions=True)
    if service is None:
        return {"outcome": UNKNOWN, "said": said.lines}
    service.retry, service.optional = 0, False  # trying again is the outbox's concern
    shape, body = apprise.NotifyFormat.TEXT, job["body"]
    if service.resolve_format(shape) is apprise.NotifyFormat.MARKDOWN:
        # Of text it would make markdown with a backslash in every address. Nothing in ours is
        # markup, so it may pass for markdown as it is, but for the ends of its lines.
        shape, body = apprise.NotifyFormat.MARKDOWN, body.replace("\n", "  \n")
    sent = service.notify(
        title=job["title"], body=body, notify_type=job["level"], body_format=shape
    )
    return {"outcome": KNOWN if sent else REFUSED, "said": said.lines}


def understood(urls: Sequence[str]) -> list[bool]:
    """Tell of each address whether some service has it; nothing is sent."""
    import apprise

    log = logging.getLogger("apprise")
    log.handlers[:], log.propagate = [Said()], False  # its words may repeat a secret
    asset = _asset()
    return [
        apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True) is not None
        for url in urls
    ]


def _asset() -> Any:
    """Return how the library shows us; it fetches nothing and keeps nothing by itself."""
    import apprise

    asset = apprise.AppriseAsset(
        app_id="Groundswell",
        app_desc="Groundswell",
        app_url="",
        http_redirects=False,
        pgp_autogen=False,
        pem_autogen=False,
        interpret_emojis=False,
    )
    # Else messages would show pictures of the library's, fetched from another site.
    asset.image_url_mask = asset.image_url_logo = ""
    return asset


def main() -> None:
    """Read the job, send, say what came of it."""
    job = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    signal.alarm(int(float(job["deadline_s"])) + 5)  # for one whose parent was killed
    if "urls" in job:
        sys.stdout.write(json.dumps({"understood": understood(job["urls"])}))
        return
    outcome = send(job)
    outcome["said"] = " ".join(outcome["said"])[:LONGEST]
    sys.stdout.write(json.dumps(outcome))


if __name__ == "__main__":
    main()
