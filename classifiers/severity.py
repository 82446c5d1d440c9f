"""How bad an issue is for the people who have it, from their own words.

Apart because a person will argue about it: the words are listed, and the reason names them. It is
a first guess for the queue's order, never a gate.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Level = Literal["cosmetic", "minor", "major", "critical"]

WORDS: dict[Level, tuple[str, ...]] = {
    "critical": (
        r"(?:lost|losing|wiped|erased|deleted|destroyed) (?:all|my|our|every\w*|the)\b",
        r"data (?:loss|lost|gone|breach|leak\w*)",
        r"(?:files|photos|notes|documents|money|history|backups?) (?:are |is |all |just )*gone",
        r"(?:files|photos|notes|documents|money|history|backups?) (?:lost|vanished|overwritten)",
        r"corrupt(?:ed|s|ing|ion)?",
        r"hacked|security hole|leaked|someone else'?s (?:account|data|files|photos|messages)",
        r"charged (?:me )?(?:twice|again|double|two times)|double.?charged",
        r"(?:is|are|still|completely|totally) (?:down|offline|dead|unusable)|outage",
        r"bricked|overheat\w*|burn(?:t|ing|ed)|smoke|caught fire|injur\w+",
        r"nobody can|no one can|everyone is locked out",
    ),
    "major": (
        r"crash\w*|freez\w+|frozen|hang(?:s|ing)|force.?clos\w+",
        r"(?:can'?t|cannot|can not|couldn'?t|unable to|no longer|impossible to) \w+",
        r"(?:doesn'?t|does not|don'?t|didn'?t|won'?t|isn'?t|not|stopped|stops|quit) work\w*",
        r"broken?|fail(?:s|ed|ing|ure)?|stuck|errors?|refus\w+|useless",
        r"never (?:loads|arrives|starts|finishes)",
        r"(?:does|did|will|is|are|has|have) not(?: been)? (?:start|load|open|sav|sync|upload)\w*",
        r"(?:does|did|will|is|are) not (?:back|arriv|send|sent|recogni|respond|connect|go)\w*",
        r"not (?:backed|saved|uploaded|synced|sent|delivered|going|starting|loading|responding)\b",
        r"does nothing|nothing (?:happens|arrives|has arrived|loads|works|helps)",
        r"none of (?:my|our) \w+|(?:app|it|mine|everything|sync|backup) (?:just )?stopped",
        r"(?:back(?:ed)? (?:it|this|the update) (?:out|off)|roll(?:ed)? back|take .{0,20} back)",
        r"locked out|log(?:s|ged|ging)? (?:me )?out|won'?t (?:\w+)",
    ),
    "minor": (
        r"slow\w*|lag\w*|delay\w*|takes (?:ages|forever|long)|sometimes|occasional\w*|now and then",
        r"annoy\w+|confus\w+|inconvenient|wrong|twice|drain\w*|workaround|missing",
    ),
    "cosmetic": (
        r"typos?|spelling|misspel\w+|colou?rs?|icons?|fonts?|align\w*|pixels?|ugly|spacing",
        r"dark mode|theme|looks? (?:odd|off|weird|bad)|cut off|overlap\w*",
    ),
}
"""From worst to least; a post counts for the worst list that one of its words is in."""

SHARE_NEEDED: dict[Level, float] = {"critical": 0.2, "major": 0.3, "minor": 0.3, "cosmetic": 0.5}
"""Share of an issue's posts, worse ones included, that must say so: one loud voice is too few."""

_PATTERNS = {
    level: re.compile(rf"\b(?:{'|'.join(found)})\b", re.IGNORECASE)
    for level, found in WORDS.items()
}


@dataclass(frozen=True)
class Severity:
    """A level and the words it rests on."""

    severity: Level
    reason: str


def severity_of(texts: Sequence[str]) -> Severity:
    """Judge an issue by the words of its posts.

    Example: two of four posts with "lost all" are critical: "2 of 4 posts say “lost all”".
    """
    said = [_worst(text.replace("’", "'")) for text in texts]
    count = 0
    for level, share in SHARE_NEEDED.items():
        words = [word for found, word in said if found == level]
        count += len(words)
        if words and count >= max(1.0, share * len(texts)) and (count > 1 or len(texts) < 3):
            top = [f"“{word}”" for word, _ in Counter(words).most_common(2)]
            return Severity(level, f"{count} of {len(texts)} posts say {', '.join(top)} or worse")
    return Severity("minor", "no words that say how bad it is")


def _worst(text: str) -> tuple[Level | None, str]:
    for level, pattern in _PATTERNS.items():
        found = pattern.search(text)
        if found:
            return level, found.group(0).casefold()
    return None, ""
