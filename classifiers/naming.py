"""What an issue is called and how it is explained: title, key phrases and quotes of the users.

Apart because these are words for people, chosen from what people wrote: nothing is made up here.

Source of the phrases: class-based tf-idf (Grootendorst, https://arxiv.org/abs/2203.05794) of the
issue's posts against the background.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LONGEST_TEXT, MOST_WORDS = 2_000, 20_000
"""Bounds in characters and in words on what is looked at: strangers choose the length."""
TITLE_MAX, TITLE_MIN, QUOTE_MAX, QUOTES, PHRASES = 80, 15, 280, 3, 5
TITLE_FROM = 8
"""So many of the most central posts may give the title."""
OWN_TITLE, CUT_SHORT = 1.5, 0.8
"""A topic's title was written to be one, and a sentence without its end reads badly: how much more,
and how much less, they weigh than other sentences."""
SHORT = 3
"""Added to the number of words, so that two words that all share do not beat a sentence."""
PAIRS = frozenset({'""', "''", "“”", "„“", "«»", "()"})

_NOISE = re.compile(
    r"```[\s\S]*?```|<[^<>]{1,200}>|https?://\S+|www\.\S+|(?<!\w)[@#](?=\w)"
    r"|^[ \t]*>.*$|[*_`~|\[\]{}]+",
    re.MULTILINE,
)
_SHORTENED = "".join(rf"(?<!\b{word}\.)" for word in ("No", "no", "Nr", "nr", "vs", "e.g", "i.e"))
_END = re.compile(rf"(?<=[.!?…]){_SHORTENED}\s+|\n+")
_CALLED = re.compile(r"\s*(?:@[\w.-]+[,:]?\s+)+")
"""Whom a post speaks to, at its beginning."""
_TOKEN = r"(?u)[^\W_][\w'’.-]*[^\W_]|\w"  # noqa: S105  # a pattern of words, no password


@dataclass(frozen=True)
class Told:
    """A post as far as it is shown to people."""

    post_id: str
    text: str
    title: str | None = None
    author: str | None = None
    source: str | None = None
    url: str | None = None
    lang: str | None = None


@dataclass(frozen=True)
class Quote:
    """A few words of one post."""

    post_id: str
    text: str
    url: str | None = None

    def as_json(self) -> dict[str, str | None]:
        """Give the shape people's scripts rely on."""
        return {"post_id": self.post_id, "text": self.text, "url": self.url}


@dataclass(frozen=True)
class Explanation:
    """How an issue is shown."""

    title: str
    key_phrases: tuple[str, ...]
    quotes: tuple[Quote, ...]


def explain(
    told: Sequence[Told],
    background: Sequence[str] = (),
    vectors: NDArray[np.float32] | None = None,
) -> Explanation:
    """Explain an issue by its posts.

    Args:
        told: the posts, earliest first.
        background: texts of other posts, that phrases must stand out from.
        vectors: (n, d) unit rows of the posts; without them words tell which post is central.
    """
    return Explanation(
        title=title_of(told, background, vectors),
        key_phrases=key_phrases([_whole(post) for post in told], background),
        quotes=quotes_of(told, vectors),
    )


def title_of(
    told: Sequence[Told],
    background: Sequence[str] = (),
    vectors: NDArray[np.float32] | None = None,
    language: str | None = None,
) -> str:
    """Give the sentence that says best what the posts share: at most 80 characters, as written.

    Sentences of the most central posts are weighed by how many posts use each of their words, and
    by how rare the word is elsewhere; the length counts against them, so that a story does not win
    by its many words. Of equals the one of the more central post is taken, in a post the first.

    Args:
        told: the posts.
        background: texts of other posts.
        vectors: as in explain.
        language: that of those who read it; posts in another one give the title only where no
            post is in it.
    """
    if not told:
        return ""
    order = np.argsort(-centrality(told, vectors), kind="stable").tolist()
    read = [place for place in order if language and told[place].lang == language]
    sentences = [one for place in (read or order)[:TITLE_FROM] for one in _sentences(told[place])]
    if not sentences:
        return shortened(cleaned(_whole(told[0])) or "untitled", TITLE_MAX)
    weight = _weights([_whole(post) for post in told], background)
    best = max(sentences, key=lambda one: one.fit * _meaning(one.words, weight)).words
    return shortened(best[:1].upper() + best[1:].rstrip("."), TITLE_MAX)


def _weights(texts: Sequence[str], background: Sequence[str]) -> Mapping[str, float]:
    """Weigh words: how many other texts use it too, times its inverse frequency elsewhere."""
    inside = Counter(word for text in texts for word in _content_words(text))
    outside = Counter(word for text in background for word in _content_words(text))
    among = len(background) + 1
    return {
        word: (times - 1) * math.log1p(among / (1 + outside[word]))
        for word, times in inside.items()
    }


def _meaning(sentence: str, weight: Mapping[str, float]) -> float:
    words = _content_words(sentence)
    return sum(weight.get(word, 0.0) for word in words) / math.sqrt(len(words) + SHORT)


