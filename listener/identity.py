"""Decide which of the posts that a source told are posts we already have.

Pure, and apart because every aggregator is blamed for it in both directions: copies when a feed
changes its ids, lost posts when a feed gives one id to all. No single field can be trusted, so a
post has several **keys**, strongest first: each is the digest of the fields that would have to
agree for it to be the same post. Two rules do the rest:

- A key that stands on more than one item of a batch tells nothing and is dropped for all of them.
- A stored post is claimed by one item of a batch at the most, by the strongest key first.

The store keeps every key of a post (table of source, key, post) and looks all keys of a batch up
in one query; ``settle`` then says which item is which stored post. A source whose ids can be
trusted (``Capabilities.stable_ids``) has one key a post: its id.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, Protocol, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

PostId = TypeVar("PostId")

ONE_THREAD: Final = "·"
"""The thread of posts whose source has no threads and gave no link."""
FEW_WORDS: Final = 5
"""With fewer, two people may well have written the same by themselves."""
_DIGEST_BYTES: Final = 16

# Parameters that say who clicked or when, never what is shown.
_TRACKING: Final = re.compile(
    r"(?:utm_.*|mtm_.*|pk_.*|hsa_.*|fb_.*|_ga|_gl|gclid|dclid|fbclid|msclkid|yclid|twclid|igshid|"
    r"mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|s|sid|sess|session|sessionid|session_id|phpsessid|"
    r"jsessionid|aspsessionid.*|cfid|cftoken|ref|ref_src|ref_url|referrer|source|src|cmpid|ncid|"
    r"rss|from_rss|feed|share|spm|nonce|_|cb|cachebust.*|rnd|rand|random|ts|timestamp)",
    re.IGNORECASE,
)
# "?p=12" of WordPress and phpBB, "?id=7": without it all pages are one. A longer number is a time.
_NAMING: Final = re.compile(
    r"(?:(?:post|page|topic|thread|comment|article|story|item|news|n|a|c|p|t)_?(?:id)?|id|v)"
    r"=\d{1,8}",
    re.IGNORECASE,
)
_PATH_SESSION: Final = re.compile(r";(?:jsessionid|sid|phpsessid)=[^/?#]*", re.IGNORECASE)
# "#comment-12", "#isso-3", "#p99", "#issuecomment-5": the fragment is what tells comments apart.
_COMMENT_FRAGMENT: Final = re.compile(
    r"\w*[-_/=.]?\d+|.*(?:comment|reply|post|msg|isso).*", re.IGNORECASE
)
_COUNTED: Final = (
    r"\d[\d.,]*\s*"
    r"(?:comments?|repl(?:y|ies)|responses?|answers?|posts?|kommentare?|antworten|new|neue?)"
)
_COUNT: Final = re.compile(
    rf"\s*[\(\[|·•-]\s*{_COUNTED}\s*[\)\]]?\s*$|^\s*[\(\[]\s*{_COUNTED}\s*[\)\]]", re.IGNORECASE
)


class Told(Protocol):
    """What identity needs of a RawPost."""

    @property
    def remote_id(self) -> str:
        """Return the source's own id, or an empty text."""
        ...

    @property
    def url(self) -> str | None:
        """Return the link."""
        ...

    @property
    def title(self) -> str | None:
        """Return the title as plain text."""
        ...

    @property
    def author_id(self) -> str | None:
        """Return what the source knows the author by."""
        ...

    @property
    def published_at(self) -> datetime | None:
        """Return when it was published, if that can be believed."""
        ...


RawT = TypeVar("RawT", bound=Told)


@dataclass(frozen=True, slots=True)
class Identified(Generic[RawT]):
    """One item of a batch with the keys it may be known by."""

    raw: RawT
    text: str
    """The cleaned text."""
    keys: tuple[str, ...]
    """Strongest first, at least one, no two items of a batch share any."""
    content: str
    """``content_hash`` of title and text."""

    @property
    def identity(self) -> str:
        """The key that names a new post (column ``Post.identity``)."""
        return self.keys[0]


