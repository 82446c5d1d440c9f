"""Say what an address sends instead of a feed, and what to do about it.

Apart from following feeds: which words help a person is a matter of its own.
"""

from config.http_client import Response
from listener.answers import challenged, shown_address
from listener.diagnoses import DiagnosedError
from listener.discovery import Page
from listener.reading.feed_reading import Document
from listener.tables import SourceState


def other_than_feed(document: Document, response: Response) -> DiagnosedError:
    """Return the diagnosis of an answer that was taken apart and is no feed."""
    where = shown_address(response.final_url)
    if document.page is not None:
        return _instead_of_feed(document.page, response)
    state, message = {
        "empty": (SourceState.EMPTY, "sends nothing at all: open it in a browser"),
        "json": (
            SourceState.NOT_A_FEED,
            "sends JSON that is no JSON Feed: check the address, or give its kind with --kind",
        ),
        "too_deep": (
            SourceState.TOO_LARGE,
            "is nested deeper than any feed: it may be an attack; remove the source",
        ),
        "too_long": (
            SourceState.TOO_LARGE,
            "is packed, and too large when it is unpacked: it may be an attack; remove the source",
        ),
    }.get(
        document.kind,
        (
            SourceState.NOT_A_FEED,
            f"is no feed (it says {_content_type(response)}): give the address of one",
        ),
    )
    return DiagnosedError(state, f"{where} {message}")


def _instead_of_feed(page: Page, response: Response) -> DiagnosedError:
    where = shown_address(response.final_url)
    if page.kind == "challenge":
        return challenged(response)
    if page.kind == "log-in" and not page.feeds:
        message = "is a log-in page: name a credential, or give a feed that needs none"
    elif page.kind == "parked":
        message = "is a parked domain: the site is gone, remove the source or give its new address"
    elif page.feeds:
        message = f"is a web page, not a feed; it offers {page.feeds[0]}: use that address"
    elif page.discourse:
        message = "is a Discourse forum, not a feed: add it with --kind discourse"
    else:
        message = "is a web page that offers no feed: look for its RSS or Atom address"
    return DiagnosedError(SourceState.HTML, f"{where} {message}")


def _content_type(response: Response) -> str:
    return response.headers.get("content-type", "nothing about itself").split(";")[0][:60]
