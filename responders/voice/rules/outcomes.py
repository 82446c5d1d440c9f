"""How people say that trouble will end, has ended, or is looked into: words for several rules.

Pure. Apart because a fix date, a promise and a text of another phase are claims about the same end,
and each rule that knew some of its words alone would miss what the others find.
"""

import re
from typing import Final

UNIT: Final = (
    r"(?:minutes?|hours?|days?|nights?|weeks?|weekends?|months?|quarters?|minuten?|stunden?|tage?n?"
    r"|nächten?|wochen?|wochenende|monate?n?)"
)
DAY: Final = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch"
    r"|january|february|march|april|june|july|august|september|october|november|december|januar"
    r"|februar|märz|juni|juli|oktober|dezember"
)
MANY: Final = (
    r"(?:\d{1,3}|an?|one|two|three|four|five|six|a\s+few|several|a\s+couple\s+of|ein(?:er|em|e)?"
    r"|zwei|drei|vier|fünf|sechs|wenige[nr]?|ein\s+paar)"
)
FUTURE: Final = re.compile(
    rf"""(?ix)
    \b(?:by|before|until|till|no\s+later\s+than|at\s+the\s+latest|latest|come|on|at|over|from|after|starting|as\s+of|this|next
      |coming|bis|spätestens|vor|am|ab|diese[nrs]?|kommende[nr]?|nächste[nrs]?)\s+
      (?:the\s+|this\s+|next\s+|coming\s+|dem\s+|der\s+|zum\s+|nächste[nrs]?\s+|kommende[nr]?\s+)?
      (?:end\s+of\s+(?:the\s+|this\s+|next\s+)?|ende\s+(?:der\s+|des\s+|dieser\s+)?)?
      (?:{DAY}|weekend|week|month|quarter|tomorrow|tonight|noon|midnight|wochenende|woche|monats?
        |morgen|übermorgen|heute\s+(?:abend|nacht|nachmittag)|abend|afternoon|evening)\b
  | \b(?:with|in)\s+(?:the|our)\s+(?:next|coming|{DAY})\s+(?:release|version|update|build)\b
  | \b(?:mit|in)\s+(?:der|dem|unserer)\s+(?:nächsten|kommenden)\s+(?:version|fassung|update)\b
  | (?<!heute\s)(?<!guten\s)(?<!gestern\s)(?<!diesem\s)(?<!jeden\s)(?<!am\s)(?<!bis\s)\bmorgen\b
  | \b{MANY}\s+(?:more|weitere)\s+{UNIT}\b | \b{MANY}\s+{UNIT}\s+(?:from\s+now
      |at\s+(?:the\s+)?most)
  | \b(?:tomorrow(?!'s)|tonight(?!'s)|later\s+today|übermorgen|heute\s+noch|noch\s+heute
      |end\s+of\s+(?:the\s+)?
      (?:day|week|month)|ende\s+(?:der|des)\s+(?:woche|tages|monats))\b
    """
)
"""A time to come that has a name on a calendar."""
LASTING: Final = re.compile(
    rf"""(?ix)\b(?:in|within|inside|innerhalb|binnen)\s+(?:the\s+)?(?:next\s+|nächsten\s+|von\s+)?
      (?:about\s+|around\s+|less\s+than\s+|etwa\s+|rund\s+)?{MANY}(?:,\s*{MANY})?\s+(?:\w+\s+)?{UNIT}
      (?:\s+or\s+\w+|\s+oder\s+\w+)?
    | \b(?:within|inside)\s+the\s+(?:hour|day|week|month)\b"""
)
"""A span: a time to come only where something says that it is ahead."""
AHEAD: Final = re.compile(
    r"""(?ix)\b(?:will|'ll|going\s+to|should|expect\w*|think|hope|aim|plan|can|able|ready
      |give\s+us|need
      |takes?|wird|werden|sollten?|können|kann|brauchen|rechnen|wieder|plays?|works?
      |smooth\w*|normal\w*)\b|^(?:in|within|innerhalb|binnen)\b"""
)
PAST: Final = re.compile(
    r"""(?ix)\b(?:since|ago|yesterday|last\s+\w+|was|were|has\s+been|have\s+been|had|did|(?:we|i
      |they|team)\s+(?:have\s+)?\w+ed|seit\w*
      |gestern|vergangene\w*|letzte\w*|wurden?|war(?:en)?|hatte\w*|vor\s+\w+\s+(?:tagen|stunden
      |minuten|wochen))\b"""
)
AT_WORK: Final = re.compile(
    r"""(?ix)\b(?:look(?:s|ing)?|watching|watch\s+(?:it|this|how|what|whether|for|closely)
      |observ\w*|test(?:s|ed|ing)?|check\w*|measur\w*|compar\w*
      |monitor\w*|keep(?:s|ing)?|leav(?:e|es|ing)|investigat\w*|read(?:s|ing)?|tell(?:ing)?
      |post\w*
      |write|writing|report(?:s|ing)?|update[sd]?|share|reply|answer\w*|try(?:ing)?|stud(?:y|ies
      |ying)
      |review\w*|meet(?:ing)?|work(?:s|ing)?\s+on|going\s+through|digging|tracing|tracking|plan\s+to\s+(?:look|test|check)|go\s+on|hear|news|word
      |prüf\w*|beobacht\w*|test(?:en|et|e)|vergleich\w*|mess(?:en|ung)\w*|untersuch\w*|meld\w*
      |schreib\w*|schau\w*|hören|sehen|sagen|behalten|bescheid|auge|berichten?|klären
      |weiter\s+offen|nachricht|meldung|stand
      |information\w*|neues)\b"""
)
"""What we do ourselves at such a time: that is a plan of ours and no end of the trouble."""
BETTER_DAYS: Final = re.compile(
    r"""(?ix)\b(?:history|behind\s+(?:us|you)|out\s+of\s+the\s+way|in\s+(?:order|sync|service)
      |under\s+control|back\b(?!\s+(?:to|with)\s+(?:you|more|news))|normal(?:ly)?|properly
      |smooth(?:ly)?
      |behav(?:es?|ing)|works?|working|runs?|running|plays?|playing|loads?|loading|arrives?
      |arriving|ends?
      |ended|done|finished|complete\w*|over|gone|sorted|again|stops?|goes?\s+away|successor
      |put\s+right
      |dealt\s+with|taken\s+care|turn(?:ed)?\s+(?:\w+\s+)?around|without\s+\w+|no\s+more
      |clears?\s+up|cleared
      |fine|fix(?:e[sd])?|repaired|solved|solution|(?:an?|the|new|next
      |our)\s+(?:\w+\s+)?(?:update|firmware|version
        |release|build|correction)\s+(?:goes|comes|arrives|lands|follows|is\s+out|gets)
      |working\s+(?:app|firmware|version)|gets\s+its|im\s+griff|durch|vom\s+tisch|gegessen|überstanden|rund|klappt|läuft|laufen|geht
      |gehen
      |funktionier\w*|wieder|vorbei|erledigt|geregelt|stimmt|stimmen|passt|geschichte|in\s+ordnung
      |normal|beseitigt|bereinigt|aus\s+der\s+welt|ausgestanden|gelöst|lösung|behoben|fertig
      |neue\w*\s+(?:version|firmware|fassung))\b"""
)
"""What a time without the trouble is called."""
PICTURE: Final = re.compile(
    r"(?i)^(?:an?|no|half|ein\w*|kein\w*|halbe\w*)\s+(?:\w+\s+){1,3}?(?:without|ohne)\s+\w+"
)
"""How it looks where the trouble is: a shop without bread."""
ASKS: Final = re.compile(r"(?i)\?\s*$|\b(?:please|bitte|if|unless|whether|wenn|falls|ob)\b")
"""A sentence that asks for something, or leaves it open."""
CERTAIN: Final = re.compile(
    r"""(?ix)\b(?:rest\s+assured|(?:take\s+)?(?:our|my)\s+word\s+(?:for|on|that)
      |(?:we|i)(?:'re|\s+are|'m|\s+am)\s+(?:quite\s+|very\s+|fully\s+)?(?:certain|confident|positive|optimistic)\s+(?:to
      |that|we|of|it)|(?:you\s+can|you\s+may)\s+(?:be\s+(?:sure|certain)|count\s+on
      |rely\s+on
      |trust)|trust\s+(?:us|me)|no\s+matter\s+what|whatever\s+it\s+takes|(?:have
      |give\s+you)\s+(?:our|my)\s+word
      |mark\s+my\s+words|auf\s+jeden\s+fall|ganz\s+(?:sicher|bestimmt)|darauf\s+können\s+sie
      |können\s+sie\s+sich\s+(?:darauf\s+)?verlassen|verlassen\s+sie\s+sich|unser\s+wort)\b
    | (?<!wie\s)\bversprochen\b"""
)
"""Nobody speaks so of what is not known yet."""
WORD_OF_NEWS: Final = re.compile(
    r"""(?ix)\b(?:updates?|news|word\s+(?:from|by)|hear|tell|post|write|report|reply|answer
      |meld\w*
      |schreib\w*|nachricht|neues|stand|informier\w*)\b"""
)
