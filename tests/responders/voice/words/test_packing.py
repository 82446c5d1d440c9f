"""Packs of an operator: another language, one file changed, and what is said of a broken one."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from config.errors import SettingsError
from responders.voice.words.drafting import draft
from responders.voice.words.packing import FOLDER, built_in, read_packs
from responders.voice.words.packs import TEXTS, code_of
from responders.voice.words.proving import VALUES
from tests.responders.voice.words.test_drafting import asked

FULL = ("de", "en")
DUTCH = (
    (FOLDER / "en" / "pack.toml")
    .read_text(encoding="utf-8")
    .replace('name = "English"', 'name = "Dutch"\ntexts = ["ack_investigating"]')
)
ACK = (
    "We kennen het probleem (“{{ symptom }}”). Bericht voor {{ next_word }}:\n{{ page_url }}\n"
    "{{ speaker }}"
)


def bring(own: Path, files: Mapping[str, str]) -> Path:
    """Write files below an operator's folder."""
    for name, text in files.items():
        file = own / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return own


def test_two_languages_are_full_and_reviewed_and_four_are_neither() -> None:
    packs = built_in().by_code
    assert [code for code, pack in packs.items() if pack.reviewed] == list(FULL)
    for code, pack in packs.items():
        expected = TEXTS if code in FULL else ("ack_investigating", "update_resolved")
        assert tuple(pack.about.texts) == expected


def test_an_operator_adds_a_language(tmp_path: Path) -> None:
    own = bring(tmp_path, {"nl/pack.toml": DUTCH, "nl/ack_investigating.j2": ACK})
    made = draft(asked(language="nl-BE"), read_packs(own))
    assert (made.language, made.note) == ("nl", "")
    assert made.text.startswith("We kennen het probleem (“The app hangs when I open a note”).")


def test_a_text_that_the_language_lacks_is_written_in_another_as_a_whole(tmp_path: Path) -> None:
    own = bring(tmp_path, {"nl/pack.toml": DUTCH, "nl/ack_investigating.j2": ACK})
    wanted = replace(asked(kind="update", phase="resolved", language="nl"), fallback=["de", "en"])
    made = draft(wanted, read_packs(own))
    assert made.text.startswith("Hier ist unser Stand")
    assert "This" not in made.text
    assert made.note == "written in German: our Dutch pack has no text for this phase yet"


def test_an_operator_changes_one_file_of_ours_and_one_phrase(tmp_path: Path) -> None:
    own = bring(
        tmp_path,
        {
            "en/signature.j2": "Signed: {{ speaker }}.\n",
            "en/pack.toml": '[phrases]\nteam = "Everybody at {product}"\n',
        },
    )
    made = draft(asked(), read_packs(own)).text
    assert made.startswith("Thanks for telling us. We know about the problem")
    assert made.endswith("Signed: Everybody at Fernsync.")
    assert draft(asked()).text != made


