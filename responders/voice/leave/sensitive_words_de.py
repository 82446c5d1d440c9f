"""The words by which a post belongs to a person, in German; see sensitive_words.py."""

from collections.abc import Mapping
from typing import Final

_THING: Final = (
    r"(?:akku|ladegerät|netzteil|stecker|kabel|handy|telefon|gerät|laptop|motor|heizung|therme"
    r"|roller|rad|e-?bike|steckdose|thermostat)"
)
_BODY: Final = r"(?:hände?|finger|haut|arme?|beine?|gesicht|ohr|haare|bein|fuß|kopf|rücken|auge)"
_MINE: Final = r"(?:mein\w*|unser\w*|sein\w*|ihr\w*|die|der|den|das|eine?n?)"

HARMLESS: Final = r"""
    verletz\w+ \s+ (?: der | von | gegen | die | unsere ) \s+ (?: \w+ \s+ )? (?: nutzungs\w+
    | regeln | richtlinie\w* | lizenz\w* | bedingung\w* )
  | lebens-? \s? gericht\w* | lieblings-?gericht\w* | gerichte? \s+ (?: im | aus \s+ dem | mit )
        \s+ \w+
  | selbstmord-?kommando
"""

PATTERNS: Final[Mapping[str, str]] = {
    "self-harm": r"""
        \b mich \s+ (?: selbst \s+ )? (?: umbringen | umzubringen | töten | zu \s+ töten ) \b
      | \b (?: ich \s+ bringe? \s+ mich | bringe? \s+ ich \s+ mich ) \s+ (?: noch \s+ )? um \b
      | \b mir \s+ (?: das \s+ leben \s+ (?: zu \s+ )? nehmen | etwas \s+ an(?:zu)?tun )
      | \b (?: will | möchte | mag | kann ) \b [^.!?\n]{0,20} \b nicht \s+ mehr \s+ leben \b
        (?! \s+ ohne )
      | \b (?: selbstmord | suizid )(?: gedanken | gefährdet | absicht\w* )? \b
      | \b ich \s+ (?: will | möchte ) \s+ (?: nur \s+ (?: noch \s+ )? )? sterben \b
      | \b mich \s+ (?: selbst \s+ )? (?: ritze\w* | selbst \s+ verletz\w+ )
    """,
    "safety": rf"""
        \b (?: feuer \s+ gefangen | fing \s+ feuer | fängt \s+ feuer | in \s+ brand | in \s+
        flammen )
      | \b {_THING} \b [^.!?\n]{{0,25}} \b (?: brennt | brannte | gebrannt | explodier\w+ | qualm\w*
        | raucht\w* | geschmolzen | schmilzt | schmort\w* | überhitz\w+ | aufgebläht )
      | \b (?: mir | mich | ihn | sie | {_MINE} \s+ {_BODY} ) \b [^.!?\n]{{0,30}} \b (?: verbrannt
        | verbrüht | eingeklemmt )
      | \b an \s+ (?: \w+ \s+ )? {_BODY} \s+ verbrannt | \b stromschl[aä]g\w* | \b einen \s+
        gewischt
      | \b (?: rauch | funken | flammen ) \s+ (?: kam\w* | komm\w* | stieg\w* | schlug\w* | aus |
        sprüh\w* )
      | \b (?: kam\w* | kommt | stieg ) \s+ (?: \w+ \s+ )? (?: rauch | qualm | funken | flammen ) \b
      | \b riecht \s+ (?: \w+ \s+ )? (?: verbrannt | verschmort | nach \s+ rauch )
      | \b (?: mich | sich | schwer | leicht | wurde | jemand | verletzte ) \s+ (?: \w+ \s+ ){{0,2}}
        verletzt \b | \b verletzungsgefahr \b
      | \b (?: im | ins ) \s+ krankenhaus \b (?! [\s-]* (?: wlan | netz ) ) | \b notaufnahme \b
      | \b (?: krankenwagen | rettungswagen | notarzt ) \s+ (?: ge?rufen | rufen | kam )
      | \b lebensgef(?:ahr|ährlich)\w* | \b kohlenmonoxid\w* | \b gasgeruch
      | \b bremsen? \b [^.!?\n]{{0,25}} \b (?: versag\w* | ausgefallen | (?: nicht | nichts ) \b )
    """,
    "legal": r"""
        \b (?: ver)?klag(?: e | en | t | te ) \s+ (?: euch | sie | gegen | ein(?:reichen)? |
        erheben )
      | \b verklag\w* | \b klage \s+ (?: einreichen | erheben | eingereicht )
      | \b (?: mein\w* | unser\w* ) \s+ (?: rechts)?anw[aä]lt\w*
      | \b (?: rechts)?anw[aä]lt\w* \s+ (?: einschalt\w* | eingeschaltet | beauftrag\w* | nehmen
        | kontaktier\w* | fragen )
      | \b (?: zum | zu \s+ (?: m?einem ) ) \s+ (?: rechts)?anwalt \b
      | \b (?: rechtliche | juristische ) \s+ (?: schritte | konsequenzen | mittel ) | \b
        rechtsweg \b
      | \b vor \s+ gericht \b (?! \s+ (?: und | \d ) ) | \b gerichtlich\w* | \b abmahn\w+
      | \b (?: straf)?anzeige \s+ (?: erstatt\w* | gegen | ist \s+ raus ) | \b strafanzeige
      | \b zeige? \s+ (?: euch | sie ) \s+ an \b
      | \b (?: das | dies ) \s+ ist \s+ (?: \w+ \s+ )? (?: betrug | illegal | rechtswidrig ) \b
        (?! s )
      | \b verbraucher(?: zentrale | schutz\w* ) | \b schadens?ersatz \b
      | \b dsgvo[\s-]?(?: verstoß | beschwerde | anfrage | auskunft )
      | \b (?: verstößt | verstoß ) \s+ gegen \s+ (?: die \s+ )? (?: dsgvo | gesetz\w* )
      | \b datenschutz(?: behörde | beauftragt\w+ ) \s+ (?: \w+ \s+ )? (?: meld\w* | gemeldet |
        einschalt\w* )
    """,
    "money": r"""
        \b geld \s+ zurück \b
      | \b (?: will | möchte | verlange | fordere | erwarte | bitte \s+ um | brauche | bekomme )
        \b [^.!?\n]{0,40} \b (?: erstattung | rückerstattung | entschädigung | gutschrift )
      | \b erstatte[tn]? \s+ (?: sie \s+ )? (?: mir | uns | bitte )
      | \b (?: rück)?erstattung \s* [!?] | \b entschädig(?: t | en ) \s+ (?: mich | uns )
      | \b rückbuchung \b | \b zurückbuchen \b
    """,
    "security": r"""
        \b sicherheits(?: lücke\w* | leck\w* | vorfall | problem\w* )
      | \b schwachstelle\w* \b [^.!?\n]{0,40} \b (?: kritisch\w* | cve | ausnutz\w* | angreifer
        | melden | gemeldet )
      | \b daten(?: leck\w* | panne\w* | klau | diebstahl ) | \b gehackt \b | \b hacker \b
      | \b fremde[nsrm]? \s+ (?: konto | konten | daten | accounts? | fotos? | rechnung\w* | bilder
        | nachrichten | buchung\w* )
      | \b (?: daten | fotos | rechnungen | nachrichten | konto | konten | bilder ) \s+ (?: von \s+
        | der \s+ | eines \s+ | einer \s+ )? (?: \w+ \s+ )? ander\w+ \s+ (?: nutzer\w* | kund\w+
        | leuten? | person\w* | mitglied\w* )
      | \b unbefugt\w* | \b phishing\w* | \b identitätsdiebstahl | \b passw(?:ort|örter) \b
        [^.!?\n]{0,30} \b klartext
    """,
    "press": r"""
        \b (?: ich \s+ bin | als | wir \s+ sind ) \s+ (?: \w+ \s+ ){0,2} (?: journalist\w*
        | redakteur\w* | reporter\w* ) \s+ (?: bei | für | von | vom | der | des | beim | und )
      | \b presse(?: anfrage | stelle | kontakt )
      | \b artikel \s+ über \s+ (?: diesen | euch | den \s+ (?: ausfall | vorfall | fehler ) | das
        \s+ problem | sie \b )
      | \b (?: um | für ) \s+ (?: eine \s+ )? stellungnahme
      | \b (?: an | zur | zu \s+ der | der ) \s+ (?: presse | zeitung ) \s+ (?: gehen | melden |
        sagen
        | geben | wenden ) | \b an \s+ die \s+ (?: presse | zeitung | medien ) \b
    """,
}
"""Verbose, ignoring case."""
