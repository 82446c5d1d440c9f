"""No fix date and no promise that nobody of ours approved; no time that means nothing.

Pure. A promise is a sentence of ours about the end of the trouble. When the *next word* comes we do
promise, and what already happened we may tell.
"""

import re
from collections.abc import Iterator
from typing import Final

from responders.voice.rules.base import (
    BLOCK,
    BOTH,
    ENGLISH,
    GERMAN,
    WARNING,
    Hit,
    Reading,
    Rule,
    before,
    in_any,
    undisguised,
)
from responders.voice.rules.forecasting import forecast, forecast_date
from responders.voice.rules.hours import clocks
from responders.voice.rules.outcomes import (
    AHEAD,
    ASKS,
    AT_WORK,
    BETTER_DAYS,
    CERTAIN,
    FUTURE,
    LASTING,
    PAST,
    PICTURE,
    UNIT,
    WORD_OF_NEWS,
)
from responders.voice.rules.shipping import shipping_date

BETTER_DATE: Final = "Say when the next word comes, not when it will be fixed."
BETTER_PROMISE: Final = "Our team is working on it; the next update says how far we are."

_END: Final = r"""(?:fix(?:e[sd])?|resolv\w*|solv\w*|repair\w*|patch\w*|hotfix\w*|restor\w*
      |mend\w*
    |sorted|corrected|correction|working\s+again|back\s+(?:online|up|to\s+normal|in\s+service)
    |(?:new|next)\s+(?:version|release|build)|gone|over|behoben|behebung|gelöst|lösung|repariert
    |wiederhergestellt|korrigiert|funktionier\w*)"""
_DATED: Final = rf"""(?:(?:by|before|until|within|in|on|at|for|no\s+later\s+than|bis|innerhalb|am
      |in\s
    der)\s+(?:the\s+)?(?:(?:end|start|middle|ende)\s+(?:of\s+|der\s+)?)?(?:the\s+|this\s+|next\s+
    |a\s+few\s+|about\s+|around\s+|\d{{1,3}}\s*(?:-|–|to)\s*)?(?:\d{{1,2}}(?!\.\d)\s?(?::\d\d|[ap]m|uhr
      |h\b)?
    |(?:an?|one|two|three|few|couple\s+of|several|einer|zwei|drei|wenigen)\s+(?:\w+\s+)?{UNIT}
    |tomorrow|tonight|today|noon|midnight|morning
    |evening|day|week\w*|month|quarter|mon(?:day)?|tue\w*|wed\w*|thu\w*|fri(?:day)?|sat\w*|sun\w*
    |january|february|march|april|may|june|july|august|september|october|november|december
    |nächsten?|morgen|montag|dienstag|mittwoch|donnerstag|freitag)\b
  |\b(?:tomorrow|tonight|later\s+today|today|this\s+(?:afternoon|evening|week|month)|eod|cob
    |next\s+(?:week|month|monday|tuesday|wednesday|thursday|friday|version|release|update)
    |heute|(?<!heute\s)(?<!guten\s)(?<!gestern\s)morgen|nächste\s+woche|übermorgen)\b)"""
_AHEAD: Final = r"""(?:\bwill\b|'ll\b|\bgoing\s+to\b|\bshould\b|\bexpect\w*|\bplan\w*|\baim\w*
      |\bconfident\b|\bgoal\b
    |\bhop(?:e|ing)\b|\bschedul\w*|\beta\b|\bestimat\w*|\bcommit\w*|\bwird\b|\bwerden\b|\bsollte\b
    |\bvoraussichtlich\b|\bgeplant\b|\bcoming\b|\bcomes\b|\bship\w*|\brolls?\s+out\b
      |\bgoes\s+(?:out
    |live)\b|\bready\b|\bavailable\b|\bkommt\b|\bdue\b|\btarget\w*)"""
