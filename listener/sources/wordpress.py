"""WordPress sites, by their REST interface: articles, their edits, and every comment.

The comments feed of a site shows ten; a burst of sixteen gives sixteen here. Where the interface
is closed the feeds are followed instead, and the interface is tried again once a day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from config.http_client import PoliteClient, Response
from listener.answers import check_answer, host_of, login_headers, shown_address
from listener.diagnoses import DiagnosedError
from listener.platforms.wordpress_answers import (
    Item,
    Refused,
    article,
    article_id,
    article_link,
    comment,
    items_of,
    pages_of,
)
from listener.platforms.wordpress_feeds import feed_batch
from listener.platforms.wordpress_memory import (
    Memory,
    Remembered,
    asked_now,
    holes_of,
    remembered,
    sweep_of,
)
from listener.platforms.wordpress_rechecking import MAX_MISSING, id_of, is_gone, numbers_of
from listener.platforms.wordpress_roots import interface_roots, site_base
from listener.platforms.wordpress_sweeping import (
    COMMENTS,
    EDITS,
    FIRST_PAGES,
    POSTS,
    Stream,
    Sweep,
    beginning,
    filled,
    hole,
    oldest_of,
    reaches,
)
from listener.sources.base import (
    Batch,
    Capabilities,
    Loss,
    Place,
    RawPost,
    Recheck,
    SourceOptions,
)
from listener.tables import SourceState

CLOSED_FOR: Final = timedelta(hours=24)
"""How long a closed interface is left alone."""
KNOWN: Final = 200
"""Articles whose titles are remembered for their comments."""
_FIELDS: Final = (
    "id,date,date_gmt,modified,modified_gmt,link,title,content,author,author_name,post,parent,"
    "status,type,comment_status,_links,_embedded"
)
_CLOSED: Final = frozenset({400, 401, 403, 404, 405, 501})
_BEYOND: Final = "invalid_page_number"


class Options(SourceOptions):
    """WordPress sites have no settings; an application password opens what is not public."""


class _ClosedError(Exception):
    """The interface does not show the list; ``answer`` is what came instead."""

    def __init__(self, answer: Response, words: str) -> None:
        super().__init__(words)
        self.answer = answer


@dataclass(frozen=True)
class _Page:
    items: list[Item]
    answer: Response
    pages: int

    @property
    def shown(self) -> list[Item]:
        return [item for item in self.items if item.shown]


class WordPressSource:
    """One site."""

    capabilities = Capabilities(
        detects_edits=True,
        detects_deletions=True,
        replies=False,
        max_backfill=None,
        recheck_at_once=MAX_MISSING,  # each one missing costs a request of its own
        recheck_a_slice=5,
    )

    def __init__(self, place: Place, client: PoliteClient) -> None:
        self._place = place
        self._client = client
        self._base = site_base(place.url, place.credential)

    def fetch(self, cursor: Mapping[str, Any]) -> Batch:
        """Return what is new, oldest first; see ``Source.fetch``."""
        now = self._place.now()
        memory = Memory.model_validate(dict(cursor))
        if memory.url != self._place.url:
            memory.url, memory.root = self._place.url, None
        found: dict[str, RawPost] = {}
        fills = bool(holes_of(memory))
        losses: list[Loss] = []
        moved_to: str | None = None
        for stream in asked_now(memory, now):
            batch = self._advanced(stream, memory, now)
            found.update({post.remote_id: post for post in batch.posts})
            losses += [batch.loss] if batch.loss else []
            moved_to = moved_to or batch.moved_to
        memory.known = dict(list(memory.known.items())[-KNOWN:])
        return Batch(
            tuple(sorted(found.values(), key=_age)),
            memory.model_dump(mode="json", exclude_defaults=True),
            more=bool(holes_of(memory)),
            fills=fills,
            loss=losses[0] if losses else None,
            moved_to=moved_to,
            thread_words={
                article_id(int(key)): ("known", key) for key in memory.known if key.isdecimal()
            },
        )

    def thread(self, url: str) -> Sequence[RawPost]:
        """Return an article and its comments by the article's address; see ``ThreadReader``."""
        try:
            return self._thread(url)
        except _ClosedError:
            return ()  # its page and the feed of its comments are left

    def _thread(self, url: str) -> Sequence[RawPost]:
        memory = Memory(url=self._place.url)
        slug = url.partition("#")[0].partition("?")[0].rstrip("/").rpartition("/")[2]
        asked = {"slug": slug, "per_page": "1", "_embed": "author"}
        articles = self._page(POSTS, memory, asked).shown
        if not articles:
            return []
        posts = [article(articles[0])]
        comments, number = self._comments_of(articles[0], memory, 1), 1
        while comments.items and len(posts) < self._place.max_items:
            posts += self._told(COMMENTS, comments.shown, memory)
            number += 1
            if number > comments.pages:
                break
            comments = self._comments_of(articles[0], memory, number)
        return tuple(posts)

    def recheck(self, remote_ids: Sequence[str]) -> Recheck:
        """Return what became of articles and comments; see ``Rechecking``."""
        memory = Memory(url=self._place.url)
        posts: list[RawPost] = []
        deleted: list[str] = []
        for stream, numbers in numbers_of(remote_ids).items():
            found: list[Item] = []
            try:
                for start in range(0, len(numbers), COMMENTS.size):
                    include = ",".join(map(str, numbers[start : start + COMMENTS.size]))
                    asked = {"include": include, "per_page": str(COMMENTS.size)}
                    found += self._page(stream, memory, asked).items
            except _ClosedError:
                continue
            posts += self._told(stream, [item for item in found if item.shown], memory)
            missing = set(numbers) - {item.id for item in found}
            deleted += [
                id_of(stream, number)
                for number in sorted(missing)[:MAX_MISSING]
                if memory.root and is_gone(self._asked(memory.root, f"{stream.route}/{number}", {}))
            ]
        return Recheck(tuple(posts), tuple(deleted))

    def _comments_of(self, about: Item, memory: Memory, number: int) -> _Page:
        memory.known[str(about.id)] = remembered(about)
        asked = {"post": str(about.id), "per_page": str(COMMENTS.size), "page": str(number)}
        return self._page(COMMENTS, memory, {**asked, "orderby": "date", "order": "asc"})

    def _advanced(self, stream: Stream, memory: Memory, now: datetime) -> Batch:
        """Read one page of a list, by the interface or else by its feed."""
        sweep = sweep_of(memory, stream)
        if sweep.closed_at is not None and now - sweep.closed_at < CLOSED_FOR:
            return self._by_feed(stream, memory, None, now)
        try:
            return self._by_rest(stream, memory, now)
        except _ClosedError as closed:
            return self._by_feed(stream, memory, closed, now)

    def _by_rest(self, stream: Stream, memory: Memory, now: datetime) -> Batch:
        sweep = sweep_of(memory, stream)
        page = self._page(stream, memory, sweep.question(stream))
        if sweep.after is not None:
            following = filled(sweep, stream, page.items, last=sweep.page >= page.pages)
        elif (
            page.pages <= 1
            or reaches(sweep, stream, page.items)
            or (stream is EDITS and sweep.at is None)  # what was edited before has come as it is
        ):
            following = beginning(sweep, stream, page.items, now=now)
        else:
            start = sweep.at or self._history_begin(stream, memory, page)
            following = hole(sweep, stream, page.items, start=start, now=now)
        # Where the interface tells all, a feed's way back has nothing left to find.
        setattr(memory, stream.name, following.model_copy(update={"feed": {}}))
        if stream is EDITS:
            memory.edits_at = now
        posts = self._told(stream, page.shown, memory)
        return Batch(tuple(posts), {}, moved_to=_moved(page.answer))

    def _history_begin(self, stream: Stream, memory: Memory, page: _Page) -> str:
        """Return the time at which the history begins that is taken at the first look."""
        asked = Sweep().question(stream) | {"page": str(min(page.pages, FIRST_PAGES))}
        last = self._page(stream, memory, asked)
        return oldest_of(stream, last.items or page.items) or ""

    def _told(self, stream: Stream, items: Sequence[Item], memory: Memory) -> list[RawPost]:
        if stream is not COMMENTS:
            for item in items:
                memory.known.pop(str(item.id), None)
                memory.known[str(item.id)] = remembered(item)
            return [article(item) for item in items]
        self._learn_titles(items, memory)
        abouts = [memory.known.get(str(item.post)) or Remembered() for item in items]
        return [
            comment(item, title=about.title, locked=about.closed)
            for item, about in zip(items, abouts, strict=True)
        ]

    def _learn_titles(self, items: Sequence[Item], memory: Memory) -> None:
        """Ask for the titles of articles that are not known yet, all at once."""
        unknown = {str(item.post): item for item in items if str(item.post) not in memory.known}
        if not unknown:
            return
        asked = {"include": ",".join(unknown), "per_page": str(COMMENTS.size)}
        try:
            told = self._page(POSTS, memory, asked).items
        except _ClosedError:
            told = []
        # Comments stand under pages and products too; those keep the link alone.
        memory.known.update({key: Remembered(link=article_link(i)) for key, i in unknown.items()})
        memory.known.update({str(item.id): remembered(item) for item in told})

    def _page(self, stream: Stream, memory: Memory, asked: Mapping[str, str]) -> _Page:
        """Return one page of a list.

        Raises:
            _ClosedError: the interface does not show it.
        """
        words = dict(asked) | {"_fields": _FIELDS}
        if stream is not COMMENTS:
            words |= {"_embed": "author"}
        closed: _ClosedError | None = None
        for root in [memory.root] if memory.root else interface_roots(self._client, self._base):
            answer = self._asked(root, stream.route, words)
            try:
                items = self._items(answer)
            except _ClosedError as error:
                # A site that says no in the words of WordPress stands here all the same.
                closed = error if closed is None or (str(error) and not str(closed)) else closed
                continue
            memory.root = root
            pages = pages_of(answer)
            whole = len(items) >= int(words["per_page"])
            return _Page(items, answer, pages if pages is not None else 1 + whole)
        memory.root = None
        if closed is None:
            raise DiagnosedError(SourceState.NOT_A_FEED, self._no_site())
        raise closed

    def _asked(self, root: str, route: str, words: Mapping[str, str]) -> Response:
        mark = "&" if "?" in root else "?"
        return self._client.get(
            f"{root}wp/v2/{route}{mark}{urlencode(words, safe=',:')}",
            credentials=login_headers(self._place.credential),
            accept="application/json",
        )

    def _items(self, answer: Response) -> list[Item]:
        try:
            items = items_of(answer)
        except Refused as no:
            if _BEYOND in no.code:
                return []
            if answer.status == 401 and self._place.credential is not None:
                raise self._not_let_in(answer, no) from no
            if answer.status not in _CLOSED:
                check_answer(answer)
            raise _ClosedError(answer, no.code) from no
        if items is None or not 200 <= answer.status < 300:
            if answer.status not in _CLOSED:
                check_answer(answer)
            raise _ClosedError(answer, "")
        return items

    def _not_let_in(self, answer: Response, no: Refused) -> DiagnosedError:
        what = f"{shown_address(answer.final_url)} does not take the credential ({no}): "
        remedy = "make a new application password in the user's profile there"
        if host_of(answer.final_url) != host_of(self._base):
            remedy = f"it stands at {host_of(answer.final_url)}, and the credential goes to no "
            remedy += "other host than the source's own; give that address"
        return DiagnosedError(SourceState.NEEDS_LOGIN, what + remedy)

    def _by_feed(
        self, stream: Stream, memory: Memory, closed: _ClosedError | None, now: datetime
    ) -> Batch:
        """Follow the feed of a list; see ``feed_batch``."""
        sweep = sweep_of(memory, stream)
        if closed is not None:
            sweep = sweep.model_copy(update={"closed_at": now})
        if stream is EDITS:
            memory.edits, memory.edits_at = sweep, now
            return Batch((), {})
        try:
            batch = feed_batch(self._place, self._client, self._base, stream, sweep)
        except DiagnosedError as error:
            if stream is COMMENTS and (memory.posts.closed_at is None or memory.posts.feed):
                # A site without comments has no feed of them.
                setattr(memory, stream.name, sweep)
                return Batch((), {})
            if closed is not None and not str(closed) and closed.answer.status in {401, 403}:
                check_answer(closed.answer)
            raise self._neither(closed, error) from error
        setattr(memory, stream.name, sweep.model_copy(update={"feed": dict(batch.cursor)}))
        ids = {about.link: key for key, about in memory.known.items() if about.link}
        return replace(batch, posts=tuple(_same(post, ids) for post in batch.posts), moved_to=None)

    def _neither(self, closed: _ClosedError | None, error: DiagnosedError) -> DiagnosedError:
        if closed is None or not str(closed):
            return DiagnosedError(error.state, self._no_site())
        return DiagnosedError(
            SourceState.NEEDS_LOGIN,
            f"{self._base} keeps its interface closed ({closed}) and has no feed: write the "
            "username and an application password into [credentials.NAME] and name it with "
            "--credential",
        )

    def _no_site(self) -> str:
        return (
            f"{shown_address(self._base)} is no WordPress site that can be read: give the site's "
            "own address, or its feed with --kind feed"
        )


def build(place: Place, client: PoliteClient) -> WordPressSource:
    """Return the source at a place."""
    return WordPressSource(place, client)


def _same(post: RawPost, ids: Mapping[str, str]) -> RawPost:
    """Give what a feed told the ids by which the interface knows it."""
    key = ids.get(post.thread_url or "") or ids.get(post.url or "")
    if key is None:
        return post
    is_article = post.thread_url == post.url
    remote_id = article_id(int(key)) if is_article else post.remote_id
    return replace(post, remote_id=remote_id, thread_id=article_id(int(key)))


def _age(post: RawPost) -> str:
    return post.published_at.isoformat() if post.published_at else ""


def _moved(answer: Response) -> str | None:
    moved_to = answer.permanent_redirect
    return site_base(moved_to, None) if moved_to else None
