"""What every channel promises, over each plug-in there is and over the fake the tests use.

A new channel adds its stage in ``channel_stages``; without one the first test fails.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pydantic import BaseModel

from config import plugins
from config.errors import PermanentError, TransientError
from responders.delivery.channels.base import (
    Capabilities,
    Changing,
    InDoubt,
    Message,
    Receipt,
    Showing,
    Standing,
)
from responders.delivery.opening import ROOM
from tests.contracts.channel_stages import STAGES, WAYS, Stage

# discord.py imports a module that Python 3.13 drops; it works without it there.
pytestmark = pytest.mark.filterwarnings("ignore:'audioop' is deprecated:DeprecationWarning")


@pytest.fixture(params=sorted(STAGES))
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    with STAGES[request.param]() as made:
        yield made


def test_every_channel_has_its_stage_here() -> None:
    assert set(plugins.names(ROOM)) <= set(STAGES)


@pytest.mark.parametrize("kind", plugins.names(ROOM))
def test_every_plug_in_exports_what_the_wiring_asks_for(kind: str) -> None:
    module = plugins.load(ROOM, kind)
    options = module.Options()
    assert isinstance(options, BaseModel)
    assert options.model_config.get("frozen")
    assert options.model_config.get("extra") == "forbid"
    assert module.destination(options) is None or isinstance(module.destination(options), str)
    assert callable(module.build)


def test_a_channel_says_what_it_can_do(stage: Stage) -> None:
    assert isinstance(stage.channel.capabilities, Capabilities)


@pytest.mark.parametrize("kind", plugins.names(ROOM))
def test_only_what_strangers_read_needs_no_destination(kind: str) -> None:
    module = plugins.load(ROOM, kind)
    public = getattr(module, "PUBLIC", False)
    assert not (public and module.destination(module.Options()))
    if public:
        assert module.build(module.Options(), ways=WAYS).capabilities.public


def test_one_send_makes_one_message_and_a_receipt(stage: Stage) -> None:
    receipt = stage.channel.send(stage.message)
    by_hand = stage.channel.capabilities.by_hand
    assert stage.standing() == (0 if by_hand else 1)
    assert receipt.at.tzinfo is not None
    assert receipt.rest_s >= 0


def test_a_text_handed_to_a_person_is_never_called_sent(stage: Stage) -> None:
    if not stage.channel.capabilities.by_hand:
        pytest.skip("this channel sends by itself")
    receipt = stage.channel.send(stage.message)
    assert (receipt.remote_id, receipt.url) == (None, None)
    assert not stage.channel.capabilities.lookup


def test_what_stands_there_is_found_where_the_channel_can_look(stage: Stage) -> None:
    assert stage.channel.find(stage.message) is None
    sent = stage.channel.send(stage.message)
    standing = stage.standing()
    if stage.channel.capabilities.lookup:
        found = stage.channel.find(stage.message)
        assert found is not None
        assert (found.remote_id, found.url) == (sent.remote_id, sent.url)
    assert stage.standing() == standing


def test_the_same_key_again_makes_one_message_where_the_channel_says_so(stage: Stage) -> None:
    if not stage.channel.capabilities.idempotent:
        pytest.skip("this channel makes no such promise")
    first = stage.channel.send(stage.message)
    again = stage.channel.send(stage.message)
    assert stage.standing() <= 1
    assert again.remote_id == first.remote_id


def test_a_request_for_silence_is_an_error_to_wait_for_and_nothing_stands(stage: Stage) -> None:
    if stage.ask_for_silence is None:
        pytest.skip("this place has no limits")
    stage.ask_for_silence()
    with pytest.raises(TransientError) as caught:
        stage.channel.send(stage.message)
    assert caught.value.retry_after_s
    assert stage.standing() == 0


def test_a_lost_answer_is_in_doubt_and_the_channel_does_not_try_again(stage: Stage) -> None:
    if stage.lose_the_next_answer is None:
        pytest.skip("this place gives no answers that could be lost")
    stage.lose_the_next_answer()
    with pytest.raises(InDoubt):
        stage.channel.send(stage.message)
    assert stage.standing() == 1
    if stage.channel.capabilities.lookup:
        assert stage.channel.find(stage.message) is not None


def change(message: Message, text: str, sent: Receipt) -> Message:
    target = {**message.target, "remote_id": sent.remote_id, "url": sent.url}
    return Message(key=f"{message.key}|2", text=text, target=target)


def test_a_reply_is_changed_as_often_as_asked_and_stands_there_once(stage: Stage) -> None:
    if not isinstance(stage.channel, Changing):
        pytest.skip("what stands there cannot be changed")
    sent = stage.channel.send(stage.message)
    other = change(stage.message, "We were wrong: it hangs no more. @ann, #12", sent)
    assert stage.channel.standing(other) is Standing.OTHERWISE
    for _ in range(2):
        changed = stage.channel.edit(other)
        assert (changed.remote_id, changed.url) == (sent.remote_id, sent.url)
    assert stage.channel.standing(other) is Standing.AS_ASKED
    assert stage.standing() == 1
    assert stage.channel.find(stage.message) is None


def test_a_reply_is_taken_away_and_taking_it_away_again_is_no_error(stage: Stage) -> None:
    if not isinstance(stage.channel, Changing):
        pytest.skip("what stands there cannot be changed")
    sent = stage.channel.send(stage.message)
    gone = change(stage.message, "", sent)
    for _ in range(2):
        stage.channel.remove(gone)
        assert stage.channel.standing(gone) is Standing.GONE


def test_a_reply_whose_number_is_not_known_is_not_changed(stage: Stage) -> None:
    if not isinstance(stage.channel, Changing):
        pytest.skip("what stands there cannot be changed")
    sent = stage.channel.send(stage.message)
    with pytest.raises(PermanentError):
        stage.channel.edit(change(stage.message, "a text", replace(sent, remote_id=None)))


def test_strangers_see_what_was_just_sent(stage: Stage) -> None:
    if not isinstance(stage.channel, Showing):
        pytest.skip("nobody can look there as a stranger")
    sent = stage.channel.send(stage.message)
    assert stage.channel.visible(stage.message, sent).visible is True
