"""Turn what a place sent, HTML or plain text, into the words of its author.

Pure, and apart because people argue about it: what is a quote, what is a signature, what of a link
is kept. Everything later judges and quotes this text, so it is decoded exactly once, bounded in
length before anything looks at it, and free of characters that no database takes. It runs in the
worker that can be killed (listener/reading/parsing.py).
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from listener.quoting import Line, own_lines

MAX_CHARACTERS: Final = 20_000
"""Longer texts are cut: nobody describes one problem in more, and the model reads far less."""
MAX_HTML: Final = 400_000
MAX_PLAIN: Final = 100_000
MAX_DEPTH: Final = 64

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
_CONTROLS: Final = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_LINE_ENDS: Final = re.compile("\r\n?|[\x85\u2028\u2029]")
_SPACES: Final = re.compile(r"[^\S\n]+")
_BLANKS: Final = re.compile(r"\n(?:[^\S\n]*\n){3,}")
_LINE_BREAKS: Final = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]")
_ENDS_AN_ADDRESS: Final = re.compile(r"[\s<>\"]")
_PICTURE_DATA: Final = re.compile(r"data:[\w.+/-]{1,80};base64,[A-Za-z0-9+/=%]*", re.I)
_TAG: Final = re.compile(r"<(/?)([A-Za-z][^\s/>]*)")


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DROPPED: Final = _names(
    "script style template noscript head title iframe object embed svg math audio video canvas "
    "select textarea button"
)
_BLOCKS: Final = _names(
    "address article aside body dd details div dl dt fieldset figcaption figure footer form h1 h2 "
    "h3 h4 h5 h6 header hr html li main nav ol p section summary table tbody tfoot thead tr ul "
    "blockquote"
)
# These never nest however often they are opened, so they say nothing about the depth.
_UNNESTED: Final = _names("area base br col embed hr img input link meta p source track wbr param")
_QUOTE_CLASS: Final = re.compile(
    r"(?:^|\s)(?:quote[\w-]*|[\w-]*[-_]quote|yahoo_quoted|bbcode_container|email-hidden-reply)"
    r"(?:\s|$)"
)
_POSTED_BY: Final = re.compile(r"\s*(?:originally posted by|zitat von)\b", re.IGNORECASE)
_SIGNATURE_CLASS: Final = re.compile(r"(?:^|[\s_-])(?:post)?(?:signature|sig)(?:[\s_-]|$)")

_BBCODE_QUOTE: Final = re.compile(r"\[(/?)quote\b[^\]\n]{0,200}\]", re.IGNORECASE)
_FENCE: Final = re.compile(r" {0,3}(?:```|~~~)")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What the author wrote, as plain text of at most ``MAX_CHARACTERS``."""

    text: str
    quoted: bool
    """Somebody else's words were cut from it."""


@dataclass(slots=True)
class _Page:
    """The lines written so far while a tree is walked."""

    base_url: str | None
    lines: list[Line] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    quotes: list[LexborNode] = field(default_factory=list)

    def end_line(self) -> None:
        """Finish the line, if anything stands on it."""
        text = _SPACES.sub(" ", "".join(self.words).replace("\n", " ")).strip()
        self.words.clear()
        if text:
            self.lines.append(Line(text))

    def blank(self) -> None:
        """Leave an empty line, as between two paragraphs."""
        self.end_line()
        self.lines.append(Line(""))


def clean_html(html: str, *, base_url: str | None = None) -> Cleaned:
    """Return the words of an HTML fragment, quotes and signatures cut, links and alt texts kept.

    A link keeps its text, and its address where that is http(s) and says something else:
    ``our page (https://example.org/a)``. A post that is nothing but a quote keeps it: some places
    wrap everything in one.
    """
    tree = page_tree(html)
    page = _Page(base_url)
    if tree.body is not None:
        _walk(tree.body, page)
    page.end_line()
    cleaned = _finished(page.lines, quoted=bool(page.quotes))
    if cleaned.text or not page.quotes:
        return cleaned
    for quoted in page.quotes:
        _walk_children(quoted, page)
        page.blank()
    return _finished(page.lines, quoted=True)


def clean_text(text: str) -> Cleaned:
    """Return plain text with ``> `` lines, BBCode quotes and signatures cut, nothing decoded."""
    text = _BLANKS.sub("\n\n\n", storable(text[:MAX_PLAIN]))
    own = _without_bbcode_quotes(text)
    cleaned = _finished(_plain_lines(own), quoted=own != text)
    return cleaned if cleaned.text else Cleaned(_joined(_plain_lines(text)), bool(text.strip()))


def clean_line(text: str, *, is_html: bool = False) -> str:
    """Return a title or a name on one line, at most 500 characters."""
    if is_html:
        tree = page_tree(text)
        text = tree.body.text() if tree.body is not None else ""
    return " ".join(storable(text[:MAX_HTML]).split())[:500].rstrip()


def storable(text: str) -> str:
    """Return the text with NUL and lone surrogates as U+FFFD, control characters gone."""
    text = _UNSTORABLE.sub("\ufffd", text)
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))


def page_tree(html: str) -> LexborHTMLParser:
    """Return the tree of an HTML text, cut to ``MAX_HTML`` and ``MAX_DEPTH`` before it is built."""
    # A picture written into the page would use up the length that the words need.
    words = _PICTURE_DATA.sub("data:,", html) if "base64," in html else html
    return LexborHTMLParser(_shallow(storable(words[:MAX_HTML])))


