"""Words that cost trust: brush-offs, absolutes, shouting, sales talk, talking down, jargon.

Pure. What people wrote themselves may be repeated; only our own words count.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from responders.voice.rules.base import (
    BLOCK,
    BOTH,
    ENGLISH,
    GERMAN,
    WARNING,
    Find,
    Hit,
    Reading,
    Rule,
    before,
    hits,
    in_any,
    undisguised,
)
from responders.voice.rules.stems import stems

_BRUSH_OFF: Final[Mapping[re.Pattern[str], str]] = {
    re.compile(p, re.IGNORECASE | re.VERBOSE): better
    for p, better in {
        r"\b(?:any|possible|potential|whatever)\s+inconveniences?\b": "Sorry about this.",
        r"\bmay\s+(?:\w+\s+)?have\s+(?:\w+\s+)?caused\b": "Say what it did to people.",
        r"\bif\s+you\s+(?:were|are|have\s+been|had\s+been|might\s+be|may\s+be|may\s+have\s+been"
        r"|might\s+have\s+been)\s+(?:\w+\s+)?(?:affected|impacted)\b": "Say who is affected.",
        r"\b(?:could|might|can|should)\s+(?:\w+\s+)?have\s+(?:\w+\s+)?caused\b": (
            "Say what it did to people."
        ),
        r"\b(?:if|in\s+case)\s+you(?:'re|'ve\s+been)\s+(?:affected|impacted)\b": (
            "Say who is affected."
        ),
        r"\bsollten?\s+(?:sie|du|ihr)\s+(?:\w+\s+)?betroffen\s+sein\b": "Sagen, wer betroffen ist.",
        r"\b(?:should|in\s+case)\s+you\s+(?:be|have\s+been|are|were)\s+(?:\w+\s+)?(?:affected"
        r"|impacted)\b": "Say who is affected.",
        r"\b(?:minor|small|little|tiny|slight|brief|cosmetic|temporary|mere)\s+(?:\w+\s+)?"
        r"(?:glitch|hiccup|blip|niggle)\w*\b": ("a problem"),
        r"\b(?:who(?:ever)?|anyone|anybody|everyone|those|people|users|customers)\s+(?:who\s+|that\s+)?"
        r"(?:may|might|could)\s+(?:\w+\s+)?(?:be|have\s+been)\s+(?:affected|impacted|troubled"
        r"|inconvenienced|concerned)\b": "Say who is affected.",
        r"\b(?:trouble|problems?|inconvenience|issues?|confusion|frustration|hassle|difficult\w+"
        r"|annoyance|disruption)\s+(?:that\s+|which\s+)?(?:this|it|we|that)"
        r"\s+(?:may|might|could)\b": ("Say what it did to people."),
        r"\b(?:it|this|that)(?:'s|\s+is|\s+was)\s+(?:really\s+)?(?:only|just|merely|nothing\s+(?:more"
        r"|but))\s+(?:than\s+)?(?:an?|some)\s+(?!guess|idea|first|part|test)\w+": (
            "Say what it does to people."
        ),
        r"\b(?:das|es|dies)\s+(?:ist|war|sind)\s+(?:ja\s+|doch\s+|wirklich\s+|auch\s+)*(?:nur|bloß"
        r"|lediglich|halt\s+nur)\s+ein\w*\s+(?!vermutung|teil|test|erster)\w+": (
            "Sagen, was es den Leuten tut."
        ),
        r"\b(?:minor|small|little|tiny|slight|trivial|negligible|petty)\s+(?:\w+\s+)?(?:problem|issue"
        r"|bug|error|fault|flaw|annoyance|nuisance|imperfection|oddity)s?\b": "a problem",
        r"\b(?:klein|winzig|gering|geringfügig|unbedeutend|harmlos)\w*\s+(?:\w+\s+)?(?:problem\w*"
        r"|fehler\w*|sache|makel|mangel|schönheitsfehler\w*|ärgernis\w*)\b": "ein Problem",
        r"\b(?:no\s+big\s+deal|nothing\s+(?:serious|to\s+(?:worry|lose\s+sleep|fret|panic)\b|dramatic)|not\s+(?:a\s+)?"
        r"(?:serious|tragic|drama)|halb\s+so\s+(?:wild|schlimm)|kein\s+(?:grund\s+zur\s+sorge"
        r"|beinbruch|drama)|kleinigkeit\w*|lappalie\w*)\b": "Say what it does to people.",
        r"\b(?:falls|wenn|sofern|sollten?)\s+(?:sie|du|ihr|jemand|nutzer)\s+(?:hiervon\s+|davon\s+|auch\s+)*"
        r"betroffen\b": "Sagen, wer betroffen ist.",
        r"\b(?:sorry|apolog\w+|regret\w*|entschuldig\w+)\b[^.!?]{0,30}?\b(?:any|possible|potential"
        r"|etwaige|eventuelle|mögliche)\w*\s+(?!of\s)\w+": "Say what it did to people.",
        r"\b(?:sollte|falls|wenn)\s+es\s[^.!?,]{0,40}?(?:beeinträchtigung|unannehm|störung|verzögerung"
        r"|schwierigkeit)\w*\s+(?:gekommen|kam|gegeben|geben)": "Sagen, was es den Leuten tut.",
        r"\b(?:rare|isolated|exotic)\s+(?:edge\s+|corner\s+)?(?:cases?|incidents?|events?)\b"
        r"|\b(?:bedauerlicher\s+)?einzelf(?:all|älle)\w*\b": "Say how many told us.",
        r"\b(?:some|certain|a\s+few|einige|manche|einzelne)\s+(?:of\s+(?:our|you)\s*)?(?:customers?|users?"
        r"|people|members|kund\w+|nutzer\w*)?\s*(?:may|might|could|können|könnten)\s+(?:\w+\s+)?"
        r"(?:be\s+)?(?:experienc\w+|encounter\w*|fac(?:e|ing)|notic\w+|having|affect\w*|impact\w*"
        r"|betroffen|beeinträchtig\w*)\b": "Say who is affected.",
        r"\b(?:sorry|regret|apologi[sz]e\w*|bedauer\w+|entschuldig\w+|tut\s+uns\s+leid)\b"
        r"[^.!?,;:]{0,25}?,?\s(?:if|in\s+case|falls|wenn|sollte)\s"
        r"(?:this|it|that|any\w*|some\w*|you|das|dies|es|sie|jemand)\b": (
            "Say what it did to people."
        ),
        r"\b(?:etwaige|eventuelle|mögliche|allfällige)\w*\s+unannehmlichkeit\w*\b": (
            "Das tut uns leid."
        ),
        r"\b(?:kleine\w*|geringfügige\w*|minimale\w*)\s+(?:\w+\s+)?(?:störung|panne|glitch"
        r"|schluckauf|aussetzer|wehwehchen)\w*\b": "ein Problem",
        r"\b(?:eventuell|möglicherweise|womöglich|gegebenenfalls)\s+(?:\w+\s+){0,3}?"
        r"(?:unannehmlichkeiten|verursacht|entstanden)\b": "Das tut uns leid.",
        r"\b(?:falls|wenn|sofern)\s+sie\s+(?:davon\s+)?betroffen\s+(?:sind|waren|sein)\b": (
            "Sagen, wer betroffen ist."
        ),
    }.items()
}
_ABSOLUTE: Final = re.compile(
    r"""(?ix)\b(?:always(?!-)|never(?!-|\s+mind)|guarantee[sd]?|100\s?(?:%|percent\b|per\s+cent\b
      |prozent\b)|(?:a|one)\s+hundred\s+per\s?cent
      |hundertprozentig\w*|niemals|garantiert)(?!\w)
    | \bimmer\b(?!\s+(?:noch|wieder|mehr|weiter|öfter|häufiger)) | \bnie\b
    | \bin\s+(?:all|every)\s+cases?\b | \bwithout\s+(?:any\s+|a\s+single\s+)?exceptions?\b
    | \b(?:zero|no|without\s+any)\s+risks?\b | \bnot\s+(?:a|one)\s+single\b
    | \b(?:completely|absolutely|perfectly|totally|entirely)\s+(?:safe|secure|certain|sure)\b
    | \b(?:it\s+is|it's|this\s+is|is)\s+(?:simply\s+|quite\s+)?impossible\b(?!\s+to\s+(?:say
      |tell|know|guess))
    | \bunmöglich\b(?!\s+zu\s+sagen) | \bist\s+(?:völlig\s+)?ausgeschlossen\b
    | \b(?:absolutely\s+)?no\s+way\b(?!\s+(?:to|of|around)) | \bno\s+chance\s+(?:that|of)\b
      | \bauf\s+keinen\s+fall\b
    | \bunder\s+(?:no|any|all)\s+circumstances?\b | \bat\s+(?:all|no)\s+times?\b
    | \bby\s+no\s+means\b | \bfoolproof\b | \bfail-?safe\b
    | \b(?:can't|cannot|can\s+not|couldn't|could\s+not)\s+(?:possibly|ever)\b
    | \b(?:cannot|can't|can\s+not)\s+be\s+(?:lost|leaked|damaged|deleted|harmed|read|stolen)\b
    | \bnot\s+(?:\w+\s+){0,4}?ever\b | ,\s*ever\b | \bever\s+again\b | \bonce\s+and\s+for\s+all\b
    | \bnothing\s+is\s+ever\b | \b(?:nobody|no\s+one|none)\b[^.!?]{0,25}?\bever\b | \b(?:error
      |fault|bug)-?free\b
    | \b(?:completely|fully|totally|entirely|wholly)\s+(?:protected|reliable|harmless)\b
    | \bunter\s+(?:keinen|allen)\s+umständen\b | \bzu\s+keiner\s+zeit\b | \bein\s+für\s+alle\s+mal\b
    | \bnie\s+(?:wieder|mehr)\b | \b(?:restlos|lückenlos)\b | \bfehlerfrei\b
    | \bin\s+keine[mrn]\s+(?:moment|augenblick|fall)\b
    | \bausnahmslos\b | \bin\s+jedem\s+fall\b | \bnicht\s+ein(?:e|en|er)?\s+einzig\w+
    | \b(?:absolut|völlig|vollkommen|jederzeit)\s+(?:und\s+\w+\s+)?(?:sicher|zuverlässig)\w*"""
)
NEAR: Final = 3
"""So many words after an absolute say what it is about."""
_NOT_ABSOLUTE: Final = re.compile(
    r"(?i)\b(?:as|not|wie|noch|nicht|fast|almost|cannot|can't|no|won't)\s+$"
)
_SHOUTED: Final = re.compile(r"\b[A-ZÄÖÜ]{4,}(?:'[A-Z]+)?\b(?:\s+[A-ZÄÖÜ]{2,}\b)*|[!]{2,}|[?]{2,}")
_CAPITALS: Final = frozenset(
    [
        "HTTP",
        "HTTPS",
        "JSON",
        "HTML",
        "AJAX",
        "OAUTH",
        "CEST",
        "MESZ",
        "AEST",
        "AEDT",
        "NASA",
        "WLAN",
        "WIFI",
        "IMAP",
        "SMTP",
        "LDAP",
        "SAML",
        "ASAP",
        "IPOS",
        "IPV4",
        "IPV6",
        "UTF8",
        "CORS",
        "DNSSEC",
    ]
)
_SALES: Final = re.compile(
    r"""(?ix)\b(?:exciting|excited|thrilled|delighted|amazing|awesome|fantastic|world[- ]class
      |best[- ]in[- ]class|cutting[- ]edge
      |seamless\w*|revolutionary|valued\s+(?:customer|user)s?|great\s+news|premium
      |special\s+offer|upgrade\s+(?:to|now|your\s+plan)
      |smartest|finest|ultimate|unbeatable|unmatched|supercharge\w*|game-?changer\w*|next[- ]level
      |state[- ]of[- ]the[- ]art|industry[- ]leading|the\s+best\s+\w+\s+(?:ever|yet|in\s+the)
      |ever\s+(?:made
      |built)|check\s+out\s+(?:our|the)|try\s+(?:our|out)\s+(?:new|premium)|have\s+you\s+tried\s+our
      |(?:our|the)\s+(?:brand[- ])?new\s+\w+\s+(?:pro|plus|premium|max|ultra)|for\s+only\s+[\d$€£]
      |empfehlen\s+(?:wir\s+)?(?:ihnen|dir)\s+(?:unser|das\s+neue)|noch\s+heute\s+(?:sichern
      |bestellen)
      |discover|unlock|enjoy|don't\s+miss|limited\s+time|subscribe\s+now|buy\s+now
      |delivering\s+the\s+best|best\s+(?:possible\s+)?experience
      |takes?\s+(?:\w+\s+){0,3}very\s+seriously
      |your\s+\w+\s+is\s+(?:very\s+)?important\s+to\s+us|blow\s+you\s+away|most\s+advanced|patience\s+and\s+understanding|we\s+value\s+your|aktionspreis\w*|sonderangebot\w*
      |jetzt\s+(?:zum|nur|neu|testen|sichern|bestellen)|noch\s+(?:bequemer|besser|schneller|einfacher)
      |(?:most\s+)?loved\s+\w+|award[- ]winning|großartig\w*|begeistert|fantastisch\w*
      |geschätzte[rn]?\s+kund\w+|einzigartig\w*|jetzt\s+(?:kaufen|upgraden))\b"""
)
_DOWN: Final = re.compile(
    r"""(?ix)\b(?:simply|obviously|of\s+course|clearly|needless\s+to\s+say|as\s+you\s+(?:should
      |surely|probably)\s+know|as\s+(?:already|previously)\s+
      (?:stated|mentioned|explained|said)|all\s+you\s+(?:have|need)\s+to\s+do|it's\s+(?:very\s+
      |really\s+)?easy|calm\s+down|(?:it's|it\s+is|that's|that\s+is|this\s+is|is)\s+(?:really\s+
      |quite\s+|very\s+|just\s+)?(?:not\s+
      (?:that\s+|so\s+|really\s+|very\s+)?(?:hard|difficult|complicated|rocket\s+science)|(?:that
      |so|as)
      \s+(?:easy|simple)|child's\s+play|common\s+sense|common\s+knowledge)|as\s+(?:we|everyone
      |everybody
      |anyone|i)\s+(?:already\s+|have\s+|has\s+|once\s+)*(?:explain\w*|sa(?:y|id)|know\w*|told|wrote
      |mention\w*)|had\s+you\s+read|everybody\s+knows|surely\s+you|you\s+surely|be\s+patient
      |please\s+understand
      |\w+en\s+sie\s+(?:\w+\s+)?einfach|unschwer|\w+en\s+sie\s+(?:doch|endlich|gefälligst)|wie\s+man\s+(?:\w+\s+)?(?:erkennt|sieht|weiß)|(?:das\s+)?ist\s+(?:doch\s+)?(?:ganz|sehr|so)\s+(?:leicht|einfach)
      |einfach\s+(?:nur|mal|kurz|einmal)|(?:ist|sind|war)\s+(?:doch
      |ja)\s+(?:\w+\s+){0,2}?(?:einfach|klar|leicht
      |bekannt|logisch)|wie\s+(?:jeder|jede|alle|man|sie|du)\s+(?:\w+\s+)?(?:weiß|wissen|weißt
      |sieht|sehen
      |kennt)|(?:steht|stand|sagten|erklärt\w*)\s+(?:das\s+|es\s+)?(?:doch|bereits|schon|ja)
      |(?:kein|nicht)\s+
      (?:hexenwerk|schwer|kompliziert)|kinderleicht|jedes\s+kind|sollte\w*\s+(?:\w+\s+)?(?:wissen
      |bekannt
      \s+sein)|eigentlich\s+(?:klar|logisch)|offensichtlich|selbstverständlich
      |wie\s+bereits\s+(?:erwähnt|gesagt)
      |bekanntlich|natürlich)\b
    | (?<!have\s)(?<!has\s)(?<!had\s)(?<!'ve\s)(?<!only\s)(?<!is\s)(?<!are\s)(?<!'re\s)(?<!was\s)
      \bjust\b
      (?!\s+(?:now|like|as|before|after|yet|over|under|in\s+case|posted|found|put|made
      |the\s+same|when|released|heard))"""
)


def _brush_off(reading: Reading) -> Iterator[Hit]:
    for pattern, better in _BRUSH_OFF.items():
        yield from hits(pattern, reading.own, better)


def _absolute(reading: Reading) -> Iterator[Hit]:
    for found in _ABSOLUTE.finditer(reading.own):
        excused = in_any(_NOT_ABSOLUTE, before(reading.own, found.start()))
        if not (excused or _is_restated(found, reading)):
            yield Hit(found[0].strip(), "Say what we know: how often, since when, for whom.")


def _is_restated(found: re.Match[str], reading: Reading) -> bool:
    """Tell whether it is the trouble that we name so, in the words of those who have it."""
    facts = reading.facts
    said = undisguised(" ".join([*facts.said, facts.title, *facts.phrases])).casefold()
    following = " ".join(reading.own[found.end() :].split()[:NEAR])
    return found[0].casefold() in said and bool(stems(following) & stems(said))


def _shouting(reading: Reading) -> Iterator[Hit]:
    names = f"{reading.facts.product} {reading.facts.speaker} {' '.join(reading.facts.said)}"
    for found in _SHOUTED.finditer(reading.own):
        words = found[0]
        if words[0] in "!?":
            yield Hit(words, words[0])
        elif words not in _CAPITALS and words not in names:
            yield Hit(words, words.capitalize())


def _meaning(pattern: re.Pattern[str], better: str) -> Find:
    """Return a rule that finds a pattern in our own words."""
    return lambda reading: hits(pattern, reading.own, better)


RULES: Final = (
    Rule(
        id="brush-off",
        level=BLOCK,
        message="People read this as a brush-off.",
        find=_brush_off,
        languages=BOTH,
    ),
    Rule(
        id="absolute",
        level=BLOCK,
        message="Nobody can know this for certain.",
        find=_absolute,
        languages=ENGLISH | GERMAN,
    ),
    Rule(
        id="shouting",
        level=WARNING,
        message="This is shouting.",
        find=_shouting,
    ),
    Rule(
        id="sales",
        level=WARNING,
        message="This sounds like an advertisement.",
        find=_meaning(_SALES, "Say it in plain words, or leave it out."),
        languages=BOTH,
    ),
    Rule(
        id="talking-down",
        level=WARNING,
        message="This talks down to people.",
        find=_meaning(_DOWN, "Leave it out."),
        languages=BOTH,
    ),
)
