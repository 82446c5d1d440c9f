"""A cause in other words than "cause": a part of ours that acts, a sentence that explains itself.

Pure. While nobody knows what is wrong, a sentence of ours has no business to explain it. So it is
asked who acts, and whether the sentence says why; a list of the words for "cause" would never end.
"""

import re
from collections.abc import Iterator
from typing import Final

from responders.voice.rules.agents import INNER, STAFF, US
from responders.voice.rules.base import GAP, Reading, in_any, undisguised
from responders.voice.rules.statements import SIGNATURE

_DETERMINED: Final = r"""(?:our|the|an?|one\s+of\s+(?:our|the)|some|this|that|every|each
      |(?:last|this)\s+\w+(?:'s)?|yesterday's|today's|\w+day's|unser\w*|der|die|das|ein\w*
      |diese\w*)"""
_IDLE: Final = rf"""(?:is|are|was|were|has|have|had|will|would|can|could|may|might|should|must
      |does|do|did|be|being|been|this|its|his|as|us|yes|comes|goes|follows|stays|remains|works
      |seems|appears|looks|people|team|needs?|and|or|that|which|who|with|need|used|called|based
      |ist|sind|war|waren|wird|werden|hat|haben|hatte|kann|können|bleibt|bleiben|und|oder|mit
      |geht|läuft|funktioniert|selbst|heute|gerade|noch|nicht|weiter|{STAFF})"""
PART_ACTS: Final = re.compile(
    rf"""(?ix)\b{_DETERMINED}\s+(?:[\w'-]+\s+){{0,4}}?{INNER}\s+(?:now\s+|then\s+|sometimes\s+
      |always\s+|also\s+|\w+ly\s+)?(?!{_IDLE}\b)(?:\w{{2,20}}(?:s|ed|t)|broke|began|forgot|lost
      |went|ran|fell|sent|took|gave|kept|led|wrote|overran|bekam|vergaß|verlor|fiel|lief)\b
    | \b{_DETERMINED}\s+(?:[\w'-]+\s+){{0,4}}?{INNER}\s+(?:is|are|was|were|keeps?|kept|started)\s+
      (?!being\b|working\b|looking\b|running\b|going\b)\w{{3,20}}ing\b"""
)
"""A part of ours that does something, other than being there."""
CHANGE_ACTS: Final = re.compile(
    r"""(?ix)\b(?:our|the|an?|last|latest|new|yesterday's|\w+day's|(?:last|this)\s+\w+(?:'s)?|unser\w*
      |das|die|ein\w*)\s+(?:(?!next\b|further\b|another\b|nächste)[\w'-]+\s+){0,2}?
      (?:updates?|versions?|releases?|builds?|changes?|patch(?:es)?|upgrades?|änderung|fassung
        |aktualisierung)\s+(?:\w+ly\s+|also\s+|has\s+|have\s+|hat\s+)?
      (?:introduc|chang|brok|break|remov|alter|switch|replac|reset|drop|overw|delet|turn|disabl|wip
        |reintroduc|corrupt|mov(?:ed|es)|bring|brought|verstell|entfern|überschr|veränder|zerst|gelösch
        |verursach|deaktivier)\w*"""
)
"""A change of ours that did something."""
_WHAT_YOU_SEE: Final = re.compile(
    r"(?i)^what\s+(?:you|people|others|they|we|he|she)\s+(?:\w+\s+)?(?:see|describe|report|saw|met|meet"
    r"|notice|noticed|have|get|got|are\s+seeing)\s+(?:there\s+|here\s+)?"
)
_BECAUSE: Final = re.compile(
    r"(?i)^(?:because(?!\s+of)|it's because|that's because|this is because)"
)
_PART: Final = re.compile(rf"(?ix)\b{INNER}\b")
ILL: Final = re.compile(
    rf"""(?ix)\b(?:an?|the|our|some|one|unser\w*|ein\w*|der|die|das)\s+(?:\w+(?:ly)?\s+)?
      (?:faulty|broken|expired|corrupt(?:ed)?|outdated|misconfigured|misplaced|mistaken|flawed
        |defective|overloaded|stale|botched|half-finished|buggy|defekte[rsn]?|kaputte[rsn]?
        |abgelaufene[rsn]?|fehlerhafte[rsn]?|überlastete[rsn]?|veraltete[rsn]?|vergessene[rsn]?
        |falsch\s+\w+e[rsn]?)\s+(?:\w+[\s-]+){{0,2}}?{INNER}\b"""
)
"""A part of ours that is called ill."""
_WHY: Final = re.compile(
    r"""(?ix)\b(?:because(?!\s+of\s+you)|which\s+is\s+why|that(?:'s|\s+is)\s+why|hence|therefore
      |thus|as\s+a\s+(?:result|consequence)|consequently|stem(?:s|med|ming)?\s+from
      |result(?:s|ed|ing)?\s+from|comes?\s+(?:down\s+to|from)|came\s+(?:down\s+to|from)
      |boils?\s+down\s+to|traces?\s+back\s+to|turn(?:s|ed)\s+out(?!\s+(?:you|we|others|several
      |many))|(?:is|was|are|were|'s)\s+(?:exactly\s+)?what\s+(?!we\b|you\b|i\b|others\b|people\b
      |happens\b
      |\w+\s+(?:others|people|of\s+you)\b)\w+|(?:blame|culprit|offender|trigger|root)\b
      |explains?\s+(?:it|this|that|the|why)|for\s+the\s+simple\s+reason
    |weil|daher|deshalb|deswegen|darum(?!\s+bitten)|dadurch|folglich|demnach|infolgedessen
      |nämlich|sodass|so\s+dass|(?:liegt|lag|liegen|lagen)\s+(?:wohl\s+|vermutlich\s+
      |wahrscheinlich\s+)?an(?:\s+(?:der|dem|den|ein\w+|unser\w+))?|rührt\s+\w+|hängt\s+mit
      |kommt\s+daher|steckt\s+(?:\w+\s+){0,2}?(?:dahinter|hinter)|dahinter\s+steck\w+
      |hintergrund\s+ist|(?:auslöser|ursache|grund)\s+(?:ist|war|dafür))\b"""
)
"""Words by which a sentence says why."""
_OPEN: Final = re.compile(
    r"""(?ix)\?\s*$ | ^was\b | \b(?:whether|if|ob|not|n't|no|nicht|kein\w*|unknown|unklar
      |unclear|find\s+out
      |finding|looking|investigat\w*|tracing|checking|asking|suchen|untersuch\w*|prüf\w*
      |herausfinden|yet|noch|sorry|thank\w*|dank\w*|leid|please|bitte|(?<!is\s)(?<!was\s)what|warum|why\s+(?:it|this
      |that|the)|weshalb|wieso|woran|welche\w*)\b | n't\b"""
)
"""A sentence that leaves it open, asks or thanks."""


