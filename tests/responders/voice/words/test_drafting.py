"""Every text of ours: every must of what we say in public, whatever the post was."""

import itertools
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.voice.phases import PHASES, RESOLVED
from responders.voice.words.drafting import Asked, digest, draft, speaker_name
from responders.voice.words.packing import built_in
from responders.voice.words.symptoms import symptom
from responders.voice.words.wording import NOTE_LIMIT

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
PAGE = "https://status.fernsync.example/"
BLOCKED = re.compile(
    r"(?i)inconvenience|may have caused|if you were affected|minor glitch|\balways\b|\bnever\b"
    r"|100 ?%|\bcause|because|refund|compensat|\bsoon\b|shortly|asap|simply|just|obviously|!"
)
KINDS = [
    *((kind, phase) for kind in ("ack", "update", "page") for phase in PHASES),
]
KINDS.remove(("ack", RESOLVED))
NOTES = ("", "A full disk on one server.", "long " * 60)


def asked(**changed: object) -> Asked:
    known: dict[str, object] = {
        "kind": "ack",
        "phase": "investigating",
        "symptom": "The app hangs when I open a note",
        "language": "en",
        "next_update_by": None if changed.get("phase") == RESOLVED else NOON + timedelta(hours=4),
        "now": NOON,
        "page_url": PAGE,
        "product": "Fernsync",
        "title": "The app hangs when I open a note",
        "since": NOON - timedelta(minutes=7),
        "people": 12,
        "places": 3,
    }
    return Asked(**{**known, **changed})  # type: ignore[arg-type] # checked at run time


def test_the_text_of_an_installation_without_any_setting() -> None:
    assert draft(asked()).text == (
        "Thanks for telling us. We know about the problem you describe (“The app hangs when I open "
        "a note”), and our team is investigating it now. You will find our next update by "
        "16:00 UTC on our known-issues page:\n"
        "https://status.fernsync.example/\n\n"
        "The Fernsync team here. This text was prepared automatically and approved by a person "
        "before it was posted."
    )


def test_the_last_word_in_a_thread() -> None:
    assert draft(asked(kind="update", phase="resolved", note="we replaced the disk")).text == (
        "This is an update on the problem you told us about (“The app hangs when I open a note”). "
        "We know that it has been fixed since 11:53 UTC on Tuesday 12 May. What we did: we "
        "replaced the disk. Please try again. If you still see it, please tell us here, and we "
        "will look again. Thank you for telling us. You can read what happened on our known-issues "
        "page:\nhttps://status.fernsync.example/\n\n"
        "The Fernsync team here. This text was prepared automatically and approved by a person "
        "before it was posted."
    )


def test_the_promised_word_on_the_page_when_nothing_is_new() -> None:
    assert draft(asked(kind="page", still=True)).text == (
        "The app hangs when I open a note\n\n"
        "We know about this problem: “The app hangs when I open a note”. It is not over yet. At "
        "12:00 UTC we had heard it from 12 people in 3 places. Our team is still investigating it. "
        "The next update comes by 16:00 UTC on our known-issues page:\n"
        "https://status.fernsync.example/\n\n"
        "The Fernsync team here. This text was prepared automatically and approved by a person "
        "before it was posted."
    )


def every_text(words: str, note: str, due: datetime) -> list[tuple[str, str, str]]:
    """Return every text that the templates can give, with kind and phase."""
    texts = []
    for (kind, phase), still, again in itertools.product(KINDS, (False, True), (False, True)):
        made = draft(
            asked(
                kind=kind, phase=phase, symptom=words, title=words, note=note, still=still,
                again=again, next_update_by=None if phase == RESOLVED else due,
            )
        )  # fmt: skip
        texts.append((kind, phase, made.text))
    return texts


