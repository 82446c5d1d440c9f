"""Whether an answer says that the fix did not help: a plain rule over its words.

Apart because people may argue about each phrase. It flags; nothing is reopened by it.
"""

import re
from typing import Final

_CLAUSES: Final = re.compile(
    r"[.!?;\n]+|,?\s+\b(?:but|however|though|except|aber|jedoch)\b", re.IGNORECASE
)
_QUOTED: Final = re.compile(r"(?m)^\s*>.*$")
_NOT_OVER: Final = re.compile(
    r"""(?ix)
    \b (?: did | do | does | is | was | has | have | are | could | can | wo | wi ) \s* n[o'’]?t
        \s+ (?: \w+ \s+ ){0,2}? (?: work | help | fix | solve | resolve | change | gone | better )
        (?: \w* )
  | \b not \s+ (?: yet \s+ )? (?: work\w* | fixed | solved | resolved | gone | better )
  | \b still \s+ (?: (?: the \s+ )? same\b | have | having | get | getting | see | seeing | not\b
        | no\b | broken | hang\w* | crash\w* | fail\w* | stuck | happen\w* | there\b | here\b
        | affected | does\s*n | do\s*n | ca\s*n | wo\s*n | is\s*n | slow\b | down\b )
  | \b still \s* $
  | \b same \s+ (?: for | with | on | here | problem | issue | error | thing | again )
  | \b same \s+ as \s+ before \b
  | \b (?: problem | issue | error | bug ) s? \s+ (?: persist\w* | remain\w* | (?:is|are) \s+ back )
  | \b (?: it | it['’]s | is | came | comes ) \s+ back \b
  | \b (?: happen\w* | broken | crash\w* | hang\w* | fail\w* ) \s+ again \b
  | \b no \s+ (?: change | difference | improvement | luck ) \b
  | \b nothing \s+ (?: has \s+ )? changed \b
  | \b (?: immer \s+ noch | noch \s+ immer | weiterhin | nach \s+ wie \s+ vor ) \b
  | \b (?: geht | funktioniert | klappt | hilft | half ) \s+ (?: \w+ \s+ ){0,2}? nicht \b
  | \b bei \s+ mir \s+ auch \b | \b wieder \s+ da \b
    """
)
_OVER: Final = re.compile(
    r"""(?ix)
    \b (?: any \s? more | any \s+ longer | no \s+ longer | nicht \s+ mehr | keine? \w* \s+ mehr ) \b
  | \b (?: was | were | had | if | when | until | thought | wenn | falls | war | ob ) \b .* \b still
  | \b still \s+ (?: work | running | good | fine | ok ) \w*
  | \b (?: same \s+ (?: here | for \s+ me ) ) [\s,:–-]+ (?: it \s+ )? works
  | \b works? \s+ (?: now | again | fine ) [\s,:–-]+ same
    """
)


def contradicts(text: str) -> bool:
    """Tell whether somebody says that it is not over.

    Each clause speaks for itself: "works on Android now, but iOS still hangs" says that it is not.
    """
    own = _QUOTED.sub("", text)
    return any(_says_so(clause) for clause in _CLAUSES.split(own))


def _says_so(clause: str) -> bool:
    return _NOT_OVER.search(clause.strip()) is not None and _OVER.search(clause) is None
