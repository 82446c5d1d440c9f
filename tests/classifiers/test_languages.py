"""The model with its limits: languages it does not know are judged by literal evidence."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from classifiers.arriving import Arrival, Decision
from classifiers.calibration import Knobs
from classifiers.embedders import sentence
from classifiers.embedders.sentence import SentenceEmbedder
from classifiers.embedding import embed
from classifiers.judging import Judge
from classifiers.languages import Bounded, bounded
from classifiers.relevance import SEEDS, KindJudge
from classifiers.replays.history import read_stream
from tests.classifiers.invented import WordEmbedder

TALK = read_stream(Path(__file__).parents[2] / "data/gold/thermostat.jsonl")
"""Eighteen days of talk in English."""
SPANISH = (
    "La aplicación no guarda mis fotos desde ayer por la noche.",
    "¿Cómo puedo cambiar la dirección de correo de mi cuenta?",
    "Me encanta el nuevo diseño, gracias a todo el equipo.",
    "El pago con tarjeta fue rechazado dos veces esta semana.",
    "¿Hay alguna forma de compartir una carpeta con mi familia?",
    "El teléfono se calienta mucho cuando está abierto el mapa.",
    "Ojalá pudiéramos ordenar la lista por fecha.",
    "La traducción al español tiene varias faltas de ortografía.",
    "No encuentro el botón para cerrar la sesión.",
    "El sonido se corta después de unos segundos.",
    "Mi hijo borró el perfil por error, ¿se puede recuperar?",
    "Las notificaciones llegan con varias horas de retraso.",
)
CODE = (
    "Seit heute Morgen kommt Fehler 4012 beim Speichern.",
    "Bei mir auch Fehlercode 4012, nichts geht.",
    "Hallo, was bedeutet 4012? Die Heizung bleibt kalt.",
    "Meldung „4012“ und dann Neustart, jedes Mal.",
    "Kann jemand helfen, Code 4012 im Display.",
    "4012 hier ebenfalls seit dem Aufwachen.",
)


class Remembering(SentenceEmbedder):
    """Embeds no text twice: each test hears the same eighteen days."""

    def __init__(self, model: SentenceEmbedder) -> None:
        vars(self).update(vars(model))
        self._known: dict[str, NDArray[np.float32]] = {}

    def encode(self, texts: list[str]) -> NDArray[np.float32]:
        """Ask the model for those that are new."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, super().encode(new), strict=True))
        return np.stack([self._known[text] for text in texts])


@pytest.fixture(scope="module")
def remembering(packaged: SentenceEmbedder) -> Remembering:
    return Remembering(packaged)


def stream(burst: Sequence[str]) -> list[Arrival]:
    """Talk in English, then these posts, one each quarter of an hour."""
    end = TALK[-1].seen_at + timedelta(hours=1)
    times = [end + timedelta(minutes=15 * n) for n in range(len(burst))]
    return TALK + [
        Arrival(post_id=f"p{n}", text=text, author=f"a{n}", published_at=at, seen_at=at)
        for n, (text, at) in enumerate(zip(burst, times, strict=True))
    ]


def decided(embedder: Bounded | SentenceEmbedder, burst: Sequence[str]) -> list[Decision]:
    """What the judge makes of the last posts."""
    arrivals = stream(burst)
    judge = Judge(Knobs(), None)
    vectors = embed([item.words for item in arrivals], embedder)
    return [judge.take(*pair) for pair in zip(arrivals, vectors, strict=True)][-len(burst) :]


def alerts(decisions: Sequence[Decision]) -> int:
    return sum(found.emergence is not None for found in decisions)


def largest(decisions: Sequence[Decision]) -> int:
    return max(Counter(found.cluster for found in decisions).values())


def test_a_language_alone_is_neither_a_cluster_nor_an_alert(remembering: Remembering) -> None:
    assert alerts(decided(remembering, SPANISH)) > 0  # what the model alone makes of it
    found = decided(bounded(remembering), SPANISH)
    assert alerts(found) == 0
    assert largest(found) == 1


def test_people_who_name_one_code_in_such_a_language_are_found(
    remembering: Remembering,
) -> None:
    found = decided(bounded(remembering), CODE)
    assert alerts(found) == 1
    assert largest(found) == len(CODE)


