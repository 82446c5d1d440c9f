"""Posts under which no prepared sentence may stand."""

import pytest

from responders.voice.withholding import withheld


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("I don't want to live any more", "it speaks of self-harm"),
        ("the charger burned my hand", "somebody may have been hurt"),
        ("smoke coming from the box", "somebody may have been hurt"),
        ("you will hear from my lawyer", "it speaks of law"),
        ("I want my money back", "it asks for money"),
        ("I can see someone else's account", "it speaks of a security hole"),
        ("I am writing an article about this", "it may be the press"),
        (
            "We're aware and investigating. (automated reply)",
            "it reads like a prepared reply, ours or another's",
        ),
    ],
)
def test_a_person_answers_these_with_the_reason_named(text: str, reason: str) -> None:
    assert withheld(text) == reason


@pytest.mark.parametrize(
    "text",
    [
        "The app hangs when I open a note",
        "burning through my battery",
        "the courtyard map is wrong",
        "lives in the cloud, it says",
        "the replies page is empty",
    ],
)
def test_ordinary_reports_get_their_draft(text: str) -> None:
    assert withheld(text) is None
