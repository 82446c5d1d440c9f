"""Signatures that tie a form to the browser it was shown in; pure.

Each purpose has its own key, made from the installation's, so that a signature for one can never
stand for another.
"""

import hmac
import re
from hashlib import sha256

FORM = "console form"
"""Signed: the session's cookie. The token of every form behind the log-in."""
ENTRY = "console log-in"
"""Signed: the cookie of a browser that is not logged in yet. The token of the log-in form."""
NONCE = re.compile("[0-9a-f]{32}")


def token(key: bytes, purpose: str, cookie: str) -> str:
    """Return the token of a form, as hexadecimal; it is worth nothing without the cookie.

    Args:
        key: the installation's key.
        purpose: ``FORM`` or ``ENTRY``.
        cookie: what only this browser holds.
    """
    own = hmac.digest(key, f"groundswell {purpose}".encode(), "sha256")
    return hmac.new(own, cookie.encode(), sha256).hexdigest()


def is_genuine(key: bytes, purpose: str, cookie: str, given: str) -> bool:
    """Tell whether the token of a form was made for this cookie."""
    if not cookie:
        return False
    return hmac.compare_digest(token(key, purpose, cookie).encode(), given.encode())


def is_nonce(cookie: str) -> bool:
    """Tell whether a log-in cookie has the form we give; anything else is replaced."""
    return NONCE.fullmatch(cookie) is not None
