"""How Discord asks for silence: the seconds in its answers, read one way by all who send there.

Pure. Source: https://docs.discord.com/developers/topics/rate-limits
"""

import json
import math
from collections.abc import Mapping

DEFAULT_REST_S = 5.0
"""What we wait where the server asks for silence and does not say how long."""


def retry_after(headers: Mapping[str, str], body: bytes) -> float:
    """Return the seconds a 429 names: to the millisecond in its body, else in its header."""
    try:
        given = json.loads(body)["retry_after"]
    except (ValueError, KeyError, TypeError):
        given = headers.get("Retry-After")
    return seconds(given, DEFAULT_REST_S)


def rest_after(headers: Mapping[str, str]) -> float:
    """Return the seconds of silence before the next request that an answer asks for; mostly 0."""
    if headers.get("X-RateLimit-Remaining") != "0":
        return 0.0
    return seconds(headers.get("X-RateLimit-Reset-After"), 0.0)


def seconds(given: object, default: float) -> float:
    """Read seconds as a server writes them; nonsense is the default, a day the longest."""
    try:
        value = float(str(given))
    except ValueError:
        return default
    return default if math.isnan(value) else min(max(value, 0.0), 86_400.0)