def _content_words(text: str) -> set[str]:
    """The words of a text that carry meaning: no English stop word, no number."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    words = set(re.findall(_TOKEN, cleaned(text).casefold())) - ENGLISH_STOP_WORDS
    return {word for word in words if not word[0].isdigit()}


def quotes_of(
    told: Sequence[Told], vectors: NDArray[np.float32] | None = None
) -> tuple[Quote, ...]:
    """Choose up to three quotes: central ones, of different authors and places where there are."""
    near = centrality(told, vectors)
    left = [place for place, post in enumerate(told) if cleaned(post.text)]
    chosen: list[int] = []
    while left and len(chosen) < QUOTES:
        best = max(left, key=lambda place: (*_freshness(told, chosen, place), near[place], -place))
        chosen.append(best)
        left.remove(best)
    return tuple(
        Quote(told[p].post_id, shortened(cleaned(told[p].text), QUOTE_MAX), told[p].url)
        for p in chosen
    )


def _freshness(told: Sequence[Told], chosen: Sequence[int], place: int) -> tuple[bool, bool, bool]:
    post, others = told[place], [told[other] for other in chosen]
    words = cleaned(post.text).casefold()
    return (
        all(cleaned(other.text).casefold() != words for other in others),
        post.author is None or all(other.author != post.author for other in others),
        post.source is None or all(other.source != post.source for other in others),
    )


def key_phrases(texts: Sequence[str], background: Sequence[str]) -> tuple[str, ...]:
    """Give up to five phrases of one or two words that these texts use more than others do.

    Weight: posts with the phrase, times log(1 + A / f), where f is how often the phrase occurs
    anywhere and A the mean number of phrases in a class.
    """
    from sklearn.feature_extraction.text import CountVectorizer

    documents = [cleaned(text) for text in (*texts, *background)]
    words = CountVectorizer(
        ngram_range=(1, 2),
        stop_words="english",
        token_pattern=_TOKEN,
        binary=True,
        max_features=MOST_WORDS,
    )
    try:
        counts = words.fit_transform(documents)
    except ValueError:  # nothing but stop words
        return ()
    inside = np.asarray(counts[: len(texts)].sum(axis=0)).ravel()
    total = np.asarray(counts.sum(axis=0)).ravel()
    weight = inside * np.log1p(total.sum() / 2.0 / total)
    weight[inside < min(2, len(texts))] = 0.0
    names = words.get_feature_names_out()
    # Two words that always come together say more than either.
    weight *= np.array([1.3 if " " in name else 1.0 for name in names])
    ranked = [
        str(names[place]) for place in np.argsort(-weight, kind="stable") if weight[place] > 0
    ]
    return _without_parts(ranked)


def _without_parts(ranked: Sequence[str]) -> tuple[str, ...]:
    """Leave out phrases that share a word with a better one, and bare numbers."""
    chosen: list[str] = []
    used: set[str] = set()
    for phrase in ranked:
        parts = set(phrase.split())
        if parts & used or not any(letter.isalpha() for letter in phrase):
            continue
        chosen.append(phrase)
        used |= parts
        if len(chosen) == PHRASES:
            break
    return tuple(chosen)


def centrality(
    told: Sequence[Told], vectors: NDArray[np.float32] | None = None
) -> NDArray[np.float64]:
    """Mean similarity of each post to all of them, by vectors or else by words."""
    if not told:
        return np.zeros(0)
    if vectors is None:
        return _likeness_of_words([cleaned(_whole(post)) for post in told])
    return np.asarray(vectors @ vectors.mean(axis=0), dtype=np.float64)


def _likeness_of_words(texts: Sequence[str]) -> NDArray[np.float64]:
    """Mean likeness of each text to all of them; sparse, as strangers choose the vocabulary."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = TfidfVectorizer(
        stop_words="english", token_pattern=_TOKEN, max_features=MOST_WORDS, dtype=np.float32
    )
    try:
        rows = words.fit_transform(texts)
    except ValueError:  # nothing but stop words
        return np.ones(len(texts))
    return np.asarray(rows @ np.asarray(rows.mean(axis=0)).ravel(), dtype=np.float64)


def cleaned(text: str) -> str:
    """Take links, markup, quotes of others and mention signs out; one space between words.

    Of a very long text only the beginning is looked at: nobody reads an issue's title from there.
    """
    text = text[:LONGEST_TEXT]
    return " ".join(_NOISE.sub(" ", text).split())


def shortened(text: str, longest: int) -> str:
    """Cut at a word, with an ellipsis inside the length.

    Example: shortened("one two three", 8) gives "one two…".
    """
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    head, space, _ = cut.rpartition(" ")
    whole = text[longest - 1] == " " or not space or len(head) < longest // 2
    return (cut if whole else head).rstrip(" ,;:.-–—") + "…"


@dataclass(frozen=True)
class _Sentence:
    """What could be a title, and how fit its form is for one."""

    words: str
    fit: float


def _sentences(post: Told) -> list[_Sentence]:
    """The sentences that can stand alone, else the longer ones; a topic's title is the first."""
    text = _CALLED.sub("", post.text[:LONGEST_TEXT], count=1) if post.text[:1] == "@" else post.text
    parts = [post.title or "", *_END.split(_NOISE.sub(" ", text[:LONGEST_TEXT]))]
    clean = [_unwrapped(" ".join(part.split())) for part in parts]
    good = [
        _Sentence(part, 1.0 if place else OWN_TITLE)
        for place, part in enumerate(clean)
        if TITLE_MIN <= len(part) <= TITLE_MAX and " " in part
    ]
    return good or [_Sentence(part, CUT_SHORT) for part in clean if len(part) > TITLE_MAX][:1]


def _unwrapped(sentence: str) -> str:
    """Take off the marks around a sentence, and quotation marks where they hold all of it."""
    sentence = sentence.strip(" -–—:;,")
    inner = sentence[1:-1]
    if sentence[:1] + sentence[-1:] in PAIRS and not set(inner) & set('"“”'):
        return inner.strip()
    return sentence


def _whole(post: Told) -> str:
    return f"{post.title}\n{post.text}" if post.title else post.text
