"""A date or a promise in other words than "fixed": something other than we acts in time to come.

Pure. What we do on a coming day (look, test, meet, write) is a plan of ours. What the product, the
trouble or the reader does then is a forecast of the end, whatever its words are.
"""

import re
from typing import Final

from responders.voice.rules.agents import US
from responders.voice.rules.base import in_any
from responders.voice.rules.outcomes import (
    AHEAD,
    ASKS,
    AT_WORK,
    BETTER_DAYS,
    FUTURE,
    LASTING,
    PAST,
    UNIT,
    WORD_OF_NEWS,
)

_WEEKDAY: Final = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag"
    r"|mittwoch|tomorrow|tonight|next\s+(?:week|month))"
)
_COMING: Final = re.compile(
    rf"""(?ix)\b(?:zum|übers?|nach\s+dem|after\s+the|before\s+the|over\s+the)\s+(?:\w+\s+)?
      (?:wochenende|weekend|monatsende|feiertag\w*|holidays?)\b
    | \b{_WEEKDAY}(?:'s)\s+(?:\w+\s+)?(?:version|release|build|update|patch|firmware|deploy\w*)\b
    | \b(?:an?|one|two|three|four|five|a\s+few|ein(?:e|er|em)?|zwei|drei|vier|wenige\w*
      |\d{{1,2}})\s+
      (?:more\s+|further\s+|weitere\s+)?{UNIT}\s+(?:from\s+now|later|and|,|und|dann|to\s+go|noch)
    | \bin\s+(?:about\s+|etwa\s+|rund\s+|around\s+)?(?:an?|one|two|three|four|five|a\s+few
      |a\s+couple
      \s+of|ein(?:er|em)?|zwei|drei|vier|wenigen|\d{{1,2}})\s+{UNIT}\b
    | \b(?:heute|noch\s+heute)\s+(?:nacht|abend|nachmittag)\b | \bin\s+der\s+(?:kommenden
      |nächsten)\s+
      (?:nacht|woche)\b | \bby\s+the\s+time\s+you\b | \b(?:by|before|for|until)\s+your\s+next\s+\w+
    | \bbis\s+zu[mr]?\s+(?:ihre[mr]|deine[mr]|eure[mr]|dem|der)?\s*nächsten\s+\w+
      | \bscheduled\s+for\b | \b(?:eingeplant|geplant
      |vorgesehen)\s+für\b | \bfür\s+\w+\s+(?:eingeplant|geplant|vorgesehen)\b"""
)
"""More names of a time to come."""
_GIVEN: Final = re.compile(
    r"(?i)\b(?:seen?|happen\w*|told|reported|heard|noticed|open|closed|shut|holiday|office|booked"
    r"|reserved|arranged|should\s+be|geschlossen|feiertag|geöffnet|gebucht|not|n't|no|nicht|kein\w*"
    r"|noch|still|yet|cannot)\b|n't\b"
)
"""A sentence about something else than the end, or one that denies it."""
_FORECAST: Final = re.compile(
    r"""(?ix)(?:^|[,;:]\s*|\b(?:and|then|so|but|after\s+that)\s+)(?:soon\s+|then\s+|again\s+)?
      (?:it|this|that|they|everything|all|things|you|your\s+(?:\w+\s+){0,3}?\w+
        |(?:the|these|those|our|every|each|any|all|no)\s+(?:\w+\s+){0,3}?\w+|[A-Z]\w+)
      (?:\s+will|'ll|\s+(?:is|are)\s+(?:soon\s+)?going\s+to|\s+is\s+about\s+to|\s+are\s+about\s+to
        |\s+shall)\s+(?!not\b|never\b|no\b|also\s+not\b)(?:\w+ly\s+|soon\s+|again\s+|all\s+
        |then\s+)?
      (?!stay\b|remain\b|keep\b|go\s+on\b|continue\b|take\b|need\b|last\b|tell\b|say\b|show\b|see\b
        |find\b|hear\b|read\b|get\s+(?:an?|our|the)\s+(?:next\s+)?(?:update|answer|message|word
        |note)
        |be\s+(?:here|there|posted|told|updated|informed|notified|due|on|up\s+to|published|asked
        |looked|checked|tested|watched|investigated|a\s+while|some|long)\b|notice\b|want\b|know\b
        |depend\b|help\b|ask\b|still\b|look\b|have\s+to\b|meet\b|carry\s+on\b|follow\b|come\s+(?:by
        |at|here)\b)\w{2,}"""
)
"""What something other than we will do."""
_NEWS: Final = re.compile(
    r"(?i)\b(?:updates?|news|word|words|message|note|thread|page|answer|reply|report|post|team"
    r"|support|colleague\w*|engineer\w*|developer\w*|someone|somebody|people|crew|staff)\b"
)
_SOFTWARE: Final = re.compile(
    r"(?i)\b(?:das|ein|dieses|the\s+corrected|a\s+corrected|a\s+new|the\s+new)\s+(?:\w+\s+)?update\b"
    r"|\bupdate\s+(?:dagegen|dafür|against\s+it)\b"
)
"""An update of the product, and no word of ours."""
_READERS: Final = re.compile(r"(?i)\b(?:you|your|du|dein\w*|ihre?\w?|sie)\b")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
CLAUSE: Final = 3
"""A sentence with fewer words beside its date claims nothing."""
_GERUND: Final = re.compile(r"(?i)^\w+ing\b")
_WORD_GIVEN: Final = re.compile(
    r"""(?ix)\b(?:sicher\w*\s+(?:wir|ich)\b[^.!?]{0,60}\bzu|(?:wir
      |ich)\s+sicher\w*\b[^.!?]{0,60}\bzu
      |sichern?\s+wir\s+(?:\w+\s+)?zu|zugesichert|(?:geben|gebe)\s+(?:ihnen|dir|euch)\s+(?:unser
      |mein)\w*\s+wort|fest\s+zugesagt|(?:we|i)\s+(?:hereby\s+)?(?:vow|pledge|swear|warrant)
      |mark\s+(?:our|my)\s+words|you\s+can\s+bank\s+on|without\s+(?:a\s+)?doubt
      |no\s+question\s+about
      |(?:is|are|'s)\s+bound\s+to|(?:bekommen|kriegen|schaffen|biegen|bügeln|richten)\s+(?:wir
      |das)\s+
      (?:\w+\s+){0,3}?(?:hin|aus|wieder|gerade)|(?:das|es|wir)\s+(?:wird|werden)\s+(?:schon\s+
      |bald\s+)?
      wieder)\b"""
)
"""Our word, given for what nobody knows yet."""


