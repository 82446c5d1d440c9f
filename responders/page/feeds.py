"""The page's feeds: one entry for each incident, and one for each update.

Pure. Readers that follow changes take the history; readers and chat feeds that ignore a changed
entry take the updates, whose entries never change and whose dates are distinct and in order.

Source: https://www.rfc-editor.org/rfc/rfc4287 (Atom), https://www.rssboard.org/rss-specification,
https://www.rfc-editor.org/rfc/rfc4151 (``tag:`` ids).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from xml.etree import ElementTree as ET

from responders.page.snapshot import Entry, Snapshot, Word
from responders.page.wording import STATUS_WORDS, as_html, title

SHOWN = 25
LOOKED_AT = 2 * SHOWN
"""So many updates are dated, so that a date stays when older ones fall out of the feed."""
ATOM = "http://www.w3.org/2005/Atom"
RSS_TTL_MIN = 5
"""Minutes after which a reader may ask again."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One entry of a feed."""

    id: str
    link: str
    title: str
    html: str
    published: datetime
    updated: datetime


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A feed before it is written in a format."""

    path: str
    """Below the page, without the ending."""
    id: str
    title: str
    about: str
    items: Sequence[Item]
    updated: datetime


def feeds(shot: Snapshot) -> dict[str, bytes]:
    """Return every feed by its path below the page, such as ``history.atom``."""
    made = {}
    for feed in (history(shot), updates(shot)):
        made[f"{feed.path}.atom"] = atom(feed, shot)
        made[f"{feed.path}.rss"] = rss(feed, shot)
    return made


def history(shot: Snapshot) -> Feed:
    """Return the feed of incidents, the newest first; an entry changes with each update."""
    items = [_of_incident(entry, shot) for entry in shot.entries[:SHOWN]]
    return _feed("history", "known issues", "Each known issue with all we said of it.", items, shot)


def updates(shot: Snapshot) -> Feed:
    """Return the feed of updates, the newest first, no two with the same date."""
    dated = list(zip(shot.words, distinct(shot.words), strict=True))[:SHOWN]
    items = [_of_word(word, at, shot) for word, at in dated]
    return _feed("updates", "updates", "Each word on known issues by itself.", items, shot)


def _feed(path: str, what: str, about: str, items: Sequence[Item], shot: Snapshot) -> Feed:
    changed = [item.updated for item in items]
    return Feed(
        path=path,
        id=f"tag:{shot.host},2005:/{path}",
        title=f"{title(shot.name)}: {what}",
        about=about,
        items=items,
        updated=max([shot.updated_at, *changed]),
    )


def distinct(words: Sequence[Word]) -> list[datetime]:
    """Return a date for each update, newest first, strictly falling in whole seconds.

    RSS knows no less than a second, so of two in one second the later gets the next: 12:00:00.2
    and 12:00:00.7 become 12:00:00 and 12:00:01.
    """
    dates: list[datetime] = []
    for word in reversed(words):
        at = word.at.replace(microsecond=0)
        dates.append(max(at, dates[-1] + timedelta(seconds=1)) if dates else at)
    return dates[::-1]


def _of_incident(entry: Entry, shot: Snapshot) -> Item:
    said = "".join(
        f"<p><small>{word.at:%b %d, %H:%M} UTC</small><br><strong>{STATUS_WORDS[word.status]}"
        f"</strong> - {as_html(word.body)}</p>"
        for word in entry.words
    )
    return Item(
        id=f"tag:{shot.host},2005:Incident/{entry.public_id}",
        link=shot.entry_link(entry.public_id),
        title=title(entry.name),
        html=said,
        published=entry.created_at,
        updated=entry.updated_at,
    )


def _of_word(word: Word, at: datetime, shot: Snapshot) -> Item:
    status = STATUS_WORDS[word.status]
    return Item(
        id=f"tag:{shot.host},2005:Update/{word.id}",
        link=f"{shot.entry_link(word.incident)}#update-{word.id}",
        title=f"{title(word.name)} ({status.lower()})",
        html=f"<p><strong>{escape(status)}</strong> - {as_html(word.body)}</p>",
        published=at,
        updated=at,
    )


def atom(feed: Feed, shot: Snapshot) -> bytes:
    """Return a feed as Atom."""
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": "en"})
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "subtitle", feed.about)
    _add(root, "updated", _iso(feed.updated))
    _add(ET.SubElement(root, "author"), "name", title(shot.name))
    at = {"rel": "self", "type": "application/atom+xml", "href": shot.link(f"{feed.path}.atom")}
    ET.SubElement(root, "link", at)
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": shot.url})
    for item in feed.items:
        entry = ET.SubElement(root, "entry")
        _add(entry, "id", item.id)
        _add(entry, "title", item.title)
        _add(entry, "published", _iso(item.published))
        _add(entry, "updated", _iso(item.updated))
        alternate = {"rel": "alternate", "type": "text/html", "href": item.link}
        ET.SubElement(entry, "link", alternate)
        ET.SubElement(entry, "content", {"type": "html"}).text = item.html
    return _written(root)


def rss(feed: Feed, shot: Snapshot) -> bytes:
    """Return a feed as RSS 2.0."""
    # The prefix is written out: those that the library knows are shared by the whole process.
    root = ET.Element("rss", {"version": "2.0", "xmlns:atom": ATOM})
    channel = ET.SubElement(root, "channel")
    _add(channel, "title", _no_tag(feed.title))
    _add(channel, "link", shot.url)
    _add(channel, "description", feed.about)
    _add(channel, "language", "en")
    _add(channel, "lastBuildDate", _rfc822(feed.updated))
    _add(channel, "ttl", str(RSS_TTL_MIN))
    at = {"rel": "self", "type": "application/rss+xml", "href": shot.link(f"{feed.path}.rss")}
    ET.SubElement(channel, "atom:link", at)
    for item in feed.items:
        entry = ET.SubElement(channel, "item")
        _add(entry, "title", _no_tag(item.title))
        _add(entry, "link", item.link)
        ET.SubElement(entry, "guid", {"isPermaLink": "true"}).text = item.link
        _add(entry, "pubDate", _rfc822(item.published))
        _add(entry, "description", item.html)
    return _written(root)


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text


def _no_tag(title: str) -> str:
    """Return a title in which no sign begins a tag: RSS never said whether it is text or HTML.

    Source: https://www.rssboard.org/rss-profile#data-types-characterdata
    """
    return title.replace("<", "<\u200b")


def _written(root: ET.Element) -> bytes:
    text = ET.tostring(root, "unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0))
