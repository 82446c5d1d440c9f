"""When no text is proposed: posts that a person must answer, and those nobody must answer.

Pure. A prepared sentence under one of these does more harm than silence; the reason is kept with
the draft that was not written, so that a person sees it.
"""

import re

_RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(pattern, re.IGNORECASE | re.VERBOSE))
    for reason, pattern in (
        (
            "it speaks of self-harm",
            r"""\b(?: kill\s+myself | end\s+my\s+life | suicid\w*
              | (?:do\s*n[o’']?t|no\s+longer)\s+want\s+to\s+live | want\s+to\s+die
              | umbringen | nicht\s+mehr\s+leben )\b""",
        ),
        (
            "somebody may have been hurt",
            r"""\b(?: burn(?:ed|t|s)?\s+(?:my|his|her|our|their|me)\b | caught\s+fire | on\s+fire
              | smok(?:e|ing)\s+(?:came|comes|coming|from) | exploded | electric\s+shock
              | injur\w+ | hospital | ambulance | overheat\w+ )""",
        ),
        (
            "it speaks of law",
            r"""\b(?: sue | suing | lawyers? | attorneys? | lawsuit | legal\s+action | court
              | fraud | negligence | small\s+claims | anwalt | verklagen )\b""",
        ),
        (
            "it asks for money",
            r"\b(?: refunds? | money\s+back | compensation | chargeback | geld\s+zurück )\b",
        ),
        (
            "it speaks of a security hole",
            r"""\b(?: vulnerabilit\w+ | exploit\w* | cve-\d+ | data\s+(?:leak|breach) | hacked
              | someone\s+else(?:[’']s)?\s+(?:account|data) )\b""",
        ),
        (
            "it may be the press",
            r"\b(?: journalist | reporter | (?:i|we)\s+(?:am|are)\s+writing\s+an?\s+article )\b",
        ),
        (
            "it reads like a prepared reply, ours or another's",
            r"""\b(?: automated\s+(?:reply|response|message) | auto-?reply
              | prepared\s+automatically | approved\s+by\s+a\s+person
              | we(?:[’']?re|\s+are)\s+aware\s+(?:of\b|and\s+investigating) )""",
        ),
    )
)


def withheld(text: str) -> str | None:
    """Return why no text is proposed for a post, or None where one may be."""
    for reason, pattern in _RULES:
        if pattern.search(text):
            return reason
    return None
