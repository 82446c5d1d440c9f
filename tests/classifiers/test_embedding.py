"""Tests of batching and of the caches."""

from pathlib import Path

import numpy as np
import pytest

from classifiers.embedding import FolderCache, MemoryCache, VectorCache, embed, text_hash
from tests.classifiers.invented import WordEmbedder

TEXTS = ["one two", "three", "one two", "", "a lone surrogate \ud800", "five six seven"]


@pytest.fixture(params=["memory", "folder"])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> VectorCache:
    return MemoryCache() if request.param == "memory" else FolderCache(tmp_path)


def test_rows_are_unit_and_in_the_order_of_the_texts() -> None:
    rows = embed(TEXTS, WordEmbedder())
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-3)
    for text, row in zip(TEXTS[:4], rows, strict=False):
        assert row == pytest.approx(WordEmbedder().encode([text])[0], abs=2e-3)


def test_equal_texts_are_embedded_once_and_known_ones_never(cache: VectorCache) -> None:
    embedder = WordEmbedder()
    first = embed(TEXTS, embedder, cache)
    assert len(embedder.texts_seen) == 5
    again = embed([*TEXTS, "new"], embedder, cache)
    assert embedder.texts_seen[5:] == ["new"]
    assert again[:-1].tobytes() == first.tobytes()


def test_another_model_has_its_own_vectors(cache: VectorCache) -> None:
    first, other = WordEmbedder(), WordEmbedder()
    other.model_id = "other"
    embed(TEXTS, first, cache)
    embed(TEXTS, other, cache)
    assert len(other.texts_seen) == 5


def test_a_folder_keeps_vectors_for_the_next_process(tmp_path: Path) -> None:
    first = embed(TEXTS, WordEmbedder(), FolderCache(tmp_path))
    embedder = WordEmbedder()
    again = embed(TEXTS, embedder, FolderCache(tmp_path))
    assert embedder.texts_seen == []
    assert again.tobytes() == first.tobytes()
    assert {path.suffix for path in tmp_path.rglob("*") if path.is_file()} == {".npz"}


def test_progress_counts_texts_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    embed(TEXTS, WordEmbedder(), progress=lambda done, total: told.append((done, total)))
    assert told == [(5, 5)]


def test_no_texts_give_no_rows() -> None:
    assert embed([], WordEmbedder()).shape == (0, 32)


def test_a_text_has_one_hash() -> None:
    assert text_hash("").startswith("e3b0c442")
    assert text_hash("a") != text_hash("A")