_ABOUT_THE_END: Final = re.compile(rf"(?ix)\b{_END}\b")
_ABOUT_A_DATE: Final = re.compile(rf"(?ix){_DATED}")
_LOOKS_AHEAD: Final = re.compile(rf"(?ix){_AHEAD}")
_SHORT_DATE: Final = re.compile(
    rf"(?ix)\b(?:fix(?:ed)?|solution|patch|hotfix|resolution|eta|behoben|lösung)\b[^.!?]{{0,40}}?"
    rf"{_DATED}"
)
_NEXT_WORD: Final = re.compile(
    r"""(?ix)\b(?:next|another|further|an|more|nächste\w*|neue
      |weitere)\s+(?:public\s+)?(?:updates?
      |words?|news|information|message|stand|nachricht|meldung)\b
    | \b(?:we|i)(?:'ll|\s+will)\s+(?:\w+\s){0,2}(?:tell|post|write|say|report|update|be\s+back|let
      |come\s+back|reply|share|look|check|get\s+back)\b | \bmelden\s+(?:wir\s+)?uns\b
      | \bwe\s+tell\b
    | \b(?:we|i)(?:'d|\s+would)\s+(?:be\s+back|write|report|post|tell|answer|come\s+back)\b
    | \bwe\s+will\s+look\s+again\b"""
)
_HAPPENED: Final = re.compile(
    r"(?i)\b(?:has been|have been|was|were|is now|are now|since|seit|wurde|ist seit|have made"
    r"|we (?:have )?(?:fixed|resolved|solved|restored))\b"
)
_NOT_YET: Final = re.compile(
    r"""(?ix)\b(?:until|till|when|once|if|whether|as\s+soon\s+as|before|after|how|cannot|can't
      |can\s+not
      |not|no|don't|won't|bis\s+(?:es|das|wir|der|die)|wenn|sobald|ob|noch\s+nicht|kein\w*|nicht
      |unless)\b[^.!?;]{0,60}$"""
)
_PROMISED: Final = re.compile(
    r"""(?ix)
    \b(?:we|i|our\s+\w+|they|the\s+team|it|this|that|everything|sync|the\s+\w+)
      (?:\s+will|'ll|\s+(?:is|are)\s+going\s+to|\s+shall)\s+(?:\w+\s+){0,3}?
      (?:fix|resolve|solve|repair|restore|mend|correct|sort\s+(?:it|this)\s+out|be\s+(?:\w+\s)?
        (?:fixed|resolved|solved|repaired|restored|gone|over|sorted|back|fine|ok(?:ay)?|working
        |available)|work\s+(?:again|fine)|never\s+happen|not\s+happen|go\s+away|make\s+sure)\b
  | (?<!\bas\s)\b(?:promis\w*|guarantee\w*|assure\w*|rest\s+assured|you\s+have\s+our\s+word
      |swear)\b[^.!?]{0,60}?
      \b(?:fix\w*|resolv\w*|solv\w*|again|never|work\w*|back|gone|over|happen\w*|lost|safe)\b
  | \b(?:will\s+not|should\s+not|shouldn't|won't|(?:is|are|'s|'re)\s+not\s+going\s+to
      |isn't\s+going\s+to
      |never(?:\s+will)?)\s+
      (?:\w+\s+){0,2}?(?:happen|occur|come\s+back|return|recur|repeat)
  | \b(?:nothing|none)\s+(?:like\s+(?:this|that|it)|of\s+(?:this|that|the\s+\w+))\s+(?:will
      |is\s+going)
      \s+(?:\w+\s+){0,2}?(?:happen|occur|come)
  | \b(?:was|is)\s+the\s+last\s+time\b
  | \b(?:we|i|they|our\s+\w+)(?:\s+will|'ll|\s+(?:are|am|is)\s+going\s+to)\s+(?:\w+\s+)?(?:get
      |have|put
      |set|bring|make)\s+(?:it|this|that|them|everything|your\s+\w+
      |the\s+\w+)\s+(?:\w+\s+)?(?:fixed
      |right|sorted|solved|resolved|done|back|going|running|working|in\s+order|work|up\s+and)\b
  | \b(?:wird|werden)\s+(?:\w+\s+){0,3}?nicht\s+(?:wieder|mehr|noch\s+einmal
      |nochmals?)\s+(?:\w+\s+)?
      (?:vorkommen|passieren|geschehen|auftreten)
  | \b(?:das|es|wir)\s+(?:kriegen|bekommen|schaffen|bringen)\s+(?:\w+\s+){0,4}?(?:hin|gelöst
      |behoben
      |in\s+ordnung|wieder)\b
  | \b(?:a|the|your)\s+(?:fix|patch|hotfix|solution)\s+(?:is|will|comes|goes|ships|should|is\s+on)
      \s*(?:coming|be\b|on\s+(?:its|the)\s+way|out|ready|under\s+way|land\w*|arrive\w*|ship\w*
      |come)
  | \b(?:wird|werden)\s+(?:(?!noch|gerade)\w+\s+){0,3}?(?:behoben|gelöst|repariert|beseitigt)
  | \bwir\s+sorgen\s+dafür | \bwir\s+lösen\s+(?:das|es|dies|den|die)\b
  | \b(?:wird|werden)\s+(?:\w+\s+){0,3}?(?:wiederhergestellt|korrigiert\s+werden
      |in\s+ordnung\s+gebracht)\b
  | \b(?:kommt|passiert|tritt)\s+(?:\w+\s+){0,2}?nicht\s+(?:wieder|mehr)\s+(?:vor|auf)\b
  | \b(?:next|new|coming)\s+(?:version|release|update|firmware|build)\s+(?:\w+\s+)?(?:contains
      |brings|includes
      |solves|fixes|ends|removes|cures)\b
  | \b(?:we|i)(?:\s+are|'re|'m|\s+am)\s+(?:definitely|certainly|surely|absolutely
      |\w+ly)\s+going\s+to\s+
      (?:fix|solve|resolve|repair|mend|restore|correct)
  | \byou(?:\s+will|'ll)\s+(?:all\s+)?be\s+able\s+to\s+(?!follow|find|read|see|reach|tell)
      | \b(?:trouble|problem|issue|error|\w+ing|it|this)
      \s+will\s+(?:stop|end|cease)\b
  | \b(?:we|i|you|they|our\s+\w+|your\s+\w+|all\s+\w+|the\s+\w+|it|this|everything|an?\s+\w+\s\w+)
      (?:\s+will|'ll|\s+(?:am|are|is)\s+going\s+to)\s+(?:\w+\s+)?(?:arrive|recover|vanish
      |disappear|return
      |take\s+care\s+of|(?:have|get)\s+(?:\w+\s+){1,3}(?:running|working|back|fixed|done)
      |be\s+(?:there|complete|in\s+sync|safe|up|well|good|as\s+before))\b
  | \b(?:you|nobody|no\s+one)(?:\s+will\s+not|\s+won't|\s+will\s+never
      |\s+will)\s+(?:ever\s+)?(?:lose
      |have\s+(?:this|that|any)|see\s+(?:this|that|it)|notice)\b
  | \b(?:it|this|that|everything|all)\s+gets\s+(?:solved|fixed|sorted|done|repaired|resolved
      |mended)\b
  | \bwir\s+(?:versprechen|garantieren)\b | \bwir\s+werden\s+(?:\w+\s+){0,4}?(?:beheben|lösen)\b
    """
)
_NO_MORE: Final = re.compile(
    r"(?i)^(?:and\s+)?no\s+more\s+(?!news|details|to\b|than|questions|is|information)\w+"
)
"""Said before the end, it is a promise of it."""
_SPEAKS_AGAIN: Final = re.compile(r"(?i)^(?:we|i)\b.*\bbe (?:right )?back$")
_SOON: Final = re.compile(
    r"""(?ix)\b(?:soon(?!er)|shortly|asap|momentarily|in\s+due\s+course|in\s+no\s+time
      |any\s+(?:minute|moment)
      \s+now|as\s+soon\s+as\s+possible|in\s+a\s+(?:bit|while|moment)|as\s+(?:quickly|fast|early|promptly)\s+as\s+(?:we|i|possible|they)
      |baldmöglichst\w*|schnellst\w*|so\s+(?:schnell|rasch|bald)\s+(?:es\s+geht|wir\s+können)|(?:möglichst\s+)?zügig|at\s+the\s+earliest|bald
      |before\s+(?:too\s+)?long|in\s+the\s+near\s+future|any\s+time\s+now|in\s+short\s+order
      |very\s+quickly
      |in\s+the\s+blink\s+of|without\s+(?:any\s+)?(?:further\s+)?delay|promptly|presently|speedily
      |with\s+all\s+(?:due\s+)?speed|in\s+kürze|in\s+bälde|umgehend|unverzüglich|im\s+nu
      |in\s+absehbarer\s+zeit
      |möglichst\s+(?:bald|schnell|rasch)|baldigst|alsbald|so\s+bald\s+wie|sobald\s+wie\s+möglich
      |demnächst|zeitnah|schnellstmöglich|so\s+schnell\s+wie\s+möglich|in\s+bälde)\b"""
)
_BEFORE_SOON: Final = re.compile(r"(?i)\b(?:as|too|so)\s$")

