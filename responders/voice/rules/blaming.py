"""No cause before it is found, and no blame on those who tell us or on those we work with.

Pure. That a cause is looked for is no cause; a cause that a person of ours noted may be said.
"""

import re
from collections.abc import Iterator
from typing import Final

from responders.voice.rules.accusing import accusations
from responders.voice.rules.base import (
    BLOCK,
    BOTH,
    Hit,
    Reading,
    Rule,
    before,
    in_any,
    undisguised,
)
from responders.voice.rules.causes import NAMED, PART_BROKE
from responders.voice.rules.explaining import claims_of_it, explanations, is_our_reason
from responders.voice.rules.lecturing import lectures
from responders.voice.rules.mechanisms import mechanism

BETTER_CAUSE: Final = "We do not know the cause yet; our team is investigating."
BETTER_BLAME: Final = "Say what we do about it; leave out whose fault it is."

_UNKNOWN: Final = re.compile(
    r"""(?ix)\b(?:whether|if|what|why|where|how|not\s+(?:yet\s+)?(?:know|known|sure|clear|found)
      |unknown
      |don't\s+(?:yet\s+)?know|do\s+not\s+(?:yet\s+)?know|find\s+out|determine|rule\s+out|unclear
      |who|ob
      |warum|weshalb|wieso|woran|welche\w*|suchen|looking\s+for|noch\s+nicht|sorry
      |apologi[sz]e\w*|trouble|delay\w*|thank\w*|dank\w*)\b[^.!?]{0,80}$"""
)
_THIRD: Final = r"""(?:our|the|a)\s+(?:\w+\s+)?(?:provider|partner|supplier|vendor|hoster
      |host(?:ing)?
      (?:\s+(?:company|provider|partner))?|contractor|carrier|cloud(?:\s+provider)?
      |data\s?cent(?:er|re)
      |manufacturer|reseller|payment\s+\w+)|apple|google|microsoft|amazon|aws|cloudflare|samsung
      |meta
      |stripe|paypal|unser\w*\s+(?:\w+\s+)?(?:\w*dienstleister|\w*partner|\w*anbieter|lieferant
      |hoster
      |provider|hersteller)"""
_FAILED: Final = r"""dropped\s+the\s+ball|messed\s+(?:\w+\s+)?up|screwed\s+(?:\w+\s+)?up|botched
      |bungled
      |let\s+(?:us|you)\s+down|failed\s+(?:us|you)|broke\s+(?:it|this|our)|got\s+(?:it
      |this)\s+wrong
      |did\s+not\s+do\s+their|didn't\s+do\s+their|verbockt|verschuldet|versaut|vermasselt
      |geschlampt
      |versagt|mist\s+gebaut|im\s+stich\s+gelassen|(?:ist|sind)\s+schuld"""