@dataclass(frozen=True, slots=True)
class Settled(Generic[RawT, PostId]):
    """An item and the stored post it is, if it is one."""

    item: Identified[RawT]
    post: PostId | None
    by_id: bool
    """The match came from the source's own id, not from link and content."""

    def learnt(self, *, changed: bool) -> tuple[str, ...]:
        """Return the keys to store for the post.

        A feed whose ids rotate would add keys at every fetch for ever: what was recognised by its
        unchanged content teaches nothing.
        """
        return self.item.keys if self.post is None or self.by_id or changed else ()


def identify(
    posts: Sequence[RawT], texts: Sequence[str], *, stable_ids: bool = False
) -> list[Identified[RawT]]:
    """Give each item of one batch its keys; items that are the same in all are listed once.

    Args:
        posts: the batch, in its order.
        texts: their cleaned texts.
        stable_ids: the source's ids can be trusted, so nothing else is looked at.
    """
    if stable_ids:
        latest = {post.remote_id: (post, text) for post, text in zip(posts, texts, strict=True)}
        return [
            Identified(post, text, (_key("id", remote_id),), content_hash(post.title, text))
            for remote_id, (post, text) in latest.items()
        ]
    broken = _shared_ids(posts, texts)
    items = _without_copies(
        [
            Identified(
                post,
                text,
                _keys(post, text, trust_id=canonical_id(post.remote_id) not in broken),
                content_hash(post.title, text),
            )
            for post, text in zip(posts, texts, strict=True)
        ]
    )
    counts = Counter(key for item in items for key in set(item.keys))
    kept: list[Identified[RawT]] = []
    for number, item in enumerate(items):
        keys = tuple(key for key in item.keys if counts[key] == 1)
        if not keys:
            # All the same but for fields that are no key by themselves: told apart by their order.
            alike = sum(other.keys == item.keys for other in items[:number])
            keys = (_key("only", *item.keys, str(alike)),)
        kept.append(Identified(item.raw, item.text, keys, item.content))
    return kept


def settle(
    items: Sequence[Identified[RawT]], known: Mapping[str, PostId]
) -> list[Settled[RawT, PostId]]:
    """Say which stored post each item is; the order of the items stays.

    Args:
        items: from ``identify``.
        known: the stored posts by key, for every key of the items that the store knows.
    """
    claimed: dict[int, tuple[PostId, bool]] = {}
    taken: set[PostId] = set()
    for rank in range(max((len(item.keys) for item in items), default=0)):
        for number, item in enumerate(items):
            if number in claimed or rank >= len(item.keys):
                continue
            key = item.keys[rank]
            if key in known and known[key] not in taken:
                claimed[number] = (known[key], key.startswith("id"))
                taken.add(known[key])
    return [Settled(item, *claimed.get(number, (None, False))) for number, item in enumerate(items)]


def content_hash(title: str | None, text: str) -> str:
    """Return the digest by which an edit is noticed; comment counts and spacing are no edit."""
    return _digest(plain_title(title), " ".join(text.split()))


def plain_title(title: str | None) -> str:
    """Return a title without its comment count: ``Crash (12 comments)`` is ``crash``."""
    return " ".join(_COUNT.sub("", title or "").split()).casefold()


def canonical_link(url: str | None) -> str:
    """Return a link without what changes from fetch to fetch; empty when there is none.

    Scheme, ``www.``, default port, tracking parameters, a trailing slash and the order of
    parameters make no other page; a fragment does when it names a comment.
    """
    if not url:
        return ""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removeprefix("www.")
        port = parts.port
    except ValueError:
        return url.strip()
    place = host if port in {None, 80, 443} else f"{host}:{port}"
    query = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True, max_num_fields=None)
        if not _TRACKING.fullmatch(name)
    )
    fragment = parts.fragment if _COMMENT_FRAGMENT.fullmatch(parts.fragment) else ""
    path = _PATH_SESSION.sub("", parts.path).rstrip("/")
    return urlunsplit(("", place, path, urlencode(query, errors="replace"), fragment))


