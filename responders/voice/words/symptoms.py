"""The symptom in the author's own words: a short piece of their post that we may repeat.

Pure. Whatever stands in our reply looks as if we had said it. So a piece is taken whole or not at
all: one with a link, a promise, a cause, a demand or markup is passed over, never mended.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from responders.delivery.inert import cut, plain, redacted
from responders.voice.words.empty_words import EMPTY, ENOUGH, telling

LONGEST_WORDS, LONGEST = 16, 110
"""Longer pieces are cut at their commas first, then at this many words."""
LONGEST_WORD = 30
SHORT = 5
"""A piece of fewer words seldom says what is wrong: "on two different routers"."""
ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
"""Alphabets whose letters pass for one another's."""

_PIECES = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])\s*|[\n\r]+|[:;]+\s+|\s[-–—]+\s|\s?[.!?]{2,}\s?")
_COMMAS = re.compile(r",\s+|\s+(?:but|and then|so)\s+", re.IGNORECASE)
_QUOTE_OF_OTHERS = re.compile(
    r"(?ims)^\s*>.*?$|\[quote\b.*?(?:\[/quote\]|\Z)|^.{0,60}\b(?:wrote|said|schrieb):\s*$"
)
_ALLOWED = re.compile(r"(?:[\w\s'’,.!?%/+()\-–—…]| & )+")
_ME_TOO = re.compile(
    r"(?ix)(?: same | here | too | also | me | mine | us | ours | my | end | for | as | well | with"
    r"| it | is | happens | happening | this | that | yes | yep | yeah | still | again | can | i"
    r"| confirm | not | just | you | so | am | auch | hier | bei | mir | [\W\d] )+"
)
_ADDRESS = re.compile(
    r"""(?ix) \b[\w-]+\.[^\W\d_]{2,}\b    # a host, in any alphabet: forums make it a link
      | \b\d{1,3}(?:\.\d{1,3}){3}\b         # a host by its number
      | (?<!\w)[ur]/\w                      # somebody, or a place, on Reddit
      | \bgh-\d | _                         # an issue on GitHub; emphasis, or a handle
    """
)
"""What some place would turn into a link, a mention or markup."""
_DOUBLE_QUOTES = re.compile('["“”„«»]')  # we set our own around the piece
_EMPHASIS = re.compile(r"(?<!\w)[*_~`]+|[*_~`]+(?!\w)")

_WELL = re.compile(
    r"(?i)\b(?:happily|unaffected|no (?:problems?|issues?|trouble)"
    r"|(?:is|are|was|works?|working|runs?|backs? up|syncs?) (?:just )?"
    r"(?:fine|perfectly|flawlessly|ok|okay|great|well|good))\b"
)
"""Words of what works: people name the device that is spared, too."""

_UNSAID = re.compile(
    r"""(?ix)
    # what only an approved fact could make true
    \b(?: fix\w* | resolv\w* | solved | patch\w* | hotfix | behoben | repariert
        | tomorrow | tonight | today | next\s+(?:week|month|release) | eta | deadline | morgen )\b
  | \b(?: guarantee\w* | promis\w* | roll(?:ing)?\s+out | ships? | shipping )\b
    # a cause before it is known
  | \b(?: because | due\s+to | caused? | causes | culprit | thanks\s+to | fault | blame )\b
    # absolutes and the phrases that nobody believes
  | \b(?: always | never | everybody | nobody | no\s?one | guaranteed ) \b | \b100\s?%
  | inconvenience | may\s+have\s+caused | if\s+you\s+were\s+affected | minor\s+glitch
    # money and law
  | \b(?: refund\w* | compensat\w* | money\s+back | reimburs\w* | lawyers? | legal\w* | court
        | sue | suing | fraud\w* | scam\w* | lawsuit | erstattung | geld\s+zurück
        | rembours\w* | reembols\w* | rimbors\w* | terugbetal\w* )\b | 返金 | 退款
    # words meant for a machine, or for someone to be fooled by
  | \b(?: ignor(?:e|iere) | disregard | instructions? | anweisung\w* | prompt | assistant
        | approv\w* | official\w* | admin | moderator | repl(?:y|ies) | respond | mark\s+issue )\b
  | \b(?: consignes? | instrucci[oó]n\w* | instruç[ãõ]\w* | istruzion[ei] | instructies? )\b
  | \b(?: oublie[rz]? | olvid[ae]\w* | esque[cç]\w* | dimentica\w* | vergeet | vergiss )
        \s+ (?: tou[ts]\w* | tod[ao]s? | tutt[eio] | alle\w* )\b
  | \b(?: repeat\s+after\s+me | you\s+are\s+now | from\s+now\s+on\s+you
        | pretend\w*\s+(?:that|to|you) | tell\s+(?:everyone|all) | system\s+message )\b
  | 指示 | 指令 | 無視して | 忽略
  | ^\s*(?: system | user | assistant )\b\s*:?
  | \b(?: your | dm | send | share | tell )\b .{0,20} \b(?: password | pin | card | key | code )\b
  | \b(?: api|secret|private ) [\s_-] key
    # nothing to put into our own mouth
  | \b(?: \w*fuck\w* | shit\w* | bullshit | crap\w* | damn\w* | wtf | idiots? | morons? | stupid
        | bastards? | assholes? | bitch\w* | scheiß\w* | hell | garbage | trash | joke )\b
    """
)


