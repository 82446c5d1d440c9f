"""What two posts share that needs no model."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.evidence import evidence_vector, features

DIM = 384


def near(one: str, other: str) -> float:
    return float(evidence_vector(one, DIM) @ evidence_vector(other, DIM))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Seit heute Fehler 4012 beim Speichern.", "Bei mir auch Fehlercode 4012, nichts geht!"),
        ("Meldung „Zugriff verweigert“ am Morgen", "immer wieder «Zugriff verweigert» hier"),
        ("El código WD-1180 aparece siempre", "¿Qué significa WD-1180?"),
        ("Voir https://www.example.org/aide/12", "c'est pareil: http://example.org/aide/12/ merci"),
        ("エラー E4012 が出ます", "更新後に E4012 と表示される"),
    ],
)
def test_posts_that_name_the_same_thing_are_near(one: str, other: str) -> None:
    assert near(one, other) > 0.6


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("La aplicación no guarda mis fotos desde ayer", "¿Cómo puedo cambiar mi contraseña?"),
        ("Die App speichert meine Fotos nicht mehr", "Der Ton bricht nach Sekunden ab"),
        ("Fehler 4012 beim Speichern", "Fehler 5077 beim Speichern der Datei"),
        ("Im Jahr 2026 gekauft und zufrieden", "Seit 2026 geht nichts mehr, schade"),
        ("", "irgendetwas ganz anderes"),
    ],
)
def test_posts_that_share_only_their_language_are_far_apart(one: str, other: str) -> None:
    assert near(one, other) < 0.4


def test_two_codes_in_a_long_log_weigh_less_than_one_alone() -> None:
    log = " ".join(f"E{number}" for number in range(4000, 4060))
    assert near(f"{log} Absturz", "E4001 Neustart nötig") < near("E4001 Absturz", "E4001 Neustart")


def test_a_copy_with_a_word_more_is_still_found_as_one() -> None:
    text = "Meine Heizung bleibt seit dem letzten Update kalt und niemand beim Support antwortet"
    assert near(text, text + " hallo") > 0.8


@given(st.text(max_size=300))
def test_any_text_has_a_vector_of_length_one_that_is_the_same_again(text: str) -> None:
    vector = evidence_vector(text, 64)
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-4)
    assert np.array_equal(vector, evidence_vector(text, 64))
    names = [name for name, _ in features(text)]
    assert len(names) == len(set(names))