@given(post=st.text(max_size=400), hours=st.integers(1, 200), note=st.sampled_from(NOTES))
def test_every_text_keeps_every_must(post: str, hours: int, note: str) -> None:
    words = symptom(post, spare=["The app hangs"])
    assert words is not None
    due = NOON + timedelta(hours=hours)
    for kind, phase, text in every_text(words, note, due):
        body = text.partition("\n\n")[2] if kind == "page" else text
        assert "We know" in body
        assert words in body
        assert PAGE in body.split()
        assert "The Fernsync team here" in body
        assert "prepared automatically and approved by a person" in body
        assert (f"by {due:%H:%M} UTC" in body) is (phase != RESOLVED)
        ours = body.replace(words, "")
        assert not BLOCKED.search(ours)
        assert ("fixed" in ours) is (phase == RESOLVED)
        assert 20 <= len(body.split()) <= 110
        assert all(len(part.split()) <= 35 for part in re.split(r"[.:…]\s", ours))


@pytest.mark.parametrize(("kind", "phase"), KINDS)
def test_a_cause_is_told_only_as_a_person_noted_it(kind: str, phase: str) -> None:
    without = draft(asked(kind=kind, phase=phase)).text
    noted = draft(asked(kind=kind, phase=phase, note="a full disk")).text
    assert "What we" not in without
    assert ("a full disk." in noted) is (phase != "investigating")


def test_the_same_phase_is_never_told_in_the_same_words_on_the_page() -> None:
    for phase in ("investigating", "identified", "monitoring"):
        first = draft(asked(kind="page", phase=phase)).text
        again = draft(asked(kind="page", phase=phase, still=True)).text
        assert first != again


def test_without_words_to_repeat_a_follow_up_is_told_all_the_same() -> None:
    text = draft(asked(kind="update", phase="identified", symptom="")).text
    assert text.startswith("This is an update on the problem you told us about. We know")


def test_the_words_of_a_post_are_never_read_as_a_template() -> None:
    text = draft(asked(symptom="{{ 7*7 }} {% for x in y %} {{ page_url }}")).text
    assert "{{ 7*7 }} {% for x in y %} {{ page_url }}" in text


def test_the_words_of_a_note_are_never_read_as_a_template() -> None:
    assert "{{ 7*7 }}" in draft(asked(phase="identified", note="{{ 7*7 }}")).text


def test_words_from_right_to_left_cannot_reorder_ours() -> None:
    assert "(“\u2068התוכנה קורסת\u2069”)" in draft(asked(symptom="התוכנה קורסת")).text


@pytest.mark.parametrize("language", ["nl", "nl-BE", "zz", "../en", "en/..", "x" * 300, "e\0n"])
def test_without_a_text_in_the_language_the_person_is_told(language: str) -> None:
    made = draft(asked(language=language))
    assert made.language == "en"
    assert made.note.startswith("written in English: the post is in")


@pytest.mark.parametrize("language", ["en", "EN", "en-GB", "en_US", None])
def test_english_needs_no_note(language: str | None) -> None:
    assert draft(asked(language=language)).note == ""


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
    phrases = built_in().by_code["en"].phrases
    assert speaker_name(speaker, product, phrases) == name


def test_the_same_facts_give_the_same_text_and_hash() -> None:
    first, second = draft(asked()), draft(asked())
    assert (first.text, first.sha256) == (second.text, digest(second.text))


def test_a_note_stays_short() -> None:
    assert len(draft(asked(phase="identified", note="n " * 500)).text) < 600 + NOTE_LIMIT


HELPED = ("investigating", "identified")


@pytest.mark.parametrize(("kind", "phase"), KINDS)
def test_a_verified_way_around_is_said_until_a_change_was_made(kind: str, phase: str) -> None:
    without = draft(asked(kind=kind, phase=phase)).text
    said = draft(asked(kind=kind, phase=phase, workaround="Pair it again")).text
    helps = "Until then this may help: Pair it again. "
    assert (helps in said) is (phase in HELPED)
    assert said.replace(helps, "") == without
