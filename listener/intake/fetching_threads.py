"""A thread by its address, through the best source for its host, or as the page that it is.

A declared source is asked first: it knows how to read the place, it has the credential, and what
comes is the same post that a look would have brought. Else what the page is made by decides. A
plain page is read only where robots.txt lets programs read it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from config.database import reading, transaction
from config.errors import GroundswellError, PermanentError
from config.ground import Ground
from config.http_client import PoliteClient, Response
from config.logs import event_log
from listener import store
from listener.answers import check_answer, host_of, shown_address
from listener.diagnoses import DiagnosedError
from listener.identity import canonical_link
from listener.opening import open_source
from listener.pacing import store_pacing
from listener.pacing.page_manners import ask_robots
from listener.reading.page_reading import PageText
from listener.reading.parsing import shared_workers
from listener.sources.base import RawPost, ThreadReader
from listener.tables import Source
from listener.watching.discovering import kinds_by_address, offers_of

log = event_log(__name__)

PASTE = "paste the text with --text instead"


@dataclass(frozen=True)
class Thread:
    """What stands at an address."""

    posts: tuple[RawPost, ...]
    source: Source | None = None
    """The declared source that gave it; None for a place that nobody watches."""
    stable_ids: bool = False
    """Its ids can be trusted."""


def fetch_thread(ground: Ground, client: PoliteClient, url: str) -> Thread:
    """Return the posts of the thread at an address.

    Raises:
        TransientError, PermanentError: it cannot be had; says what to do instead.
    """
    for source in _declared(ground, url):
        thread = _asked(ground, client, source, url)
        if thread.posts:
            return thread
    for kind in kinds_by_address(url):
        thread = _asked(ground, client, _undeclared(ground, kind, url), url)
        if thread.posts:
            return Thread(_outside(thread.posts))
    answer = _page(ground, client, url)
    return Thread(_outside(_by_page(ground, client, answer, url)))


def _declared(ground: Ground, url: str) -> list[Source]:
    """Return the sources of that host, feeds last: they hold the fewest posts of a thread."""
    with reading(ground.engine) as session:
        rows = store.sources(session)
    own = [row for row in rows if row.enabled and host_of(row.url) == host_of(url) != ""]
    return sorted(own, key=lambda row: row.kind == "feed")


def _undeclared(ground: Ground, kind: str, url: str) -> Source:
    return Source(product_id=0, name=url, kind=kind, url=url, created_at=ground.clock.now())


def _asked(ground: Ground, client: PoliteClient, source: Source, url: str) -> Thread:
    """Return what a source gives of a thread; nothing if it cannot, for another may."""
    try:
        reader = open_source(ground, client, source)
        posts: Sequence[RawPost] = ()
        if hasattr(reader, "thread"):
            posts = cast("ThreadReader", reader).thread(url)
        elif source.kind == "feed":
            posts = _of_thread(reader.fetch({}).posts, url)
    except GroundswellError as error:
        log.warning("thread_not_had", source=source.name, reason=str(error))
        return Thread(())
    return Thread(tuple(posts), source, reader.capabilities.stable_ids)


def _of_thread(posts: Sequence[RawPost], url: str) -> tuple[RawPost, ...]:
    about = canonical_link(url.partition("#")[0])
    return tuple(
        post
        for post in posts
        if about in {canonical_link(post.url), canonical_link(post.thread_url)}
    )


def _page(ground: Ground, client: PoliteClient, url: str) -> Response:
    """Fetch a page if programs may."""
    delay_s = ask_robots(client, url, instead=PASTE)
    with transaction(ground.engine) as session:
        store_pacing.slow_host(session, host_of(url), delay_s)
    answer = client.get(url, accept="text/html, text/plain;q=0.9")
    if answer.final_url != url:
        ask_robots(client, answer.final_url, instead=PASTE)
    try:
        check_answer(answer)
    except DiagnosedError as error:
        raise PermanentError(f"{error}; {PASTE}") from error
    return answer


def _by_page(
    ground: Ground, client: PoliteClient, answer: Response, url: str
) -> tuple[RawPost, ...]:
    timeout_s = ground.settings.listen.parse_timeout_s
    for offer in offers_of(answer, timeout_s=timeout_s):
        if offer.kind != "feed":
            thread = _asked(ground, client, _undeclared(ground, offer.kind, offer.url), url)
            if thread.posts:
                return thread.posts
    read = shared_workers().read_page(
        answer.body,
        url=answer.final_url,
        content_type=answer.headers.get("content-type", ""),
        timeout_s=timeout_s,
    )
    if read.page.kind != "page":
        raise PermanentError(f"{shown_address(url)} is a {read.page.kind} page: {PASTE}")
    if not read.text:
        raise PermanentError(f"{shown_address(url)} holds no text that can be read: {PASTE}")
    return (_first(ground, read, answer), *_comments(ground, client, read, answer))


def _first(ground: Ground, read: PageText, answer: Response) -> RawPost:
    return RawPost(
        remote_id=answer.final_url,
        body=read.text,
        is_html=False,
        title=read.title or None,
        url=answer.final_url,
        author_name=read.author,
        published_at=read.published_at or ground.clock.now(),
        lang=read.lang,
        thread_url=answer.final_url,
        thread_title=read.title or None,
    )


def _comments(
    ground: Ground, client: PoliteClient, read: PageText, answer: Response
) -> tuple[RawPost, ...]:
    """Return the comments that a feed of the page gives, where it names one."""
    article = answer.final_url.partition("?")[0].rstrip("/")
    for feed in read.page.feeds:
        if feed.startswith(f"{article}/") or "comments" in feed.lower():
            posts = _of_thread(_feed(ground, client, feed), answer.final_url)
            posts = tuple(post for post in posts if post.thread_url)
            if posts:
                return posts
    return ()


def _feed(ground: Ground, client: PoliteClient, feed: str) -> Sequence[RawPost]:
    try:
        return open_source(ground, client, _undeclared(ground, "feed", feed)).fetch({}).posts
    except GroundswellError:
        return ()


def _outside(posts: Sequence[RawPost]) -> tuple[RawPost, ...]:
    """Name posts of places that nobody watches by their addresses: ids of two places may agree."""
    return tuple(
        replace(
            post,
            remote_id=post.url or f"{post.thread_url}#{post.remote_id}",
            thread_id=post.thread_url or post.url,
        )
        for post in posts
    )
