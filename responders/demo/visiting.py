"""A visitor of the demo's places: reads a thread's page as anybody does, and fills in its form.

Apart from the channels of the outbox, which have no way into such places: this is the person who
takes an approved text there by hand. It also is the witness who counts what really stands there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Final
from urllib.parse import urlencode, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser as Html

from config.errors import GroundswellError

PATIENCE_S: Final = 20.0


@dataclass(frozen=True)
class Shown:
    """One post as a page shows it."""

    author: str
    text: str
    """Without what sets it: each run of blanks and line ends is one blank."""
    url: str


def shown(thread_url: str) -> list[Shown]:
    """Return the posts on a thread's page, in their order.

    Raises:
        GroundswellError: there is no such page.
    """
    return [
        Shown(
            author=" ".join(part.text() for part in article.css("h2")).rpartition(", ")[0],
            text=_plain(" ".join(part.text() for part in article.css("p"))),
            url=f"{thread_url}#{article.attributes.get('id')}",
        )
        for article in _page(thread_url).css("article")
    ]


def stands(text: str, thread_url: str) -> str | None:
    """Return the address of the post that says just this; None when no post of the page does."""
    return next((one.url for one in shown(thread_url) if one.text == _plain(text)), None)


def write(thread_url: str, text: str) -> str:
    """Fill in the form under a thread and post it; return the address of the new post.

    Raises:
        GroundswellError: the page has no form, or did not take the text.
    """
    form = _page(thread_url).css_first("form")
    if form is None:
        raise GroundswellError(f"there is no form under {thread_url}")
    fields = {
        str(field.attributes["name"]): str(field.attributes.get("value") or "")
        for field in form.css("input")
    }
    for area in form.css("textarea"):
        fields[str(area.attributes["name"])] = text.replace("\n", "\r\n")  # as a browser sends it
    where = urljoin(thread_url, str(form.attributes["action"]))
    answer = _ask("POST", where, fields)
    if answer.status != 302 or not answer.location:
        raise GroundswellError(f"{where} did not take the text ({answer.status})")
    return answer.location


def _page(url: str) -> Html:
    answer = _ask("GET", url)
    if answer.status != 200:
        raise GroundswellError(f"there is no page at {url} ({answer.status})")
    return Html(answer.body.decode())


@dataclass(frozen=True)
class _Answered:
    status: int
    location: str | None
    body: bytes


def _ask(method: str, url: str, fields: Mapping[str, str] | None = None) -> _Answered:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=PATIENCE_S)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if fields is not None else {}
    try:
        connection.request(method, path, urlencode(fields) if fields is not None else None, kind)
        answer = connection.getresponse()
        return _Answered(answer.status, answer.getheader("Location"), answer.read())
    except (OSError, HTTPException) as error:
        raise GroundswellError(f"{parts.netloc} does not answer: {error}") from error
    finally:
        connection.close()


def _plain(text: str) -> str:
    return " ".join(text.split())
