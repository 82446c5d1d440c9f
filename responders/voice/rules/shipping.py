"""A fix date in the shape of a release: something of ours that goes out at a time to come.

Pure. Who says that a version, a patch or a cure comes on a day has promised the day, whatever the
verb is. Our next word is called an update as well, so that word counts only as a piece of software.
"""

import re
from typing import Final

from responders.voice.rules.base import in_any
from responders.voice.rules.outcomes import ASKS, DAY, FUTURE, MANY, PAST, UNIT

_THING: Final = re.compile(
    r"""(?ix)\b(?:versions?|releases?|patch(?:es)?|builds?|firmware|hot-?fix(?:es)?|fix(?:es)?|cures?
      |remed(?:y|ies)|corrections?|corrected\s+\w+|repaired\s+\w+|repairs?|solutions?|lösung\w*
      |korrektur\w*|abhilfe|reparatur\w*|fassung|fehlerbehebung\w*
      |(?:an?|the|this|that|das|ein|dieses)\s+(?:\w+\s+)?update(?:\s+(?:that|which|for|against|dagegen
        |für|mit)|,\s+(?:das|that|which)))\b"""
)
"""What ends trouble when it arrives."""
_SOFTWARE: Final = r"(?:release|version|update|build|sprint|patch|firmware|deployment|fassung)"
_MONTH: Final = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|januar|februar|märz|mai|juni|juli|oktober|dezember)"
)
_PLANNED: Final = re.compile(
    rf"""(?ix)\b(?:with|in|for|into|to|of|mit|in|für)\s+(?:the|our|a|an|der|dem|das|die|unser\w*)\s+
      (?:next|coming|upcoming|{DAY}|{_MONTH}|nächste[nrs]?|kommende[nrs]?)(?:'s)?[\s-]+{_SOFTWARE}\b
    | \b{MANY}(?:\s+(?:or|to|oder|bis)\s+{MANY})?\s+{UNIT}\s+(?:off|away|out|entfernt)\b
    | \bnoch\s+(?:diese[nr]?|heute|in\s+dieser|im|vor)\s+(?:\w+\s+)?(?:woche|monat|nacht|abend
      |wochenende|nachmittag|{_MONTH}|{DAY})\b
    | \bin\s+(?:time\s+for|the\s+course\s+of)\s+(?:\w+\s+){{0,2}}\w+ | \bin\s+the\s+(?:coming
      |next)\s+
      (?:{MANY}\s+)?{UNIT}"""
)
"""A time to come that has the name of a release, or is counted from today."""
_PATIENCE: Final = re.compile(
    rf"""(?ix)\b(?:give\s+(?:us|it|them|the\s+\w+)|wait|allow|hold\s+on|geben\s+sie\s+(?:uns|dem|der)|gedulden
      |gib\s+uns)\b[^.!?]{{0,30}}?\b(?:(?:until|till|bis)\s+(?:the\s+|zum\s+)?(?:{DAY}|weekend|wochenende|tomorrow|morgen)
      |{MANY}\s+(?:more\s+|noch\s+)?{UNIT})\b[^.!?]{{0,10}}(?:\band\b|\bund\b|,|\bdann\b)"""
)
"""Patience until a day, and then all is well."""
_GOAL: Final = re.compile(
    r"(?i)\b(?:our|the|unser|das|der)\s+(?:\w+\s+)?(?:target|goal|aim|deadline|due\s+date|eta|plan|ziel|termin)"
    r"(?:\s+(?:date|for\s+\w+))?\s+(?:is|ist|lautet|stands)\b(?!\s+(?:not|unknown|open|nicht|noch|to\s+(?:find|tell|write|post|know)))"
)
_END_OF: Final = re.compile(
    r"(?i)\b(?:end|start|middle|beginning|ende|anfang|mitte)\s+(?:of|der|des)\b"
)
_DENIED: Final = re.compile(
    r"""(?ix)\b(?:not|no|never|none|nothing|nicht|kein\w*|whether|ob|when|wann|cannot|unlikely
      |other|another|unrelated|ander\w*)\b|n't\b"""
)
_TOOK_PLACE: Final = re.compile(
    r"(?i)\b(?:came|went|left|shipped|released|published|since|kam|erschien|seit)\b"
)
_LISTED: Final = re.compile(
    r"(?i)\b(?:list(?:ed)?|roadmap|plan\w*|schedul\w*|slot\w*|liste|eingeplant|vorgesehen)\b"
)
"""Where work waits for its release."""
_OFF: Final = re.compile(r"(?i)\b(?:off|away|out|entfernt)$")
"""Counted to the end of the trouble, whatever it is called."""


def shipping_date(sentence: str) -> str | None:
    """Return the time at which a sentence sees something of ours go out; None without one."""
    patience = _PATIENCE.search(sentence)
    if patience and not in_any(_DENIED, sentence):
        return patience[0].strip()
    goal = _GOAL.search(sentence)
    if goal and (FUTURE.search(sentence) or _END_OF.search(sentence)):
        return goal[0].strip()
    planned = _PLANNED.search(sentence)
    thing = _THING.search(sentence)
    date = planned or (FUTURE.search(sentence) if thing else None)
    if date is None or any(in_any(one, sentence) for one in (ASKS, _DENIED, PAST, _TOOK_PLACE)):
        return None
    if thing is None and not in_any(_LISTED, sentence) and not in_any(_OFF, date[0]):
        return None
    return sentence[max(date.start() - 20, 0) : date.end() + 20].strip()
