"""Which posts are about the product: a small language of phrases, AND, OR, NOT and parentheses.

    fernsync OR "fern sync"                 either phrase
    fernsync (upload OR sync) -job          words side by side must all stand there; - is NOT

Pure. A phrase stands in a text when its words follow one another there, whatever stands between
them (``fern-sync``, ``Fern  Sync``), letter case and accents aside. A word ends where the text's
word ends, so ``fern`` does not find ``fernweh``; ``fern*`` does.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from config.errors import SettingsError

MAX_LENGTH: Final = 2_000
MAX_LEVELS: Final = 20

_TOKEN: Final = re.compile(
    r'\s*(?:(?P<mark>[()])|(?P<minus>-(?=[\w"(]))|"(?P<phrase>[^"]*)"|(?P<word>[^\s()"]+))'
)
_WORD: Final = re.compile(r"\w+")

Test = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Query:
    """A query made ready; see ``compile_query``."""

    _matches: Test | None
    _names: Test | None
    _ignored: Test | None

    def matches(self, text: str) -> bool:
        """Whether the query itself takes the text; an empty one takes every text."""
        return self._matches is None or self._matches(_folded(text))

    def about(self, text: str) -> bool:
        """Whether the text is about the product.

        The query must take it. A text with one of the ignored terms (a rival, a namesake) is
        about something else, unless it also names the product: "switched from Rival to Ours, now
        Ours crashes" is ours, "Rival is down again" in our own forum is not.
        """
        folded = _folded(text)
        if self._matches is not None and not self._matches(folded):
            return False
        if self._ignored is None or not self._ignored(folded):
            return True
        return self._names is not None and self._names(folded)


def compile_query(text: str, *, names: Iterable[str] = (), ignore: Iterable[str] = ()) -> Query:
    """Make a product's query ready.

    Args:
        text: the query; empty takes every post.
        names: the product's name and aliases, which rescue a post from the ignored terms.
        ignore: terms that mark a post as being about something else.

    Raises:
        SettingsError: the query cannot be read; says where and what to write instead.
    """
    if len(text) > MAX_LENGTH:
        raise SettingsError(f"query: longer than {MAX_LENGTH} characters; shorten it")
    tokens = _tokens(text)
    query = _Parser(text, tokens).whole() if tokens else None
    return Query(query, _any_of(names), _any_of(ignore))


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    """One of ``( ) AND OR NOT phrase``."""
    text: str
    at: int
    """1-based place in the query."""


class _Parser:
    """Reads NOT before AND before OR, as in most search boxes."""

    def __init__(self, text: str, tokens: Sequence[_Token]) -> None:
        self._text = text
        self._tokens = tokens
        self._next = 0
        self._level = 0

    def whole(self) -> Test:
        test = self._either()
        if self._kind() == ")":
            raise self._mistake('this ")" closes nothing; remove it')
        return test

    def _kind(self) -> str:
        return self._tokens[self._next].kind if self._next < len(self._tokens) else ""

    def _either(self) -> Test:
        tests = [self._all()]
        while self._kind() == "OR":
            self._next += 1
            tests.append(self._all())
        return tests[0] if len(tests) == 1 else lambda text: any(test(text) for test in tests)

    def _all(self) -> Test:
        tests = [self._one()]
        while self._kind() not in {"", "OR", ")"}:
            if self._kind() == "AND":
                self._next += 1
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda text: all(test(text) for test in tests)

    def _one(self) -> Test:
        kind = self._kind()
        if kind == "NOT":
            self._next += 1
            self._deeper()
            test = self._one()
            self._level -= 1
            return lambda text: not test(text)
        if kind == "(":
            return self._group()
        if kind != "phrase":
            raise self._mistake("a word or a phrase in quotes should stand here")
        phrase = self._tokens[self._next].text
        pattern = _pattern(phrase)
        if pattern is None:
            raise self._mistake("this holds no letter or digit; write a word")
        self._next += 1
        return lambda text: pattern.search(text) is not None

    def _group(self) -> Test:
        opened = self._next
        self._next += 1
        self._deeper()
        test = self._either()
        self._level -= 1
        if self._kind() != ")":
            self._next = opened
            raise self._mistake('this "(" is never closed; add a ")"')
        self._next += 1
        return test

    def _deeper(self) -> None:
        self._level += 1
        if self._level > MAX_LEVELS:
            raise self._mistake(f"nested deeper than {MAX_LEVELS} levels; write it flatter")

    def _mistake(self, remedy: str) -> SettingsError:
        ended = self._next >= len(self._tokens)
        at = len(self._text.rstrip()) + 1 if ended else self._tokens[self._next].at
        where = "at its end" if ended else f"at character {at}"
        return SettingsError(f"query {self._text!r}, {where}: {remedy}")


def _tokens(text: str) -> list[_Token]:
    if text.count('"') % 2:
        at = text.rindex('"') + 1
        raise SettingsError(
            f"query {text!r}, at character {at}: this quote is never closed; add one"
        )
    tokens: list[_Token] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        at = match.start(kind) + 1
        word = match[kind]
        if kind == "mark" or word in {"AND", "OR", "NOT"}:
            tokens.append(_Token(word if kind != "phrase" else "phrase", word, at))
        else:
            tokens.append(_Token("NOT" if kind == "minus" else "phrase", word, at))
    return tokens


def _any_of(terms: Iterable[str]) -> Test | None:
    """Return a test for any of the terms in one pass; None when there is none."""
    patterns = [pattern.pattern for term in terms if (pattern := _pattern(term))]
    if not patterns:
        return None
    joined = re.compile("|".join(patterns))
    return lambda text: joined.search(text) is not None


def _pattern(phrase: str) -> re.Pattern[str] | None:
    words = _WORD.findall(_folded(phrase))
    if not words:
        return None
    # Scripts without spaces have no word ends inside a sentence.
    start = r"\b" if words[0].isascii() else ""
    end = r"\b" if words[-1].isascii() and not phrase.rstrip().endswith("*") else ""
    return re.compile(start + r"[\W_]{0,3}".join(re.escape(word) for word in words) + end)


def _folded(text: str) -> str:
    """Return the text in lower case, full-width letters plain, accents gone."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))
