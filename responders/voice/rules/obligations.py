"""Money and law are for people: no text of ours says a word of them.

Pure. What a person needs to say here, they say themselves, in the human-only lane.
"""

import re
from collections.abc import Iterator
from typing import Final

from responders.voice.rules.base import BLOCK, BOTH, Hit, Reading, Rule, hits

BETTER: Final = "Leave it out; a person answers questions of money and law."
_MONEY: Final = re.compile(
    r"""(?ix)\b(?:refund\w*|reimburs\w*|compensat\w*|money\s+back|chargeback\w*|goodwill
      |vouchers?|coupons?|rebates?
      |(?:account|service|store|sla)\s+credits?|credit(?:ed|ing)?\s+(?:your|to\s+your|you)\b
      |free\s+(?:of\s+charge|months?|weeks?|year)
      |(?:month|week|year|day)s?\s+on\s+(?:us|the\s+house)|on\s+the\s+house
      |make\s+it\s+up\s+to\s+you|(?:we|i)(?:'ll|\s+will)?\s+credit|(?:will\s+be|be|get)\s+credited
      |a\s+(?:little|small)\s+(?:something|gift|present|surprise|treat|token)|by\s+way\s+of\s+(?:apology|thanks)
      |as\s+(?:an?\s+)?(?:apology|token\s+of|thank-?you\s+gift)|(?:handed|given|paid)\s+back|(?:hand|give|pay)\s+(?:you\s+)?back
      |(?:days?|weeks?|months?|years?)\s+of\s+(?:premium|plus|pro|membership|service|subscription|free)
      |\w*(?:beitrag|gebühr|kosten|rate|abo|preis)\w*\s+erlassen|erlassen\s+wir|wir\s+erlassen
      |(?:taxi|fahrt|ticket|reparatur|ersatz|hotel|porto|bestellung|versand|einsatz)\w*\s+(?:\w+\s+){0,2}?übernehmen\s+wir
      |wir\s+übernehmen\s+(?:das|die|den|ihr\w*|dein\w*)\s+\w*(?:taxi|fahrt|ticket|reparatur|ersatz|hotel|porto|versand)\w*
      |(?:tausch\w*|ersetz\w*)\s+wir\s+(?:ihnen|dir|euch)|auf\s+unsere\s+(?:kosten|rechnung)|at\s+our\s+(?:own\s+)?(?:cost|expense)
      |out\s+of\s+(?:our|your)\s+pocket|(?:days?|weeks?|months?|years?|coffee|drinks?|lunch|round)\s+(?:of\s+\w+\s+)?(?:is\s+|are\s+)?on\s+us
      |as\s+a\s+(?:present|gift|bonus|treat|reward)|geh(?:t|en)\s+(?:natürlich\s+|selbstverständlich\s+)?(?:auf\s+(?:uns|unsere)|aufs\s+haus)
      |(?:we|i)\s+(?:will\s+)?pay\s+(?:for|your)|(?:francs?|cents?|euros?|dollars?|pounds?|percent|%)\s+(?:off|less|back)|(?:preis)?nachlass\b|come\s+off\s+your
      |(?:this|next|the|a|one|your)\s+\w*(?:'s)?\s*(?:subscription|membership|bill|fee
      |plan)\s+(?:is\s+
      on\s+us|for\s+free|at\s+no\s+cost)
      |(?:add|give|gives|extend\w*|grant\w*|gift\w*)\s+(?:\w+\s+){0,3}?(?:days?
      |weeks?
        |months?|years?)\s+(?:of\s+\w+|more|extra|longer|to\s+your|on\s+top)
      |(?:extend|prolong|lengthen)\w*\s+your\s+\w+|off\s+your\s+(?:next\s+)?(?:\w+\s+)?(?:bill
      |invoice
        |order|fee|payment|subscription|renewal)
      |(?:won't|will\s+not|not\s+be|never)\s+(?:be\s+)?(?:charge\w*|bill\w*|invoiced)|no\s+charge
      |without\s+charge|at\s+no\s+(?:extra\s+)?(?:cost|charge)|(?:cover|bear|carry|pay
      |meet)\s+(?:the|your
        |any|all)\s+(?:\w+\s+)?(?:costs?|damage|expenses?|losses|bill)
      |(?:cheaper|reduced\s+price|half\s+price|for\s+free)|(?:euros?|dollars?|pounds?)\s+(?:off
      |back)
      |berechnen\s+(?:wir|ich)\s+(?:\w+\s+){0,3}?nicht|(?:nicht|nichts)\s+(?:berechnet|bezahlen
      |zahlen
        |in\s+rechnung)|(?:wird|werden)\s+(?:ihnen|dir|euch)\s+(?:\w+\s+){0,2}?(?:gutgeschrieben
        |erlassen
        |erspart|verlängert)|verlänger\w+\s+(?:wir|ihr\w*|dein\w*|euer\w*)|für\s+(?:\w+\s+){1,3}kommen\s+wir\s+
        (?:\w+\s+){0,3}?auf|(?:dafür|wofür)\s+kommen\s+wir|aufkommen|(?:tragen|übernehmen|zahlen
        |ersetzen)\s+(?:wir\s+)?(?:\w+\s+){0,2}?(?:kosten|schaden|auslagen|rechnung)
      |(?:fares?|fees?|costs?|price|payment|postage|deposit|contribution)s?\s+(?:will\s+be\s+|is\s+|are\s+
        |be\s+)?(?:return\w*|paid\s+back|credited|back|covered|waived)|for\s+nothing|free\s+of\s+cost
      |(?:kosten|gebühr\w*|beitrag|porto|preis\w*)\s+(?:\w+\s+){0,3}?(?:übernehmen|übernimmt|erlassen
        |zurück\w*|tragen|entfäll\w*|sparen)|(?:zahlst|zahlen|bezahlst|bezahlen)\s+(?:\w+\s+){0,3}?
        (?:kein\w*|nichts|weniger)
      |geschenkt|gratis|kostenlos\s+(?:dazu|verlängert|oben\s+drauf)|freimonat\w*
      |store\s+balance|(?:get|have|receive|send|give|pay
      |return)\s+(?:\w+\s+){0,3}?money(?:\s+(?:returned
      |back|again))?|(?:bekommen|erhalten|überweisen)\s+(?:\w+\s+){0,3}?(?:geld|betrag)
      |geld\s+(?:\w+\s+){0,3}?(?:wieder|zurück)|frei(?:monat|woche)\w*|schenken\s+(?:wir|ihnen
      |euch|dir)
      |spendier\w+|kostenlose\w*\s+(?:monat|woche|jahr|upgrade)\w*|(?:monate?|wochen?
      |jahre?)\s+(?:gratis|kostenlos|umsonst|geschenkt)
      |wiedergutmach\w*|entgegenkommen
      |discount\w*|waive\w*|pay\s+(?:you|back|for\s+the)|we\s+(?:owe|will\s+pay)
      |rückerstatt\w*|erstatt\w*|entschädig\w*|gutschein\w*|gutschrift\w*|schadens?ersatz\w*
      |kulanz\w*|geld\s+zurück|rabatt\w*)\b"""
)
_LAW: Final = re.compile(
    r"""(?ix)\b(?:liab(?:le|ilit(?:y|ies))|lawsuit\w*|lawyers?|attorneys?|litigation
      |legal(?:ly)?|court|sue[sd]?|suing|warrant(?:y|ies)
      |damages|settlement|breach\s+of\s+contract|terms\s+(?:of\s+(?:service|use)
      |and\s+conditions)|in\s+accordance\s+with\s+the\s+law
      |(?:have|has|is|be)\s+no\s+(?:legal\s+)?claims?\b|conditions\s+of\s+\w+|folgeschäd\w*|folgekosten
      |(?:stehen|stehe|steht)\s+(?:\w+\s+){0,2}?(?:nicht\s+)?(?:ein|gerade)\s+für|für\s+\w+\s+stehen\s+wir
      |vertragsbedingung\w*|geschäftsbedingung\w*|indemni\w+|without\s+prejudice|gdpr|force\s+majeure|negligen(?:ce|t)|statutory
      |entitle\w*|contractual\w*|under\s+(?:our|the|your)\s+(?:contract|agreement)
      |(?:accept|assume|take|bear)\s+no\s+(?:responsibility|liability)|rechtsanspr\w+|anspr(?:uch
      |üche)
      |vertraglich\w*|gesetzlich\w*|schadenersatz\w*
      |haft(?:ung|bar|et|en)|rechtlich\w*|rechtsweg|anwalt|anwält\w*|gericht|klage|verklag\w*
      |\w+(?:schutz|vertrags|verbraucher)rechts?|meldepflicht\w*|verjähr\w*|vertragsbruch|(?:held|hold\s+us|be)\s+(?:responsible|accountable)\s+for|(?:are|is)\s+not\s+(?:responsible|accountable)\s+for
      |(?:data|privacy)\s+breach|within\s+the\s+meaning|(?:by|under)\s+law|the\s+law\b|regulators?|data\s+protection\s+(?:authority
      |officer|law)|(?:accepted|agreed\s+to|accepting)\s+(?:our|the)\s+terms|covered\s+by\s+(?:the|our|your|any)\s+(?:\w+\s+)?(?:guarantee
      |insurance|policy|contract)|(?:insurance|guarantee|versicherung|garantie)\s+(?:\w+\s+){0,2}?(?:covers?|pays?|deckt|zahlt|greift)|garantie(?:fall|anspruch|bedingung)\w*|on\s+the\s+hook
      |under\s+the\s+terms|terms\s+(?:that\s+)?you\s+(?:agreed|accepted)|(?:no|any|a|in)\s+breach|conformity|consumer\s+rights
      |product\s+liability|gewährleistung\w*|höhere\s+gewalt|dsgvo|agb)\b"""
)

_IN_VAIN: Final = re.compile(
    r"""(?ix)(\b(?:c[ao]me|wait(?:ed|ing)|stood|standing|stayed|woke|woken|got\s+up|drove|driven|walked
      |called|queued|worked|ran)\s+(?:(?!our\b|your\b)[a-z]+\s+){0,4}?)for\s+nothing\b"""
)
"""Trouble taken in vain: no price is meant."""


def _money(reading: Reading) -> Iterator[Hit]:
    yield from hits(_MONEY, _IN_VAIN.sub(r"\1", reading.own), BETTER)


def _law(reading: Reading) -> Iterator[Hit]:
    yield from hits(_LAW, reading.own, BETTER)


RULES: Final = (
    Rule(
        id="compensation",
        level=BLOCK,
        message="No word of money: that is for a person.",
        find=_money,
        languages=BOTH,
    ),
    Rule(
        id="legal",
        level=BLOCK,
        message="No word of law: that is for a person.",
        find=_law,
        languages=BOTH,
    ),
)