def symptom(text: str, *, phrases: Sequence[str] = (), spare: Iterable[str] = ()) -> str | None:
    """Return the piece of the post that says best what is wrong, or None.

    Args:
        text: the post as it was written.
        phrases: what the issue is about; of the pieces that are long enough to say something, one
            with more of their words comes first, then one without figures, then the earlier one.
        spare: texts to take the piece from when the post has none that says what is wrong, such as
            the issue's title.
    """
    wanted = {word for phrase in phrases for word in _words(phrase)}
    sources = [[piece for piece in pieces(source) if sayable(piece)] for source in (text, *spare)]
    telltale = [[piece for piece in found if _tells(piece, wanted)] for found in sources]
    for found in (*telltale, *sources):
        if found:
            return min(found, key=lambda piece: _rank(piece, wanted))
    return None


def _tells(piece: str, wanted: set[str]) -> bool:
    """Tell whether a piece says what is wrong, and not only that something is."""
    enough = ENOUGH - bool(_words(piece) & wanted - EMPTY)
    return telling(piece) >= enough and not _WELL.search(piece)


def repeats(reply: str, sources: Iterable[str]) -> bool:
    """Tell whether the words that a reply repeats may have been taken from one of these texts."""
    return any(piece in reply for source in sources for piece in pieces(source) if sayable(piece))


def pieces(text: str) -> list[str]:
    """Return a post in pieces of a sentence or less, in order, quotations of others left out."""
    own = _QUOTE_OF_OTHERS.sub("\n", text[:20_000])
    found: list[str] = []
    for sentence in _PIECES.split(own):
        parts = [sentence]
        if len(sentence.split()) > LONGEST_WORDS:
            parts = _COMMAS.split(sentence)
        found += [_trimmed(part) for part in parts]
    return [piece for piece in found if piece]


def _trimmed(part: str) -> str:
    line = _DOUBLE_QUOTES.sub("", _EMPHASIS.sub("", plain(part))).strip(" 。！？.,:;!?-–—…’'“”")
    words = line.split()
    if len(words) > LONGEST_WORDS:
        line = " ".join(words[: LONGEST_WORDS - 2]).rstrip(" ,.-–") + "…"
    return cut(line, LONGEST)


def sayable(piece: str) -> bool:
    """Tell whether a piece may stand in our reply as the author's words."""
    words = _words(piece)
    dense = telling(piece) >= ENOUGH and len(words) == 1
    if not dense and (len(words) < 2 or max(map(len, piece.split())) > LONGEST_WORD):
        return False
    if not harmless(piece):
        return False
    return not (_ME_TOO.fullmatch(piece) or _UNSAID.search(piece))


def harmless(piece: str) -> bool:
    """Tell whether every place shows the piece as the letters it is: no link, mention, markup."""
    if redacted(piece) != piece or not _ALLOWED.fullmatch(piece):
        return False
    return not (_ADDRESS.search(piece) or _looks_alike(piece))


def _looks_alike(piece: str) -> bool:
    """Tell whether a word mixes alphabets, as names do that only look like another's."""
    return any(
        len({unicodedata.name(char, "").split(" ")[0] for char in word if char.isalpha()} & ALIKE)
        > 1
        for word in piece.split()
    )


def _words(text: str) -> set[str]:
    """Return the words of a text that carry meaning, in lower case."""
    return set(re.findall(r"[^\W\d_]{2,}", text.lower()))


def _rank(piece: str, wanted: set[str]) -> tuple[bool, bool, int, bool, bool]:
    """Order pieces; the smallest comes first, and of equals the earlier."""
    well = _WELL.search(piece) is not None
    short = len(piece.split()) < SHORT
    digits = any(map(str.isdigit, piece))
    return (well, short, -len(_words(piece) & wanted), digits, piece.isupper())
