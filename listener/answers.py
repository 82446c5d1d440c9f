"""Read an HTTP answer the way every source does: is it one we can use, and if not, what now?

Apart from the plug-ins, which may not import one another, so that the same status reads the same
everywhere.
"""

import base64
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from config.http_client import Response
from config.settings import Credential
from listener.diagnoses import DiagnosedError
from listener.discovery import recognise_page
from listener.tables import SourceState

_HEAD: Final = 50_000
"""Bytes of a refusal that are looked at for the marks of a challenge page."""


def shown_address(url: str) -> str:
    """Return an address as reasons and logs may show it: a query can hold a private feed's token.

    Unlike ``Target.shown`` it takes what is no address as well.
    """
    bare, mark, _ = url.partition("#")[0].partition("?")
    return f"{bare}{mark and '?…'}"


def host_of(url: str) -> str:
    """Return the host that rests when it asks us to; empty for a file."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def check_answer(response: Response) -> None:
    """Return if the answer is a success.

    Raises:
        DiagnosedError: it is not; with the state and the remedy.
    """
    status = response.status
    if 200 <= status < 300:
        return
    if _is_challenge(response):
        raise challenged(response)
    state, remedy = _MEANINGS.get(
        status,
        (
            SourceState.FAILING,
            "the fault is on its side; we look again later, less and less often"
            if status >= 500
            else "open it in a browser and check the address",
        ),
    )
    asked = response.retry_after_s
    if status == 503 and asked is not None:
        state, remedy = _MEANINGS[429]
    if state is SourceState.RATE_LIMITED and asked is not None:
        remedy = f"we wait the {asked:,.0f} s it asks for"
    raise DiagnosedError(
        state,
        f"{shown_address(response.final_url)} answers {status}: {remedy}",
        retry_after_s=asked,
    )


def challenged(response: Response) -> DiagnosedError:
    """Return the diagnosis of a page that only lets browsers pass."""
    return DiagnosedError(
        SourceState.CHALLENGE,
        f"{shown_address(response.final_url)} asks for a browser (a challenge page): ask the "
        "site's owner to let our user agent read the feed, or use another address of it",
        retry_after_s=response.retry_after_s,
    )


def login_headers(credential: Credential | None) -> Mapping[str, str]:
    """Return the headers of a credential with a token, or with a user name and a password."""
    if credential is None:
        return {}
    if credential.token is not None:
        return {"Authorization": f"Bearer {credential.token.get_secret_value()}"}
    if credential.username is not None and credential.password is not None:
        pair = f"{credential.username}:{credential.password.get_secret_value()}"
        return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
    return {}


def _is_challenge(response: Response) -> bool:
    if response.status not in {401, 403, 429, 503}:
        return False
    if "challenge" in response.headers.get("cf-mitigated", "").lower():
        return True
    head = response.body[:_HEAD].decode("utf-8", "replace")
    return "<" in head and recognise_page(head, url=response.final_url).kind == "challenge"


_MEANINGS: Final[Mapping[int, tuple[SourceState, str]]] = {
    401: (
        SourceState.NEEDS_LOGIN,
        "it asks for a log-in; write one into [credentials.NAME] and name it with --credential",
    ),
    403: (
        SourceState.FORBIDDEN,
        "it does not let us in; ask the site's owner, or name a credential that may read it",
    ),
    404: (SourceState.NOT_FOUND, "nothing is there; check the address"),
    410: (
        SourceState.GONE,
        "it was taken down for good; remove the source or give its new address",
    ),
    429: (SourceState.RATE_LIMITED, "it asks us to come less often, and we do"),
}