def forecast_date(sentence: str) -> str | None:
    """Return the coming time at which a sentence sees the end; None where it is a plan of ours."""
    date = FUTURE.search(sentence) or _COMING.search(sentence)
    lasting = not in_any(US, sentence) and in_any(AHEAD, sentence)
    if date is None and lasting:
        date = LASTING.search(sentence)
    told = _SOFTWARE.sub(" ", sentence)
    if date is None or any(in_any(one, told) for one in (ASKS, PAST, WORD_OF_NEWS)):
        return None
    if in_any(AT_WORK, told) and (in_any(US, sentence) or not in_any(_READERS, sentence)):
        return None
    rest = f"{sentence[: date.start()]} … {sentence[date.end() :]}"
    if len(_WORD.findall(rest)) < CLAUSE or in_any(_GIVEN, rest):
        return None
    if in_any(US, rest) and not in_any(BETTER_DAYS, rest):
        return None
    return sentence[max(date.start() - 20, 0) : date.end() + 20].strip()


def forecast(sentence: str) -> str | None:
    """Return the words by which a sentence says what will be; None where it says no such thing."""
    word = _WORD_GIVEN.search(sentence)
    if word:
        return word[0].strip()
    found = _FORECAST.search(sentence)
    if found is None or in_any(ASKS, sentence) or in_any(_NEWS, sentence):
        return None
    if in_any(_GERUND, sentence) or in_any(US, sentence[: found.end()]):
        return None
    return found[0].strip(" ,;:")
