"""What one entry of a feed says: the fields of RSS, Atom and JSON Feed as one value.

Pure and light: it runs in the worker that can be killed and imports nothing of the house but
cleaning. Here stand the quirks of the programs that write feeds, each with its name.
"""

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urldefrag, urlsplit, urlunsplit

from listener.cleaning import clean_line, web_address
from listener.reading.feed_times import first_time, iso_time

# WordPress: "Comment on TITLE by NAME" in the comments feed of a site, "By: NAME" in the one of an
# article. isso: "Comment #7". Such a title says nothing that the text does not.
_COMMENT_ON: Final = re.compile(
    r"(?:Comment on|Kommentar zu|Commentaires? sur|Comentarios? (?:en|sobre)|Commenti? su|"
    r"Reactie op|Comentário sobre) (?P<title>.+) (?:by|von|par|por|di|door) .*",
)
_COMMENT_TITLE: Final = re.compile(r"(?:By|Von|Par|Por|Di|Door): .*|Comment #\d+|Re: .*")
_COMMENT_FRAGMENT: Final = re.compile(
    r"(?:li-)?(?:comment|isso|c|p|post|reply|msg)[-_]?\d+|.*comment.*"
)
# Discourse: /t/slug/TOPIC/POST; the thread is the topic.
_TOPIC_POST: Final = re.compile(r"(?P<topic>https?://[^?#]+/t/[^/?#]+/\d+)/\d+/?(?:[?#].*)?")
_POST_PARAMETER: Final = re.compile(r"(?:p|pid|post|post_id|postid|msg|message)=", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"[^\s@]+@[^\s@]+")
_NAMED_ADDRESS: Final = re.compile(
    r"[^\s@()<>]+@[^\s@()<>]+\s*\((?P<after>[^()]+)\)|(?P<before>[^<>]+?)\s*<[^\s@<>]+@[^\s@<>]+>"
)
_IN_REPLY: Final = re.compile(
    r"\s*(?:<p>\s*)?(?:In reply to|Als Antwort auf|En réponse à|En respuesta a|In risposta a) "
    r"<a[^>]{0,20} href=\"([^\"]{1,2000})\"[^>]{0,100}>[^<]{0,200}</a>\s*[.:]?\s*(?:</p>)?",
)
_APPEARED_FIRST: Final = re.compile(
    r"<p>[^<]{0,60}<a [^>]{1,500}>[^<]{0,500}</a>\s*(?:appeared first on|erschien zuerst auf|est "
    r"apparu en premier sur|apareció primero en|proviene da) <a [^>]{1,500}>[^<]{0,500}</a>\.?</p>"
    r"\s*\Z",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, its links absolute, its names and titles plain text."""

    remote_id: str
    body: str
    is_html: bool
    title: str | None
    url: str | None
    author: str | None
    published_at: datetime | None
    lang: str | None
    thread_url: str | None
    thread_title: str | None
    reply_to: str | None


def from_feedparser(entry: Mapping[str, Any], *, base_url: str) -> Entry:
    """Return what an entry of RSS, RDF or Atom says."""
    body, is_html = _body(entry)
    reply = entry.get("thr_in-reply-to") or {}
    title_detail = entry.get("title_detail") or {}
    title = clean_line(
        str(entry.get("title") or ""), is_html=title_detail.get("type") != "text/plain"
    )
    return _entry(
        remote_id=str(entry.get("id") or "").strip(),
        body=body,
        is_html=is_html,
        title=title,
        url=_link(entry, base_url),
        author=_author(entry),
        published_at=first_time(entry),
        lang=title_detail.get("language"),
        reply_to=str(reply.get("ref") or reply.get("href") or "") or None,
    )


def from_json_feed(item: Mapping[str, Any], *, base_url: str) -> Entry:
    """Return what an item of a JSON Feed says.

    Source: https://www.jsonfeed.org/version/1.1/
    """
    html = item.get("content_html")
    text = item.get("content_text") or item.get("summary")
    authors = item.get("authors") or [item.get("author")]
    first = authors[0] if isinstance(authors, list) and authors else None
    name = first.get("name") or first.get("url") if isinstance(first, dict) else None
    lang = item.get("language")
    return _entry(
        remote_id=_json_id(item.get("id")),
        body=str(html or text or ""),
        is_html=bool(html),
        title=clean_line(str(item.get("title") or "")),
        url=web_address(str(item.get("url") or item.get("external_url") or ""), base_url),
        author=clean_line(str(name or "")),
        published_at=iso_time(item.get("date_published")) or iso_time(item.get("date_modified")),
        lang=lang if isinstance(lang, str) else None,
        reply_to=None,
    )


def _json_id(told: object) -> str:
    """Return an id as text: it should be one, and is a number where a program is sloppy."""
    sound = isinstance(told, str | int | float) and not isinstance(told, bool)
    return str(told).strip() if sound else ""


def _entry(
    *,
    remote_id: str,
    body: str,
    is_html: bool,
    title: str,
    url: str | None,
    author: str,
    published_at: datetime | None,
    lang: str | None,
    reply_to: str | None,
) -> Entry:
    thread_url, thread_title = _thread(url, title, author)
    if is_html:
        answered = _IN_REPLY.match(body)
        if answered:
            reply_to = reply_to or answered[1]
            body = body[answered.end() :]
        body = _APPEARED_FIRST.sub("", body)
    is_comment = thread_url is not None
    return Entry(
        remote_id=remote_id,
        body=body,
        is_html=is_html,
        title=None if is_comment and _says_nothing(title) else title or None,
        url=url,
        author=author or None,
        published_at=published_at,
        lang=lang or None,
        thread_url=thread_url,
        thread_title=thread_title,
        reply_to=reply_to,
    )


def _thread(url: str | None, title: str, author: str) -> tuple[str | None, str | None]:
    """Return the article or topic that an entry stands under; None when it stands by itself."""
    if not url:
        return None, None
    topic = _TOPIC_POST.fullmatch(url)
    if topic:
        return topic["topic"], title or None
    article, fragment = urldefrag(url)
    if not _COMMENT_FRAGMENT.fullmatch(fragment):
        return None, None
    article = _without_post(article, fragment)
    # "by" may stand in the title and in the name, so the name is taken off first.
    named = _COMMENT_ON.fullmatch(f"{title.removesuffix(author)} " if author else title)
    return article, named["title"] if named else None


def _without_post(article: str, fragment: str) -> str:
    """Take the post's own number out of a board's address: ``?t=9&p=42#p42`` is ``?t=9``."""
    number = fragment.lstrip(string.ascii_letters + "-_")
    parts = urlsplit(article)
    kept = [
        part
        for part in parts.query.split("&")
        if not (number and part.partition("=")[2] == number and _POST_PARAMETER.match(part))
    ]
    return urlunsplit(parts._replace(query="&".join(kept)))


def _says_nothing(title: str) -> bool:
    return bool(_COMMENT_ON.fullmatch(title) or _COMMENT_TITLE.fullmatch(title))


def _body(entry: Mapping[str, Any]) -> tuple[str, bool]:
    contents = [content for content in entry.get("content") or [] if content.get("value")]
    best = next(
        (content for content in contents if "html" in str(content.get("type"))),
        contents[0] if contents else entry.get("summary_detail") or {},
    )
    body = str(best.get("value") or entry.get("summary") or "")
    if best.get("type") == "text/plain":
        return body, False
    # RSS says HTML even where people typed plain lines.
    return (body if "<" in body else body.replace("\n", "<br>")), True


def _author(entry: Mapping[str, Any]) -> str:
    """Return the name as shown; of a bare address only what stands before the @.

    ``joe@forum.community (Joe)`` is read here: feedparser cuts an address after four letters of
    its last part and takes the rest for the name.
    """
    whole = str(entry.get("author") or "").strip()
    named = _NAMED_ADDRESS.fullmatch(whole)
    detail = entry.get("author_detail") or {}
    name = (named["after"] or named["before"]) if named else str(detail.get("name") or whole)
    if _ADDRESS.fullmatch(name.strip()):
        name = name.partition("@")[0]
    return clean_line(name, is_html="&" in name)


def _link(entry: Mapping[str, Any], base_url: str) -> str | None:
    link = str(entry.get("link") or "")
    # feedparser takes a bare guid ("4711") for a link where isPermaLink was left out.
    if link == entry.get("id") and not link.startswith(("http://", "https://", "/")):
        return None
    return web_address(link, base_url)
