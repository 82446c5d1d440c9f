"""What makes a text easy to read and kind: its length, one thank-you, sorry, what helps now.

Pure. All warnings: a person knows better when to break one.
"""

import re
from collections.abc import Iterator
from typing import Final

from responders.voice.rules.base import (
    BOTH,
    ENGLISH,
    WARNING,
    Hit,
    Reading,
    Rule,
    in_any,
    sentences,
    undisguised,
)
from responders.voice.rules.stems import tells

SHORTEST, LONGEST = 20, 110
"""Words of a first reply, its link left aside."""
LONGEST_SENTENCE: Final = 35
MOST_QUESTIONS: Final = 2
_WORD: Final = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_THANKS: Final = re.compile(
    r"(?i)\b(?:thanks?(?: you)?|thank-you|grateful|appreciate\w*|dank\w*)\b"
)
_FAULT: Final = re.compile(
    r"""(?ix)\b(?:our|my)\s+(?:own\s+)?(?:mistake|fault|error|failure|oversight|doing)\b
      | \bwe\s+(?:broke|made\s+a\s+mistake|got\s+(?:this|it)\s+wrong
      |messed|should\s+(?:not\s+)?have|failed|let\s+you\s+down|caused|missed)\b | \b(?:bug|fault
      |error)\s+(?:in|of|on)\s+our\b
    | \bunser(?:e[rn]?)?\s+(?:fehler|versehen|schuld)\b"""
)
_SORRY: Final = re.compile(
    r"(?i)\b(?:sorry|apolog\w+|regret|leid|entschuldig\w*|verzeihung|bedauer\w*)\b"
)
_QUESTION: Final = re.compile(
    r"""(?ix)(?:\?\s*$|\b(?:please|could\s+you|can\s+you|would\s+you|let\s+us\s+know|tell\s+us
      |we\s+(?:need|would\s+like)\s+to\s+know|bitte|können\s+sie|kannst\s+du
      |sag\w*\s+uns)\b)"""
)
_TOPICS: Final = {
    "version": re.compile(r"(?i)\b(?:version|release|build|versionsnummer)\b"),
    "platform": re.compile(
        r"(?i)\b(?:platform|device|phone model|model|operating system|system|os|browser|gerät"
        r"|betriebssystem|plattform)\b"
    ),
    "error": re.compile(r"(?i)\b(?:error (?:message|text|code)|message you|fehlermeldung|code)\b"),
    "tried": re.compile(
        r"(?i)\b(?:(?:have|what) you (?:already )?tried|try before|schon versucht)\b"
    ),
}
_ASKED_AT_ONCE: Final = re.compile(
    r"""(?ix)(?:^|[,;]|\band|\bund|\bor|\boder)\s*(?:on\s+|in\s+|at\s+|auf\s+|in\s+|and\s+|und\s+)?(?:which|what|when|where|how|who|why|do\s+you
      |does\s+it|did\s+(?:you|it)|is\s+(?:it|there|the)|are\s+(?:you|there)|have\s+you|can\s+you|welche\w*|was|wann|wo|wie|wer|warum
      |haben\s+sie|hast\s+du|ist\s+(?:es|das)|können\s+sie|benutzen\s+sie)\b"""
)
"""Each question of a sentence that asks several."""
_TELLS: Final = re.compile(r"(?i)\bif (?:you|it|that)\b|\bwenn\b|\bfalls\b")


def _words(reading: Reading) -> Iterator[Hit]:
    if not reading.facts.is_first_reply:
        return
    count = len(_WORD.findall(reading.bare))
    if not SHORTEST <= count <= LONGEST:
        wanted = f"Between {SHORTEST} and {LONGEST} words; this has {count}."
        yield Hit("", wanted)


def _long(reading: Reading) -> Iterator[Hit]:
    for sentence in sentences(reading.bare):
        count = len(_WORD.findall(sentence))
        if count > LONGEST_SENTENCE:
            start = " ".join(sentence.split()[:8])
            yield Hit(f"{start}…", f"Make two sentences of it; this has {count} words.")


def _thanks(reading: Reading) -> Iterator[Hit]:
    found = _THANKS.findall(reading.own)
    if reading.facts.is_first_reply and not found:
        german = reading.facts.language.lower().startswith("de")
        yield Hit("", "Danke für den Hinweis." if german else "Thanks for telling us.")
    elif len(found) > 1:
        yield Hit(found[1], "Thank once.")


def _sorry(reading: Reading) -> Iterator[Hit]:
    found = _FAULT.search(reading.own)
    if found and not in_any(_SORRY, reading.own):
        yield Hit(found[0], "We are sorry.")


def _workaround(reading: Reading) -> Iterator[Hit]:
    facts = reading.facts
    wanted = facts.phase in {"new", "investigating", "identified"} and facts.workaround
    if not wanted:
        return
    if not tells(undisguised(facts.workaround), reading.whole):
        yield Hit("", f"Until then this may help: {facts.workaround}")


def _questions(reading: Reading) -> list[tuple[str, str]]:
    """Return what is asked, each with its topic; one without a known topic counts, too."""
    found = []
    for sentence in sentences(reading.own):
        if not in_any(_QUESTION, sentence) or in_any(_TELLS, sentence):
            continue
        topics = [name for name, pattern in _TOPICS.items() if in_any(pattern, sentence)]
        more = ["other"] * max(len(_ASKED_AT_ONCE.findall(sentence)) - len(topics), 0)
        asked = (
            topics + more
            if len(topics) + len(more) > 1
            else topics or (["other"] if sentence.rstrip().endswith("?") else [])
        )
        found += [(topic, sentence) for topic in asked]
    return found


def _too_many(reading: Reading) -> Iterator[Hit]:
    found = _questions(reading)
    if len(found) > MOST_QUESTIONS:
        yield Hit(found[-1][1], "Ask for two facts at most.")


def _again(reading: Reading) -> Iterator[Hit]:
    for topic, sentence in _questions(reading):
        if topic in reading.facts.given:
            yield Hit(sentence, f"They told the {topic} already; leave the question out.")


RULES: Final = (
    Rule(
        id="length",
        level=WARNING,
        message="A first reply is neither a word nor an essay.",
        find=_words,
        languages=frozenset({"en", "de", "fr", "es", "pt", "it", "nl"}),
    ),
    Rule(
        id="long-sentence",
        level=WARNING,
        message=f"A sentence has {LONGEST_SENTENCE} words at most.",
        find=_long,
    ),
    Rule(
        id="thanks",
        level=WARNING,
        message="A first reply thanks the person once.",
        find=_thanks,
        languages=BOTH,
    ),
    Rule(
        id="sorry",
        level=WARNING,
        message="Where we admit a fault we say sorry.",
        find=_sorry,
        languages=BOTH,
    ),
    Rule(
        id="workaround",
        level=WARNING,
        message="Somebody verified a way around: say it.",
        find=_workaround,
    ),
    Rule(
        id="too-many-questions",
        level=WARNING,
        message="Too much is asked at once.",
        find=_too_many,
        languages=BOTH,
    ),
    Rule(
        id="asked-again",
        level=WARNING,
        message="This was answered already.",
        find=_again,
        languages=ENGLISH | BOTH,
    ),
)
