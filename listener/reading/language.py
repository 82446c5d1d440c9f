"""Which language a post is written in, or that it cannot be told.

Apart because it loads a library of its own, lazily and once. The answer decides whether the model
may judge a post, so it errs towards "cannot be told": a short English post called Dutch would make
the operator distrust everything else.
"""

import re
import threading
from functools import cache
from typing import Final

from lingua import IsoCode639_1, LanguageDetector, LanguageDetectorBuilder

LANGUAGES: Final = (
    "ar", "cs", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv", "tr", "zh"
)  # fmt: skip
"""The languages told apart; each further one makes short texts less certain."""
MIN_LETTERS: Final = 12
"""Fewer letters of an alphabet say nothing."""
MIN_GAP: Final = 0.25
"""By how much the first language must be ahead of the second, of a whole of 1."""
MAX_LETTERS: Final = 1_000

_NOT_PROSE: Final = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]*`|https?://\S+|\bwww\.\S+|\S+@\S+|[@#]\w+|[\w.-]*[/\\][\w./\\-]+"
    r"|\b\w*\d\w*\b|\b[A-Z0-9_]{3,}\b|\b\w+\.\w+\b",
    re.DOTALL,
)
_IDEOGRAPHS: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

_guard = threading.Lock()


def detect_language(text: str) -> str | None:
    """Return the ISO 639-1 code of the text's language; None when it is short or uncertain.

    Addresses, code, names of files and words with digits are left out: they are English
    everywhere.
    """
    prose = " ".join(_NOT_PROSE.sub(" ", text[: 4 * MAX_LETTERS]).split())[:MAX_LETTERS]
    # Enough of them at the beginning is all that is asked; most posts have many more.
    letters = sum(map(str.isalpha, prose[: 10 * MIN_LETTERS]))
    letters = letters if letters >= MIN_LETTERS else sum(map(str.isalpha, prose))
    # One ideograph says about as much as three letters.
    if letters + 2 * len(_IDEOGRAPHS.findall(prose)) < MIN_LETTERS:
        return None
    values = _detector().compute_language_confidence_values(prose)
    first, second = values[0], values[1]
    if first.value - second.value < MIN_GAP:
        return None
    return first.language.iso_code_639_1.name.lower()


def _detector() -> LanguageDetector:
    # Two threads that ask at once would each load the models.
    with _guard:
        return _built()


@cache
def _built() -> LanguageDetector:
    codes = [IsoCode639_1.from_str(code) for code in LANGUAGES]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).build()
