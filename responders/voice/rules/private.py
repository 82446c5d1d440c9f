"""Nothing private in public: no data of a person, no handle, no secret, and no question for them.

Pure. Needs no language but for the question. These hold in the words of others too: repeating a
number that somebody gave away by mistake spreads it.
"""

import re
from collections.abc import Iterator
from typing import Final

from responders.delivery.inert import redacted
from responders.voice.rules.base import BLOCK, BOTH, Hit, Reading, Rule, in_any
from responders.voice.rules.hours import CLOCK

_MAIL: Final = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"
    r"|[\w.+-]{1,64}\s?[(\[{]\s?(?i:at|ät)\s?[)\]}]\s?[\w-]{1,63}(?:\s?(?:\.|[(\[{]\s?(?i:dot|punkt)\s?[)\]}])\s?[\w-]{1,63})+"
)
"""An address of mail, also in the words that are meant to hide it from machines."""
_ADDRESS: Final = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]|\.\d)")
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,3})?\b")
_PHONE: Final = re.compile(r"(?<![\w.])\+?\(?\d(?:[ ()./-]{0,2}\d){7,18}(?!\w)")
_SECRET: Final = re.compile(
    r"""(?x)\b(?:(?:sk|pk|rk|ghp|gho|ghs|glpat|xox[abprs]|AKIA|AIza|eyJ)[-_A-Za-z0-9.]{12,}
      | [A-Fa-f0-9]{32,})
    | (?i:\b(?:password|passwort|kennwort|passwd|api[\s_-]?key|secret|token|bearer)
        (?:\s+(?:of|for|to|für|von|zu)(?:\s[\w-]+){1,4}?)?
        (?:\s*[:=]\s*[^\s,;]{4,64}
          | \s+(?:is|ist)\s+(?=[^\s,;]{0,60}[\d!$%&*_])[^\s,;.]{4,64}))
    | -----BEGIN[ ][A-Z ]{3,40}-----"""
)
_HOME: Final = re.compile(
    r"""(?x)\b\d{1,4}[a-z]?,?\s(?:[A-Z]\w+\s){1,3}(?:Lane|Street|St|Road|Rd|Avenue|Ave|Drive|Square|Court
      |Place|Close|Terrace|Crescent|Boulevard|Gardens)\b
    | \b[A-ZÄÖÜ]\w+(?:straße|strasse|str\.|weg|gasse|allee|platz|damm|ufer)\s\d{1,4}\s?[a-z]?\b"""
)
"""Where somebody lives."""
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d\S{0,9})?|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_ASKED: Final = re.compile(
    r"""(?ix)\b(?:send|post|share|give|tell|reply\s+with|provide|need|include|write
      |comment\s+with|what\s+is|what's|confirm|attach|drop
      |paste|let\s+us\s+know|schick\w*|send\w*|nenn\w*|teil\w*|gib|geben|brauchen|benötigen
      |schreib\w*
      |lautet)\b[^.!?\n]{0,40}?
    \b(?:your|dein\w*|ihr\w*|eu(?:er|re)\w*)\s+(?:\w+\s+){0,2}?(?:e-?mail(?:\s+address)?
      |mail\s+address|home\s+address|postal\s+address|address(?!\s+(?:bar|book|field|line))|phone
      (?:\s+number)?|mobile(?:\s+number)?|telephone\w*|passwords?|passcode|pin\b
      |account\s+(?:name|number|id|details)|account\s+e-?mail
      |user\s?names?|login(?:s|\s+data|\s+details)?|credentials|order\s+(?:number|id)
      |serial\s+number|licen[cs]e\s+key|invoice
      |card\s+(?:number|details)|credit\s+card|bank\s+\w+|iban|full\s+name|real\s+name|surname
      |date\s+of\s+birth|birthday|imei
      |ip\s+address|api\s+key|token|customer\s+(?:number|id)|kundennummer|telefonnummer
      |handynummer|passwort|kennwort|\w*adresse
      |geburtsdatum|kontonummer|seriennummer|rechnung\w*|bestellnummer|benutzername\w*
      |vollständigen?\s+namen?)\b"""
)
_ASKING: Final = re.compile(
    r"""(?ix)\?\s*$ | \b(?:please|send|post|share|give|tell|reply\s+with|provide|we\s+need|include
      |comment\s+with|confirm|attach|drop|paste|let\s+us\s+know|could\s+you|can\s+you|would\s+you
      |bitte|schick\w*|send\w*|nenn\w*|teil\w*|gib|geben|brauchen|benötigen|schreib\w*|lautet
      |verrat\w*)\b"""
)
_CLOSE: Final = re.compile(
    r"""(?ix)\b(?:postcodes?|post\s+code|zip\s+code|street(?:\s+and)?(?:\s+(?:name|house))?
      |house\s+number|home\s+address|postal\s+address|date\s+of\s+birth|birth\s*day|passport
      |licen[cs]e\s+plate|social\s+security|serial\s+number|imei|iban|bic|card\s+number|cvc|cvv
      |account\s+number|customer\s+number|order\s+number|phone\s+number|mobile\s+number
      |(?:e-?mail|address|number|name|account)\s+(?:that\s+)?(?:you
      |your\s+\w+)\s+(?:\w+\s+)?(?:registered
        |signed|used?|log|ordered|with|is)|e-?mail\s+address\s+of\s+your
      |postleitzahl|anschrift|straße|hausnummer|geburtsdatum|geburtstag|personalausweis\w*
      |kennzeichen
      |kontonummer|kartennummer|kundennummer|bestellnummer|seriennummer|telefonnummer
      |handynummer)\b"""
)
"""What is close to a person in any sentence that asks, whoever's it is called."""
_HANDED: Final = re.compile(
    r"""(?ix)\b(?:send|paste|post|share|upload|attach|drop|tell|give|write|reply\s+with|comment\s+with
      |schick\w*|send\w*|poste\w*|teil\w*|nenn\w*|schreib\w*|gib|geben|verrat\w*|mail\w*)\b
    [^.!?\n]{0,60}?\b(?:passwords?|passcodes?|logins?|log-?in\s+\w+|credentials|passwort\w*|kennwort\w*
      |zugangsdaten|anmeldedaten|pin|tan|(?:e-?mail|postal|home)\s+address\w*|(?:phone|mobile)\s+numbers?
      |(?:customers?|clients?|patients?|members?|employees?|children|kids|pupils?|users?)'?s?'?\s+
        (?:names?|addresses|data|details|records|numbers|list)|(?:names?|addresses)\s+of\s+(?:your|the|all)\s+(?:customers|clients|patients|members|staff)
      |full\s+(?:name|export|log\s+file|database)|(?:kunden|patienten|mitglieder)\w*|namen\s+(?:der|ihrer
      |deiner)|anschrift\w*|telefonnummer\w*|handynummer\w*|geburtsdat\w*|ausweis\w*)\b"""
)
"""Private data that is asked for, whoever it belongs to."""
_WHO_ARE_YOU: Final = re.compile(
    r"""(?ix)\b(?:where\s+(?:exactly\s+)?(?:do|are)\s+you\s+(?:live|living|work)|how\s+old\s+(?:are\s+you|is\s+your)|(?:name|age|birthday|school)\b[^.!?\n]{0,20}\bof\s+your\s+\w+
      |(?:upload|send|post|share|attach|schick\w*|teil\w*|lad\w*)\b[^.!?\n]{0,40}?\b(?:your|ihre?\w*|deine?\w*)\s+(?:\w+\s+)?(?:contacts?|customers|address\s+book|kontakte|adressbuch)
      |when\s+were\s+you\s+born|what\s+(?:is|are)\s+(?:you|your\s+names?)\s+called|at\s+home\s+during|(?:when|how\s+long)\s+are\s+you\s+(?:away|out|on\s+holiday|not\s+at\s+home)|(?:names?|addresses|e-?mails?|numbers?|contacts?)(?:\s+(?:and|or)\s+[\w-]+)?
      \s+of\s+(?:the\s+(?:people|guests|others|persons)|your\s+(?:guests|customers|friends|family|colleagues)|everyone\s+you)
      |who\s+(?:do|are)\s+you\s+(?:bank|work|insured)\s*(?:with|for)?
      |wo\s+(?:genau\s+)?(?:wohn|leb|arbeit)\w+\s+(?:sie|du|ihr)|wie\s+(?:alt\s+(?:sind|bist)|hei(?:ß|ss)\w+)\s+(?:sie|du)
      |wann\s+(?:sind|bist)\s+(?:sie|du)\s+geboren|(?:sind|bist)\s+(?:sie|du)\s+geboren)\b
    | \b(?:send|post|share|upload|attach|show|paste|lad\w*|stell\w*|schick\w*|post\w*|teil\w*
      |häng\w*
      |zeig\w*)\b
      [^.!?\n]{0,40}?\b(?:pay-?slips?|driving\s+licen[cs]e|licen[cs]e|bills?|receipts?|letters?|führerschein\w*|mahnung\w*|brief\b|quittung\w*|bank\s+statements?|statements?|contract|passport|id\s+card|invoices?
      |medical\s+\w+|prescriptions?|tax\s+\w+|\w*abrechnung(?:en)?|rechnung(?:en)?|vertrag|ausweis\w*
      |kontoauszug\w*|befund\w*|rezept|zeugnis\w*|\w+bescheid|steuer\w+)\b(?!\s+(?:uns|über|number))"""
)
"""Who and where a person is, and papers that tell it."""
_NOT_ASKED: Final = re.compile(
    r"(?i)\b(?:not|never|don't|do not|no need|without|nicht|nie|kein\w*|by private message"
    r"|privately)\b"
)
_DISTINCT: Final = re.compile(r"[\d_.-]|[a-z][A-Z]")
_SHORTEST: Final = 3