def claims_of_it(reading: Reading) -> Iterator[str]:
    """Yield the claims of ours that may explain the trouble; "what you see" names it, no more."""
    for sentence in reading.claimed:
        if not in_any(SIGNATURE, sentence):
            yield _WHAT_YOU_SEE.sub("it ", sentence)


def is_our_reason(sentence: str, found: re.Match[str]) -> bool:
    """Tell whether a "because" says why *we* do something, and names no part of ours."""
    because = in_any(_BECAUSE, found[0])
    ours = in_any(US, sentence[: found.start()]) and not in_any(_PART, sentence[found.start() :])
    return because and ours


def _is_said(words: str, said: str) -> bool:
    """Tell whether people wrote it, be it "my clock runs" where we write "the clock runs"."""
    whole = words.casefold()
    return whole in said or (len(whole.split()) > 2 and whole.split(None, 1)[1] in said)


def explanations(reading: Reading) -> Iterator[str]:
    """Yield the words of each claim of ours that explains the trouble."""
    said = undisguised("\n".join((*reading.facts.said, reading.facts.title))).casefold()
    for sentence in claims_of_it(reading):
        if in_any(_OPEN, sentence):
            continue
        for pattern in (PART_ACTS, ILL, CHANGE_ACTS):
            found = pattern.search(sentence)
            if found and not _is_said(found[0], said) and GAP.strip() not in found[0]:
                yield found[0].strip()
                break
        else:
            why = _WHY.search(sentence)
            if why and not in_any(US, sentence) and why[0].casefold() not in said:
                yield sentence[why.start() : why.end() + 40].strip()
