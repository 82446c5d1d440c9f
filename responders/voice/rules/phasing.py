"""A text says what its phase says: nothing that is further, nothing that is behind.

Pure. What is still missing of a phase is a warning, for people say it in more ways than a list of
words knows; a text that claims another phase than its own is a block.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from responders.voice.rules.base import BLOCK, BOTH, WARNING, Hit, Reading, Rule, before, in_any
from responders.voice.rules.statements import KNOWS
from responders.voice.rules.stems import tells

_FOUND: Final = re.compile(
    r"""(?ix)\b(?:we(?:'ve|\s+have)?|our\s+\w+(?:\s+has|\s+have)?|the\s+team(?:\s+has)?
      |engineers(?:\s+have)?)
      \s+(?:now\s+|also\s+|already\s+)?(?:found|identified|located|pinned\s+down|tracked\s+down
      |understood)\s
      (?:\w+\s){0,3}?(?:cause|problem|fault|bug|error|where|why|what|source|it\b|reason)
    | \b(?:we|engineers|the\s+team|our\s+\w+)(?:'ve|\s+have|\s+has)?\s+(?:now\s+|finally\s+)?
      (?:(?:got|gotten|come)\s+to\s+the\s+bottom\s+of|(?:know|understand|understood|worked\s+out
      |figured\s+out|grasped|see\s+now|can\s+explain)\s+(?:now\s+)?(?:what\s+(?:goes|went|is
      |was|causes|breaks|makes)|why\s+(?:it|this|that|the)|where\s+(?:it|this|the|things)))\b
    | \b(?:wir|uns)\s+(?:\w+\s+)?(?:wissen|verstehen|haben\s+verstanden|ist\s+klar)\s+
      (?:\w+\s+){0,2}?(?:was\s+(?:schief|falsch|da)|woran|wo\s+(?:es|der)|warum\s+(?:es|das|die
      |der))\b
    | \b(?:cause|fault|bug|problem|source|culprit|reason|trigger)\s+(?:is|was|has\s+been
      |have\s+been)\s+(?:now\s+)?(?:found|identified
      |known|located|understood)\b | \bwe\s+(?:now\s+)?know\s+(?:now\s+)?(?:where|why
      |what\s+caused)\b
    | \b(?:(?:ursache|fehler)\s+(?:\w+\s+){0,2}?(?:gefunden|ermittelt|erkannt)
      |ursache\s+(?:\w+\s+){0,2}?bekannt)\b
    | \bwir\s+haben\s+(?:\w+\s+){0,4}?(?:gefunden|ermittelt|erkannt|ausgemacht|entdeckt
      |identifiziert|lokalisiert|aufgespürt)\b
    | \b(?:we|i)\s+(?:now\s+know|know\s+now)\s+(?:what|why|where|how)\b
      | \bjetzt\s+wissen\s+wir,?\s+(?:was|warum|woran|wie)\b"""
)
_CHANGED: Final = re.compile(
    r"""(?ix)\b(?:we(?:'ve|\s+have)?|our\s+\w+(?:\s+has|\s+have)?
      |the\s+team(?:\s+has)?)\s+(?:now\s+|just\s+|already\s+)?
      (?:made\s+a\s+(?:\w+\s+)?change|put\s+(?:a|the|this)\s+(?:\w+\s+)?(?:change|fix
      |correction)|rolled\s+(?:out|back)
      |deployed|shipped|released|published\s+a\s+(?:fix|new)|restarted|replaced|applied|reverted
      |turned\s+(?:it|the)
      |taken\s+\w+\s+back|changed|corrected|updated\s+(?:the|our))\b
    | \b\w+\s+(?:has|have)\s+(?:now\s+|already\s+)?been\s+(?:restarted|rolled\s+(?:back|out)
      |replaced|reverted
      |changed|corrected|switched\s+(?:off|over|back)|redeployed)\b
    | \b(?:we|i|our\s+\w+|the\s+team)(?:'ve|\s+have|\s+has)?\s+(?:now\s+|just\s+
      |already\s+)?(?:pushed|merged|installed
      |uploaded|activated|delivered|issued|sent\s+out|put\s+out|brought\s+in|landed)\s+(?:an?|the|our)\s+(?:\w+\s+)?(?:fix
      |correction|change|patch|update|version|hotfix|firmware|build)\b
    | \b(?:fix|correction|patch|hotfix)\s+(?:is|has\s+been|went|has\s+gone)\s+(?:already\s+
      |now\s+)?(?:on|live|in(?!\s+(?:review|work|test))|out|running
      |installed|active|with)\b
    | \b(?:korrektur|änderung|lösung|fix|patch|hotfix|neue\s+version|neue\s+firmware)\s+(?:ist
      |sind|wurde|läuft)\s+(?:\w+\s+){0,2}?
      (?:auf\s+den|auf\s+allen|eingespielt|online|live|draußen|installiert|verteilt|aktiv|freigegeben)
    | \ba\s+(?:fix|change|correction)\s+(?:is|was|has\s+been)\s+(?:now\s+)?(?:live|out
      |in\s+place|rolled\s+out|deployed|made
      |put\s+in|applied|released)\b
    | \bwir\s+haben\s+(?:\w+\s+){0,5}?(?:geändert|eingespielt|ausgerollt|heruntergesetzt
      |zurückgesetzt|zurückgenommen|abgeschaltet|ausgeschaltet|umgestellt|umgebaut
      |ausgetauscht|angepasst|korrigiert|nachgebessert|entfernt|vorgenommen
      |neu\s+gestartet|ersetzt)\b"""
)
_OVER: Final = re.compile(
    r"""(?ix)\b(?:it|this|that|everything|problem|issue|fault|bug|error|\w+)(?:'s\s+been|\s+(?:is
      |are|was
      |were|has\s+been|have\s+been))\s
      (?:now\s+|all\s+|already\s+|fully\s+|completely\s+|again\s+)*(?:fixed|resolved|solved
      |restored|repaired|over|gone|closed
      |back\s+(?:to\s+normal|up\b|online|in\s+service)|working\s+(?:again|normally)|behind\s+us
      |history
      |fine\s+(?:again|now)|sorted(?:\s+out)?|a\s+thing\s+of\s+the\s+past|up\s+and\s+running
      |healthy)\b
    | \b(?:trouble|problem|issue|error|fault|outage|disruption|it|this|that)(?:\s+has|\s+have)?\s+
      (?:ended|ceased|disappeared|vanished|cleared\s+up|gone\s+away)\b
    | \b(?:everything|all)\s+works?\s+(?:as\s+it\s+should|fine|normally|as\s+usual|properly|well
      |now)\b
    | \b(?:everything|all)(?:'s|\s+is)\s+(?:fine|good|well|normal|clear|okay)\b | ^all\s+(?:done
      |clear|good)\b
    | \b(?:no\s+longer|doesn't|does\s+not)\s+(?:happens?|occurs?)\b(?!\s+(?:for|on|with|in|to|if
      |when))
    | \b(?:we|our\s+\w+|the\s+team)(?:'ve|\s+have|\s+has)?\s+(?:now\s+|just\s+)?(?:fixed
      |resolved|solved|repaired|mended)\b
    | ^(?:now\s+)?(?:fixed|resolved|solved)\b | \bworks\s+again\b
    | \b(?:ist|sind|wurde|wurden)\s+(?:\w+\s+){0,4}?(?:behoben|gelöst|repariert|erledigt
      |vorbei|beseitigt|bereinigt|ausgestanden|vom\s+tisch|aus\s+der\s+welt|wieder\s+(?:da|online
      |erreichbar|verfügbar|normal|möglich|in\s+ordnung))\b
    | \b(?:everything|all|it|things?|they|we|the\s+\w+|your\s+\w+)(?:'s|'re|\s+is|\s+are)\s+
      (?:\w+\s+)?back\b(?!\s+(?:to\s+you|with|by|at|on|in\s+\w+\s+(?:minutes|hours|days)|soon|then))
    | \b(?:works?|runs?|loads?|prints?|saves?|syncs?|plays?)\s+(?:\w+\s+)?(?:again|as\s+(?:before
      |usual|it\s+should))\b(?!\s+(?:and\s+again|later))
    | \bwir\s+haben\s+(?:\w+\s+){0,4}?(?:behoben|gelöst|beseitigt)\b
    | \b(?:funktionier(?:t|en)|geht|gehen|läuft|laufen|klappt|klappen)\s+
      (?:(?!nicht|noch|erst)\w+\s+){0,3}?wieder\b"""
)
_BACK: Final = re.compile(
    r"""(?ix)\b(?:is|are)\s+(?:now\s+|all\s+|\w+ly\s+)*(?:right|correct|good|quiet|stable|steady|normal|fine|current|complete
      |accurate|reachable|readable|usable|visible|available|open|in\s+order|in\s+sync|there|on\s+time)\s+(?:once\s+)?again\b
    | \b(?:holds?|behaves?|prints?|opens?|arrives?|keeps?\s+\w+
      |shows?\s+(?:\w+\s+){1,3})\s+(?:up\s+)?(?:now|again|as\s+it\s+should)
      \b(?!\s+and\s+again)
    | \b(?!fail|crash|lag|drift|late|slow|wrong|stop|silent|empt|broke|miss|and\b|once\b|we\b|us\b
      |happen|appear|back\b|up\b|out\b|down\b)
      \w+\s+(?:\w+ly\s+)?(?:again|once\s+more)\s*[.!]?$
    | \b\w{3,}\s+no\s+more\b(?!\s+(?:than|news|to))
    | \bshould\s+(?:all\s+|now\s+)?be\s+\w+\b[^.!?]{0,30}?\b(?:by\s+now|again|now)\b
    | \bgehör\w+\s+der\s+vergangenheit\b | \bist\s+geschichte\b
    | \bback\s+to\s+(?:its\s+|their\s+|the\s+|your\s+)?(?:\w+\s+)?(?:normal|usual|rhythm|routine
      |business|form|life|speed)\b
    | \b(?:a\s+thing\s+of\s+(?:the\s+past|yesterday)|yesterday's\s+news)\b
    | \b(?:right|correct|proper|true|richtige\w*|korrekte\w*)\s+\w+\s+(?:since|again|seit)\b
    | \b(?!\w*(?:meld|schreib|schau|seh|geb|versuch|prüf))\w{3,}(?:t
      |en)\s+(?:seit\s+(?!nicht)(?:\w+\s+){1,3})?wieder\s*[.!]?$
    | \b(?:the|your)\s+\w+\s+behaves\b | \byou\s+can\s+(?:now|again|safely\s+(?:go|use)
      |go\s+back\s+to|return\s+to)\b
    | \b(?:ist|sind|stimmt|stimmen|kommt|kommen|zeigt|zeigen|schickt|schicken|öffnet|öffnen|lädt
      |laden|druckt
      |drucken|sendet|senden)\s+(?:(?!nicht|noch|erst|wir|ich|kein)\w+\s+){0,5}?wieder\b(?!\s+(?:nicht|kein|falsch|weg))"""
)
"""What goes well again, said before anything was done; later a text may say where it does."""
_SEARCHING: Final = re.compile(
    r"""(?ix)\b(?:(?:are|is|'re)\s+(?:now\s+|still\s+|currently\s+)*(?:investigating
      |looking\s+(?:into|for)|searching)
      |do(?:n't|\s+not)\s+(?:yet\s+)?know\s+(?:yet\s+)?(?:the\s+cause|why|where|what)
      |(?:have\s+not|haven't)\s+(?:yet\s+)?found\s+(?:anything|it|the|a|what|where)|under\s+investigation
      |(?:keep|continue|go\s+on|still)\s+(?:\w+\s+)?(?:digging|searching|investigating|hunting)
      |looking\s+for\s+the\s+(?:cause|reason|source)|no\s+idea\s+(?:yet\s+)?(?:why|what|where)
      |suchen\s+(?:\w+\s+){0,2}?(?:noch|weiter)|tappen\s+(?:noch\s+)?im\s+dunkeln
      |untersuch(?:t|en)\s+(?:\w+\s+){0,3}?(?:jetzt|noch|weiter))\b"""
)
_UNKNOWN: Final = re.compile(
    r"""(?ix)\b(?:do(?:n't|\s+not)\s+(?:yet\s+)?know\s+(?:yet\s+)?(?:the\s+(?:cause|reason)
      |where\s+it\s+comes
      |what\s+causes)|(?:looking|searching)\s+for\s+the\s+(?:cause|reason))\b
    | \b(?:ursache|grund)\s+(?:\w+\s+){0,2}?(?:noch\s+)?(?:nicht\s+bekannt|unbekannt|unklar)\b
    | \b(?:woran|warum|weshalb|was)\b[^.!?]{0,40}\bwissen\s+wir\s+(?:leider\s+|noch\s+)*nicht\b
    | \bwir\s+(?:wissen|haben)\s+(?:noch\s+)(?:nicht|keine)\b[^.!?]{0,10}(?:woran|warum|weshalb
      |ahnung|spur)
    | \bwe\s+(?:have|found)\s+no\s+(?:lead|clue|idea)\b"""
)
_UNSURE: Final = re.compile(
    r"""(?ix)(?:\b(?:until|till|when|wann|once|if|whether|as\s+soon\s+as|before|after|how|not|n't|no
      |never|hope|hopefully|think
      |(?<!to\s)says?|said|should|may|might|could|will|'ll|to\s+be|that\s+it\s+is\s+not|see|similar|another|earlier|unrelated
      |ähnliche\w*|bei\s+uns|bei\s+den\s+ersten|auf\s+unseren|bis
      |wenn
      |sobald|ob|falls|nicht|noch\s+nicht
      |kein\w*|damit|so\s+that|would)\b|n't\b)[^.!?;:]{0,70}$"""
)
_ENDS: Final = re.compile(
    r"""(?ix)\b(?:fix(?:ed)?|resolv\w+|solv\w+|restor\w+|repair\w+|mended|over|gone|closed
      |works?\s+(?:\w+\s+)?again|back\s+to\s+normal
      |workaround|way\s+around|by\s+design|intended|on\s+purpose|meant\s+to|will\s+not\s+(?:fix
      |change)|won't\s+(?:fix|change)
      |not\s+going\s+to|third\s+party|partner\w*|another\s+(?:company|service)
      |(?:could\s+not|couldn't|cannot|can't)\s+(?:reproduce|see|find|make|get|provoke|trigger)
      |nothing\s+left|finished
      |disappeared|stopped|ended|beseitigt|bereinigt|fertig|gehört\s+so|so\s+gewollt|absicht
      |reproduc\w+|no\s+longer|behoben|gelöst|erledigt|vorbei|wieder|umgehung|beabsichtigt
      |nicht\s+nachvollzieh\w+)\b"""
)
_GOES: Final = re.compile(
    r"""(?ix)\b(?:again|normal(?:ly)?|properly|correctly|reliably|as\s+(?:it|they|we
      |you)\s+(?:should
      |used|expect\w*)|as\s+(?:before|usual|expected|intended)|on\s+time|in\s+full|fehlerfrei
      |normal
      |korrekt|richtig|wie\s+(?:gewohnt|vorgesehen|früher|zuvor)|ordnungsgemäß|klapp(?:t|en)
      |läuft|laufen)\b"""
)
"""What somebody sees once the trouble is over."""
STATED: Final = 4
"""So many words make a statement."""
_GOES_ON: Final = re.compile(
    r"""(?ix)\b(?:still|currently|presently|continue\s+to|keep)\s+(?:\w+\s+)?(?:on\s+it|work\w*
      |look\w*
      |investigat\w*|test\w*|dig\w*|search\w*)\b | \b(?:are|'re|is)\s+(?:working\s+on|on\s+it
      |testing|trying|checking
      |investigating|searching)\b
    | \bnext\s+(?:update|word)\s+(?:by|at|on|comes)\b | \bnächste[srn]?\s+update\s+(?:bis|um
      |kommt)\b
    | \b(?:arbeiten|sind|suchen|prüfen)\s+(?:\w+\s+)?(?:noch|weiter|dran|daran)\b"""
)
"""Work that goes on, or a next word: it is not over then."""
_IF: Final = re.compile(r"(?i)\b(?:if|should|in case|falls|wenn|sollte)\b")
_ASKS: Final = re.compile(
    r"""(?ix)\?\s*$ | \b(?:thank\w*|danke|dank|sorry|leid|if|should|please|tell|let\s+us|try|not
      |n't|no\s+idea|still|hope|wait|will
      |falls|wenn|sollte|bitte|nicht|noch|hoffen|warten|wird|werden)\b"""
)
"""A sentence that asks, hopes or denies tells no end."""
_FINDING: Final = re.compile(
    r"(?i)\b(?:found|identif|know (?:now )?(?:where|why|what)|cause|comes? from|because|reason"
    r"|tracked|traced|narrowed|understand|explain|gefunden|erklären|ursache|erkannt|wissen|liegt|ermittelt)"
)
_WATCHING: Final = re.compile(
    r"(?i)\b(?:watch|monitor|keep(?:ing)? an eye|observ|check|see whether|look(?:ing)? whether"
    r"|compar\w*|listen"
    r"|beobacht|überwach|prüf|behalten|schau|vergleich|zähl)"
)
_DONE: Final = re.compile(
    r"(?i)\b(?:change|rolled|deploy|ship|releas|restart|replac|applied|apply|revert|put|correct"
    r"|fix|updat|turned|took|taken|made|moved|switch|install|geändert|änderung|eingespielt"
    r"|ausgerollt|behob|neu gestartet|vorgenommen|umgestellt)"
)
_SINCE: Final = re.compile(
    r"(?i)\b(?:since|as of|from \d|at \d|on \w+day|now|today|seit|jetzt|um)\b"
)
_TRY: Final = re.compile(
    r"(?i)\b(?:try|update|restart|reload|install|open|log|sign|nothing (?:more )?to do|no need"
    r"|need to do|should work|refresh|check|have a look|switch|choose|close (?:the|your|and)"
    r"|versuch|probier|starte|aktualisier|neu laden|laden sie|prüf|schau|nichts (?:weiter )?tun)"
)
_TELL: Final = re.compile(
    r"(?i)\b(?:tell us|let us know|write|reply|say so|report|here|contact|comment|post|hear from"
    r"|sag|schreib|meld|antwort|gib)"
)
_WHO: Final = re.compile(
    r"(?i)\b(?:affect|only|everyone on|users? (?:of|on|with)|people (?:on|with|using)|not see it"
    r"|hear it from|betroffen|betrifft|nur )"
)

FURTHER: Final[Mapping[str, tuple[tuple[re.Pattern[str], str], ...]]] = {
    "investigating": (
        (_FOUND, "Our team is investigating it; we tell you what we find."),
        (_CHANGED, "Set the issue to monitoring first, then tell what was done."),
        (_OVER, "Set the issue to resolved first, then tell that it is fixed."),
        (_BACK, "Set the issue to resolved first, then tell that it is fixed."),
    ),
    "identified": (
        (_UNKNOWN, "Say what was found, in plain words."),
        (_CHANGED, "Set the issue to monitoring first, then tell what was done."),
        (_OVER, "Set the issue to resolved first, then tell that it is fixed."),
        (_BACK, "Set the issue to resolved first, then tell that it is fixed."),
    ),
    "monitoring": (
        (_OVER, "We have made a change against it, and we are watching whether it is gone."),
        (_SEARCHING, "We have made a change against it, and we are watching whether it is gone."),
    ),
    "resolved": ((_SEARCHING, "It is fixed; say since when."),),
}
"""By phase: the claims of another one, and what would be right."""

WANTED: Final[Mapping[str, tuple[tuple[re.Pattern[str], str], ...]]] = {
    "identified": ((_FINDING, "What we found: … (in plain words)"),),
    "monitoring": (
        (_DONE, "What we did: …"),
        (_WATCHING, "We are watching now whether it is gone."),
    ),
    "resolved": (
        (_SINCE, "It has been fixed since 14:00 UTC."),
        (_TRY, "Please try again."),
        (_TELL, "If you still see it, please tell us here."),
    ),
}
"""By phase: what a text says in it, and how."""


_LOST: Final = re.compile(r"(?i)\b(?:gone|disappeared|vanished)\b")
_LOSES: Final = re.compile(
    r"(?i)\b(?:los(?:es?|t|ing)|miss(?:ing|es)|gone|vanish\w*|disappear\w*|drop(?:s|ped)?|delet\w*|forget\w*)\b"
)
"""Where the trouble is a loss, what is gone is no end of it."""


def _disagrees(reading: Reading) -> Iterator[Hit]:
    phase = reading.facts.phase
    for pattern, better in FURTHER.get("investigating" if phase == "new" else phase, ()):
        for sentence in reading.claimed:
            for found in pattern.finditer(sentence):
                lost = in_any(_LOST, found[0]) and in_any(_LOSES, reading.told)
                if not (lost or in_any(_UNSURE, before(sentence, found.start()))):
                    yield Hit(found[0].strip(), better)
    if phase == "resolved" and not _tells_an_end(reading):
        yield Hit(
            "", "It is fixed; or say why it ends: a way around, by design, will not be fixed."
        )


def _tells_an_end(reading: Reading) -> bool:
    """Tell whether a text says why nothing more comes, or what is so from now on.

    People tell an end in more ways than a list knows, so a plain statement is enough, unless it
    says that the work goes on.
    """
    if any(in_any(_GOES_ON, one) and not in_any(_IF, one) for one in reading.sentences):
        return False
    plain = [one for one in reading.sentences if not in_any(_ASKS, one)]
    return in_any(_ENDS, reading.own) or any(
        in_any(_GOES, one) or (len(one.split()) >= STATED and not in_any(KNOWS, one))
        for one in plain
    )


def _incomplete(reading: Reading) -> Iterator[Hit]:
    for pattern, better in WANTED.get(reading.facts.phase, ()):
        told = pattern is _FINDING and tells(reading.facts.cause, reading.bare)
        if not (told or in_any(pattern, reading.bare)):
            yield Hit("", better)


def _unaffected(reading: Reading) -> Iterator[Hit]:
    facts = reading.facts
    if not (facts.is_page and facts.phase in {"investigating", "new"} and facts.clear):
        return
    text = reading.whole.casefold()
    if not (in_any(_WHO, reading.bare) or any(one.casefold() in text for one in facts.clear)):
        yield Hit("", f"So far we hear it from people with {', '.join(facts.clear[:3])}.")


RULES: Final = (
    Rule(
        id="phase",
        level=BLOCK,
        message="Text and phase must say the same.",
        find=_disagrees,
        languages=BOTH,
    ),
    Rule(
        id="phase-incomplete",
        level=WARNING,
        message="Something that people want to know in this phase is missing.",
        find=_incomplete,
        languages=BOTH,
    ),
    Rule(
        id="affected",
        level=WARNING,
        message="An entry under investigation says who is affected, and who is not.",
        find=_unaffected,
        languages=BOTH,
    ),
)
