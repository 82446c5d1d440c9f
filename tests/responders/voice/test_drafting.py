"""The acknowledgement: every must of what we say in public, whatever the post was."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from responders.voice.drafting import Asked, acknowledgement, digest, speaker_name
from responders.voice.symptoms import symptom

unhurried = settings(deadline=None)  # a busy machine is no reason to fail

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
PAGE = "https://status.fernsync.example/"
BLOCKED = re.compile(
    r"(?i)inconvenience|may have caused|if you were affected|minor glitch|\balways\b|\bnever\b"
    r"|100 ?%|\bfix|\bcause|because|refund|compensat|\bsoon\b|shortly|asap|simply|just|obviously|!"
)


def asked(**changed: object) -> Asked:
    known: dict[str, object] = {
        "symptom": "The app hangs when I open a note",
        "language": "en",
        "next_update_by": NOON + timedelta(hours=4),
        "now": NOON,
        "page_url": PAGE,
        "product": "Fernsync",
    }
    return Asked(**{**known, **changed})  # type: ignore[arg-type] # checked at run time


def test_the_text_of_an_installation_without_any_setting() -> None:
    assert acknowledgement(asked()).text == (
        "Thanks for telling us. We know about the problem you describe (“The app hangs when I open "
        "a note”), and our team is investigating it now. You will find our next update by "
        "16:00 UTC on our known-issues page:\n"
        "https://status.fernsync.example/\n\n"
        "The Fernsync team here. This text was prepared automatically and approved by a person "
        "before it was posted."
    )


@unhurried
@given(post=st.text(max_size=400), hours=st.integers(1, 200))
def test_every_draft_keeps_every_must(post: str, hours: int) -> None:
    words = symptom(post, spare=["The app hangs"])
    assert words is not None
    due = NOON + timedelta(hours=hours)
    text = acknowledgement(asked(symptom=words, next_update_by=due)).text
    assert "We know about the problem" in text
    assert "is investigating it now" in text
    assert words in text
    assert f"next update by {due:%H:%M} UTC" in text
    assert PAGE in text.split()
    assert "The Fernsync team here" in text
    assert "prepared automatically and approved by a person" in text
    ours = text.replace(words, "")
    assert not BLOCKED.search(ours)
    assert 20 <= len(text.split()) <= 110
    assert all(len(part.split()) <= 35 for part in re.split(r"[.:]\s", ours))
    assert len(text.splitlines()) == 4


def test_the_words_of_a_post_are_never_read_as_a_template() -> None:
    text = acknowledgement(asked(symptom="{{ 7*7 }} {% for x in y %} {{ page_url }}")).text
    assert "{{ 7*7 }} {% for x in y %} {{ page_url }}" in text


def test_words_from_right_to_left_cannot_reorder_ours() -> None:
    assert "(“\u2068התוכנה קורסת\u2069”)" in acknowledgement(asked(symptom="התוכנה קורסת")).text


@pytest.mark.parametrize("language", ["de", "de-AT", "zz", "../en", "en/..", "x" * 300, "e\0n"])
def test_without_a_text_in_the_language_the_person_is_told(language: str) -> None:
    made = acknowledgement(asked(language=language))
    assert made.language == "en"
    assert made.note.startswith("written in English: the post is in")


@pytest.mark.parametrize("language", ["en", "EN", "en-GB", "en_US", None])
def test_english_needs_no_note(language: str | None) -> None:
    assert acknowledgement(asked(language=language)).note == ""


@pytest.mark.parametrize(
    ("speaker", "product", "name"),
    [
        ("Ines from Fernsync", "Fernsync", "Ines from Fernsync"),
        ("", "Fernsync", "The Fernsync team"),
        ("", "default", "The support team"),
        ("\u202e\n", "", "The support team"),
    ],
)
def test_somebody_speaks(speaker: str, product: str, name: str) -> None:
    assert speaker_name(speaker, product) == name


def test_the_same_facts_give_the_same_text_and_hash() -> None:
    first, second = acknowledgement(asked()), acknowledgement(asked())
    assert (first.text, first.sha256) == (second.text, digest(second.text))
