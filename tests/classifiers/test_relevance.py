"""Tests of the kind of a post and of brigades, with the packaged model."""

from datetime import UTC, datetime

import numpy as np
import pytest

from classifiers.arriving import Arrival
from classifiers.copies.brigading import OUTRAGE, contrast
from classifiers.embedders.sentence import SentenceEmbedder
from classifiers.relevance import SEEDS, KindJudge
from tests.classifiers.invented import WordEmbedder

NOW = datetime(2026, 5, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def judge(packaged: SentenceEmbedder) -> KindJudge:
    return KindJudge(packaged)


def kinds(judge: KindJudge, packaged: SentenceEmbedder, texts: list[str]) -> list[str]:
    posts = [Arrival(post_id=t, text=t, published_at=NOW, seen_at=NOW) for t in texts]
    return list(judge.kinds(posts, packaged.encode(texts)))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("After today's update the app closes itself when I open a photo", "problem"),
        ("my heating is stuck on since last night, nothing turns it off", "problem"),
        ("How can I cancel my subscription?", "question"),
        ("where do I find the sleep timer?", "question"),
        ("It would be nice to have a bigger font as an option", "request"),
        ("Best app ever, thank you!", "praise"),
        ("Make thousands a week from your sofa, click the link", "spam"),
        ("Lovely weather for a football match today", "off_topic"),
        ("12 34 56", "other"),
    ],
)
def test_a_post_is_of_the_kind_people_would_say(
    judge: KindJudge, packaged: SentenceEmbedder, text: str, kind: str
) -> None:
    assert kinds(judge, packaged, [text]) == [kind]


def test_seeds_are_of_their_own_kind(judge: KindJudge, packaged: SentenceEmbedder) -> None:
    right = total = 0
    for kind, seeds in SEEDS.items():
        found = kinds(judge, packaged, list(seeds))
        right, total = right + found.count(kind), total + len(found)
    assert right / total > 0.9


def test_no_posts_have_no_kinds(judge: KindJudge) -> None:
    assert judge.kinds([], np.zeros((0, 384), dtype=np.float32)) == []


def test_outrage_about_the_company_is_a_brigade_and_an_angry_report_is_not(
    judge: KindJudge, packaged: SentenceEmbedder
) -> None:
    outrage = [
        "So you pay for that bullfight? Deleting your app today.",
        "Disgraceful that they sponsor animal cruelty. Boycott!",
        "Shame on everyone who works there, one star.",
    ]
    angry = [
        "DISGRACEFUL update, it deletes my files!!",
        "Shame on your testers, the sync is broken again.",
        "One star until you fix the crash on start.",
    ]
    assert judge.is_brigade(packaged.encode(outrage))
    assert not judge.is_brigade(packaged.encode(angry))


def test_a_wave_of_praise_is_told_from_praise_with_a_complaint(
    judge: KindJudge, packaged: SentenceEmbedder
) -> None:
    glad = [
        "Love the new icons, great work!",
        "The redesign looks gorgeous, well done",
        "So much faster now, thanks!!",
    ]
    but = [
        "Love the app but since the update it crashes",
        "Great app, however sync stopped working today",
        "The redesign is lovely and I cannot find my notes any more",
    ]
    assert judge.is_praise(packaged.encode(glad))
    assert not judge.is_praise(packaged.encode(but))


def test_a_model_without_meaning_calls_nothing_praise() -> None:
    embedder = WordEmbedder()
    assert not KindJudge(embedder).is_praise(embedder.encode(list(SEEDS["praise"])))


def test_contrast_is_the_difference_of_likeness() -> None:
    rows = np.array([[1.0, 0.0]], dtype=np.float32)
    outrage, matter = np.array([[0.8, 0.6]]), np.array([[0.6, 0.8]])
    assert contrast(rows, outrage, [matter]) == pytest.approx(0.2)


def test_a_model_without_meaning_calls_nothing_a_brigade() -> None:
    embedder = WordEmbedder()
    judge = KindJudge(embedder)
    assert not judge.is_brigade(embedder.encode(list(OUTRAGE)))


def test_the_packaged_model_tells_outrage_apart(
    judge: KindJudge, packaged: SentenceEmbedder
) -> None:
    assert judge.is_brigade(packaged.encode(list(OUTRAGE)))
