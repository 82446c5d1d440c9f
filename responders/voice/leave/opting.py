"""Words by which somebody says that they want no answer of ours: a plain rule, pure.

They are a wish, said as one: "stop replying to me". A complaint that nobody answers ("you never
reply to me") is the contrary, and what a mail or a banner says between quotation marks is not
theirs. When in doubt we stay silent: a wish once heard holds for ever.
"""

import re
from typing import Final

from responders.delivery.inert import plain

LONGEST: Final = 20_000

_QUOTED: Final = re.compile(r'(?m)^\s*>.*$|"[^"\n]{3,200}"|“[^”\n]{3,200}”|„[^“”\n]{3,200}[“”]')
_WISH: Final = re.compile(
    r"""(?ix)
    (?: ^ | [.!?,;:()\n–—-] \s* | \b (?: please | pls | plz | kindly | you \s+ (?: should | must
        | need \s+ to | may ) | (?: told | asked | ask | want | beg ) \s+ you \s+ to | so | and )
        \s+ )
    (?: (?: please | pls | just ) \s+ )?
    (?: do \s* n[o']?t | do \s+ not | never | stop | quit | no \s+ need \s+ to )
    (?: \s+ (?: you | ever | dare | try | even ) ){0,2} (?: \s+ to )? \s+
    (?: contact(?:ing)? | messag(?:e|ing) | repl(?:y|ying) | respond(?:ing)? | answer(?:ing)?
        | writ(?:e|ing) | dm(?:ing)? | ping(?:ing)? | tag(?:ging)? | bother(?:ing)?
        | approach(?:ing)? | talk(?:ing)? | comment(?:ing)? )
    (?: \s+ (?: to | on | under | at ) )? \s+
    (?: me | us | my \s+ (?: \w+ \s+ )? (?: posts? | comments? | threads? | questions? | topics? ) )
    \b (?! \s+ (?: by | via ) \s+ (?: e-?mail | phone ) )
  | \b leave \s+ me \s+ alone \b
  | \b i \s+ (?: do \s* n[o']?t | do \s+ not | never ) \s+ (?: want | wish ) \s+ (?:
        to \s+ be \s+ (?: contacted | messaged | answered | replied \s+ to )
        | (?: any \s+ (?: more \s+ )? | your \s+ ) (?: repl(?:y|ies) | answers? | messages? |
        contact )
        | to \s+ (?: hear \s+ from | be \s+ answered \s+ by | talk \s+ to ) \s+ (?: you | (?: a
        \s+ )?
          (?: bots? | machines? | robots? ) )
        | (?: an? \s+ )? (?: bots? | automated | automatic | canned ) \b )
  | \b opt \s+ me \s+ out \b | \b i \s+ (?: hereby \s+ )? opt \s+ out \s+ of \s+ (?: your | these
        | this | any ) \s+ (?: \w+ \s+ )? (?: repl(?:y|ies) | messages? | answers? | bots? |
        contact )
  | \b no \s+ (?: more \s+ )? bots \b (?: \s* , \s* | \s+ ) (?: please | pls | plz | here | thanks
        | thank \s+ you | allowed | in \s+ (?: this | my ) | on \s+ my | under \s+ my )
  | (?: ^ | [.!?\n] ) \s* (?: please \s+ ,? \s* )? no \s+ bots \s* (?: [.!] | $ )
  | \b (?: please \s+ )? no \s+ (?: more \s+ )? (?: bot | automated | automatic | canned | ai
        | machine ) [\s-]+ (?: repl(?:y|ies) | answers? | responses? | comments? | messages? )
        \b (?! \s+ (?: option | setting | found | arrived | were | was | are \s+ (?: shown | sent
        ) ) )
  | \b (?: do \s* n[o']?t | do \s+ not | never | stop ) \s+ (?: repl(?:y|ying) | respond(?:ing)?
        | answer(?:ing)? | comment(?:ing)? | post(?:ing)? ) \s+ (?: to \s+ | on \s+ )? (?: (?: me
        | this | here | my \s+ \w+ ) \s+ )? (?: with | using | through | as | by ) \s+ (?: an? \s+
        | your \s+ )? (?: \w+ \s+ )? (?: bots? | automat\w+ | canned | ai | scripts? | templates? )
  | \b bots? ,? \s+ (?: keep \s+ out | stay \s+ (?: out | away ) | go \s+ away | (?: are \s+ | is
        \s+ )?
        (?: not | un ) \s? welcome )
  | \b keep \s+ (?: your \s+ | the \s+ )? bots? \s+ (?: out | away | off )
  | \b (?: bitte \s+ )? (?: kontaktier(?:t|en)? | schreib(?:t|en)? | antworte(?:t|n)? ) (?: \s+
        sie )?
        \s+ (?: mir | mich | uns ) \s+ (?: bitte \s+ )? (?: nicht | nie | keine\w* \s+ \w+ ) \s+
        mehr
  | \b bitte \s+ (?: kontaktier(?:t|en)? | schreib(?:t|en)? | antworte(?:t|n)? ) (?: \s+ sie )?
        \s+ (?: mir | mich | uns ) \s+ nicht
  | \b bitte \s+ (?: (?: mir | mich | uns | hier ) \s+ )? (?: nicht | nie ) (?: \s+ mehr )? \s+
        (?: (?: mir | mich ) \s+ )? (?: kontaktieren | anschreiben | antworten )
  | \b hör(?:t|en)? (?: \s+ sie )? \s+ (?: bitte \s+ )? auf ,? \s+ (?: mir | mich ) \s+ (?: zu \s+
        (?: antworten | schreiben | kontaktieren ) | anzuschreiben )
  | \b lass(?:t|en)? (?: \s+ sie )? \s+ (?: mich | uns ) \s+ (?: bitte \s+ | endlich \s+ )? in \s+
        ruhe
  | \b (?: will | möchte | wünsche ) \s+ (?: ich \s+ )? (?: von \s+ (?: euch | ihnen | bots? ) \s+
        )?
        (?: nicht \s+ (?: mehr \s+ )? (?: kontaktiert | angeschrieben ) \s+ werden
        | keine? \s+ (?: weitere\w* \s+ | automatische\w* \s+ )? (?: antwort(?:en)? | nachrichten?
          | kontakt(?:aufnahme)? ) (?: \s+ (?: mehr | von \s+ (?: euch | ihnen | bots? ) ) )+ )
  | \b keine \s+ (?: bots | bot-?antwort\w* | automatische\w* \s+ antwort\w* | kontaktaufnahme )
        \s* (?: bitte | hier | mehr | erwünscht | [.!] | $ )
  | \b bots \s+ (?: raus | (?: sind \s+ )? (?: hier \s+ )? (?: unerwünscht | nicht \s+ erwünscht ) )
    """
)


def asks_silence(text: str) -> bool:
    """Tell whether the author of a post wishes that we do not answer them."""
    own = _QUOTED.sub(" … ", text[:LONGEST].replace("’", "'"))
    words = "\n".join(plain(line) for line in own.splitlines())
    return _WISH.search(words) is not None