def _data(reading: Reading) -> Iterator[Hit]:
    text = _DATE.sub(" ", CLOCK.sub(" ", reading.bare))
    numbers = {"".join(filter(str.isdigit, one)) for one in reading.facts.numbers}
    for pattern in (_MAIL, _ADDRESS, _IBAN, _PHONE, _HOME):
        for found in pattern.finditer(reading.bare if pattern is _ADDRESS else text):
            digits = "".join(filter(str.isdigit, found[0]))
            if pattern in (_ADDRESS, _PHONE) and digits in numbers:
                continue
            yield Hit(found[0].strip(), "Leave it out: anybody can read this.")


def _secret(reading: Reading) -> Iterator[Hit]:
    for found in _SECRET.finditer(reading.whole):
        if not _is_our_link(found[0], reading):
            yield Hit(
                redacted(found[0])[:20], "Leave it out, and have it replaced: it may be known."
            )


def _is_our_link(words: str, reading: Reading) -> bool:
    ours = reading.facts.page_url
    return bool(ours) and words in ours


def _handle(reading: Reading) -> Iterator[Hit]:
    known = f"{reading.facts.product} {reading.facts.speaker} {reading.facts.title}".casefold()
    for name in dict.fromkeys(name.strip() for name in reading.facts.authors if name):
        ours = name.casefold() in known or len(name) < _SHORTEST
        if ours or (_is_plain(name) and not _is_addressed(name, reading.bare)):
            continue
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", reading.bare):
            yield Hit(name, "you")


