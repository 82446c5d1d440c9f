"""A plain statement that nothing in the issue bears out.

Pure. A list of forbidden words ends somewhere, and people say things in other words. So this asks
the other way round: while nobody knows what is wrong, a first reply names the trouble in the words
of those who have it, says what we do, asks, thanks and says when the next word comes. A sentence
that does none of that tells something of the product, and it may be true, but no fact says so.
"""

import re
from collections.abc import Iterator
from typing import Final

from responders.voice.rules.agents import STAFF, US
from responders.voice.rules.base import BOTH, GAP, WARNING, Hit, Reading, Rule, in_any, undisguised
from responders.voice.rules.statements import SIGNATURE
from responders.voice.rules.stems import stems

BETTER: Final = "Leave it out, or have somebody of ours note it as found; say what we do about it."
FEWEST_WORDS: Final = 4
"""A shorter sentence is an exclamation or a heading."""
MOST_SHARED: Final = 2
"""With so many of the people's own words a sentence names the trouble."""
_PARTIES: Final = re.compile(
    rf"""(?ix)\b(?:we|i|us|our\s+own|me|ourselves|wir|ich|uns|mir|you|yours?|yourself|sie|ihnen|du|dir
      |dein\w*|euch|someone|somebody|nobody|no\s+one|jemand|niemand|others|another\s+of|one\s+of|two\s+of
      |anyone|everyone|{STAFF}|group|department|squad|desk|lab|abteilung\w*|gruppe|mechanics?|maintainers?)\b"""
)
"""We, the people who tell us, and everybody who works on it: what they do is no claim of it."""
_TALK: Final = re.compile(
    r"""(?ix)\?\s*$ | […:]\s*$ | ^(?:ouch|oh|oops|ugh|argh|uff|oje|autsch|hi|hello|hallo|moin
      |guten)\b
    | \b(?:thank\w*|dank\w*|sorry|apolog\w*|regret\w*|leid|entschuldig\w*|known|knows?|bekannt|aware
      |report\w*|told|wrote|written|hear\w*|heard|confirmed|please|bitte|tell|let|say\w*|said|here|hier
      |utc|news|word|page|nachricht\w*|meldung\w*|meld\w*|schreib\w*|geschrieben|zwischenstand|facts?
      |guess|(?:this|that)\s+one\s+is|stopgap|observation|beobachtung|echtes|frustrating|annoying|awful|ärgerlich|lästig|problem\s+for|a\s+pity|no\s+fun|worse|clue)\b
    | \b(?:next|nächste\w*)\s+(?:updates?|information|word|stand|step|schritt)"""
)
"""Talk with people, and what is said of the next word."""
_OPEN: Final = re.compile(
    r"""(?ix)\b(?:not|no|none|nothing|never|nor|unknown|unclear|nicht|nichts|kein\w*|unklar|offen|if
      |whether|ob|(?:(?<=^)|(?<=,\s))falls|wenn|until|may|might|could|would|should|könnte\w*|vielleicht|perhaps|maybe
      |hope\w*|warum|wann|woran|why|how|when)\b|n't\b"""
)
"""What is denied or left open."""
_WORK: Final = re.compile(
    r"""(?ix)\b(?:investigat\w*|look(?:ed|ing|s)?|check\w*|test\w*|being|worked|work\s+(?:has|on)|under\s+way
      |in\s+progress|measur\w*|compar\w*|review\w*|examin\w*|analy\w*|trac\w+|log(?:s|ged)?|microscope
      |search|booked|planned|cleared|untersuch\w*|prüf\w*|such(?:e|en|t)\b|arbeit\w*|analysier\w*|vergleich\w*
      |tisch|bench|top\s+of|list|on\s+it|at\s+it|attention|dran|priorit\w*|afternoon)\b"""
)
"""Work of ours."""
_GOES_ON: Final = re.compile(
    r"""(?ix)\b(?:works?|plays?|runs?|shows?|keeps?\s+(?:work|runn|play|count|go)ing|stay(?:s|ed)?|(?:is|are)\s+(?:fine|complete|right|safe|untouched))\b(?!\s+again)
      (?:\s+(?:as\s+before|as\s+usual|fine|without|meanwhile|normally|on))?\s*[.!]?$
    | \b(?:meanwhile|in\s+the\s+meantime|weiterhin|weiter|unverändert|themselves|selbst|nehmen
      |unterdessen|solange|bis\s+dahin|lässt\s+sich)\b
    | \b(?:web\s+version|phones?|tablets?|laptops?)\b[^.!?]{0,30}\b(?:works?|plays?|fine)\b"""
)
"""What is not touched: people want to know it."""


def unfounded(reading: Reading) -> Iterator[str]:
    """Yield the sentences of a first reply that state what no fact bears out."""
    facts = reading.facts
    if not facts.is_first_reply or facts.phase not in {"new", "investigating"} or facts.cause:
        return
    ours = (facts.product, facts.speaker, facts.workaround)
    known = stems(" ".join([reading.told, *(undisguised(one) for one in ours)]))
    for sentence in reading.claimed:
        new = stems(sentence) - known
        shared = stems(sentence) & known
        names_it = len(shared) >= MOST_SHARED and len(shared) >= len(new)
        if new and not names_it and _states(sentence, reading):
            yield sentence


def _begins(sentence: str) -> bool:
    """Tell whether it is a whole sentence: what a link or a quotation cut off begins small."""
    return sentence[0].isalpha() and not sentence.split(maxsplit=1)[0].islower()


def _states(sentence: str, reading: Reading) -> bool:
    """Tell whether a sentence says something of the product, and no more than that."""
    speaker = reading.facts.speaker.casefold()
    if GAP.strip() in sentence or not _begins(sentence) or len(sentence.split()) < FEWEST_WORDS:
        return False
    if speaker and speaker.split()[-1] in sentence.casefold():
        return False
    kinds = (SIGNATURE, US, _PARTIES, _TALK, _OPEN, _WORK, _GOES_ON)
    return not any(in_any(kind, sentence) for kind in kinds)


def _unfounded(reading: Reading) -> Iterator[Hit]:
    for sentence in unfounded(reading):
        yield Hit(sentence, BETTER)


RULES: Final = (
    Rule(
        id="unfounded",
        level=WARNING,
        message="Nothing in the issue says this.",
        find=_unfounded,
        languages=BOTH,
    ),
)
