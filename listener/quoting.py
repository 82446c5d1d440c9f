"""Whose words the lines of a text are: what quotes somebody, what is a signature, what a footer.

Pure, and apart from taking HTML apart because it is what people argue about: e-mail programs,
forums and platforms each write "On Monday, Bo wrote:" in their own way, and in several languages.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MAX_SIGNATURE_LINES: Final = 8
MAX_BLANKS: Final = 3
"""Empty lines between a quote and the words that say whom it quotes."""
MAX_HEADER_LINES: Final = 8
"""Lines after "From:" in which the rest of a message's head must stand."""

# ">5 files" is more than five files, ">:(" is a face.
_QUOTE_LINE: Final = re.compile(r" {0,3}>(?:\s|>|$|[^\W\d])")
_PROMPT: Final = re.compile(r" {0,3}(?:>>>|\.\.\.)(?:\s|$)")
_ATTRIBUTION: Final = re.compile(
    r"(?:wrote|said|writes|schrieb\b.*|a écrit|escribió|ha scritto|escreveu|schreef\b.*)\s*:$"
    r"|^(?:quote|zitat|citation|cita|citaat)\s*:?$",
    re.IGNORECASE,
)
_ATTRIBUTION_BEGINS: Final = re.compile(r"(?:On|Am|Le|El|Il|Em|Op)\s.{0,80}\d.{0,80}")
_FORWARDED: Final = re.compile(
    r"-{2,}\s*(?:original message|ursprüngliche nachricht|message d.origine|mensaje original|"
    r"messaggio originale|mensagem original|oorspronkelijk bericht|forwarded message|"
    r"weitergeleitete nachricht)\s*-{2,}",
    re.IGNORECASE,
)
_SENDER: Final = re.compile(r"\*?(?:from|von|de|da|van)\*?\s*:\s*\*?\s*\S.*", re.IGNORECASE)
_HEAD_FIELDS: Final = (
    re.compile(
        r"\*?(?:sent|date|gesendet|datum|envoyé|enviado|inviato|verzonden)\*?\s*:", re.IGNORECASE
    ),
    re.compile(r"\*?(?:subject|betreff|objet|asunto|oggetto|assunto|onderwerp)\*?\s*:", re.I),
)
_RULE: Final = re.compile(r"--|_{8,}")
_FOOTER: Final = re.compile(
    r"(?:sent from my|sent from (?:mail|outlook|yahoo)|sent via|get outlook for|"
    r"sent with (?:proton|tutanota|spark|mailspring)|gesendet von meinem|"
    r"von meinem .{1,40} gesendet|envoyé (?:de|depuis) mon|enviado desde mi|enviado do meu|"
    r"inviato da(?:l mio)?|verstuurd vanaf mijn)\b.{0,60}"
    r"|(?:reply to this email directly|you are receiving this because)\b.{0,200}",
    re.IGNORECASE,
)
_DASH: Final = frozenset({"", "—", "–"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text."""

    text: str
    verbatim: bool = False
    """From a code block: spaces count and ``>`` is no quote."""
    quoted: bool = False
    """Stands for a quote that was cut out."""


@dataclass(frozen=True, slots=True)
class Own:
    """What is left of a text."""

    lines: Sequence[Line]
    quoted: bool
    """Somebody else's words were cut from it."""


def own_lines(lines: Sequence[Line]) -> Own:
    """Return the lines that the author wrote, without signature and footer."""
    unquoted = _without_quotes(lines)
    kept = _without_message(unquoted)
    quoted = len(kept) < len(lines) or any(line.quoted for line in lines)
    return Own(_without_signature(kept), quoted)


def _without_quotes(lines: Sequence[Line]) -> list[Line]:
    """Drop the lines that quote, and those before them that say whom."""
    kept: list[Line] = []
    for line, quotes in zip(lines, _quoting(lines), strict=True):
        if quotes:
            _drop_attribution(kept)
        elif line.quoted:
            _drop_attribution(kept)
            kept.append(Line(""))
        else:
            kept.append(line)
    return kept


def _quoting(lines: Sequence[Line]) -> list[bool]:
    """Say of each line whether it quotes; a session of Python does not."""
    quotes = [not line.verbatim and _QUOTE_LINE.match(line.text) is not None for line in lines]
    start = 0
    while start < len(lines):
        end = start + 1
        while end < len(lines) and quotes[start] and quotes[end]:
            end += 1
        if quotes[start] and all(_PROMPT.match(line.text) for line in lines[start:end]):
            quotes[start:end] = [False] * (end - start)
        start = end
    return quotes


def _drop_attribution(kept: list[Line]) -> None:
    """Take "On Monday, Bo wrote:" off the end, though an empty line follow it."""
    end, first = len(kept), max(0, len(kept) - MAX_BLANKS)
    while end > first and not kept[end - 1].text:
        end -= 1
    # Only the end of the line is looked at: the search is quadratic in what repeats.
    if not end or kept[end - 1].verbatim or not _ATTRIBUTION.search(kept[end - 1].text[-200:]):
        return
    whole = _ATTRIBUTION_BEGINS.match(kept[end - 1].text)
    del kept[end - 1 :]
    if not whole and kept and _ATTRIBUTION_BEGINS.fullmatch(kept[-1].text):
        kept.pop()


def _without_message(lines: list[Line]) -> list[Line]:
    """Cut the message that an answer by e-mail drags behind, if words stand before it."""
    said = False
    for number, line in enumerate(lines):
        if said and not line.verbatim and _begins_message(lines, number):
            return lines[:number]
        said = said or bool(line.text and not _RULE.fullmatch(line.text))
    return lines


def _begins_message(lines: Sequence[Line], number: int) -> bool:
    text = lines[number].text
    if _FORWARDED.fullmatch(text):
        return True
    if not _SENDER.fullmatch(text):
        return False
    head = [line.text for line in lines[number + 1 : number + MAX_HEADER_LINES]]
    return all(any(field.match(line) for line in head) for field in _HEAD_FIELDS)


def _without_signature(lines: Sequence[Line]) -> Sequence[Line]:
    end = len(lines)
    while end and (lines[end - 1].text in _DASH or _FOOTER.fullmatch(lines[end - 1].text)):
        end -= 1
    for number in range(max(0, end - MAX_SIGNATURE_LINES - 1), end):
        if not lines[number].verbatim and _RULE.fullmatch(lines[number].text):
            return lines[:number]
    return lines[:end]
