"""Short posts are called their own language or none at all."""

import pytest

from listener.reading.language import detect_language

# In people's own manner: typos, product words, no verbs.
ENGLISH = [
    "App crashes on start",
    "Same here",
    "Login loop after update",
    "can't log in",
    "Upload stuck at 99%",
    "still broken on Android",
    "Dark mode pls",
    "any news on this?",
    "export gives an empty file",
    "server down?",
    "Notifications don't arrive",
    "lost all my notes!!!",
    "white screen",
    "battery drain after the update",
    "It ate my photos",
    "Video stutters",
    "sign in with Google fails",
    "No sound in calls",
    "password reset email never comes",
    "Tray icon gone after installing the deb package",
    "map tiles do not load",
    "garbled text in PDF export",
    "Import hangs at 3 percent",
    "Anyone else?",
    "Billing page blank",
    "+1",
    "v5.0.4, C:\\Users\\me\\AppData\\Fern, error E_CONN_RESET",
]
OTHERS = [
    ("de", "Die App stürzt beim Start ab"),
    ("de", "Anmeldung geht seit dem Update nicht mehr"),
    ("fr", "L'application plante au démarrage"),
    ("es", "La aplicación se cierra sola después de actualizar"),
    ("it", "Non riesco più ad accedere dopo l'aggiornamento"),
    ("pt", "O aplicativo trava depois da atualização"),
    ("nl", "De app loopt vast na de update"),
    ("sv", "Appen kraschar efter uppdateringen"),
    ("pl", "Aplikacja zawiesza się po aktualizacji"),
    ("ru", "Приложение вылетает после обновления"),
    ("tr", "Uygulama güncellemeden sonra çöküyor"),
    ("ja", "アップデート後にアプリが落ちます"),
    ("zh", "更新后应用程序崩溃"),
    ("ko", "업데이트 후 앱이 충돌합니다"),
    ("ar", "التطبيق يتعطل بعد التحديث"),
]


@pytest.mark.parametrize("text", ENGLISH)
def test_short_english_is_never_called_another_language(text: str) -> None:
    assert detect_language(text) in {"en", None}


def test_most_short_english_is_recognised() -> None:
    assert sum(detect_language(text) == "en" for text in ENGLISH) > len(ENGLISH) / 4


@pytest.mark.parametrize(("code", "text"), OTHERS)
def test_other_languages_are_recognised(code: str, text: str) -> None:
    assert detect_language(text) == code


@pytest.mark.parametrize(
    "text", ["", "ok", "???", "https://x.org/the/update/crashes", "```\nthe code\n```"]
)
def test_what_says_nothing_has_no_language(text: str) -> None:
    assert detect_language(text) is None


def test_an_address_does_not_make_a_post_english() -> None:
    text = "Die App stürzt ab: https://example.org/this/is/the/address/of/an/english/page"
    assert detect_language(text) == "de"
