"""Blame that sounds like advice or like a fact: the careful have no trouble, others send rubbish.

Pure. Apart from the blame that is called so: here nobody is "at fault", and yet a reader knows who.
"""

import re
from collections.abc import Iterator
from typing import Final

from responders.voice.rules.agents import OTHERS
from responders.voice.rules.base import in_any

_CARE: Final = (
    r"(?:proper(?:ly)?|correct(?:ly)?|regular(?:ly)?|careful(?:ly)?|well[- ]|as\s+intended"
    r"|ordentlich\w*|richtig\w*|korrekt\w*|regelmäßig\w*|sorgfältig\w*|fachgerecht\w*"
    r"|sauber\w*|gut)"
)
_HANDLED: Final = (
    r"(?:clean|maintain|install|configur|set\s+up|mount|charg|updat|pair|plac|handl|us|kept|keep|stor"
    r"|gepfleg|eingerichte|installier|gewarte|geladen|montier|bedien|benutz|verwende|angeschloss)"
)
_SPARED: Final = re.compile(
    rf"""(?ix)\b{_CARE}\s*(?:{_HANDLED})\w*\b[^.!?]{{0,60}}\b(?:do\s+not|don't|does\s+not|doesn't|never
      |no\s+\w+|not|nicht|kein\w*|without)\b
    | \b(?:as|like)\s+the\s+(?:manual|guide|instructions?|handbook|documentation|docs)\s+
      (?:ask\w*|demand\w*|require\w*|recommend\w*|advise\w*|tells?)\b
    | \bwie\s+(?:es\s+)?(?:in\s+der|die)\s+(?:anleitung|bedienungsanleitung|beschreibung)\s+
      (?:steht|verlangt|vorsieht|empfiehlt)\b
    | \b(?:better|faster|newer|stronger|proper|decent|stable|ordentlich\w*|bessere\w*|stabile\w*
      |schnellere\w*|neuere\w*)\s+(?:[\w-]+\s+){{0,5}}?(?:would|could|should|würde\w*|sollte\w*|könnte\w*
      |hilft|helfen|helps)\b
    | \bbefore\s+you\s+(?:complain|blame|accuse|grumble) | \bnever\s+(?:meant|made|designed
      |built|intended)\s+for\b
    | \bnot\s+(?:designed|built|made)\s+for\b
    | \bup\s+to\s+(?:you|every\w*|each|the|our)\s*(?:user|customer|owner|rider|reader
      |player)?s?\s+to\b
    | \b(?:your|the\s+user's|the\s+customer's)\s+(?:own\s+)?responsibility\b
    | \bthank\s+(?:the|your|our)\s+\w+\s+for\s+(?:that|this|it)\b
    | \b(?:anleitung|handbuch)\b[^.!?]{{0,20}}\b(?:liest|lesen|beachtet|gelesen|beachten)\b
    | \b(?:read|reads|follow|follows)\s+the\s+(?:manual|instructions
      |guide)\b[^.!?]{{0,40}}\b(?:do(?:es)?\s+not|don't|has|have|no)\b
    | \byou\s+(?:presumably|probably|apparently|evidently|likely)\s+(?!noticed?\b|saw\b|seen\b
      |know\b|want\b|see\b|need\b|hoped?\b|think\b
      |wonder\b|expect\w*|like\b|heard\b|have\b|lost\b|read\b|feel\b|felt\b|waited\b|use\b|are\b|did\b|hear\b|ask\w*|care\b)\w{{3,}}
    | \b(?:people|users?|customers?|you|those)\s+(?:\w+\s+)?\w+\s+too\s+(?:much|many|little|few
      |often|hard)\b
    | \bwhat\s+happens\s+when\s+(?:you|people)\b | \b(?:their|his|her)\s+(?:mistake|fault|error
      |doing)\b
    | \b(?:vielleicht|womöglich)\s+(?:ist|sind|war|haben|hat)\s+(?:ihre?\w*|deine?\w*|sie|du)\b
    | \b(?:maybe|perhaps|possibly)\s+your\s+\w+\s+(?:is|are|was|isn't|aren't|has|have)\b
    | \byours\s+must\b
    | \bthan\s+you\s+(?:seem|appear|do|did|have|are)\b | \bals\s+(?:sie|du
      |ihr)\s+(?:es\s+)?(?:offenbar
      |wohl|scheinbar)\b"""
)
"""Those who take care are spared: so those who are not did not."""
_SMALL: Final = re.compile(
    r"""(?ix)\b(?:is|are|was|ist|sind)\s+(?:[\w-]+\s+)?(?:too|zu)\s+(?:small|old|slow|weak|short|few|cheap|far|klein
      |alt|langsam|schwach|billig|weit)\s+(?:for|to|für)\s+(?:what\s+(?:you|people)|your|das,\s+was|this\s+job|that)\b"""
)
_DIDNT: Final = re.compile(
    r"""(?ix)\b(?:because|since|when|as|weil|wenn|da)\s+(?:\w+\s+){0,2}?(?:people|users?|customers?|they|you|most
      |many|owners?|players?|riders?|sie|du|leute|viele|nutzer\w*|kund\w+)\s+(?:\w+\s+){0,6}?(?:do\s+not|don't
      |did\s+not|didn't|never|forget|forgot|nicht|nie|vergess\w+)\b"""
)
_REALLY: Final = re.compile(
    r"""(?ix)\bdid\s+(?:you|anyone)\s+(?:actually|really|even|ever|at\s+least|bother)\b
      | \b(?:have|are)\s+you\s+(?:sure|actually|really|even)\s+(?:\w+\s+)?(?:you|read|checked
      |followed)\b
      | \b(?:haben|hast|habt)\s+(?:sie|du|ihr)\s+(?:\w+\s+)?(?:überhaupt|eigentlich|wirklich
      |auch\s+wirklich)\b"""
)
"""A question that doubts the person."""
_CULPRIT: Final = re.compile(
    r"""(?ix)\b(?:is|are|was|were|be)\s+(?:usually|often|mostly|generally|typically|normally|almost\s+always
      |in\s+most\s+cases)?\s*(?:the\s+(?:usual\s+)?culprits?|to\s+blame|at\s+fault)\b"""
)
_NO_ONE: Final = re.compile(
    r"(?i)\b(?:nobody|nothing|whether|if|what|who|which|looking|find|check\w*)\b|\b(?:is|are|was)\s+(?:not|no)\b|n't\b"
)
_OTHER: Final = re.compile(
    rf"""(?ix)\b(?:{OTHERS}|(?:our|the|your|a|an|unser\w*|der|die|das|ihr\w*|dein\w*)\s+(?:\w+\s+)?
      (?:\w*operators?|network|regist\w+|publishers?|\w*compan(?:y|ies)|airlines?|agency|agencies
      |\w*verbund|\w*betreiber|zulieferer|post|bahn|\w*behörde|\w*werk|\w*gesellschaft|verlag
      |app\s?store|play\s+store|installateur|monteur|händler|verkäufer|handwerker|installer|dealer|retailer|shop|electrician
      |plumber|(?:weather|hosting|payment|shipping|delivery|mail|cloud|data)\s+(?:service|company|office)))\b"""
)
_BADLY: Final = re.compile(
    r"""(?ix)\b(?:rubbish|garbage|nonsense|broken|broke|breaks|ruin\w*|wrong|faulty|bad|late|poor|defective|shoddy|cheap\w*|unreliable|sloppy
      |again\s+(?:broke|failed)|fail(?:s|ed|ing)?|refus\w+|ignor\w+|delay\w*|slow|mess|live\s+with\s+it
      |unable|unwilling|cannot\s+be\s+bothered|falsche?\w*|fehlerhafte?\w*|kaputt\w*|schlecht\w*|verspätet\w*
      |unzuverlässig\w*|schleppend|ständig|weigert|ignoriert|patzt|schrott|unsinn|schlampig\w*)\b"""
)
_CLEARED: Final = re.compile(
    r"(?i)\b(?:not|n't|nothing|no|whether|if|asked|ask|checking|nicht|nichts|kein\w*|ob|fragen|prüfen)\b"
    r"|n't\b|\?\s*$"
)


def lectures(sentence: str, said: str) -> Iterator[str]:
    """Yield the words of a sentence that blame somebody without saying so.

    Args:
        sentence: one of ours.
        said: what people wrote, in small letters; a company they named is their account.
    """
    for pattern in (_SPARED, _SMALL, _REALLY, _DIDNT):
        found = pattern.search(sentence)
        if found and found[0].casefold() not in said:
            yield found[0].strip()
    culprit = _CULPRIT.search(sentence)
    if culprit and not in_any(_NO_ONE, sentence):
        yield culprit[0].strip()
    other, badly = _OTHER.search(sentence), _BADLY.search(sentence)
    if other and badly and not in_any(_CLEARED, sentence) and badly[0].casefold() not in said:
        yield f"{other[0].strip()} … {badly[0].strip()}"
