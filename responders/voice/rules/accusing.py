"""Blame in other words: guesses at what people did, what they should have done, who else failed.

Pure. Apart from the rule's own list: here a sentence is asked who acts and how it is judged.
"""

import re
from collections.abc import Iterator
from typing import Final

from responders.voice.rules.agents import OTHERS, PEOPLE
from responders.voice.rules.base import in_any

_SUFFERED: Final = (
    r"(?:seen|noticed|heard|read|lost|had|found|waited|met|been|experienced|received|got|gotten"
    r"|suffered|tried|felt|wondered|gesehen|bemerkt|gehört|gelesen|verloren|gehabt|gewartet"
    r"|erhalten|bekommen|versucht|gemerkt)"
)
"""What happens to people, and is no deed."""
_GUESSED: Final = re.compile(
    rf"""(?ix)\b(?:you|they|somebody|someone|your\s+\w+)\s+(?:must|may|might|could|probably
      |possibly|apparently|presumably|evidently|seem(?:s|ed)?\s+to|appear(?:s|ed)?\s+to)\s+
      (?:well\s+|have\s+|simply\s+|just\s+){{1,3}}(?!{_SUFFERED}\b)\w{{3,}}
    | \b(?:vermutlich|wohl|wahrscheinlich|offenbar|anscheinend|offensichtlich|womöglich|sicher
      |sicherlich|bestimmt|scheinbar)\s+(?:\w+\s+){{0,2}}?(?:haben|hast|habt|wurde|hat)\s+
      (?:von\s+)?(?:sie|du|ihr|ihnen|dir|euch|jemand|dein\w*|ihre?\w*)\b(?!.*\b{_SUFFERED}\b)
    | \b(?:haben|hast|habt|wurde|hat)\s+(?:von\s+)?(?:sie|du|ihr|ihnen|dir|euch|dein\w*)\s+
      (?:\w+\s+){{0,1}}?(?:vermutlich|wohl|wahrscheinlich|offenbar|anscheinend|offensichtlich
      |womöglich|sicher|sicherlich|bestimmt|scheinbar)\b(?!.*\b{_SUFFERED}\b)
    | \b(?:hat|haben|wurde|hast)\s+(?:wohl|offenbar|vermutlich|anscheinend|wahrscheinlich)\s+
      (?:\w+\s+){{0,2}}?(?:von\s+)?(?:sie|du|ihnen|dir|euch|dein\w*|ihre\w*)\b
    | \b(?:dein\w*|ihre?\w*)\s+(?:\w+\s+)?(?:hat|haben|hast)\s+(?:wohl|offenbar|vermutlich
      |anscheinend|wahrscheinlich)\b(?!.*\b{_SUFFERED}\b)"""
)
"""A guess at what somebody did."""
_IF_ONLY: Final = re.compile(
    r"""(?ix)\b(?:if\s+(?:only\s+)?(?:you|people|users|everyone)(?:'d|\s+had)\s+(?!like\b|prefer\b|rather\b|want\b|love\b|any\b|an?\b|the
      |more\b|questions)\w+
    | had\s+(?:you|people|users|they)\s+\w+(?:ed|en|t|ne|de)\b
    | (?:could|would)\s+(?:easily\s+)?have\s+(?:been\s+)?(?:avoided|prevented|spared)
    | (?:hätten|hättest|hättet)\s+(?:sie|du|ihr)\s+(?!noch\b|vielleicht\b|lust\b|zeit\b)\w+
    | wenn\s+(?:sie|du|ihr)\b[^.!?]{0,60}\bhätte(?:n|st|t)\b
    | (?:wäre|hätte)\s+(?:\w+\s+){0,3}?(?:vermeidbar|zu\s+vermeiden|vermieden
      |nicht\s+passiert))\b"""
)
"""What they should have done."""
_WRONG: Final = r"""(?:wrong(?:ly)?|incorrect(?:ly)?|bad(?:ly)?|careless(?:ly)?|improper(?:ly)?
      |sloppily|upside\s+down|the\s+wrong\s+\w+|too\s+(?:far|close|old|many|much|slow|late|fast
      |long|often)|without\s+(?:reading|checking|thinking|asking)|against\s+(?:our|the)\s+\w+
      |falsch\w*|verkehrt\w*|unsachgemäß|nachlässig|schlampig|zu\s+(?:alt|weit|nah|langsam|spät
      |viele?|oft|lange?))"""
