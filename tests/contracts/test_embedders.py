"""The contract every embedder keeps, our own stand-in of the tests included."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from classifiers.embedders.base import Embedder
from classifiers.embedders.sentence import Options, SentenceEmbedder, build
from config.plugins import names, options_of
from tests.classifiers.embedders.tiny import make_model
from tests.classifiers.invented import WordEmbedder

TEXTS = ["the app crashes on start", "how do i pay .", "", "the app crashes on start", "日本語 🔥"]


@pytest.fixture(params=["packaged", "folder", "words"])
def embedder(request: pytest.FixtureRequest, tmp_path: Path) -> Embedder:
    makers: dict[str, Callable[[], Embedder]] = {
        "packaged": lambda: _packaged(request),
        "folder": lambda: build(Options(model=str(make_model(tmp_path)))),
        "words": WordEmbedder,
    }
    return makers[str(request.param)]()


def _packaged(request: pytest.FixtureRequest) -> SentenceEmbedder:
    found: SentenceEmbedder = request.getfixturevalue("packaged")
    return found


def test_rows_are_unit_float32_in_the_order_of_the_texts(embedder: Embedder) -> None:
    assert isinstance(embedder, Embedder)
    rows = embedder.encode(TEXTS)
    assert rows.shape == (len(TEXTS), embedder.dim)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)
    assert float(rows[0] @ rows[3]) > 0.999  # equal texts; half precision rounds by the row
    assert rows[0] @ rows[1] < 0.999


def test_a_text_has_one_vector_whatever_stands_beside_it(embedder: Embedder) -> None:
    alone = embedder.encode(TEXTS[:1])[0]
    assert float(alone @ embedder.encode(TEXTS)[0]) > 0.9995


def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    assert embedder.encode([]).shape == (0, embedder.dim)


def test_the_model_has_a_name_and_says_what_it_can_judge(embedder: Embedder) -> None:
    assert embedder.model_id
    assert embedder.languages is None or embedder.languages


def test_every_kind_has_options_with_defaults() -> None:
    for kind in names("classifiers.embedders"):
        assert options_of("classifiers.embedders", kind)()
