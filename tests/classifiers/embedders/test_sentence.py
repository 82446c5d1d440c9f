"""Tests of the sentence embedder: where weights come from and what is refused."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from classifiers.embedders import sentence
from classifiers.embedders.sentence import Options, SentenceEmbedder, build
from config.errors import PermanentError, SettingsError
from tests.classifiers.embedders.tiny import make_model


def test_options_load_without_the_heavy_library() -> None:
    code = (
        "import sys, classifiers.embedders.sentence as s; s.Options();"
        "sys.exit(bool({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_package_that_carries_the_weights_is_never_run(packaged: SentenceEmbedder) -> None:
    assert packaged.dim == 384
    assert packaged.languages == frozenset({"en"})
    assert sentence.PACKAGE not in sys.modules


def test_packaged_weights_are_the_pinned_ones_or_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sentence, "WEIGHTS_SHA256", "0" * 64)
    with pytest.raises(PermanentError, match="SHA-256"):
        build(Options())
    monkeypatch.setattr(sentence, "PACKAGE", "no_such_package")
    with pytest.raises(PermanentError, match="make setup"):
        build(Options())


def test_a_changed_file_gets_a_new_digest(tmp_path: Path) -> None:
    path = tmp_path / "weights"
    path.write_bytes(b"one")
    first = sentence.file_digest(path)
    path.write_bytes(b"other")
    assert sentence.file_digest(path) != first


def test_other_weights_get_another_model_id(tmp_path: Path) -> None:
    folder = make_model(tmp_path)
    first = build(Options(model=str(folder)))
    copy = shutil.copytree(folder, tmp_path / "copy" / "model")
    assert build(Options(model=str(copy))).model_id == first.model_id
    with (copy / "config.json").open("a") as file:
        file.write("\n")
    assert build(Options(model=str(copy))).model_id != first.model_id
    assert build(Options(model=str(folder), max_tokens=16)).model_id != first.model_id


@pytest.mark.parametrize("model", ["./no-such-folder", "/no/such/folder"])
def test_a_folder_that_is_not_there_is_a_setting_to_mend(model: str) -> None:
    with pytest.raises(SettingsError, match="no folder"):
        build(Options(model=model))


def test_a_folder_without_a_model_is_a_setting_to_mend(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be loaded"):
        build(Options(model=str(tmp_path)))


def test_languages_may_be_set(tmp_path: Path) -> None:
    folder = str(make_model(tmp_path))
    assert build(Options(model=folder)).languages is None
    assert build(Options(model=folder, languages=("de", "fr"))).languages == frozenset({"de", "fr"})


def likeness(packaged: SentenceEmbedder, one: str, other: str) -> float:
    first, second = packaged.encode([one, other])
    return float(first @ second)


def test_marks_hardly_change_what_a_text_is_about(packaged: SentenceEmbedder) -> None:
    assert likeness(packaged, "the app crashes", "( the app : crashes !!! ) ...") > 0.9


def test_what_a_text_begins_with_counts_more(packaged: SentenceEmbedder) -> None:
    trouble = "the photo backup stops at ninety percent"
    rest = "anyway my sister loves the new theme and we all wish you a happy summer"
    first = likeness(packaged, trouble, f"{trouble}, {rest}")
    last = likeness(packaged, trouble, f"{rest}, {trouble}")
    assert first - last > 0.2


def test_a_text_is_the_same_beside_longer_ones(packaged: SentenceEmbedder) -> None:
    alone = packaged.encode(["it crashes"])[0]
    beside = packaged.encode(["it crashes", "it crashes whenever I open the second page " * 3])[0]
    assert float(alone @ beside) > 0.999


@pytest.mark.parametrize("text", ["", "?!", "🔥🔥"])
def test_a_text_without_words_has_a_vector_all_the_same(
    packaged: SentenceEmbedder, text: str
) -> None:
    assert float((packaged.encode([text])[0] ** 2).sum()) == pytest.approx(1, abs=1e-3)


def test_both_precisions_say_nearly_the_same(packaged: SentenceEmbedder) -> None:
    text = ["the photo backup waits for wifi although there is one"]
    faster = sentence.bfloat16_is_faster("cpu")
    other = Options(dtype="float32") if faster else Options(dtype="bfloat16")
    rows = build(other).encode(text)
    assert float(rows[0] @ packaged.encode(text)[0]) > 0.999
