import pytest

from responders.voice.words.empty_words import telling


@pytest.mark.parametrize(
    ("piece", "count"),
    [
        ("It happens on every page", 1),
        ("Same here, it does this since the update", 0),
        ("Why is it like this", 0),
        ("Hallo zusammen, vielen Dank im Voraus", 0),
        ("Das ist es bei mir auch so", 0),
        ("C'est pareil chez moi", 0),
        ("Hola, me pasa lo mismo", 0),
        ("Olá, comigo é a mesma coisa", 0),
        ("The cart forgets my items", 3),
        ("Der Drucker druckt leere Seiten", 4),
        ("同じです", 1),
        ("アプリを開くと画面が真っ白になります", 4),
        ("", 0),
    ],
)
def test_only_words_that_say_what_is_wrong_count(piece: str, count: int) -> None:
    assert telling(piece) == count


def test_a_word_said_twice_says_it_once() -> None:
    assert telling("printer printer PRINTER") == 1
