"""What each kind of sink must never show alive of a stranger's words; one law for each.

Each returns what is wrong, in a few characters, so that a red test shows the place.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any
from xml.etree import ElementTree as Xml

from selectolax.lexbor import LexborHTMLParser

from responders.delivery.inert import plain
from responders.voice.words.placing import bare

OURS = r"https?://(?:forum\.example|127\.0\.0\.1|status\.fernsync\.example|gs\.example)[:/]"
STEERS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2060\ufeff\ud800-\udfff]"
)
"""Isolates (U+2066 to U+2069) are ours: they end where they should."""
PING = re.compile(r"[@\uff20](?=[\w<{])|<[@!#]")
REDDIT = re.compile(r"(?<!\w)/?[ur]/\w", re.IGNORECASE)
"""A name there alone."""
TAGS = {
    "script", "style", "iframe", "object", "embed", "base", "meta", "link", "form", "img", "svg",
    "math", "animate", "video", "audio", "source", "template", "button", "input", "details",
}  # fmt: skip
"""What no words of strangers may become; a whole page of ours has some, a piece of one has none."""
ADDRESS = re.compile(rf"{OURS}|#|\.{{1,2}}/|/(?!/)|$")
RUNS = 5
"""So many words in a row are a sentence of somebody's."""


def around(text: str, found: re.Match[str]) -> str:
    """Return what stands around a finding."""
    return text[max(found.start() - 25, 0) : found.end() + 25]


def text_law(text: str) -> list[str]:
    """Plain text and drafts: nobody is named, nothing steers, no address but ours."""
    strange = re.compile(rf"(?!{OURS})\b[a-z][a-z0-9+.-]*://|\bwww\.", re.I)
    return [
        around(text, found) for rule in (STEERS, PING, strange) for found in rule.finditer(text)
    ]


def draft_law(text: str) -> list[str]:
    """A text of ours, for whatever place."""
    alive = (REDDIT, re.compile(r"javascript:|mailto:", re.IGNORECASE))
    found = [around(text, one) for rule in alive for one in rule.finditer(text)]
    return [*markdown_law(text), *found]


def terminal_law(text: str) -> list[str]:
    """A terminal: nothing steers it; names and addresses do nothing there."""
    return [around(text, found) for found in STEERS.finditer(text.replace("\u2060", ""))]


def markdown_law(text: str) -> list[str]:
    """A pack for a tracker: text, and nothing that is drawn; links only to places that we know."""
    alive = re.compile(rf"(?<!\\)<(?!{OURS})[a-z!/?]|(?<!\\)\]\((?!<?{OURS})|(?<!\\)`|#\d", re.I)
    return [*text_law(text), *(around(text, found) for found in alive.finditer(text))]


def discord_law(payload: Any) -> list[str]:
    """An embed: no mention, no link but ours, nothing that Discord would draw.

    The line above its title, its author's name, knows no markup; it can only name somebody.
    """
    embed = payload["embeds"][0]
    above = embed["author"]["name"]
    wrong = [around(above, one) for one in re.finditer(r"@(?!\u200b)", above)]
    payload = {**payload, "embeds": [{**embed, "author": None}]}
    alive = re.compile(rf"(?<!\\)<(?!{OURS}|t:\d)|(?<!\\)\]\((?!<?{OURS})|@(?!\u200b)\w", re.I)
    for text in strings(payload):
        wrong += [around(text, found) for rule in (alive, STEERS) for found in rule.finditer(text)]
    return wrong


def slack_law(payload: Any) -> list[str]:
    """Blocks: every sign that Slack reads is ours."""
    wrong: list[str] = []
    alive = re.compile(rf"<(?!{OURS}|!date)|@(?!\u200b)\w|&(?!(?:amp|lt|gt);)", re.I)
    for text in strings(payload):
        wrong += [around(text, found) for rule in (alive, STEERS) for found in rule.finditer(text)]
    return wrong


def fan_law(text: str) -> list[str]:
    """What goes to any service: letters, figures, plain punctuation, our own addresses."""
    own = re.sub(rf"{OURS}\S*", "", text)
    return [around(own, found) for found in re.finditer(r"[@<>\[\]`*_~|\\]|://|\bwww\.", own)]


def html_law(html: str, *, whole: bool) -> list[str]:
    """HTML: nothing runs, loads, or leads away; a piece of it holds words and line ends alone."""
    wrong: list[str] = []
    for node in LexborHTMLParser(html).css("*"):
        tag, given = node.tag or "", node.attributes
        if not whole and tag in TAGS:
            wrong.append(f"<{tag}>")
        for name, value in given.items():
            if name.startswith("on") or name in {"srcdoc", "ping"}:
                wrong.append(f"<{tag} {name}>")
            if name in {"href", "src", "action", "formaction"} and not ADDRESS.match(value or ""):
                wrong.append(f"<{tag} {name}={(value or '')[:60]}>")
        if tag in {"iframe", "object", "embed", "base", "math", "animate"}:
            wrong.append(f"<{tag}>")
        if tag == "script" and not given.get("src"):
            wrong.append("<script> without an address of ours")
    return wrong


def feed_law(data: bytes) -> list[str]:
    """A feed: well-formed, and its HTML is tame; a title of Atom is plain text by its standard."""
    nodes = [node for node in Xml.fromstring(data).iter() if not node.tag.endswith("}title")]
    return [line for node in nodes for line in html_law(node.text or "", whole=False)]


def api_law(data: bytes) -> list[str]:
    """The page's JSON: every ``body`` is HTML, and tame."""
    bodies = re.findall(r'"body":\s*("(?:[^"\\]|\\.)*")', data.decode())
    json.loads(data)
    return [line for body in bodies for line in html_law(json.loads(body), whole=False)]


def said_by_us(draft: str, hostile: str, benign: str) -> list[str]:
    """Return what of a stranger's sentences stands in a text of ours outside quotation marks."""
    own = re.sub(r"[“„«「][^”“»」]*[”“»」]", " ", bare(draft))
    ours, theirs = _runs(own) - _runs(benign), _runs(plain(hostile))
    return sorted(" ".join(run) for run in ours & theirs)


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[at : at + RUNS]) for at in range(len(words) - RUNS + 1)}


def strings(value: Any) -> Iterator[str]:
    """Yield every text of a payload; the names of fields are ours."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, Sequence):
        for part in value:
            yield from strings(part)
