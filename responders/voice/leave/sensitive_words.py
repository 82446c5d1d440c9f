"""The English words by which a post belongs to a person, by lane; and what is harmless.

Apart from the rule (withholding.py), because these are what people argue about. A word alone is
seldom enough: "court", "burn", "exploit" and "refund" are everyday words of some product.
"""

from collections.abc import Mapping
from typing import Final

THING: Final = (
    r"(?:charger|battery|batteries|power\s?bank|adapt[eo]r|plug|cable|socket|phone|laptop|tablet"
    r"|device|unit|box|heater|boiler|motor|scooter|bike|e-?bike|pack|watch|router|thermostat"
    r"|console|kettle|oven|lamp|house|kitchen)"
)
BODY: Final = (
    r"(?:hands?|fingers?|thumbs?|skin|arms?|legs?|thighs?|face|lap|ears?|hair|neck|wrists?|palms?"
    r"|foot|feet|knees?|shoulder|back|head|eye|mouth|tongue|lips?)"
)
WHOSE: Final = r"(?:my|his|her|our|their|your|someone['’]?s|somebody['’]?s)"
WHOM: Final = r"(?:me|him|her|us|them|myself|himself|herself|someone|somebody|people|children|kids)"
WANTS: Final = (
    r"(?:want|wants|wanted|demand|demanding|need|request|requesting|expect|expecting|deserve"
    r"|ask(?:ed|ing)?\s+for|would\s+like|i['’]d\s+like|get|give\s+(?:me|us)|owe\s+(?:me|us)"
    r"|waiting\s+for|where(?:['’]s|\s+is))"
)
OTHERS: Final = (
    r"(?:(?:someone|somebody)\s+else(?:['’]?s)?"
    r"|(?:another|a\s+different)\s+(?:users?|customers?|persons?|members?)(?:['’]?s)?"
    r"|other\s+(?:peoples?|users?|customers?|members?)(?:['’]s?)?|strangers?(?:['’]s?)?)"
)
PRIVATE: Final = (
    r"(?:accounts?|data|files?|photos?|pictures?|invoices?|orders?|messages?|balances?"
    r"|address(?:es)?"
    r"|bookings?|tickets?|documents?|statements?|profiles?|passwords?|transactions?|name|details"
    r"|calendars?|notes?)"
)
OFFICE: Final = (
    r"(?:police|ftc|bbb|cfpb|ico|regulators?|ombudsman|attorney\s+general|trading\s+standards"
    r"|consumer\s+\w+|data\s+protection\s+\w+|authorit(?:y|ies)|courts?)"
)

HARMLESS: Final = r"""
    (?: tennis | basketball | squash | badminton | volleyball | food | padel | pickleball ) \s+
        courts?
  | courts? \s+ (?: reservations? | bookings? | for \s+ tennis | is \s+ booked )
  | (?: as \s+ (?: if | though ) | like ) \s+ [^.!?\n]{0,30} on \s+ fire
  | kill(?:ing)? \s+ myself \s+ (?: laughing | with \s+ laughter )
  | (?: kindle | amazon ) \s+ fire | fire \s+ (?: tv | tablet | stick | hd )
  | suicide \s+ squad | suicide \s+ (?: burn | lines? | gambit )
  | insult \s+ to \s+ injury | injur(?:y|ed) \s+ (?: list | report | reserve | tracker | time |
        stats? )
  | data \s+ breach \s+ (?: insurance | course | training )
  | refund \s+ (?: button | page | screen | form | tab | filter | flow | policy | status | column )
  | (?: exposure | lens | motion | temperature | drift | latency | delay | backlash | compass )
    \s+ compensation
  | memory \s+ (?: leak\w* | exploit\w* ) | leak\w* \s+ memory
  | security \s+ (?: cameras? | guard | desk | question )
"""
"""Blanked before anything is looked for."""

