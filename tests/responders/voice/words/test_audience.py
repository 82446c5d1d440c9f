"""Experts show themselves by what they write; everybody else is spoken to in plain words."""

import pytest

from responders.voice.words.audience import is_expert

EXPERTS = [
    "Sync returns HTTP 502 behind my reverse proxy since the last build.",
    'Traceback (most recent call last):\n  File "sync.py", line 12, in run',
    "java.lang.NullPointerException\n\tat org.fern.Sync.run(Sync.java:41)",
    "On 4.2.1 the API answers with an empty payload.",
    "logcat shows ERR_TIMED_OUT for every websocket",
    "Firmware 3.4.0: the BLE pairing drops, the debug log says E-104.",
]
NOVICES = [
    "The app hangs when I open a note. Since this morning.",
    'it says "something went wrong" and closes',
    "my card was refused at three restaurants",
    "E-17 on the display again, what does it mean?",
    "I updated to 4.2.1 and now my photos are gone",
    "Die Heizung bleibt kalt, obwohl ich sie morgens einschalte.",
    "",
]


@pytest.mark.parametrize("text", EXPERTS)
def test_two_signs_of_the_trade_or_a_trace_make_an_expert(text: str) -> None:
    assert is_expert(text)


@pytest.mark.parametrize("text", NOVICES)
def test_everybody_else_is_spoken_to_in_plain_words(text: str) -> None:
    assert not is_expert(text)


def test_the_same_word_twice_is_one_sign() -> None:
    assert not is_expert("The log, the log, always the log!")
