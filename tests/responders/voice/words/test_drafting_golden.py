"""The golden files: every text of every pack, read by people as diffs."""

import pytest

from responders.voice.leave.withholding import withheld
from responders.voice.words.packing import built_in
from tests.responders.voice.sample_texts import GOLDEN, samples

SAMPLES = dict(samples())


@pytest.mark.parametrize("name", SAMPLES)
def test_a_text_is_as_it_was_read(name: str) -> None:
    file = GOLDEN / name
    assert file.is_file(), "run: python -m tests.responders.voice.sample_texts"
    assert SAMPLES[name] == file.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    files = {str(file.relative_to(GOLDEN)) for file in GOLDEN.rglob("*.txt")}
    assert files == set(SAMPLES)


def test_every_text_of_every_pack_has_its_golden_files() -> None:
    for pack in built_in().by_code.values():
        for text in pack.about.texts:
            assert any(name.startswith(f"{pack.code}/{text}.") for name in SAMPLES)


ENGLISH = ("Thanks", "We know", "next update", "known-issues", "please", "This text was", " team ")


@pytest.mark.parametrize("name", [name for name in SAMPLES if not name.startswith("en/")])
def test_no_english_stands_in_another_language(name: str) -> None:
    text = SAMPLES[name].partition("\n--- ")[0]
    assert not [words for words in ENGLISH if words in text]


@pytest.mark.parametrize(
    "name", [name for name in SAMPLES if "/ack_" in name or "/update_" in name]
)
def test_a_reply_of_ours_that_is_heard_back_is_never_answered(name: str) -> None:
    assert withheld(SAMPLES[name])