def _shallow(html: str) -> str:
    """Return the HTML without the tags that nest deeper than ``MAX_DEPTH``; linear in its length.

    Unclosed tags count too, so a long sloppy page may lose some of its later tags, never its text.
    """
    if html.count("<") <= MAX_DEPTH:
        return html
    kept: list[str] = []
    depth = position = 0
    for tag in _TAG.finditer(html):
        if tag[2].lower() in _UNNESTED or tag.start() < position:
            continue
        too_deep = depth >= MAX_DEPTH
        depth = max(0, depth - 1) if tag[1] else depth + 1
        if too_deep and depth >= MAX_DEPTH:
            end = html.find(">", tag.end())
            kept.append(html[position : tag.start()])
            if end < 0:
                return "".join(kept)
            position = end + 1
    kept.append(html[position:])
    return "".join(kept)


def _walk(node: LexborNode, page: _Page) -> None:
    tag = node.tag or ""
    if tag == "-text":
        page.words.append(node.text_content or "")
    elif tag == "br":
        page.end_line()
    elif tag == "pre":
        page.end_line()
        code = node.text(deep=True)
        page.lines.extend(Line(line.rstrip(), verbatim=True) for line in code.split("\n"))
    elif tag == "img":
        page.words.append(f" {node.attributes.get('alt') or ''} ")
    elif tag == "a":
        _write_link(node, page)
    elif not tag.startswith("-") and tag not in _DROPPED:
        _walk_element(node, tag, page)


def _walk_element(node: LexborNode, tag: str, page: _Page) -> None:
    classes = (node.attributes.get("class") or "").lower()
    if _is_quote(node, tag, classes):
        page.end_line()
        page.quotes.append(node)
        page.lines.append(Line("", quoted=True))
        return
    if _SIGNATURE_CLASS.search(classes) or "informations" in classes:
        return
    if "onebox" in classes.split():
        _write_preview(node, page)
        return
    if tag in {"td", "th"}:
        page.words.append(" ")
    if tag not in _BLOCKS:
        _walk_children(node, page)
        return
    page.end_line()
    _walk_children(node, page)
    if tag in {"p", "pre", "ul", "ol", "table"}:
        page.blank()
    else:
        page.end_line()


def _is_quote(node: LexborNode, tag: str, classes: str) -> bool:
    """Tell a quote by its tag, its class, or as vBulletin 3 marks it: by its words alone."""
    if tag == "blockquote" or _QUOTE_CLASS.search(classes):
        return True
    return "alt2" in classes and _POSTED_BY.match(node.text()[:200]) is not None


def _write_preview(node: LexborNode, page: _Page) -> None:
    """Write the link of a preview; its words are those of the page it leads to."""
    link = node.css_first("a[href]")
    page.end_line()
    if link is not None:
        page.words.append(web_address(link.attributes.get("href"), page.base_url) or "")
    page.end_line()


def _walk_children(node: LexborNode, page: _Page) -> None:
    child = node.child
    while child is not None:
        _walk(child, page)
        child = child.next


def _write_link(node: LexborNode, page: _Page) -> None:
    start = len(page.words)
    _walk_children(node, page)
    shown = "".join(page.words[start:]).strip()
    address = web_address(node.attributes.get("href"), page.base_url)
    if address and shown and not _says_the_same(shown, address):
        page.words.append(f" ({address})")
    elif address and not shown:
        page.words.append(address)


def web_address(href: str | None, base_url: str | None = None) -> str | None:
    """Return an absolute http(s) address; None for anything else, such as ``javascript:``."""
    if not href:
        return None
    try:
        address = urljoin(base_url or "", href.strip())
        parts = urlsplit(address)
    except ValueError:  # "http://[" is not an address
        return None
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return None
    # As browsers do: on one line, and what would end it in a text is written as a number.
    one_line = _LINE_BREAKS.sub("", address[:2000])
    return _ENDS_AN_ADDRESS.sub(lambda char: quote(char[0]), one_line)[:2000]


def _says_the_same(shown: str, address: str) -> bool:
    bare = re.sub(r"^https?://(?:www\.)?|/$", "", address)
    words = re.sub(r"^https?://(?:www\.)?|/$", "", shown)
    # A forum shortens what it shows: "example.org/a/lo…".
    head = words.rstrip("….")
    return words == bare or (head != words and bool(head) and bare.startswith(head))


def _without_bbcode_quotes(text: str) -> str:
    """Cut quotes with all that nests in them; one that is never closed is left as it stands."""
    kept: list[str] = []
    depth = position = opened_at = 0
    for mark in _BBCODE_QUOTE.finditer(text):
        if not mark[1]:
            opened_at = opened_at if depth else mark.start()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                kept += [text[position:opened_at], "\n"]
                position = mark.end()
    return "".join(kept) + text[position:]


def _plain_lines(text: str) -> list[Line]:
    lines: list[Line] = []
    fenced = False
    for line in text.split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
        verbatim = fenced or line.startswith(("    ", "\t"))
        lines.append(Line(line.rstrip() if verbatim else _SPACES.sub(" ", line).strip(), verbatim))
    return lines


def _finished(lines: list[Line], *, quoted: bool) -> Cleaned:
    own = own_lines(lines)
    return Cleaned(_joined(own.lines), quoted or own.quoted)


def _joined(lines: Iterable[Line]) -> str:
    """Join with at most one empty line in a row, in the composed form that databases compare."""
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(line.text for line in lines)).strip("\n")
    return unicodedata.normalize("NFC", text[:MAX_CHARACTERS]).strip()
