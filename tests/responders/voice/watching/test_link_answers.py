import socket

import pytest

from config.addresses import RefusedAddress
from config.errors import PermanentError
from config.http_trouble import BadRedirect, CutShort, TimedOut, TooLarge, Unreachable, Untrusted
from responders.voice.tables import LinkAnswer
from responders.voice.watching.link_answers import of_status, of_trouble


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, "alive"), (204, "alive"), (304, "alive"), (404, "dead"), (410, "dead"), (418, "dead"),
        (500, "dead"), (503, "dead"), (401, "unknown"), (403, "unknown"), (429, "unknown"),
        (451, "unknown"),
    ],
)  # fmt: skip
def test_a_status_tells_what_everybody_would_meet(status: int, answer: str) -> None:
    assert of_status(status) == (answer, f"it answers {status}")


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (Unreachable("no name"), LinkAnswer.DEAD),
        (TimedOut("slow"), LinkAnswer.DEAD),
        (CutShort("hung up"), LinkAnswer.DEAD),
        (Untrusted("certificate"), LinkAnswer.DEAD),
        (BadRedirect("circle"), LinkAnswer.DEAD),
        (TooLarge("much"), LinkAnswer.ALIVE),
        (RefusedAddress("private"), LinkAnswer.UNKNOWN),
        (PermanentError("malformed"), LinkAnswer.UNKNOWN),
    ],
)
def test_trouble_on_the_way_is_dead_unless_it_is_ours(error: Exception, answer: LinkAnswer) -> None:
    assert of_trouble(error)[0] is answer


@pytest.mark.parametrize(
    ("code", "answer"),
    [(socket.EAI_AGAIN, LinkAnswer.UNKNOWN), (socket.EAI_NONAME, LinkAnswer.DEAD)],
)
def test_a_name_that_nobody_could_look_up_is_unknown_and_one_that_is_not_there_is_dead(
    code: int, answer: LinkAnswer
) -> None:
    error = Unreachable("its name is not known")
    error.__cause__ = OSError("wrapped")
    error.__cause__.__cause__ = socket.gaierror(code, "why")
    assert of_trouble(error)[0] is answer


def test_a_long_reason_is_one_short_line() -> None:
    assert len(of_trouble(TimedOut("x\n" * 500))[1]) <= 120