BROKEN = {
    "a missing file": (
        {"nl/pack.toml": DUTCH},
        r"nl/ack_investigating\.j2 is missing; nl needs it",
    ),
    "a missing part": (
        {"nl/pack.toml": DUTCH, "nl/ack_investigating.j2": '{% include "other.j2" %}'},
        r"nl/other\.j2 is missing",
    ),
    "no pack.toml": ({"nl/ack_investigating.j2": ACK}, r"nl/pack\.toml is missing"),
    "an unknown name": (
        {"nl/pack.toml": DUTCH, "nl/ack_investigating.j2": f"{ACK}\n\n{{{{ mood }}}}"},
        r"nl/ack_investigating\.j2:5: \{\{ mood \}\} is no name of ours; those are affects, again",
    ),
    "a mistake in a text": (
        {"nl/pack.toml": DUTCH, "nl/ack_investigating.j2": f"{ACK}\n{{% if note %}}"},
        r"nl/ack_investigating\.j2:4: ",
    ),
    "a text that fails": (
        {"nl/pack.toml": DUTCH, "nl/ack_investigating.j2": ACK + "{{ note.a.b }}"},
        r"nl/ack_investigating\.j2: ",
    ),
    "a way out of the sandbox": (
        {"nl/pack.toml": DUTCH, "nl/ack_investigating.j2": ACK + "{{ ''.__class__.mro() }}"},
        r"nl/ack_investigating\.j2: ",
    ),
    "no next word": (
        {"nl/pack.toml": DUTCH, "nl/ack_investigating.j2": ACK.replace("{{ next_word }}", "noon")},
        r"nl/ack_investigating\.j2: it does not say \{\{ next_word \}\}",
    ),
    "a mistake in the file of the pack": (
        {"nl/pack.toml": 'name = "Dutch\n', "nl/ack_investigating.j2": ACK},
        r"nl/pack\.toml: .*line 1",
    ),
    "an unknown key": (
        {"nl/pack.toml": f'mood = "good"\n{DUTCH}', "nl/ack_investigating.j2": ACK},
        r"nl/pack\.toml:1: mood: ",
    ),
    "a missing phrase": (
        {"nl/pack.toml": DUTCH.replace("untitled", "# untitled"), "nl/ack_investigating.j2": ACK},
        r"nl/pack\.toml: phrases\.untitled: ",
    ),
    "an unknown text": (
        {"nl/pack.toml": DUTCH.replace('["ack_investigating"]', '["ack_sad"]')},
        r"nl/pack\.toml: texts: ack_sad is no text of ours; those are ack_investigating",
    ),
    "a phrase without its place": (
        {
            "nl/pack.toml": DUTCH.replace("{people} people", "people"),
            "nl/ack_investigating.j2": ACK,
        },
        r"nl/pack\.toml:11: phrases: people: it needs \{people\}",
    ),
    "a phrase that reaches into a value": (
        {
            "nl/pack.toml": DUTCH.replace("{people} people", "{people.__class__} {people}"),
            "nl/ack_investigating.j2": ACK,
        },
        r"nl/pack\.toml:11: phrases: people: it needs \{people\}",
    ),
    "a time without its zone": (
        {"nl/pack.toml": DUTCH.replace('"{time} UTC"', '"{time}"'), "nl/ack_investigating.j2": ACK},
        r"nl/pack\.toml:13: phrases: today: a time needs its zone, UTC",
    ),
    "a folder that is no language": ({"dutch texts/pack.toml": DUTCH}, "named like no language"),
    "an end of help that cannot be found": (
        {"en/workaround.j2": "{% if helps %}{{ helps }} Good luck! {% endif %}"},
        r"en/ack_investigating\.j2: what follows \{\{ helps \}\} begins like none of after_help",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_pack_names_its_file_and_line(what: str, tmp_path: Path) -> None:
    files, says = BROKEN[what]
    with pytest.raises(SettingsError, match=says) as caught:
        read_packs(bring(tmp_path, files))
    assert str(caught.value).startswith("[voice] packs: ")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no folder"):
        read_packs(tmp_path / "nowhere")


def test_a_file_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    bring(tmp_path, {"nl/pack.toml": DUTCH})
    (tmp_path / "nl" / "ack_investigating.j2").write_bytes(b"\xff\xfe{{ symptom }}")
    with pytest.raises(SettingsError, match="not written in UTF-8"):
        read_packs(tmp_path)


@pytest.mark.parametrize(
    ("language", "code"), [("de-AT", "de"), ("DE_de", "de"), ("en", "en"), ("../en", "../en")]
)
def test_a_language_is_known_by_its_code(language: str, code: str) -> None:
    assert code_of(language) == code


def test_every_name_that_a_text_may_use_is_documented() -> None:
    docs = Path("docs/texts.md").read_text(encoding="utf-8")
    assert not [name for name in VALUES if f"`{name}`" not in docs]
