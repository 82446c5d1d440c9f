"""Whom a text speaks to: somebody who reads logs, or somebody whose app does not work.

Pure. Told by the post alone: codes, versions, traces and words of the trade. Whoever shows none of
them is spoken to in plain words, which an expert reads without harm; the other way round a person
would be asked for what they do not know.
"""

import re
from typing import Final

from classifiers.facts import error_texts

ENOUGH: Final = 2
"""Signs of the trade in one post that make it an expert's; one may be copied from a screen."""
_TRACE: Final = re.compile(
    r"""(?mx) Traceback[ ]\(most[ ]recent[ ]call[ ]last\) | ^\s*at[ ][\w.$]+\([\w.]+:\d+\)
      | ^\s*File[ ]"[^"\n]+",[ ]line[ ]\d+ | ^[\w.]+(?:Exception|Error):[ ]
      | \bsegfault\b | \bcore[ ]dumped\b | ^\s*\#\d+[ ]0x[0-9a-f]+"""
)
_VERSION: Final = re.compile(r"(?<![\w.])v?\d{1,4}\.\d{1,5}\.\d{1,5}(?![\w.]*\.\d)")
_TRADE: Final = re.compile(
    r"""(?ix)\b(?: api | logs? | logcat | stack\s?trace | stderr | stdout | console | debug\w*
      | repro\w* | regression | commit | build | kernel | driver | treiber | firmware | docker
      | container | kubernetes | k8s | reverse\s+proxy | proxy | nginx | apache | endpoint | json
      | xml | yaml | csv | curl | cli | ssh | dns | dhcp | mqtt | tls | ssl | http | https | oauth
      | sso | saml | ldap | webhook | header | payload | timeout | latency | throughput | cache
      | config | registry | database | sqlite | postgres\w* | sql | query | regex | utf-?8 | uuid
      | checksum | hash | token | websocket | subnet | ipv6 | vlan | bluetooth\s+le | ble | zigbee
      | gatt | root(?:ed)? | adb )\b"""
)


def is_expert(text: str) -> bool:
    """Tell whether a post reads like one of somebody who works with such things.

    A trace of a program is enough; else two different signs, such as a code and such a word.
    """
    return _TRACE.search(text) is not None or len(_signs(text)) >= ENOUGH


def _signs(text: str) -> set[str]:
    codes = {code.casefold() for code in error_texts(text) if " " not in code}
    words = {found.casefold() for found in _TRADE.findall(text)}
    return codes | words | set(_VERSION.findall(text))