PATTERNS: Final[Mapping[str, str]] = {
    "self-harm": r"""
        \b kill(?:ing)? \s+ myself \b
      | \b (?: end | ending | take | taking ) \s+ my \s+ (?: own \s+ )? life \b
      | \b (?: going | want | have | ready | just ) \s+ to \s+ end \s+ it \s+ all \b
      | \b (?: i['’]?m | i \s+ am | feel | feeling | been | being ) \s+ (?: \w+ \s+ )? suicidal \b
      | \b suicidal \s+ (?: thoughts? | ideation )
      | \b (?: i | me | my | myself )\b [^.!?\n]{0,40} \b (?: commit\w* | attempt\w* | think\w*
        | thought | contemplat\w+ | consider\w* ) \s+ (?: of \s+ | about \s+ )? suicide
      | \b (?: do\s*n[o'’]?t | do \s+ not | no \s+ longer ) \s+ want \s+ to \s+
        (?: live | be \s+ alive | exist | be \s+ here )
        (?! \s+ (?: without | with | in | on | near | by | off | at | there | when | where | if ) )
      | \b i \s+ (?: just \s+ | really \s+ | only \s+ )? (?: want \s+ to | wanna ) \s+ die \b
        (?! \s+ (?: of | from ) \s+ (?: laughter | laughing | embarrassment | shame | boredom ) )
      | \b i \s+ (?: wish | wished ) \s+ i \s+ (?: was | were ) \s+ (?: dead | never \s+ born )
      | \b better \s+ off \s+ dead \b | \b (?: no | nothing ) \s+ (?: reason \s+ )? (?: left \s+ )?
        to \s+ live \s+ for \b | \b no \s+ reason \s+ to \s+ (?: live | go \s+ on ) \b
      | \b i \b [^.!?\n]{0,30} \b self[\s-]?harm\w*
    """,
    "safety": rf"""
        \b burn(?:ed|t|s|ing)? \s+ {WHOSE} \s+ (?: \w+ \s+ )? (?: {BODY} | son | daughter | child
        | kid | baby | wife | husband | couch | sofa | bed | carpet | desk | table | pillow )\b
      | \b burn(?:ed|t) \s+ (?: myself | himself | herself )\b (?! \s+ out )
      | \b {THING} \s+ (?: has \s+ | just \s+ )? burn(?:ed|t|s) \s+ {WHOM}\b (?! \s+ out )
      | \b (?: got | have | has | with | suffered ) \s+ (?: \w+ \s+ )? burns? \s+ (?: on | from )
        \s+ (?: {WHOSE} \s+ (?: \w+ \s+ )? {BODY} | the \s+ {THING} ) \b
      | \b (?: first | second | third )[\s-]degree \s+ burns?
      | \b (?: caught | catch | catches | catching ) \s+ fire \b
      | \b {THING} \s+ (?: is | was | went | goes | set | are | were ) \s+ (?: \w+ \s+ )? on \s+
        fire
      | \b set \s+ (?: \w+ \s+ ){{1,3}} on \s+ fire \b
      | \b (?: smoke | flames? | sparks? ) \s+ (?: is \s+ | was \s+ | were \s+ | started \s+ )?
        (?: came | comes? | coming | pour\w* | flew | fly\w* | shot | rising | from | out )
      | \b (?: start\w* | began ) \s+ (?: to \s+ smoke | smoking | sparking | to \s+ spark )
      | \b smell\w* \s+ (?: of \s+ | like \s+ )? (?: burning | burnt | smoke ) \b
      | \b {THING} \s+ (?: has \s+ | just \s+ | suddenly \s+ )? (?: explod | blew \s+ up )\w*
      | \b explod\w+ \s+ (?: in | on | near | next \s+ to ) \s+ (?: {WHOSE} | the ) \s+ (?: {BODY}
        | pocket | bag | room | kitchen | garage | house | bed | car )
      | \b (?: batter(?:y|ies) | charger | adapt[eo]r | plug | cable | socket | power \s? bank )
        \s+ (?: is \s+ | was \s+ | has \s+ | gets \s+ )? (?: overheat\w* | melt\w* | swoll?e?n
        | swell\w* | bulg\w+ )
      | \b electr(?:ic|ical) \s+ shocks? \b | \b electrocut\w+ | \b got \s+ (?: a \s+ )? shock \s+
        from \s+ (?: it | the )
      | \b (?: was | were | been | got | get | gets | is | are | be | badly | seriously ) \s+
        (?: \w+ly \s+ )? injured \b
      | \b injured \s+ (?: {WHOSE} \s+ {BODY} | {WHOM} )\b
      | \b (?: caus\w+ | suffer\w* | risk \s+ of ) \s+ (?: \w+ \s+ ){{0,2}} injur(?:y|ies) \b
      | \b hurt \s+ (?: {WHOSE} \s+ (?: \w+ \s+ )? {BODY} | myself | himself | herself ) \b
      | \b (?: somebody | someone | people | kids? | child(?:ren)? | we | i | he | she ) \b
        [^.!?\n]{{0,20}} \b (?: get | gets | got | be | been | was | were ) \s+ (?: \w+ly \s+ )?
        (?: hurt | killed ) \b (?! \s+ (?: by | in ) \s+ (?: a \s+ | the \s+ )? (?: boss | game
        | match | zombie | dragon | enem\w+ | bots? ) )
      | \b (?: nearly | almost | could \s+ have | could['’]ve ) \s+ killed \s+ (?: {WHOM} | my |
        our )
      | \b (?: ended | end | went | taken | rushed | brought | landed | am | is | was | are |
        still )
        \s+ (?: up \s+ )? (?: in | to ) \s+ (?: the \s+ )? (?: hospital | emergency \s+ room
        | intensive \s+ care )\b (?! \s+ (?: app | system | network | wi-?fi | floor | map ) )
      | \b call(?:ed|ing)? \s+ (?: an | the ) \s+ ambulance \b
      | \b carbon \s+ monoxide \b | \b gas \s+ leak\w* | \b allergic \s+ reaction
      | \b wrong \s+ (?: \w+ \s+ )? (?: dose | dosage ) \b | \b insulin \s+ dos\w+
      | \b brakes? \s+ (?: \w+ \s+ )? (?: fail\w* | gave \s+ out | give \s+ out | stopped \s+
        working
        | (?: did | do | does ) \s* n[o'’]?t \s+ (?: work | respond | grip ) )
    """,
    "legal": rf"""
        \b (?: will | ['’]ll | gonna | going \s+ to | could | should | might | can | to | shall
        | let['’]?s | considering | would ) \s+ (?-i:sue|SUE) \b (?! \s+ (?: who | that | be |
        have ) )
      | \b (?: su(?:e|ing) | sued ) \s+ (?: you | them | the \s+ company | this \s+ company | your
        | for \s+ damages )\b
      | \b i['’]?m \s+ suing \b | \b law \s? suits? \b | \b class[\s-]action\b
      | \b (?: my | our ) \s+ (?: lawyers? | attorneys? | solicitors? ) \s+ (?: will | is | are |
        says
        | said | would | wants? | advised | sends? | sent | writes? | has | have | contacts? )
      | \b (?: contact\w* | call\w* | talk\w* | spoke | speak\w* | ask\w* | instruct\w* |
        involv\w* )
        \s+ (?: to \s+ | with \s+ )? (?: my | our ) \s+ (?: lawyers? | attorneys? | solicitors? )
      | \b (?: hear | heard | letter ) \s+ from \s+ (?: my | our | a | the ) \s+ (?: lawyers?
        | attorneys? | solicitors? | legal )
      | \b (?: call | calling | contact | contacting | contacted | hire | hiring | hired | get
        | getting | talk | talking | talked | speak | speaking | spoke | see | consult |
        consulting )
        \s+ (?: to \s+ | with \s+ )? (?: a | an | some ) \s+ (?: lawyer | attorney | solicitor )
      | \b lawyer \s+ up \b | \b legal \s+ (?: action | steps? | proceedings | consequences
        | remed(?:y|ies) | claim ) \b
      | \b (?: take | taking | took | drag\w* | see | seeing | meet ) \s+ (?: you | them | this | it
        | the \s+ company | your \s+ company ) \s+ (?: all \s+ )? (?: to | in ) \s+ (?: \w+ \s+ )?
        court \b
      | \b (?: go | going | went ) \s+ to \s+ (?: \w+ \s+ )? court \s* (?: over | about | for | with
        | against | if | [.!?,] | $ )
      | \b court \s+ (?: case | order | action | proceedings | hearing ) | \b small \s+ claims \b
      | \b press(?:ing)? \s+ charges \b | \b breach \s+ of \s+ (?: contract | warranty ) \b
      | \b cease \s+ and \s+ desist | \b subpoena
      | \b (?: report\w* | complain\w* | complaint\w* | claim | go | going ) \b [^.!?\n]{{0,30}} \b
        (?: to | with | at ) \s+ (?: the \s+ )? {OFFICE} \b
      | \b (?: violat\w+ | breach\w* | infring\w+ ) \s+ (?: of \s+ )? (?: the \s+ | eu \s+ | my
        \s+ )?
        (?: gdpr | law | laws | copyright | rights? | hipaa | privacy \s+ law | consumer )
      | \b gdpr \s+ (?: violation | breach | complaint | request )
      | \b (?: this | that | it | which )(?: ['’]s | \s+ is ) \s+ (?: \w+ \s+ )? (?: fraud
        | negligence | false \s+ advertising ) \b (?! \s+ (?: detection | alert | check | team ) )
      | (?: ['’]s | \s is | \s are ) \s+ (?: \w+ \s+ )? illegal \b
        (?! \s+ (?: argument | char\w* | state | operation | move | instruction | value ) )
      | \b (?: commit\w* | guilty \s+ of ) \s+ fraud \b | \b (?: gross | your ) \s+ negligence
      | \b hold(?:ing)? \s+ you \s+ (?: \w+ \s+ )? (?: liable | responsible | accountable )
      | \b you \s+ are \s+ liable \b | \b (?: claim\w* | seek\w* | pay ) \s+ (?: for \s+ )?
        damages \b
    """,
    "money": rf"""
        \b {WANTS} \s+ (?: [\w'’]+ \s+ ){{0,4}} (?: refund\w* | reimburse\w* | compensation )
      | \b refund \s+ (?: me | us | my | our | everyone | everybody | please | now | asap )\b
      | \b (?: please | must | should | just ) \s+ refund\b
      | \b (?: full | partial | pro-?rata ) \s+ refund\b | \b refunds? \s* [?!]+
      | \b refund \s+ or \b | \b money \s+ back \b
      | \b (?: compensate | reimburse ) \s+ (?: me | us | for | everyone | customers | your )
      | \b (?: any | offer\w* | some ) \s+ compensation \b
      | \b charge[\s-]?back\b | \b disput\w+ \s+ (?: the | this | your ) \s+ charges? \b
    """,
    "security": rf"""
        \b vulnerabilit\w+ | \b cve-\d+
      | \b (?: security | privacy ) \s+ (?: hole | flaw | breach | incident | leak | bug |
        disaster )
      | \b (?: data | password | credential )s? \s+ (?: leak\w* | breach\w* )
      | \b leak(?:ed|ing|s)? \s+ (?: my | our | users?['’]? | customers?['’]? | personal | private
        | passwords? | credentials? | (?: api \s+ )? keys? | tokens? ) \b
      | \b (?: i | we | account | accounts | server | site | got | getting | was | were | been
        | being | you | you['’]re ) \s+ (?: (?: was | were | got | been | have | has | are ) \s+
        ){{0,2}} hacked \b (?! \s+ (?: together | up | it | around | a ) \b )
      | \b (?: see\w* | saw | view\w* | access\w* | show\w* | log\w* | got | get | gets | read
        | open\w* | receiv\w* | sign\w* ) \b (?: \s+ [\w'’]+ ){{0,4}} \s+ {OTHERS} \s+ (?: [\w-]+
        \s+
        )? {PRIVATE} \b
      | \b {PRIVATE} \s+ (?: of | belonging \s+ to | from ) \s+ (?: {OTHERS} ) \b
      | \b (?: i['’]?m | am | was | got | me ) \s+ (?: suddenly \s+ )? logged \s+ in(?: to)? \s+
        (?: as | to ) \s+ {OTHERS}
      | \b (?: sql \s+ injection | xss | csrf | remote \s+ code \s+ execution | rce
        | privilege \s+ escalation | zero[\s-]?day | 0-?day | backdoor \s+ in | bug \s+ bounty
        | responsible \s+ disclosure ) \b
      | \b (?: an | the | this | known | public | remote | security | working ) \s+ exploit \b
        (?= \s* (?: for | in | is | was | that | to | against | on | exists | code | [.,!?] | $ ) )
      | \b (?: can | could | be | being | been | actively | easily ) \s+ exploited \b
      | \b attackers? \s+ (?: can | could | may | might | is | are )
      | \b unauthori[sz]ed \s+ (?: access | log-?ins? | transactions? | payments? | transfers?
        | charges? | purchases? )
      | \b phishing \b | \b identity \s+ theft \b
      | \b (?: stolen | stole ) \s+ (?: my \s+ | our \s+ | your \s+ )? (?: accounts? | passwords?
        | data | credentials? | identity )
      | \b passwords? \b [^.!?\n]{{0,30}} \b (?: plain | clear ) \s? text
    """,
    "press": r"""
        \b (?: i['’]?m | i \s+ am | we \s+ are | we['’]?re | this \s+ is ) \s+ (?: [\w,'’-]+ \s+
        ){0,4} (?: journalists? | reporters? | editors? ) \s+ (?: at | with | for | from | of
        | working | covering | looking | investigating | and \s+ (?: i \s+ )? (?: would | want ) )
      | \b journalist \s+ here \b | \b press \s+ (?: inquir\w+ | enquir\w+ | request | contact )
      | \b (?: writing | preparing | working \s+ on | doing | publish\w* | run\w* ) \s+ (?: an? \s+
        )? (?: \w+ \s+ )? (?: article | story | piece | report | feature ) \s+ (?: about | on )
        \s+ (?: this | your | you | the \s+ (?: \w+ \s+ )? (?: outage | incident | issue | breach
        | problem | bug | failure | crash\w* ) | how \s+ you )
      | \b (?: request \s+ for | asking \s+ for | provide | care \s+ to | available \s+ for
        | would \s+ like \s+ a ) \s+ (?: a \s+ )? (?: comment | statement | interview ) \b
        (?= [^\n]{0,60} (?: article | story | press | paper | news | magazine | publish | outage
        | incident | breach ) )
      | \b (?: go | going | went | talk\w* | contact\w* | tell\w* | call\w* ) \s+ (?: to \s+ )? the
        \s+ (?: press | media | papers? | newspapers? | news ) \b (?! \s+ (?: tab | page | feed
        | section | app | player | library | center ) )
    """,
}
"""Verbose, ignoring case."""
