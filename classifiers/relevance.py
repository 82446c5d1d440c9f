"""What sort of post it is: problem, question, request, praise, spam, off topic or something else.

Apart because it weighs and never gates: a wrong guess may change an order, not whether a problem is
seen. It needs no training data but the seed sentences below, which are our own.
"""

from collections.abc import Callable, Sequence
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from classifiers.copies.brigading import GLAD, LEVEL, OUTRAGE, contrast, likeness, understood

Kind = Literal["problem", "question", "request", "praise", "spam", "off_topic", "other"]

SEEDS: dict[Kind, tuple[str, ...]] = {
    "problem": (
        "Since the update it crashes every time I open it.",
        "It stopped working this morning and nothing helps.",
        "I can't log in any more, it says wrong password although it is right.",
        "My files are gone after the sync.",
        "Everything is down here, the page does not load.",
        "The sound cuts out after a few seconds.",
        "I get error 500 whenever I try to save.",
        "The button does nothing when I press it.",
        "It drains my battery since the last version.",
        "I was charged twice for the same month.",
        "Notifications arrive hours late or not at all.",
        "It is so slow now that I cannot use it.",
        "The screen stays black after I start it.",
        "It keeps disconnecting from the wifi.",
        "The wrong temperature is shown and the schedule is ignored.",
        "Same problem here, broken for two days.",
    ),
    "question": (
        "How do I change my e-mail address?",
        "Where can I find the settings for this?",
        "Does anyone know whether it works with the older model?",
        "What does this symbol mean?",
        "Is there a way to export everything?",
        "Can I use it on two devices at the same time?",
        "Which plan do I need for a family of four?",
        "When does the subscription renew?",
        "Is it possible to turn this off?",
        "Has anybody tried this with a tablet?",
    ),
    "request": (
        "Please add a dark mode.",
        "It would be great if we could sort the list by date.",
        "I wish there were a way to share a folder with a link.",
        "Feature request: let us choose the default view.",
        "Would love to see support for more languages.",
        "Could you bring back the old layout as an option?",
        "My suggestion is a shortcut for this.",
        "You should let people undo this.",
    ),
    "praise": (
        "I love this app, it does exactly what I need.",
        "Great work, thank you so much!",
        "Five stars, highly recommended.",
        "Support answered within minutes, very kind.",
        "Works perfectly, best purchase this year.",
        "The new version is wonderful, well done.",
        "It just works. Thanks to the whole team.",
        "Really happy with it after three months.",
    ),
    "spam": (
        "Earn money from home, five hundred dollars a day, click here!",
        "Cheap followers and likes, visit our site now.",
        "Use my promo code for a huge discount.",
        "Contact this expert on messenger, he recovered my lost crypto coins.",
        "Hot singles in your area are waiting for you.",
        "Best casino bonus, sign up today.",
        "Buy original medicine online without prescription.",
        "Subscribe to my channel and win a free phone.",
    ),
    "off_topic": (
        "Who do you think will win the election?",
        "The government should be ashamed of itself.",
        "What a match yesterday, that referee was blind.",
        "It has been raining here for a week.",
        "Boycott this company, they paid for that cruel event.",
        "Has anyone seen the new series everybody talks about?",
        "I had pasta for lunch and it was excellent.",
        "Their shares fell again, sell while you can.",
    ),
}
"""Sentences as people write them, a few for each kind."""

MATTERS: tuple[Kind, ...] = ("problem", "question", "request")
"""Kinds of which a burst is an issue."""

UNSURE = 0.18
"""Below this mean cosine a post is like none of the seeds."""

ASKING = 0.06
"""What a question mark is worth as cosine, for questions and against problems."""


class Encoder(Protocol):
    """As much of an embedder as is needed here."""

    @property
    def encode(self) -> Callable[[list[str]], NDArray[np.float32]]:
        """Texts to (n, d) unit rows."""
        ...


class Worded(Protocol):
    """As much of an arrival as is needed here."""

    @property
    def words(self) -> str:
        """Title and text."""
        ...


class KindJudge:
    """Knows the seeds in the space of one embedder."""

    def __init__(self, embedder: Encoder) -> None:
        self._kinds: list[Kind] = list(SEEDS)
        self._seeds = [embedder.encode(list(SEEDS[kind])) for kind in self._kinds]
        self._outrage = embedder.encode(list(OUTRAGE))
        self._matters = [self._seeds[self._kinds.index(kind)] for kind in MATTERS]
        self._praise = self._seeds[self._kinds.index("praise")]
        self._understood = understood(self._outrage, self._matters)

    def kinds(self, posts: Sequence[Worded], vectors: NDArray[np.float32]) -> list[Kind]:
        """Say of each post what sort it is.

        Args:
            posts: the posts.
            vectors: (n, d) unit rows, one a post.
        """
        return self.named(self.scores(posts, vectors)) if posts else []

    @property
    def names(self) -> list[Kind]:
        """The kinds in the order of the scores."""
        return self._kinds

    @property
    def middle(self) -> NDArray[np.float32]:
        """(d,) mean of all seeds: what posts share whatever they are about."""
        return np.asarray(np.concatenate(self._seeds).mean(axis=0), dtype=np.float32)

    def scores(self, posts: Sequence[Worded], vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give (n, kinds) how much each post is like the seeds of each kind, as cosines."""
        scores = np.stack([likeness(vectors, seeds) for seeds in self._seeds], axis=1)
        asks = np.array([post.words.rstrip().endswith("?") for post in posts])
        scores[:, self._kinds.index("question")] += ASKING * asks
        scores[:, self._kinds.index("problem")] -= ASKING * asks
        return np.asarray(scores)

    def named(self, scores: NDArray[np.float32]) -> list[Kind]:
        """Name the best kind of each row; a post like none of the seeds is something else."""
        best = scores.argmax(axis=1)
        sure = scores.max(axis=1) >= UNSURE
        return [self._kinds[k] if s else "other" for k, s in zip(best, sure, strict=True)]

    def is_brigade(self, rows: NDArray[np.float32]) -> bool:
        """Say whether a wave of posts is outrage rather than any matter of the product.

        Args:
            rows: (n, d) unit rows of its posts.
        """
        return self._understood and contrast(rows, self._outrage, self._matters) >= LEVEL

    def is_praise(self, rows: NDArray[np.float32]) -> bool:
        """Say whether a wave of posts is praise rather than any matter of the product.

        Args:
            rows: (n, d) unit rows of its posts.
        """
        return self._understood and contrast(rows, self._praise, self._matters) >= GLAD