_BLAME: Final = re.compile(
    rf"""(?ix)
    \b(?:user|operator|human|customer|pilot)\s+error\b | \bpebkac\b | \bby\s+user\s+mistake\b
  | \b(?:your|you)\s+(?:own\s+)?(?:fault|mistake|error|misuse|negligence|misunderstanding)\b
  | \byou(?:'ve|\s+have|\s+must\s+have|\s+probably|\s+seem\s+to\s+have)?\s+(?:failed|forgot\w*
      |neglected
      |misread|misunderst\w+|misconfigured|mistyped|broke\w*|caused|ignored|did\s+(?:it\s+|that\s
      )?wrong|got\s+(?:it|that)\s+wrong)\b
  | \byou\s+(?:should(?:n't|\s+not|\s+never)?\s+have|ought\s+to\s+have|didn't|did\s+not
      |are\s+using\s
      (?:it|the\s+\w+)\s+wrong|are\s+doing\s+(?:it|this|that)\s+wrong|are\s+to\s+blame|are\s+the\s
      (?:only|problem)|were\s+supposed\s+to|were\s+told)\b(?!\s+(?:anything
      |do\s+anything)\s+wrong)
  | \byour\s+(?:\w+\s+){{0,2}}?(?:is|are|was|were|must\s+be|seems?
      |appears?)\s+(?:to\s+be\s+)?(?:to\s
      blame|at\s+fault|wrong|misconfigured|the\s+(?:problem|cause|culprit)|too\s+\w+|faulty
      |not\s+(?:good|fast|new)\s+enough)\b
  | \b(?:fault|mistake|error|failure|negligence|incompetence)\s+(?:is|was|lies|lay|of|by|on|at
      |with|rests)
      \s+(?:with\s+|on\s+|at\s+)?(?:the\s+side\s+of\s+)?(?:your|the\s+user|users|customers
      |our\s+(?:partner
      |provider|supplier|vendor|host|contractor)\w*|a\s+(?:partner|third\s+party|supplier|vendor)
      |apple|google|microsoft|amazon|aws|cloudflare|samsung|meta|stripe|paypal)\b
  | \b(?:partner|provider|supplier|vendor|host|carrier|apple|google|microsoft|amazon|aws
      |cloudflare
      |samsung|third\s+party)(?:'s|s')?\s+(?:is|are|was|were)?\s*(?:to\s+blame|at\s+fault|fault\b
      |mistake\b|negligen\w+|incompeten\w+|messed\s+up|screwed\s+up|let\s+us\s+down
      |broke\s+(?:it|this))
  | \b(?:blame|we\s+blame|blaming)\s+(?!for\b|us\b|ourselves\b|nobody\b|anyone\b)\w+
      | \bnot\s+our\s+(?:fault|problem)\b
  | \b(?:{_THIRD})\s+(?:\w+\s+){{0,3}}?(?:{_FAILED})\b
  | \b(?:apple|google|microsoft|amazon|aws|cloudflare|samsung|meta|stripe|paypal|vodafone
      |telekom)(?:'s)?\s+
      (?:\w+\s+){{0,2}}?(?:that\s+|which\s+)?(?:fails?|failed|is\s+down|are\s+down|was\s+down)\b
  | \b(?:is|are)\s+the\s+problem\b(?!\s+(?:that|we|you|with|of|in|on)) | \bnot\s+our\s+(?:app
      |software|service)\b
  | ^if\s+you(?:'d|\s+had)\s+(?:not\s+|only\s+)?\w+ed\b
  | \byou\s+(?:probably|apparently|obviously|clearly|maybe|perhaps|must)\s+(?:have\s+)?(?:didn't
      |did\s+not|forgot\w*
      |missed|skipped|not\s+\w+ed)\b
  | \byour\s+own\s+doing\b | \b(?:read|consult|study|follow)\s+the\s+(?:\w+\s+)?(?:manual
      |instructions|docs
      |documentation|guide)\s+(?:first|before|next\s+time|properly|more\s+carefully)
  | \b(?:those|people|users?|customers?|they|you)\s+(?:\w+\s+)?(?:didn't|did\s+not|haven't|don't
      |failed\s+to)\s+
      (?:follow|read|update|install|check|pay\s+attention|understand|listen)\b
  | \b(?:ist|sind|war|waren|trägt|tragen)\s+(?:(?!wir\b|unsere\b
      |nicht\b)[\w'-]+\s+){{0,4}}?schuld\b
  | ^(?:had|hätten)\s+(?:you|sie)\b(?!\s+(?:any|a|an)\b)
  | \b(?:you|people|users?|customers?|some|most|many|those)\s+(?:\w+\s+){{0,6}}?(?:entered|used
      |set|installed
      |configured|connected|typed|clicked|chose|chosen|handled|followed|filled|plugged|placed)\s+
      (?:\w+\s+){{0,4}}?(?:incorrectly|wrongly|improperly|carelessly|by\s+mistake
      |the\s+wrong\s+way
      |without\s+reading)\b
  | \b(?:sie|du)\s+(?:wohl|vermutlich|offenbar|wahrscheinlich|bestimmt|sicher|anscheinend)\s+
      (?:\w+\s+){{0,4}}?(?:falsch\w*|vergessen|übersehen|verwechselt|vertippt|versehentlich)\b
  | \b(?:haben|hast)\s+(?:sie|du)\s+(?:\w+\s+){{0,5}}?(?:falsch\w*\s+(?:\w+\s+)?\w{{3,}}(?:t|en)
      |vergessen|übersehen|verwechselt|vertippt|versäumt)\b(?!\s*\?)
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
    for sentence in claims_of_it(reading):
        for pattern in (NAMED, PART_BROKE):
            for found in pattern.finditer(sentence):
                if not (
                    in_any(_UNKNOWN, before(sentence, found.start()))
                    or _theirs(found, reading)
                    or is_our_reason(sentence, found)
                ):
                    yield Hit(sentence[found.start() : found.end() + 40].strip(), BETTER_CAUSE)
        told = mechanism(sentence, reading.told)
        if told:
            yield Hit(told, BETTER_CAUSE)
    for words in explanations(reading):
        yield Hit(words, BETTER_CAUSE)


def _theirs(found: re.Match[str], reading: Reading) -> bool:
    """Tell whether people wrote these words themselves, so that they name the trouble."""
    said = undisguised("\n".join((*reading.facts.said, reading.facts.title))).casefold()
    return found.re is PART_BROKE and found[0].casefold() in said


def _blame(reading: Reading) -> Iterator[Hit]:
    for sentence in reading.sentences:
        for found in _BLAME.finditer(sentence):
            negated = in_any(_UNBLAMED, before(sentence, found.start()))
            cleared = in_any(_WRONG, sentence[found.end() : found.end() + 60])
            if cleared or (negated and not in_any(_DENIES, found[0])):
                continue
            yield Hit(found[0].strip(), BETTER_BLAME)
    for sentence in reading.claimed:
        for words in accusations(sentence, third_parties=True):
            yield Hit(words, BETTER_BLAME)
        for words in lectures(sentence, reading.told):
            yield Hit(words, BETTER_BLAME)


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
