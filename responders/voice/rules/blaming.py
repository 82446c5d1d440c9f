"""No cause before it is found, and no blame on those who tell us or on those we work with.

Pure. That a cause is looked for is no cause; a cause that a person of ours noted may be said.
"""

import re
from collections.abc import Iterator
from typing import Final

from responders.voice.rules.base import BLOCK, BOTH, Hit, Reading, Rule, before, in_any

BETTER_CAUSE: Final = "We do not know the cause yet; our team is investigating."
BETTER_BLAME: Final = "Say what we do about it; leave out whose fault it is."

_CAUSE: Final = re.compile(
    r"""(?ix)
    \b(?:because\s+of|because\s+(?:the|a|an|our|one|some|of)|due\s+to\s+(?!be\b|come\b)
      |owing\s+to|caused\s+by
      |triggered\s+by|(?:is|was|are|comes?|came|stems?|stemmed|result\w*
      |arises?)\s+(?:the\s+result\s
      of|from\s+(?:a|an|the|our|one|some)|of\s+a)|as\s+a\s+result\s+of|thanks\s+to\s+(?:a|an)\b
      |traced\s+(?:it|this|that)?\s*(?:back\s+)?to
      |(?:root\s+)?cause\s+(?:is|was|turned|seems|appears|lies|may\s+be|could\s+be|:)
      |(?:the|a)\s+culprit\s+(?:is|was)|introduced\s+(?:by|in|with))
  | \b(?:aufgrund|wegen|verursacht\s+durch|ausgelöst\s+durch|ursache\s+(?:ist|war|liegt)|liegt\s+an
      |hervorgerufen|kommt\s+von)\b
    """
)
_UNKNOWN: Final = re.compile(
    r"""(?ix)\b(?:whether|if|what|why|where|how|not\s+(?:yet\s+)?(?:know|known|sure|clear|found)
      |unknown
      |don't\s+(?:yet\s+)?know|do\s+not\s+(?:yet\s+)?know|find\s+out|determine|rule\s+out|unclear|ob
      |noch\s+nicht|sorry|apologi[sz]e\w*|trouble|delay\w*|thank\w*|dank\w*)\b[^.!?]{0,80}$"""
)
_BLAME: Final = re.compile(
    r"""(?ix)
    \b(?:user|operator|human|customer|pilot)\s+error\b | \bpebkac\b | \bby\s+user\s+mistake\b
  | \b(?:your|you)\s+(?:own\s+)?(?:fault|mistake|error|misuse|negligence|misunderstanding)\b
  | \byou(?:'ve|\s+have|\s+must\s+have|\s+probably|\s+seem\s+to\s+have)?\s+(?:failed|forgot\w*
      |neglected
      |misread|misunderst\w+|misconfigured|mistyped|broke\w*|caused|ignored|did\s+(?:it\s+|that\s
      )?wrong|got\s+(?:it|that)\s+wrong)\b
  | \byou\s+(?:should(?:n't|\s+not|\s+never)?\s+have|ought\s+to\s+have|didn't|did\s+not
      |are\s+using\s
      (?:it|the\s+\w+)\s+wrong|are\s+doing\s+(?:it|this|that)\s+wrong|are\s+to\s+blame|are\s+the\s
      (?:only|problem)|were\s+supposed\s+to|were\s+told)\b(?!\s+(?:anything|do\s+anything)\s+wrong)
  | \byour\s+(?:\w+\s+){0,2}?(?:is|are|was|were|must\s+be|seems?|appears?)\s+(?:to\s+be\s+)?(?:to\s
      blame|at\s+fault|wrong|misconfigured|the\s+(?:problem|cause|culprit)|too\s+old|faulty)\b
  | \b(?:fault|mistake|error|failure|negligence|incompetence)\s+(?:is|was|lies|lay|of|by|on|at
      |with|rests)
      \s+(?:with\s+|on\s+|at\s+)?(?:the\s+side\s+of\s+)?(?:your|the\s+user|users|customers
      |our\s+(?:partner
      |provider|supplier|vendor|host|contractor)\w*|a\s+(?:partner|third\s+party|supplier|vendor)
      |apple|google|microsoft|amazon|aws|cloudflare|samsung|meta|stripe|paypal)\b
  | \b(?:partner|provider|supplier|vendor|host|carrier|apple|google|microsoft|amazon|aws|cloudflare
      |samsung|third\s+party)(?:'s|s')?\s+(?:is|are|was|were)?\s*(?:to\s+blame|at\s+fault|fault\b
      |mistake\b|negligen\w+|incompeten\w+|messed\s+up|screwed\s+up|let\s+us\s+down
      |broke\s+(?:it|this))
  | \b(?:blame|we\s+blame|blaming)\s+(?!for\b|us\b|ourselves\b|nobody\b|anyone\b)\w+
      | \bnot\s+our\s+(?:fault|problem)\b
  | \b(?:ihr|dein|euer)(?:e|en|em)?\s+(?:eigener?\s+)?(?:fehler|schuld|versehen)\b
      | \bselbst\s+schuld\b
  | \bbedienungsfehler\b | \banwenderfehler\b | \b(?:hätten\s+sie|sie\s+hätten)\b
  | \bschuld\s+(?:ist|hat|sind|trägt)\b | \bnicht\s+unsere\s+schuld\b
    """
)
_UNBLAMED: Final = re.compile(
    r"(?i)\b(?:not|nothing|n't|no|never|isn't|nicht|kein\w*)\s+(?:\w+\s+){0,3}$"
)
_DENIES: Final = re.compile(r"(?i)^(?:not our|you (?:didn't|did not)|nicht unsere)")
_WRONG: Final = re.compile(r"(?i)^[^.!?]{0,30}\b(?:do|did|anything)\b[^.!?]{0,20}\bwrong\b")


def _cause(reading: Reading) -> Iterator[Hit]:
    if reading.facts.phase not in {"investigating", "new"}:
        return
    for sentence in reading.claimed:
        for found in _CAUSE.finditer(sentence):
            if not in_any(_UNKNOWN, before(sentence, found.start())):
                yield Hit(sentence[found.start() : found.end() + 40].strip(), BETTER_CAUSE)


def _blame(reading: Reading) -> Iterator[Hit]:
    for sentence in reading.sentences:
        for found in _BLAME.finditer(sentence):
            negated = in_any(_UNBLAMED, before(sentence, found.start()))
            cleared = in_any(_WRONG, sentence[found.end() : found.end() + 60])
            if cleared or (negated and not in_any(_DENIES, found[0])):
                continue
            yield Hit(found[0].strip(), BETTER_BLAME)


RULES: Final = (
    Rule(
        id="cause",
        level=BLOCK,
        message="No cause before the issue is identified.",
        find=_cause,
        languages=BOTH,
    ),
    Rule(
        id="blame",
        level=BLOCK,
        message="No blame on the people who tell us, nor on a partner.",
        find=_blame,
        languages=BOTH,
    ),
)
