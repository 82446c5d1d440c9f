import pytest

from config.database import reading
from config.ground import Ground
from responders.decisions.acting import AlreadyDone, NotAllowed
from responders.decisions.pause import pause, resume
from responders.delivery.store import paused
from tests.responders.decisions.deciding import RUTH, TOM, audit, later


def test_sending_is_held_with_who_and_why_until_somebody_resumes(ground: Ground) -> None:
    pause(later(ground), RUTH, "the text names a customer")
    with reading(ground.engine) as session:
        held = paused(session)
    assert held is not None
    assert (held.by, held.reason) == ("Ruth", "the text names a customer")
    with pytest.raises(AlreadyDone) as lost:
        pause(ground, TOM, "fire")
    assert str(lost.value) == (
        "Ruth paused sending at 12:03 UTC, 12 May: the text names a customer"
    )
    resume(ground, TOM)
    with reading(ground.engine) as session:
        assert paused(session) is None
    with pytest.raises(AlreadyDone, match="sending is not paused"):
        resume(ground, TOM)
    assert audit(ground) == [("sending paused", "sending"), ("sending resumed", "sending")]


def test_a_pause_needs_a_reason(ground: Ground) -> None:
    with pytest.raises(NotAllowed, match="the reason is empty"):
        pause(ground, RUTH, " ")