def test_what_the_model_knows_is_left_to_it(packaged: SentenceEmbedder) -> None:
    texts = ["same here", *(text for seeds in SEEDS.values() for text in seeds)]
    model = bounded(packaged)
    assert model.beyond(texts) == [None] * len(texts)
    assert np.array_equal(model.encode(texts), packaged.encode(texts))
    assert model.beyond(list(SPANISH)) == ["es"] * len(SPANISH)
    assert KindJudge(model).kinds([], np.zeros((0, 384), np.float32)) == []


def test_the_main_language_of_a_product_is_left_to_the_model_all_the_same(
    packaged: SentenceEmbedder,
) -> None:
    model = bounded(packaged, "es")
    assert np.array_equal(model.encode(list(SPANISH)), packaged.encode(list(SPANISH)))
    assert model.beyond([CODE[0], SPANISH[0]]) == ["de", "es"]  # beyond it both are
    assert not np.array_equal(model.encode([CODE[0]]), packaged.encode([CODE[0]]))
    assert len({bounded(packaged, main).model_id for main in ("es", "de", "en", None)}) == 3
    assert bounded(model) is model


def test_a_model_that_knows_them_all_has_no_limits() -> None:
    everything = WordEmbedder()
    everything.languages = None  # type: ignore[assignment]  # as a multilingual one says
    model = bounded(everything)
    assert model.model_id == everything.model_id
    assert model.beyond(list(SPANISH)) == [None] * len(SPANISH)


PAIRS = {
    "upload": "hochladen", "stuck": "hängt", "since": "seit", "update": "aktualisierung",
    "percent": "prozent", "morning": "morgen", "photos": "fotos", "phone": "handy",
    "nothing": "nichts", "helps": "hilft",
}  # fmt: skip


def bilingual(folder: Path) -> Path:
    """A small model in which a word and its translation are the same point."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.normalizers import Lowercase
    from tokenizers.pre_tokenizers import Whitespace

    talk = sorted({word for item in TALK for word in re.findall(r"\w+", item.words.lower())})
    vocabulary = [
        "[UNK]",
        *PAIRS,
        *PAIRS.values(),
        *(w for w in talk if w not in {*PAIRS, *PAIRS.values()}),
    ]
    rows = np.random.default_rng(1).normal(size=(len(vocabulary), 64)).astype(np.float32)
    rows[0] = 0.0
    rows[1 + len(PAIRS) : 1 + 2 * len(PAIRS)] = rows[1 : 1 + len(PAIRS)]
    words = {word: number for number, word in enumerate(vocabulary)}
    tokenizer = Tokenizer(WordLevel(words, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = Lowercase(), Whitespace()
    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=rows)])
    model.save(str(folder))
    return folder


MIXED = (
    "upload stuck since the update", "seit aktualisierung hochladen hängt", "photos upload stuck",
    "hochladen fotos hängt seit morgen", "upload stuck percent nothing helps",
    "hochladen hängt prozent nichts hilft", "phone upload stuck since morning",
    "handy hochladen hängt aktualisierung",
)  # fmt: skip


def test_a_multilingual_model_in_a_folder_finds_one_burst_told_in_two_languages(
    tmp_path: Path,
) -> None:
    model = sentence.build(sentence.Options(model=str(bilingual(tmp_path / "two"))))
    assert model.languages is None
    found = decided(bounded(model), MIXED)
    assert alerts(found) == 1
    opened = next(item for item in found if item.emergence)
    assert opened.emergence
    languages = {int(member[1:]) % 2 for member in opened.emergence.members}
    assert languages == {0, 1}  # told in both from the first
    number = opened.emergence.number
    later = found[found.index(opened) + 1 :]
    assert [item.joins for item in later] == [number] * len(later)


@pytest.mark.parametrize("known", [("en",), ("de", "en")])
def test_a_setting_says_which_languages_a_model_knows(
    tmp_path: Path, known: tuple[str, ...]
) -> None:
    folder = str(bilingual(tmp_path / "two"))
    model = bounded(sentence.build(sentence.Options(model=folder, languages=known)))
    assert model.beyond([CODE[0]]) == [None if "de" in known else "de"]
