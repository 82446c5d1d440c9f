"""Who acts in a sentence: we, the people who tell us, another company, a part of ours.

Pure. Apart, because what a sentence claims hangs on who acts in it: "we test it on Monday" is a
plan of ours, "the maps are back on Monday" a date for a fix.
"""

import re
from typing import Final

STAFF: Final = (
    r"(?:team|teams|crew|staff|support|engineers?|engineering|developers?|devs|colleagues?|people"
    r"|folks|specialists?|experts?|technicians?|testers?|lab|mechanics?|bakers?|divers?|someone|somebody|kolleg\w+|entwickl\w+"
    r"|techniker\w*|mitarbeiter\w*|jemand|leute)"
)
US: Final = re.compile(
    rf"""(?ix)\b(?:we|i|us|wir|ich|uns)\b | \b(?:our|my|the|an?|one|two|three|unser\w*|mein\w*|das
      |die|ein\w*|zwei|drei)\s+(?:\w+\s+){{0,2}}?{STAFF}\b | ^{STAFF}\b | \b(?:someone|somebody
      |jemand)\b"""
)
"""We ourselves, by name or by trade."""
OTHERS: Final = r"""(?:apple|google|microsoft|amazon|aws|cloudflare|samsung|meta|facebook|stripe
      |paypal|vodafone|telekom|huawei|xiaomi|sony|mozilla|oracle|visa|mastercard|klarna
    |(?:our|the|your|a|an|unser\w*|der|die|das|ihr\w*|dein\w*)\s+(?:\w+\s+)?(?:providers?|partners?
      |suppliers?|vendors?|hosters?|hosting\s+\w+|contractors?|carriers?|isp|manufacturers?
      |resellers?|banks?|couriers?|\w*dienstleister\w*|\w*partner\w*|\w*anbieter\w*|lieferant\w*
      |hersteller\w*|provider\w*))"""
"""Companies that are not we, by name or by what they are to us."""
PEOPLE: Final = r"""(?:you|people|users?|customers?|owners?|members?|readers?|players?|everyone
      |anyone|those|most|many|some|your\s+\w+|sie|du|ihr|nutzer\w*|anwender\w*|kund\w+|leute|viele
      |manche|dein\w*\s+\w+|ihre?n?\s+\w+|ihnen|dir)"""
"""Those who tell us, and those around them."""
INNER: Final = r"""(?:servers?|services?|databases?|tables?|columns?|cach(?:e|es|ing)|disks?
      |certificates?|configurations?|settings?\s+file|deployments?|rollouts?|rewrites?|refactor\w*
      |migrations?|networks?|routers?|gateways?|firewalls?|(?:load\s+)?balancers?|proxy|proxies
      |queues?|schedulers?|jobs?|scripts?|workers?|process(?:es)?|threads?|timers?|counters?
      |encoders?|decoders?|parsers?|serialisers?|serializers?|converters?|renderers?|drivers?
      |sensors?|readings?|modules?|components?|librar(?:y|ies)|frameworks?|plug-?ins?|api|apis
      |endpoints?|tokens?|sessions?|cookies?|timeouts?|timestamps?|time\s?zones?|clocks?
      |encodings?|compression|indexe?s?|caches|bugs?|typos?|regressions?|conflicts?|overloads?
      |outages?|leaks?|memory|code|algorithms?|filters?|rules?|checks?|backups?|maintenance
      |data\s?cent(?:er|re)s?|cdn|dns|firmware|hardware|chips?|batch|batches
    |datenbank\w*|tabellen?|zertifikate?s?|konfiguration\w*|einspielung|umstellung\w*|wartung\w*
      |warteschlange\w*|skripte?s?|dienste?s?|zähler\w*|zeitstempel\w*|zeitzone\w*|kennung\w*
      |modul\w*|baustein\w*|schnittstelle\w*|bibliothek\w*|verschlüsselung|komprimierung
      |zwischenspeicher\w*|speicher|überlastung|auslastung|rechenzentrum\w*|sensor\w*|abfrage\w*
      |\w*fehler|\w*server|\w*modul|\w*dienst|\w*tabelle|\w*abfrage)"""
"""Parts that people outside never see."""