_WILL_BE: Final = re.compile(
    r"(?i)\b(?:is|are|be|will|gets?|goes|comes?|arrives?|works?|ist|sind|wird|werden|kommt|kommen)\b"
    r"|'(?:ll|s|re)\b"
)
"""With it a sentence of days may tell how it goes on."""


def _date(reading: Reading) -> Iterator[Hit]:
    eta = reading.facts.eta.casefold()
    for sentence in reading.claimed:
        if reading.facts.is_resolved and not in_any(_LOOKS_AHEAD, sentence):
            continue
        if eta and eta in sentence.casefold():
            continue
        if in_any(_NEXT_WORD, sentence) and not in_any(_SHORT_DATE, sentence):
            continue
        end, date = _ABOUT_THE_END.search(sentence), _ABOUT_A_DATE.search(sentence)
        if end is None or date is None or in_any(_NOT_YET, before(sentence, end.start())):
            yield from _on_a_calendar(sentence, reading)
            continue
        said_short = in_any(_SHORT_DATE, sentence) and not in_any(_HAPPENED, sentence)
        if in_any(_LOOKS_AHEAD, sentence) or said_short:
            start, stop = min(end.start(), date.start()), max(end.end(), date.end())
            yield Hit(sentence[start:stop].strip(), BETTER_DATE)
        else:
            yield from _on_a_calendar(sentence, reading)