_HANDLED: Final = re.compile(
    rf"""(?ix)\b(?:have|has|had|'ve|haben|hat|habt|hast)\s+(?!seen\b|got\b|had\b|received\b)
      (?:[\w-]+\s+){{1,6}}?{_WRONG}\b
    | \b(?:haben|hat|habt|hast)\s+(?:[\w-]+\s+){{0,5}}?{_WRONG}\s+(?:\w+\s+){{0,2}}?\w+(?:t|en)\b
    | \b(?:when|where|because|since|wenn|weil)\s+(?:\w+\s+){{0,3}}?(?:people|users?|customers?
      |owners?|you|sie|du|leute|nutzer\w*|kund\w+)\s+(?!see|get|receive|sehen|bekommen)
      (?:[\w-]+\s+){{1,7}}?{_WRONG}\b"""
)
"""Somebody's deed, called wrong."""
_SUBJECT: Final = re.compile(rf"(?ix)\b{PEOPLE}\b")
_PREACHED: Final = re.compile(
    r"""(?ix)^(?:wer|anyone\s+who|whoever|those\s+who|people\s+who|users\s+who|everybody\s+who)\s
      [^.!?]{0,80}?\b(?:nicht|kein\w*|nie|never|not|don't|doesn't|ignor\w*|neglect\w*|fail\w*
      |vergisst|forgets?)\b[^.!?]{0,20},?\s*[^.!?]{0,20}\b(?:bekommt|muss|darf|wundert|braucht
      |hat|wird|cannot|can't|must|should|will|gets?|are|is|has|have)\b"""
)
"""A lesson for those to whom it happens."""
_FAILING: Final = re.compile(
    r"""(?ix)\b(?:lets?\s+\w+(?:\s+\w+)?\s+down|mess\w*|screw\w*|botch\w*|bungl\w*|blunder\w*
      |careless\w*|incompeten\w*|negligen\w*|unreliab\w*|sloppy
      |responsible|to\s+blame|blame|faults?|once\s+(?:more|again)|as\s+(?:usual|so\s+often)
      |did\s+this|(?:is|are|was|were)\s+the\s+(?:problem|reason|culprit)
      |schuld\w*|verantwort\w*|eingebrockt|verbockt|vermasselt|versaut|versagt|gepatzt|patzer
      |geschlampt|schlamper\w*|murks|pfusch\w*|mal\s+wieder|wie\s+so\s+oft|angerichtet
      |verursacht\w*|unfähig\w*|zu\s+verdanken)\b"""
)
_OTHER: Final = re.compile(rf"(?ix)\b{OTHERS}\b")
_NOT_WE: Final = re.compile(
    r"(?i),?\s*(?:and\s+|und\s+)?\b(?:not|nicht)\s+(?:we|us|ours?|wir|uns|unser\w*|bei\s+uns|on\s+us)\b"
)
"""That it is not we denies no blame: it passes it on."""
_DENIED: Final = re.compile(
    r"(?i)\b(?:not|n't|nothing|no|never|nichts|nicht|kein\w*|nobody|niemand|whether|ob|if|wenn|falls)\b"
    r"|n't\b|\?\s*$"
)


def accusations(sentence: str, *, third_parties: bool) -> Iterator[str]:
    """Yield the words of a sentence that blame somebody.

    Args:
        sentence: one of ours.
        third_parties: whether a company may not be named with what it failed at.
    """
    for pattern in (_GUESSED, _IF_ONLY, _PREACHED):
        found = pattern.search(sentence)
        if found and not sentence.rstrip().endswith("?"):
            yield found[0].strip()
    handled = _HANDLED.search(sentence)
    if handled and in_any(_SUBJECT, sentence) and not in_any(_DENIED, sentence):
        yield handled[0].strip()
    rest = _NOT_WE.sub(" ", sentence)
    failing = _FAILING.search(rest)
    if third_parties and failing and in_any(_OTHER, rest) and not in_any(_DENIED, rest):
        yield failing[0].strip()
