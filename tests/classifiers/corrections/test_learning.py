"""What people's verdicts on posts teach."""

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from classifiers.corrections.learning import KINDS, NOT_OURS, LearnedKinds, Taught, shown_kind
from classifiers.embedders.sentence import SentenceEmbedder
from classifiers.relevance import KindJudge

Say = Callable[[str, str], Taught]

POSTS = (
    "After the update the heating stays cold all night.",
    "Heating is cold again since the last update, all night long.",
    "How can I change the name of a room?",
    "Please add a vacation mode for the bathroom.",
    "Great device, thank you very much.",
    "Who else will watch the match tonight?",
    "My schedule is ignored on weekends.",
    "Selling two used valves, cheap, write me a message.",
)
ABOUT_VALVES = "Selling three used valves, cheap, just send me a message."


@dataclass(frozen=True)
class Post:
    words: str


@pytest.fixture(scope="module")
def seeds(packaged: SentenceEmbedder) -> KindJudge:
    return KindJudge(packaged)


@pytest.fixture
def say(packaged: SentenceEmbedder) -> Say:
    def said(text: str, kind: str) -> Taught:
        return Taught(Post(text), packaged.encode([text])[0], kind)

    return said


def kinds(model: LearnedKinds | KindJudge, packaged: SentenceEmbedder, *texts: str) -> list[str]:
    return list(model.kinds([Post(text) for text in texts], packaged.encode(list(texts))))


def test_without_verdicts_everything_is_as_the_seeds_say(
    seeds: KindJudge, packaged: SentenceEmbedder
) -> None:
    rows = Path(__file__).parents[3] / "data/gold/thermostat.jsonl"
    texts = [json.loads(line)["text"] for line in rows.read_text(encoding="utf-8").splitlines()]
    model = LearnedKinds(seeds)
    assert kinds(model, packaged, *texts) == kinds(seeds, packaged, *texts)
    assert all(model.ours(packaged.encode(texts[:9])))


@pytest.mark.parametrize("kind", [*KINDS, NOT_OURS])
@pytest.mark.parametrize("text", POSTS)
def test_one_verdict_holds_for_the_post_itself_and_moves_no_other_subject(
    seeds: KindJudge, packaged: SentenceEmbedder, say: Say, text: str, kind: str
) -> None:
    model = LearnedKinds(seeds, [say(text, kind)])
    assert kinds(model, packaged, text) == [shown_kind(kind)]
    far = [one for one in POSTS if float(np.dot(*packaged.encode([one, text]))) < 0.35]
    assert len(far) >= 5
    assert kinds(model, packaged, *far) == kinds(seeds, packaged, *far)
    assert all(model.ours(packaged.encode(far)))


def test_posts_that_say_the_same_are_taken_so_too(
    seeds: KindJudge, packaged: SentenceEmbedder, say: Say
) -> None:
    assert "praise" not in kinds(seeds, packaged, POSTS[7], ABOUT_VALVES)
    model = LearnedKinds(seeds, [say(POSTS[7], "praise")])
    assert kinds(model, packaged, ABOUT_VALVES) == ["praise"]


def test_what_is_not_ours_takes_its_copies_out_and_no_problem_of_ours(
    seeds: KindJudge, packaged: SentenceEmbedder, say: Say
) -> None:
    model = LearnedKinds(seeds, [say(POSTS[7], NOT_OURS)])
    assert model.ours(packaged.encode([POSTS[7], ABOUT_VALVES])) == [False, False]
    assert all(model.ours(packaged.encode(list(POSTS[:7]))))
    both = LearnedKinds(seeds, [say(POSTS[7], NOT_OURS), say(ABOUT_VALVES, "question")])
    assert both.ours(packaged.encode([ABOUT_VALVES])) == [True]


def test_verdicts_that_contradict_one_another_do_not_flap(
    seeds: KindJudge, packaged: SentenceEmbedder, say: Say
) -> None:
    near = [f"Heating is cold again since the last update, {n} nights now." for n in range(12)]
    seen = []
    for count in range(2, 12):
        taught = [say(text, ("request", "praise")[n % 2]) for n, text in enumerate(near[:count])]
        seen += kinds(LearnedKinds(seeds, taught), packaged, POSTS[0])
    assert len(set(seen)) == 1


def test_the_order_of_verdicts_does_not_matter(
    seeds: KindJudge, packaged: SentenceEmbedder, say: Say
) -> None:
    said = [say(POSTS[7], "spam"), say(POSTS[0], "question"), say(POSTS[4], "problem")]
    said.append(say(POSTS[5], NOT_OURS))
    results = {
        tuple(kinds(LearnedKinds(seeds, order), packaged, *POSTS, ABOUT_VALVES))
        for order in itertools.permutations(said)
    }
    assert len(results) == 1


def test_a_verdict_taken_back_leaves_nothing(
    seeds: KindJudge, packaged: SentenceEmbedder, say: Say
) -> None:
    one, two = say(POSTS[7], "spam"), say(POSTS[0], "question")
    before = kinds(LearnedKinds(seeds, [one]), packaged, *POSTS)
    assert kinds(LearnedKinds(seeds, [one, two]), packaged, *POSTS) != before
    assert kinds(LearnedKinds(seeds, [one]), packaged, *POSTS) == before