def _on_a_calendar(sentence: str, reading: Reading) -> Iterator[Hit]:
    """Find an end of the trouble that is put on a calendar in other words than a fix."""
    seen = None
    if _pictures(sentence, reading):
        return
    if not reading.facts.is_resolved:
        seen = forecast_date(sentence) or shipping_date(sentence)
    if seen and not _said(seen, reading):
        yield Hit(seen, BETTER_DATE)
        return
    date = FUTURE.search(sentence)
    if date is None and in_any(AHEAD, sentence):
        date = LASTING.search(sentence)
    if (
        date is None
        or not in_any(BETTER_DAYS, sentence)
        or _said(date[0], reading)
        or any(in_any(one, sentence) for one in (ASKS, PAST, AT_WORK))
    ):
        return
    told = FUTURE.sub(" … ", sentence).rstrip(".!?")
    better = BETTER_DAYS.search(told)
    if not in_any(_NOT_YET, before(told, better.start() if better else len(told))):
        yield Hit(sentence[max(date.start() - 20, 0) : date.end() + 20].strip(), BETTER_DATE)


def _pictures(sentence: str, reading: Reading) -> bool:
    """Tell whether a sentence only shows how it looked on the days that people named."""
    days = {found[0].split()[-1].casefold() for found in FUTURE.finditer(sentence)}
    shown = in_any(PICTURE, sentence) or (len(days) > 1 and not in_any(_WILL_BE, sentence))
    return bool(days) and shown and all(_said(day, reading) for day in days)


def _promise(reading: Reading) -> Iterator[Hit]:
    if reading.facts.eta:
        return
    for sentence in reading.claimed:
        plain = [
            found[0].strip()
            for found in _PROMISED.finditer(sentence)
            if not in_any(_SPEAKS_AGAIN, found[0])
            and not in_any(_NOT_YET, before(sentence, found.start()))
        ]
        sure = CERTAIN.search(sentence)
        if sure and not in_any(WORD_OF_NEWS, sentence):
            plain.append(sure[0])
        seen = None
        if not (plain or reading.facts.is_resolved):
            seen = forecast(sentence)
            none = _NO_MORE.search(sentence)
            seen = seen or (none[0] if none else None)
        yield from (Hit(words, BETTER_PROMISE) for words in [*plain, *([seen] if seen else [])])


def _zoneless(reading: Reading) -> Iterator[Hit]:
    for one in clocks(reading.own):
        if one.zone is None and not _said(one.words, reading):
            yield Hit(one.words, f"{one.hour:02}:{one.minute:02} UTC")


def _said(words: str, reading: Reading) -> bool:
    said = (*reading.facts.said, reading.facts.title)
    return any(words.casefold() in undisguised(text).casefold() for text in said)


def _soon(reading: Reading) -> Iterator[Hit]:
    due = reading.facts.next_update_by
    better = f"by {due:%H:%M} UTC" if due else "a time with its zone, such as 16:00 UTC"
    for found in _SOON.finditer(reading.own):
        if not in_any(_BEFORE_SOON, reading.own[max(found.start() - 4, 0) : found.start()]):
            yield Hit(found[0], better)


RULES: Final = (
    Rule(
        id="fix-date",
        level=BLOCK,
        message="No date for a fix: nobody of ours approved one.",
        find=_date,
        languages=BOTH,
    ),
    Rule(
        id="promise",
        level=BLOCK,
        message="No promise that it will be fixed: nobody of ours approved one.",
        find=_promise,
        languages=ENGLISH | GERMAN,
    ),
    Rule(
        id="no-zone",
        level=WARNING,
        message="A time of day needs its zone.",
        find=_zoneless,
    ),
    Rule(
        id="soon",
        level=WARNING,
        message="“Soon” means another time to everybody.",
        find=_soon,
        languages=BOTH,
    ),
)
