"""How people name a cause: by its word, by who is responsible, by a part of ours that broke.

Pure. Apart from the rule, because the lists grow with each way of saying it that they lack.
"""

import re
from typing import Final

PART: Final = r"""(?:servers?|databases?|caches?|disks?|certificates?|configurations?
      |deployments?|rollouts?
    |migrations?|networks?|routers?|firewalls?|load\s+balancers?|overload|memory(?:\s+leak)?
      |indexe?s?
    |queues?|schedulers?|bug(?!\s+report)s?|leaks?|race\s+conditions?|typos?|scripts?|cron\s*jobs?
    |maintenance|data\s?cent(?:er|re)s?|cdn|dns|api\s+gateway|librar(?:y|ies)|dependenc(?:y|ies)
      |clock\s+change|firmware
    |datenbank(?:en)?|zertifikate?s?|festplatten?|konfiguration(?:en)?|wartung(?:en|sarbeiten)?
    |speicher|überlast(?:ung)?|schnittstellen?|rechenzentrum)"""
"""Parts that people outside never see: who names one says what is behind the trouble."""
_DOES: Final = r"""(?:caus(?:es|ed|ing)|triggers|triggered|triggering|broke|led\s+to|leads\s+to
      |slowed|blocked|overwhelmed|knocked|killed|took\s+\w+\s+down|results?\s+in
    |resulted\s+in|(?:which|that)\s+(?:makes|made|breaks|stops|prevents|keeps)|is\s+(?:to\s+blame
      |behind)
    |(?:is|are|was|were)\s+what\s+\w+
    |verursach\w+|führt(?:e|en)?\s+(?:dazu|zu)|löst(?:e|en)?\s+(?:\w+\s+){0,3}?aus)"""
_STATE: Final = r"""(?:full|overloaded|out\s+of|wrong|broken|misconfigured|expired|corrupt\w*
      |stuck|crashed
    |failed|outdated|down|voll|überlastet|abgelaufen|defekt|falsch|ausgefallen|kaputt
      |abgestürzt)"""
PART_BROKE: Final = re.compile(
    rf"""(?ix)\b{PART}\b(?:\s+(?!not\b|whether\b|nicht\b)[\w']+){{0,7}}?,?\s+{_DOES}\b
    | \b(?:our|one\s+of\s+(?:our|the)|an?|the|unser\w*|ein\w*|der|die
      |das)\s+(?:\w+\s+){{0,2}}?{PART}\b
      (?:\s+of\s+ours)?\s+(?:is|are|was|were|ran|has|have|had|got|went|fell|ist|sind|war|waren
      |wurde
      |hat|hatte)\s+(?:(?!not\b|nicht\b|kein)\w+\s+){{0,3}}?{_STATE}\b
    | \b(?:our|one\s+of\s+(?:our|the)|an?|unser\w*
      |ein\w*)\s+(?:\w+\s+){{0,2}}?{PART}\s+(?:in\s+\w+\s+\w+(?:\s+\w+)?\s+)?(?:has\s+|have\s+)?
      (?:crashed|died|overflowed|expired|broke\s+down|failed|ran\s+(?:out|full))\b
    | \b(?:somebody|someone|we|one\s+of\s+us|an?\s+(?:colleague|engineer|developer|admin\w*)|jemand
      |wir|(?:ein\w*\s+)?(?:kolleg\w+|mitarbeiter\w*))\s+
      (?:\w+\s+){{0,6}}?(?:by\s+accident|accidentally|by\s+mistake|mistakenly|versehentlich
      |aus\s+versehen)\b"""
)
"""A part of ours that does it, or that is not well."""
_OPEN: Final = r"""(?!\s+(?:not|still|un\w+|yet|being|what|now\s+being|clear|open|noch|nicht
      |offen|derzeit
    |bisher|uns|in\s+den|to\s+be\s+found|something\s+we))"""
