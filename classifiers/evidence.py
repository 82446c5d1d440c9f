"""What two posts share that needs no model: error texts, codes, versions, links and rare words.

For a post in a language that the model does not know. The model would put it beside whatever is
written in that language, so its vector is made of what it says literally instead: each feature is a
direction of its own, and two posts are as near as the features they share are heavy. Posts that
share nothing are as good as at right angles, so a language alone makes no cluster.

Source: signed random projection of a bag of features, by which the cosine is kept on average
(Achlioptas, https://doi.org/10.1016/S0022-0000(03)00025-4).
"""

import hashlib
import re
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifiers.facts import error_texts

CODE, LINK, VERSION, WORDS, OWN = 3.0, 3.0, 1.5, 1.0, 0.3
"""Weights: of an error text, of an address, of a version, of all words together, and of the part
that no other text has. Two posts that share one code and no word have a cosine of .89."""
MOST_CODES: Final = 4
"""A log pasted whole has hundreds of codes; then each says little."""
LONGEST: Final = 4_000
STEM: Final = 6
"""Letters of a word that count: its ending changes with case and number in most languages."""
SHORTEST: Final = 4
"""Shorter words join sentences together and name nothing, in alphabets."""
FEW_WORDS: Final = 3

_LINK: Final = re.compile(r"https?://(?:www\.)?([^\s<>\"'()]+)", re.IGNORECASE)
_MESSAGE: Final = re.compile(r"[\"“”„«»「『‚‘]([^\"“”„«»「」『』‚‘’\n]{4,80})[\"“”«»」』‘’]")
_CODE: Final = re.compile(
    r"(?<![\w.,:/-])(?=[\w-]*\d)(?=[\w-]*[^\W\d_])[\w-]{3,24}(?![\w.,:/-])|(?<![\w.,:/€$£-])\d{3,6}"
    r"(?![\w.,:/€$£%-])"
)
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_VERSION: Final = re.compile(r"(?<![\w.,:/€$£-])v?(\d{1,4}(?:\.\d{1,5}){1,3})(?![\w€$£%:/]|\.\d)")
_IDEOGRAPH: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_WORD: Final = re.compile(r"[^\W\d_]+")


def evidence_vector(text: str, dim: int) -> NDArray[np.float32]:
    """Make the vector of a text out of what it says literally.

    Args:
        text: title and text.
        dim: numbers in a vector, those of the model.

    Returns:
        (dim,) float32 of length 1, the same on every machine.
    """
    whole = np.zeros(dim, dtype=np.float64)
    for name, weight in features(text[:LONGEST]):
        whole += weight * _direction(name, dim)
    return np.asarray(whole / np.linalg.norm(whole), dtype=np.float32)


def features(text: str) -> Iterator[tuple[str, float]]:
    """Give what a text says literally, each thing once, with its weight.

    Example: "Fehler 4012 seit 5.2.1" has the code "4012", the version "5.2.1" and few words.
    """
    links = {link.rstrip(".,;:!?/").casefold() for link in _LINK.findall(text)}
    said = _LINK.sub(" ", text)
    codes = _codes(said)
    versions = set(_VERSION.findall(said))
    words = _words(said)
    for kind, found, weight in (
        ("link", links, LINK),
        ("code", codes, CODE),
        ("version", versions, VERSION),
    ):
        shared = weight * min(1.0, (MOST_CODES / max(len(found), 1)) ** 0.5)
        yield from ((f"{kind}:{name}", shared) for name in sorted(found))
    yield from ((f"word:{word}", WORDS / len(words) ** 0.5) for word in sorted(words))
    weight = OWN if len(words) >= FEW_WORDS else WORDS
    yield f"own:{' '.join(said.casefold().split())}", weight


def _codes(text: str) -> set[str]:
    """Give error texts, codes and numbers; "Error 4012" and "Fehler 4012" are one code."""
    found = {code.casefold() for code in _CODE.findall(text) if not _YEAR.fullmatch(code)}
    for message in (*error_texts(text), *_MESSAGE.findall(text)):
        numbers = re.findall(r"\d{2,6}", message)
        found.update(numbers or [" ".join(message.casefold().split())])
    return found


def _words(text: str) -> set[str]:
    """Give the beginnings of longer words; of writing without spaces, pairs of characters."""
    found: set[str] = set()
    for run in _IDEOGRAPH.findall(text):
        found.update(run[place : place + 2] for place in range(max(len(run) - 1, 1)))
    for word in _WORD.findall(_IDEOGRAPH.sub(" ", text).casefold()):
        if len(word) >= SHORTEST:
            found.add(word[:STEM])
    return found


def _direction(name: str, dim: int) -> NDArray[np.float64]:
    """Give the direction of a feature: one sign for each number, from a hash of its name."""
    data = hashlib.shake_256(name.encode("utf-8", "replace")).digest((dim + 7) // 8)
    signs = np.unpackbits(np.frombuffer(data, dtype=np.uint8))[:dim]
    return np.asarray((signs * 2.0 - 1.0) / dim**0.5, dtype=np.float64)
