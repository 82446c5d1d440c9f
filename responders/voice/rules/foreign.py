"""Nothing that a place would act on: no mention that pings, no markup, no link but the one.

Pure. Needs no language. Our texts are plain: what looks like markup somewhere came from outside.
"""

import ipaddress
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from responders.voice.rules.base import BLOCK, WARNING, Hit, Reading, Rule, hits

_PING: Final = re.compile(
    r"""(?ix) <[@\#!:][^>\n]{0,80}>? | (?<![\w.+-])@[\w.-]{1,64}(?:@[\w.-]{1,64})?
      | (?<![\w/])/?[ur]/\w{2,40}
    | (?<!\w)gh-\d{1,7}\b | (?<!\w)[\w.-]{1,60}/[\w.-]{1,60}\#\d{1,7}\b"""
)
_MARKUP: Final = re.compile(
    r"""(?ix) </?[a-z][^<>\n]{0,200}>? | <!-- | \[/?(?:b|i|u|s|url|img|quote|code|size|color
      |spoiler|details|poll)\b[^\]\n]{0,80}\]
    | !?\[[^\]\n]{0,200}\]\([^)\n]{0,300}\) | \{\{|\}\}|\{%|%\}|\$\{ | ```
      | \*\*[^*\n]{1,200}\*\* | (?<!\w)__[^_\n]{1,200}__(?!\w)
    | ~~[^~\n]{1,200}~~ | \|\|[^|\n]{1,200}\|\| | ^\s{0,3}\#{1,6}\s | ^\s{0,3}>\s
      | &(?:[a-z]{2,8}|\#x?[0-9a-f]{1,6}); | \]\s?\(\s?https?:
    | \b(?:javascript|data|vbscript):\S""",
    re.MULTILINE,
)
_UNSEEN: Final = re.compile(
    "[\u200b\u2060\ufeff\u202a-\u202e\u2066\u2067\u00ad\u180e\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]"
)
"""Invisible letters and those that turn the order; isolates around the author's words may stay."""
_LOCAL: Final = frozenset({"localhost", "localhost.localdomain", ""})


def _pings(reading: Reading) -> Iterator[Hit]:
    yield from hits(_PING, reading.bare, "Leave it out: it would call somebody.")


def _markup(reading: Reading) -> Iterator[Hit]:
    text = reading.raw
    yield from hits(_MARKUP, text, "Write it as plain words.")
    for found in _UNSEEN.finditer(text):
        yield Hit(f"U+{ord(found[0]):04X}", "Leave it out: nobody sees it.")


def _other_link(reading: Reading) -> Iterator[Hit]:
    ours = reading.facts.page_url
    if not ours:
        return
    known = f"{reading.facts.workaround}\n{reading.facts.cause}"
    for link in reading.links:
        if _place(link) != _place(ours) and link not in known:
            yield Hit(link, ours)


def _loopback(reading: Reading) -> Iterator[Hit]:
    for link in reading.links:
        if is_local(link):
            yield Hit(
                link, "Set [page] url in groundswell.toml to the address that people can open."
            )
            return


def _dead(reading: Reading) -> Iterator[Hit]:
    for link in reading.links:
        why = reading.facts.dead_links.get(link)
        if why is not None and not is_local(link):
            yield Hit(link, f"An address that answers; this one does not: {why}.")


def _unsure(reading: Reading) -> Iterator[Hit]:
    for link in reading.links:
        why = reading.facts.unsure_links.get(link)
        if why is not None and not is_local(link):
            yield Hit(link, f"Open it yourself before you approve: {why}.")


def is_local(link: str) -> bool:
    """Tell whether an address can be opened on this machine only."""
    host = _place(link)
    if host in _LOCAL or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _place(link: str) -> str:
    try:
        return (urlsplit(link).hostname or "").casefold()
    except ValueError:
        return ""


RULES: Final = (
    Rule(
        id="mention",
        level=BLOCK,
        message="This would ping somebody.",
        find=_pings,
    ),
    Rule(
        id="markup",
        level=BLOCK,
        message="This is markup; a place may act on it.",
        find=_markup,
    ),
    Rule(
        id="dead-link",
        level=BLOCK,
        message="This address does not answer.",
        find=_dead,
    ),
    Rule(
        id="unsure-link",
        level=WARNING,
        message="It is unknown whether this address answers.",
        find=_unsure,
    ),
    Rule(
        id="other-link",
        level=WARNING,
        message="A text links the one entry of the known-issues page.",
        find=_other_link,
    ),
    Rule(
        id="local-link",
        level=WARNING,
        message="This address can be opened on this machine only.",
        find=_loopback,
    ),
)
