"""What can go wrong between us and another host, and the one place where that is put in our words.

Apart from the client so that its callers and its seam to httpcore2 share one tree:

    PermanentError                              TransientError
    ├── RefusedAddress  (config.addresses)      ├── Unreachable  no connection: nothing was sent
    ├── TooLarge                                ├── TimedOut     the deadline passed on the way
    ├── BadRedirect                             └── CutShort     the other side hung up
    ├── Untrusted       the certificate
    └── Garbled         no readable answer
"""

import ssl
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import httpcore2

from config.addresses import Target
from config.connections import Progress
from config.content_coding import UnknownCoding
from config.errors import PermanentError, TransientError


class Unreachable(TransientError):
    """No connection came about, so nothing was sent."""


class TimedOut(TransientError):
    """The deadline passed after the request was on its way: it may have had its effect."""


class CutShort(TransientError):
    """The other side hung up before its answer was whole."""


class TooLarge(PermanentError):
    """The answer holds more bytes, unpacked, than allowed."""


class BadRedirect(PermanentError):
    """The redirects lead in a circle, too far or nowhere."""


class Untrusted(PermanentError):
    """The other side could not prove that it is who it says."""


class Garbled(PermanentError):
    """What came is no HTTP answer, or not packed the way it says."""


@contextmanager
def translated(target: Target, progress: Progress, deadline_s: float) -> Iterator[None]:
    """Turn the errors of httpcore2, ssl and zlib into ours, once and for all.

    Args:
        target: whom the hop goes to.
        progress: how far it came; read when it failed.
        deadline_s: the patience that ran out, for the message.
    """
    where = target.shown
    try:
        yield
    except httpcore2.ConnectTimeout as error:
        raise Unreachable(f"{where} was not reached in time ({error})") from error
    except httpcore2.ConnectError as error:
        if isinstance(error.__cause__, ssl.SSLCertVerificationError):
            raise Untrusted(f"{where} has no valid certificate ({error})") from error
        raise Unreachable(f"{where} cannot be reached: {error}") from error
    except httpcore2.TimeoutException as error:
        message = f"{where} did not answer in full within {deadline_s:g} s"
        raise (TimedOut if progress.sent else Unreachable)(message) from error
    except (httpcore2.NetworkError, EOFError) as error:
        raise CutShort(f"{where} broke off its answer ({error})") from error
    except httpcore2.RemoteProtocolError as error:
        kind = CutShort if progress.ended else Garbled
        raise kind(f"{where} gave no whole HTTP answer ({error})") from error
    except httpcore2.LocalProtocolError as error:
        raise PermanentError(f"{where} was not asked: a header is malformed") from error
    except (zlib.error, UnknownCoding) as error:
        raise Garbled(f"{where} answered with a body that cannot be unpacked: {error}") from error