def _shared_ids(posts: Sequence[Told], texts: Sequence[str]) -> frozenset[str]:
    """Return the ids that stand on items which are not the same: they name nothing."""
    bearers: dict[str, set[tuple[str, str, str, datetime | None]]] = {}
    for post, text in zip(posts, texts, strict=True):
        said = (canonical_link(post.url), plain_title(post.title), text, post.published_at)
        bearers.setdefault(canonical_id(post.remote_id), set()).add(said)
    return frozenset(name for name, said in bearers.items() if len(said) > 1)


def _keys(post: Told, text: str, *, trust_id: bool) -> tuple[str, ...]:
    """Return the keys of one item, strongest first.

    An id alone is no key: a feed may give one id to all its items. Id and link together are, or
    id and time when the link was changed with the title. That all which a person reads is the same
    comes before an id with a piece of it: an id is broken more often than everything repeats.
    """
    link = canonical_link(post.url)
    title = plain_title(post.title)
    words = " ".join(text.split())
    when = post.published_at.isoformat() if post.published_at else ""
    author = post.author_id or ""
    same = _key("same", link, author, title, words)
    if not (link or title or words):
        same = _key("same", post.remote_id, author, when)
    elif not author and when and len(f"{title} {words}".split()) < FEW_WORDS:
        # "Same here" of somebody without a name is said by many.
        same = _key("same", link, when, title, words)
    keys = [same]
    if trust_id and post.remote_id:
        first, *others = _id_keys(canonical_id(post.remote_id), link, title, words, when)
        keys = [first, same, *others]
    elif link:
        keys += _link_keys(link, title, words, when)
    elif title and when:
        keys.append(_key("title+time", title, when))
    # A parameter we do not know may change at each fetch; so much else must agree then.
    keys.append(_key("alike", _named_page(link), author, title, words, when))
    return tuple(keys)


def _named_page(link: str) -> str:
    """Return where on its host a canonical link leads, with the parameters that name a page.

    A site that moves to another host gives all its posts other links and ids, and tells them anew.
    """
    try:
        parts = urlsplit(link)
    except ValueError:
        return link
    named = filter(_NAMING.fullmatch, parts.query.split("&"))
    return urlunsplit(("", "", parts.path, "&".join(named), parts.fragment))


def _id_keys(remote_id: str, link: str, title: str, words: str, when: str) -> list[str]:
    keys = [_key("id+link", remote_id, link)]
    if when:
        keys.append(_key("id+time", remote_id, when))
    if title:
        keys.append(_key("id+title", remote_id, title))
    if words:
        keys.append(_key("id+text", remote_id, words))
    return keys


def _link_keys(link: str, title: str, words: str, when: str) -> list[str]:
    """A link without an id may be the same for all (a home page), so something else must agree.

    Where there is a time, the text is not enough: a status page says "all is well" under each.
    """
    if when:
        return [_key("link+time", link, when)]
    keys = [_key("link+title", link, title)]
    if words:
        keys.append(_key("link+text", link, words))
    return keys


def canonical_id(remote_id: str) -> str:
    """Return an id that is a link without what changes in it; any other id as it is."""
    text = remote_id.strip()
    return canonical_link(text) if text.startswith(("http://", "https://")) else text


def _without_copies(items: list[Identified[RawT]]) -> list[Identified[RawT]]:
    """Drop an item that says the same in all as one before it."""
    seen = {(item.keys, item.content): item for item in reversed(items)}
    return [item for item in items if seen[item.keys, item.content] is item]


def _key(kind: str, *fields: str) -> str:
    return f"{kind}:{_digest(*fields)}"


def _digest(*fields: str) -> str:
    """Digest fields so that no two different lists of fields look alike."""
    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    for text in fields:
        data = text.encode("utf-8", "replace")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()