def _is_plain(name: str) -> bool:
    """Tell whether a name in small letters alone may be any word."""
    return not in_any(_DISTINCT, name) and name == name.lower()


def _is_addressed(name: str, text: str) -> bool:
    """Tell whether a text speaks to a name, or tells what it wrote: then it is no other word."""
    named = re.escape(name)
    return bool(
        re.search(
            rf"(?i)\b(?:as|like|dear|thanks|thank\s+you|danke|hi|hello|hey|hallo|liebe[rs]?)\s{named}\b(?!-)"
            rf"|(?<!\w){named}(?:'s)?\s(?:wrote|said|says|reports|reported|asked|told|schrieb|schreibt|sagt)\b",
            text,
        )
    )


def _asks(reading: Reading) -> Iterator[Hit]:
    for sentence in reading.sentences:
        found = _ASKED.search(sentence)
        if not found and in_any(_ASKING, sentence):
            found = _CLOSE.search(sentence)
        found = found or _HANDED.search(sentence) or _WHO_ARE_YOU.search(sentence)
        if found and not in_any(_NOT_ASKED, sentence):
            yield Hit(found[0].strip(), "Ask for it in private, or not at all.")


RULES: Final = (
    Rule(
        id="personal-data",
        level=BLOCK,
        message="No data of a person in public.",
        find=_data,
    ),
    Rule(
        id="secret",
        level=BLOCK,
        message="This may be a key or a password.",
        find=_secret,
    ),
    Rule(
        id="handle",
        level=BLOCK,
        message="No names of people: they did not ask to be named.",
        find=_handle,
    ),
    Rule(
        id="asks-private",
        level=BLOCK,
        message="Nobody may be asked for private data where all can read it.",
        find=_asks,
        languages=BOTH,
    ),
)