NAMED: Final = re.compile(
    rf"""(?ix)
    \b(?:because\s+of|because\s+(?:the|a|an|our|one|some|of)
      |(?:it's|that's|this\s+is|it\s+is|that\s+is)\s+because\b|due\s+to\s+(?!be\b|come\b)
      |owing\s+to
      |caused\s+by|triggered\s+by|brought\s+about\s+by|down\s+to\s+(?:a|an|the|our|one)\b
      |(?:stem\w*|aris\w*|originat\w*)\s+from\b
      |(?:is|was|are|comes?|came|result\w*)\s+(?:the\s+(?:result|fault|consequence)\s+of|of\s+a
        |from\s+(?:a|an|the|our|one|some|last|this|yesterday's|\w+'s))|as\s+a\s+result\s+of
      |thanks\s+to\s+(?:a|an)\b
      |traced\s+(?:it|this|that)?\s*(?:back\s+)?to|(?:comes?|came|boils?|boiled)\s+down\s+to
      |(?:root\s+)?(?:cause|reason|trigger|culprit|source|origin)(?:\s+(?:of|for
      |behind)\s+(?:\w+\s+){{0,5}}?)?
        \s*(?:(?:is|was|lies|turned|seems|appears|may\s+be|could\s+be|might\s+be){_OPEN}|:)
      |introduced\s+(?:by|in|with)
      |(?:is|are|was|were|seems?\s+to\s+be|turned\s+out\s+to\s+be)\s+(?:responsible\s+for
      |behind)\s+
        (?:this|that|it\b|(?:the|your|these)\s+(?:\w+\s+)?(?:trouble|problem|issue|error|fault|outage
        |delay|crash|failure|loss|slowness)\w*)
      |(?:it's|it\s+is|it\s+was)\s+(?:the|an?|our)\s+(?:\w+\s+){{1,4}}?(?:that|which)\s+(?:does
      |caus\w+
        |trigger\w+|mak\w+|made|breaks?|broke)
      |(?:we\s+(?:suspect|assume|blame)|(?:probably|likely|presumably|apparently)\s+(?:an?|the
      |our)
        |looks?\s+like\s+(?:an?|the|our))\s+(?:that\s+)?(?:(?:it|this)(?:'s|\s+is)\s+)?(?:an?\s+
      |the\s+|our\s+)?
        (?:\w+\s+){{0,2}}?{PART})
  | ^(?:most\s+likely|very\s+likely|probably|presumably|vermutlich|wahrscheinlich
      |wohl)\s+(?:just\s+|nur\s+)?(?:an?|the|some|ein\w*|der|die
      |das)\s+(?!same|way|next|best)\w+
  | ^(?:hintergrund|background|reason|grund|ursache|cause)\s*:
  | \b(?:ursache|grund|auslöser)\s+(?:dafür\s+)?(?:dürfte|scheint|wird\s+wohl)\b(?!.*\bnicht\b)
  | \b(?:aufgrund|wegen|infolge|verursacht\s+durch|ausgelöst\s+(?:durch|von)|hervorgerufen
      |kommt\s+von
      |(?:ursache|grund|auslöser|übeltäter)\s+(?:dafür\s+|hierfür\s+|davon\s+)?(?:ist|war|sind
      |waren
        |liegt){_OPEN}|schuld\s+(?:daran\s+)?(?:ist|war|sind)|daran\s+schuld
      |(?:hat|haben)\s+(?:das|dies|es|den\s+\w+)\s+(?:\w+\s+)?(?:verursacht|ausgelöst)
      |verantwortlich\s+(?:dafür\s+)?(?:ist|war)
      |(?:ist|war)\s+(?:dafür\s+)?verantwortlich|steckt\s+(?:\w+\s+)?dahinter|dahinter\s+steckt
      |zurückzuführen\s+auf|geht\s+auf\s+\w+\s+\w+\s+zurück|(?:liegt|lag|liegen|lagen)\s+(?:an|am)
      |rührt\s+(?:\w+\s+)?von|(?:vermutlich|wahrscheinlich|offenbar)\s+(?:ein\w*|der|die|das
      |unser\w*)\s+
        (?:\w+\s+){{0,2}}?{PART})\b
    """
)
"""A cause by its name; that it is looked for or not known is none."""
