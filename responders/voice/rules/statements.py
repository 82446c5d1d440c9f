"""How people say what a first reply must say: long lists of ways, wide on purpose.

Pure. Apart from the rules, because the lists grow with every good reply that they did not know.
"""

import re
from typing import Final

KNOWS: Final = re.compile(
    r"""(?ix)
    \b(?:we|i|our\s+\w+(?:\s\w+)?|the\s+team)\s(?:all\s|now\s|also\s|already\s)?
      (?:do\s|are\s|'re\s|have\s|'ve\s|can\s|could\s)?(?:now\s|also\s|already\s|indeed\s|all\s)?
      (?:know|knew|aware|see|saw|seen|heard?|hearing|confirm\w*|reproduced?|noticed?
      |recogni[sz]e\w*
        |found|understand|acknowledge|got|received|getting|seeing|on\s+it|tracking|spotted|read
        |learn(?:ed|t)|picked|experienc\w+|identified)\b
  | \bwe(?:'re|\sare)\s(?:\w+\s)?(?:aware|seeing|hearing|getting|tracking|on\s)
  | \bwe've\s(?:\w+\s)?(?:seen|heard|confirmed|reproduced|noticed|found|received|got|had|read)\b
  | \b(?:known\s+(?:problems?|issues?|bugs?|faults?|to\s+us|here|since)|is\s+known|aware\s+of
      |not\s+alone
      |not\s+the\s+only|been\s+able\s+to\s+(?:reproduce|see|confirm)|sorry\s+(?:for|about|that))\b
  | \b(?:several|many|some|other|more|few|\d{1,6})\s+(?:other\s+)?(?:people|users|customers
      |others|of\s+you)\b
  | \bfor\s+(?:us|others|some|many|several)\b | \b(?:it|this)\s+(?:began|started)\s+with\s+our\b
  | \bwe\s+(?:have\s+)?(?:put|made)\b | \breported\s+by\b
  | \bwir\s(?:\w+\s){0,2}(?:wissen|kennen|sehen|haben\s(?:\w+\s){0,4}(?:gehört|erfahren|gesehen
      |bestätigt|bemerkt|gelesen|erhalten))\b | \b(?:uns|ist)\s(?:\w+\s){0,3}bekannt\b
  | \bwissen\s+wir\b | \bkenntnis\b | \bbekannte[rns]?\s+(?:problem|fehler)
  | \bkennen\s+(?:wir|das)\b
    """
)
DOING: Final = re.compile(
    r"""(?ix)
    \b(?:investigat|examin|analy[sz]|debug|diagnos|reproduc|restor|repair|compar|collect)
      (?:ing|e|es|ed)?\b
  | \b(?:look|work|check|digg|test|search|trac|figur|sort|fix|watch|monitor|go|review|study|hunt
      |chas|find|try|gather|narrow|isolat|track)ing\b
  | \b(?:we|i|team|engineers?|colleagues?|people|someone|somebody)(?:'re|'m|\s(?:are|is|am))\s
      (?:\w+\s){0,3}?\w{2,20}ing\b | \b(?:is|are)\s+being\s+\w+ed\b | \band\s+are\s+\w{2,20}ing\b
  | \b(?:on\s+it|at\s+work|under\s+investigation|made\s+a\s+change|put\s+(?:it|a|this)|rolled
      |deployed|released|taken\s+(?:it|this)|passed\s+(?:it|this)|assigned|found
      |on\s+the\s+case|do(?:es)?\s+nothing\s+else|on\s+(?:the|our|my)\s+(?:bench|desk|table)|with\s+tools)\b
  | \b(?:am\s+netz|auf\s+dem\s+tisch|sitz(?:t|en)\s) | \b(?:untersuch|arbeit|prüf|analysier
      |kümmer|such|beobacht|überwach|teste|behob|behebe|geändert
      |änderung|gefunden|gehen\s|sehen\s+(?:\w+\s)?uns|schauen|dran\b|sind\s+dabei)
  | \b(?:wir|team|kolleg\w+|entwickl\w+|techniker\w*|jemand|leute|zwei|drei)\b[^.!?]{0,60}?
      \b(?!(?:wissen|wir|haben|hat|sind|ist|können|kennen|hören|wollen|müssen|bekommen|erhalten|bedauern|nicht)\b)
      [a-zäöüß]{3,}(?:en|t)\s+(?:gerade|derzeit|zurzeit|momentan|soeben|im\s+moment)\b(?!\s+(?:nicht|nichts|kein))
    """
)
_DRAWN: Final = (
    r"(?:draft|prepar|wrote|written|put\s+together|vorbereit|erstell|geschrieben|verfass"
    r"|entw[aou]rf)"
)
_TOOL: Final = r"(?:program|programme|tool|system|template|vorlage|programm|werkzeug)"
AUTOMATED: Final = re.compile(
    rf"""(?ix)\b(?:automat|software|machine|a\s+bot\b|(?:by|with|from)\s+(?:a|our)\s+(?:tool|template
        |script)|maschin|generated|assistant|computer|robot|ai\b|ki\b
      |(?:by|with|from)\s+(?:a|our)\s+(?:\w+\s+)?(?:tools?|program|programme)\b
      |{_TOOL}s?\b[^.!?]{{0,40}}\b{_DRAWN}|{_DRAWN}\w*\b[^.!?]{{0,40}}\b{_TOOL}\b)"""
)
APPROVED: Final = re.compile(
    r"""(?ix)\b(?:approv|(?:double-)?checked|review(?:ed|\s+by)|(?:proof-?)?read\s+(?:and|by
      |through
      |over)|proofread|sign(?:ed|s)?\s+(?:it\s+)?off|released\s+by|looked\s+over|confirmed\s+by
      |vetted|cleared\s+by|edited\s+by|ok(?:ayed|'d)|went\s+(?:over|through)\s+it|frei(?:gabe
      |gegeben)
      |gibt\s+\w+\s+frei|(?:gegen)?gelesen|(?:gegen)?geprüft|genehmigt|gebilligt|bestätigt
      |go-?ahead|green\s+light|(?:gave|gives|given)\s+(?:it\s+|this\s+)?(?:\w+\s+){0,2}(?:ok(?:ay)?|nod
      |yes|consent)|said\s+yes|agreed\s+to\s+(?:it|this)|authori[sz]ed|passed\s+(?:it|this)\s+for
      |grünes\s+licht|(?:sein|ihr|mein)\w*\s+ok(?:ay)?\b
      |abgenommen|abgesegnet|durchgesehen|redigiert|zugestimmt)"""
)
SPEAKS: Final = re.compile(
    r"""(?x)\b(?:[A-Z]\w+|\w+\s[Tt]eam|[Ss]upport)\s(?:here|from|of|at|hier|von|vom|aus|bei)\b
      | (?i:\b(?:i\s+am|i'm|this\s+is|my\s+name\s+is|ich\s+bin|hier\s+ist|hier\s+spricht|hier\s
      (?:schreibt|antwortet))\s\w) | \n\s?[-–—]\s?\w"""
)
SIGNED: Final = re.compile(
    r"(?i)(?:\b|-)(?:team|support|crew|kundendienst|hilfe|maintainers?|staff)\b"
)
ACTS: Final = re.compile(
    r"(?i)\b(?:is|are|was|has|have|had|will|can|do|does|our|unser\w*|ist|sind|hat|haben|wird|a|the)\b"
    r"(?!\s+\S+\s+(?:team|support|crew|staff|maintainers?)$)"
)
"""Who acts is spoken of; who speaks only stands there."""
SIGNATURE: Final = re.compile(
    r"(?i)\b(?:automat|approv|checked by|reviewed by|generated|drafted|freigegeben|freigabe"
    r"|genehmigt)"
)
"""Who speaks and who said yes: such a sentence says nothing of the problem."""
THANKS: Final = re.compile(
    r"(?i)(?:\bmany\s+)?\b(?:thanks|thank\s+you|danke|vielen\s+dank)\b[^,.!?:;–—\n]{0,80}"
    r"(?:,\s(?:die|der|das|dass|which|who|whose)\b[^,.!?:;–—\n]{0,80})?"
)
"""The thanks with what they are for, up to where the sentence goes on with something else."""
SPEAKS_OF_IT: Final = re.compile(
    r"""(?ix)\b(?:know\w*|aware|confirm\w*|reproduc\w*|match(?:es|ed)?|sees?|saw|seen|heard?
      |hears|noticed?
      |spotted|learn(?:ed|t)|found|reached\s+us|told\s+us|wrote|reported|understand|acknowledge\w*
      |wissen|bekannt|kennen|gesehen|gehört|bemerkt)\b"""
)
HEAR_FROM_US: Final = re.compile(r"(?i)\byou(?:'ll|\s+will)?\s+(?:\w+\s+)?hear\s+(?:from|more)\b")
"""That they hear from us says nothing of what we heard."""
_SKIPPED: Final = (
    "are|is|am|have|has|been|now|also|already|still|currently|both|all|then|today|again|since"
    "|begun|began|to"
)
_NO_WORK: Final = (
    "know|knew|known|see|saw|seen|hear|heard|aware|sorry|glad|thank|thanks|appreciate|apologise"
    "|apologize|understand|understood|will|would|can|could|cannot|did|not|write|post|tell|told"
    "|report|share|say|said|hope|want|wish|think|believe|find|get|got|received|here|from|and|the"
    "|who|that|with|for|noticed|confirm|confirmed|able|regret|feel|was|were|had|may|might|should"
    "|shall|must|on|at|of|in|or|do"
)
AT_WORK: Final = re.compile(
    rf"""(?ix)\b(?:we|i|us|team|engineers?|people|colleagues?|developers?|experts?|someone
      |somebody|staff)
      (?:'(?:re|ve|m|s))?\s+(?:(?:{_SKIPPED})\s+){{0,4}}(?!(?:{_SKIPPED}
      |{_NO_WORK})\b)[a-z]{{3,20}}\b
    | \b(?:under\s+way|in\s+progress|worked\s+on|looked\s+(?:at|into)|attention|on\s+the\s+case
      |being\s+\w{{3,20}})\b
    | \bwir\s+(?!wissen|kennen|danken|melden|schreiben|freuen|finden)\w{{3,20}}en\b"""
)
"""Somebody of ours who does something, other than knowing, thanking or telling."""
PREPARED: Final = "This text was prepared automatically and approved by a person."
PREPARED_DE: Final = "Dieser Text wurde automatisch vorbereitet und von einem Menschen freigegeben."
NO_DEED: Final = re.compile(
    r"""(?ix)\b(?:know\w*|aware|hears?|heard|sees?|seen|sorry|apologi\w+|understand|you|your
      |updates?|more|news
      |utc|next|hello|hi|here|team|support|wissen|bekannt|leid|sie|ihr\w*|nächste\w*|mehr)\b
      | \?"""
)
"""Sentences that may be true while nobody does anything: those that know, regret, ask or defer."""
FEWEST: Final = 3
"""Words of a sentence that may tell of a deed in a way that no list knows."""
