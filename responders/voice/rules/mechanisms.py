"""A cause told as a mechanism: what does what to what, or what went wrong while we did something.

Pure. The words "cause" and "because" need not stand in it. People name the trouble by what it does
to them, so a mechanism that stands in their own words is theirs, and is no claim of ours.
"""

import re
from typing import Final

from responders.voice.rules.agents import US
from responders.voice.rules.base import in_any

_MAKES: Final = re.compile(
    r"""(?ix)\b(?:trigger|provoke|force|fool|trick|confuse|overload|overwhelm|overwrite|block|corrupt
      |drain|exhaust|flood|starve|choke|mislead|throw|knock|push|set|disturb|interrupt|interfere
      |prevent|upset|scramble|garble|swallow|clash|collide)(?:s|es|d|ed)\b
      (?!\s+(?:by|by\s+hand|aside|up\s+a|out\s+by))
    | \b(?:threw|set\s+off|sets\s+off|fools|leads|led|drives|drove|makes|made|causes)\s+(?:\w+\s+)?
      (?:the|our|your|its|it|them|that|every|each|all)\s+(?:\w+\s+){1,4}?(?:into|to|off|think|believe
      |out|restart|stop|start|fail|wait|forget|lose|run|drop)\b
    | \bkeeps?\s+(?:the|your|our)\s+\w+\s+from\b | \bgets?\s+in\s+the\s+way\b
    | \b(?:stört|blockiert|verwirrt|überlastet|überschreibt|verhindert|unterbricht|zwingt|bringt
      |täuscht|stößt|stoppt|bremst)(?:en)?\s+(?:\w+\s+){0,2}?(?:die|den|das|der|ihre?n?|unser\w*)\b"""
)
"""Something does something to a part: whoever says so explains."""
_NO_SUBJECT: Final = re.compile(
    r"(?ix)^(?:it|this|that|they|you|he|she|es|das|dies|sie|what|which|who|was|wer|your\s+report)\b"
)
"""Who stands for the trouble itself, or for a person."""
_HAPPENS: Final = re.compile(
    r"""(?ix)\b(?:what|all\s+that)\s+(?:really\s+|actually\s+)?(?:happens|happened|goes\s+on|went\s+wrong
      |goes\s+wrong)\s+(?:here\s+|there\s+)?(?:is|was)\b | \bhere(?:'s|\s+is)\s+what\s+(?:happens
      |happened|went)
    | \bwas\s+(?:da\s+|hier\s+|dort\s+)?(?:passiert|schiefging|schief\s+ging|schiefgeht|geschieht)
      ,?\s+ist\b"""
)
_CHANGE: Final = (
    r"(?:move|moving|migration|migrating|switch(?:ing)?|upgrade|upgrading|maintenance|change-?over"
    r"|relocation|restructuring|clean-?up|cleaning|roll-?out|deployment|deploying|update|release"
    r"|import|reindexing|restart)"
)
_WECHSEL: Final = (
    r"(?:\w*umzug\w*|\w*umstellung|\w*wechsel\w*|\w*migration|\w*wartung\w*|\w*einspielen|\w*update"
    r"|\w*aktualisierung|\w*umbau\w*|\w*import\w*|\w*aufräumen|\w*neustart\w*|\w*tausch\w*)"
)
_WHILE: Final = re.compile(
    rf"""(?ix)\b(?:during|in|with|after|while)\s+(?:(?:the|our|a|last|we)\s+)?(?:[\w'-]+\s+){{0,3}}?
      {_CHANGE}\b[^.!?]{{0,60}}?\b(?:was|were|got|has|have|had|went|fell|lost|left|broke|stopped
      |forgot|stayed)\b
    | \b(?:bei|beim|während|nach|seit)\s+(?:der|dem|des|unser\w*|einem
      |einer)?\s*(?:\w+\s+){{0,2}}?{_WECHSEL}
      \b[^.!?]{{0,60}}?\b(?:ist|sind|war|waren|wurde\w*|hat|haben|ging\w*|blieb\w*|fiel\w*|fehl\w*)\b
    | \b(?:last\s+night's|yesterday's|this\s+morning's|{_CHANGE}\s+(?:last\s+night|yesterday))\b
      [^.!?]{{0,40}}\b(?:broke|brought|caused|introduced|left|lost|hit|did)\b"""
)
"""Something of ours was going on, and then something was amiss."""
_IS_ONE: Final = re.compile(
    r"""(?ix)^(?:this|it|that|what\s+you\s+see|the\s+\w+)(?:'s|\s+is|\s+was|\s+looks\s+like|\s+seems\s+to\s+be)
      \s+(?:an?|the|our|some)\s+(?:[\w-]+\s+){0,3}?(?:leak|race(?:\s+condition)?|overflow|timeout|typo
      |regression|conflict|misconfiguration|mix-?up|mismatch|deadlock|side\s+effect|leftover|overload
      |bottleneck|shortage|incompatibilit\w+|corruption|rounding\s+error|time\s+zone\s+\w+
      |consequence|effect|result|aftermath)\b
    | ^(?:das|es|dies)\s+ist\s+(?:ein\w*|die|der)\s+(?:\w+\s+){0,3}?(?:folge|nebenwirkung|auswirkung
      |altlast|überlastung|verwechslung|rundungsfehler|konflikt|engpass|\w*problem\s+(?:mit|im|in)\s+\w+)\b"""
)
"""The trouble is called by what is behind it."""
_BY: Final = re.compile(
    r"""(?ix)\b(?:ausgelöst|verursacht|hervorgerufen|bewirkt|bedingt)\s+(?:wird|wurde|ist|war|hat)\b
      (?!\s+(?:es\s+)?(?:noch|nicht))
    | \b(?:ausgelöst|verursacht|hervorgerufen|bewirkt)\s+(?:wird|wurde|ist)\s+(?:das|es|dies
      |die\s+\w+|der\s+\w+)\s+(?:durch|von)\b
    | \b(?:ran|running|runs|ist|sind|war|waren)\s+out\s+of\s+(?:disk|memory|space|room|time|power)
    | \b(?:is|was|are|were|got|gets)\s+(?:\w+\s+)?(?:left\s+behind|overlooked|swapped|mixed\s+up
      |switched\s+off|set\s+to\s+the\s+wrong|entered\s+twice|counted\s+twice|started\s+twice|cut\s+short)\b
      (?!\s+by\s+(?:you|people))
    | \bliegen\s?geblieben\b | \b(?:doppelt|falsch|gar\s+nicht|zu\s+früh
      |zu\s+spät)\s+(?:gestartet|gezählt
      |eingetragen|geladen|gesetzt|zugeordnet|übernommen|ausgelesen)\s+(?:wurde|worden|wird)\b"""
)
_GUESS: Final = re.compile(
    r"(?i)^(?:offenbar|vermutlich|wahrscheinlich|wohl|apparently|presumably|evidently|supposedly)\b"
)
_SCOPE: Final = re.compile(
    r"(?i)\b(?:affect\w*|betroffen|betrifft|only|nur|alone|allein|people|users?|nutzer\w*|others|andere\w*)\b"
)
"""Who sees it is no cause."""
_LEFT_OPEN: Final = re.compile(
    r"""(?ix)\?\s*$ | \b(?:whether|if|ob|not|no|nor|nicht|kein\w*|unclear|unknown|find\s+out|looking
      |investigat\w*|check\w*|compar\w*|test\w*|ask\w*|suchen|untersuch\w*|prüf\w*|sorry|thank\w*
      |dank\w*|please|bitte|warum|weshalb|woran|why|when|wenn|wann|until|would|could|may|might
      |könnte\w*|perhaps|vielleicht|ruled
      |ausgeschlossen)\b | n't\b"""
)
"""A sentence that leaves it open, asks, thanks or tells what we try."""
_UNKNOWN: Final = re.compile(
    r"(?i)\b(?:not|unknown|unclear|looking|trying|nicht|unklar|unbekannt|whether|ob)\b|n't\b|\?\s*$"
)
_WORD: Final = re.compile(r"[^\W\d_]{3,}")


def mechanism(sentence: str, said: str) -> str | None:
    """Return the words by which a sentence tells what is behind the trouble; None without them.

    Args:
        sentence: one of our claims.
        said: what people wrote, in small letters; what stands there is their own account.
    """
    told = _HAPPENS.search(sentence)
    if told and not in_any(_UNKNOWN, sentence):
        return sentence[told.start() : told.end() + 40].strip()
    if in_any(_GUESS, sentence) and not (in_any(_SCOPE, sentence) or in_any(US, sentence)):
        return sentence
    if in_any(_LEFT_OPEN, sentence):
        return None
    for pattern in (_WHILE, _IS_ONE, _BY):
        found = pattern.search(sentence)
        if found and not _is_theirs(found[0], said):
            return found[0].strip()
    made = _MAKES.search(sentence)
    if made is None or in_any(_NO_SUBJECT, sentence) or in_any(US, sentence[: made.start()]):
        return None
    return None if _is_theirs(made[0], said) else sentence[: made.end() + 40].strip()


def _is_theirs(words: str, said: str) -> bool:
    return all(word.casefold()[:5] in said for word in _WORD.findall(words))
