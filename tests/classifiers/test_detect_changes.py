"""The live pass when what it judged changes: an edit, an erasure, another model."""

import json
from typing import Any

import numpy as np
import pytest

from classifiers.detect import Detector
from classifiers.embedding import text_hash
from classifiers.tables import (
    Cluster,
    Emergence,
    Issue,
    JudgeState,
    Membership,
    Vector,
)
from config.errors import PermanentError
from config.ground import Ground
from listener.tables import Post
from tests.classifiers.telling import (
    OUTAGE,
    Told,
    change,
    detect,
    erase,
    everything,
    only_issue,
    told,
)
from tests.conftest import NOON
from tests.listener.installation import rows
from tests.places.tiny_embedder import DIM, TinyEmbedder


def test_an_edited_post_keeps_its_cluster_and_its_issue(ground: Ground, forum: Told) -> None:
    burst = forum.burst(forum.talk())
    detect(ground)
    before = {row.post_id: row for row in rows(ground, Membership)}
    vectors = len(rows(ground, Vector))

    change(ground, burst[3], text="solved by logging in again thanks", revision=2)
    assert detect(ground) == 1

    after = {row.post_id: row for row in rows(ground, Membership)}
    assert after[burst[3]].revision == 2
    assert after[burst[3]].issue_id == before[burst[3]].issue_id is not None
    assert after[burst[3]].cluster_id == before[burst[3]].cluster_id
    assert after[burst[3]].text_hash == before[burst[3]].text_hash
    assert len(rows(ground, Vector)) == vectors  # nothing of the edit stays behind
    assert detect(ground) == 0


def test_an_erased_post_leaves_judge_vectors_and_issue(ground: Ground, forum: Told) -> None:
    burst = forum.burst(forum.talk())
    detect(ground)
    quoted = [int(quote["post_id"]) for quote in only_issue(ground).quotes]
    words = {post.id: post.text for post in rows(ground, Post) if post.id in quoted}

    erase(ground, quoted)
    detect(ground)

    issue = only_issue(ground)
    shown = json.dumps([issue.title, issue.quotes, issue.key_phrases])
    assert not {int(quote["post_id"]) for quote in issue.quotes} & set(quoted)
    for text in words.values():
        assert text not in shown
        assert text_hash(text) not in {row.text_hash for row in rows(ground, Vector)}
    made = {row.post_id: row for row in rows(ground, Membership)}
    assert {made[post_id].text_hash for post_id in quoted} == {""}
    (state,) = rows(ground, JudgeState)
    for post_id in quoted:
        assert f'"{post_id}"'.encode() not in state.data
    assert len(set(burst) - set(quoted)) == 9
    before = everything(ground)
    assert detect(ground) == 0
    assert everything(ground) == before


def test_an_issue_whose_posts_are_all_erased_shows_nothing_of_them(
    ground: Ground, forum: Told
) -> None:
    burst = forum.burst(forum.talk())
    detect(ground)

    erase(ground, burst)
    detect(ground)

    issue = only_issue(ground)
    assert issue.quotes == []
    assert issue.key_phrases == []
    assert not set(OUTAGE) & set(issue.title.lower().split())
    assert issue.reason


def test_a_vector_stays_while_another_post_says_the_same(ground: Ground, forum: Told) -> None:
    first = forum.post("the very same words", NOON)
    forum.post("the very same words", NOON)
    detect(ground)

    erase(ground, [first])
    detect(ground)

    assert text_hash("the very same words") in {row.text_hash for row in rows(ground, Vector)}


def test_after_an_erasure_the_pass_still_notices_the_next_burst(
    ground: Ground, forum: Told
) -> None:
    end = forum.talk()
    detect(ground)
    erase(ground, forum.ids[::7])
    detector = Detector(ground, TinyEmbedder())
    detector.detect_due()

    forum.burst(end)
    detector.detect_due()

    assert set(OUTAGE) & set(only_issue(ground).title.lower().split())


def test_another_model_starts_afresh_without_taking_old_numbers(
    ground: Ground, forum: Told
) -> None:
    end = forum.talk()
    forum.burst(end)
    detect(ground)
    old = only_issue(ground)

    forum.talk()
    forum.burst(rows(ground, Post)[-1].seen_at, posts=14)
    detect(ground, TinyEmbedder("tiny/other"))

    clusters = rows(ground, Cluster)
    assert len({row.number for row in clusters}) == len(clusters)
    assert rows(ground, Issue)[0].id == old.id
    assert len({row.number for row in rows(ground, Emergence)}) == len(rows(ground, Issue)) == 2


def test_stored_vectors_are_half_precision_rows_of_length_one(ground: Ground, forum: Told) -> None:
    forum.post(" ".join(OUTAGE), NOON)

    detect(ground)

    (row,) = rows(ground, Vector)
    vector = np.frombuffer(row.data, dtype=np.float16)
    assert vector.shape == (DIM,)
    assert abs(float(np.linalg.norm(vector.astype(np.float32))) - 1) < 0.01
    assert row.model == "tiny/64+evidence1"


class BreaksOn(TinyEmbedder):
    """Gives a vector of another size for one text, as a broken model might."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self._word = word

    def encode(self, texts: list[str]) -> Any:
        """Break on the one text, whatever stands beside it."""
        if any(self._word in text for text in texts):
            raise IndexError(self._word)
        return super().encode(texts)


def test_a_post_that_cannot_be_judged_is_set_aside_and_the_others_go_on(ground: Ground) -> None:
    place = told(ground, "forum")
    end = place.talk()
    bad = place.post("poison for this model", end)
    place.burst(end, posts=14)

    Detector(ground, BreaksOn("poison")).detect_due()

    made = {row.post_id: row for row in rows(ground, Membership)}
    assert set(made) == {*place.ids}
    assert (made[bad].kind, made[bad].cluster_id) == ("other", None)
    assert sum(made[post_id].issue_id is not None for post_id in place.ids[-14:]) >= 5
    assert Detector(ground, BreaksOn("poison")).detect_due() == 0


def test_trouble_with_the_model_sets_no_post_aside(ground: Ground) -> None:
    class Gone(TinyEmbedder):
        def encode(self, texts: list[str]) -> Any:
            if texts and "Since the update" not in texts[0]:
                raise PermanentError("the model is gone")
            return super().encode(texts)

    place = told(ground, "forum")
    place.talk()

    with pytest.raises(PermanentError, match="the model is gone"):
        Detector(ground, Gone()).detect_due()
    assert rows(ground, Membership) == []


def test_an_edit_into_another_language_is_noted(ground: Ground, forum: Told) -> None:
    one = forum.post("the upload is stuck at ninety percent", forum.talk(20))
    detect(ground)
    assert made_of(ground, one).beyond is None
    change(ground, one, text="Der Upload hängt seit dem Update bei neunzig Prozent.", revision=2)
    detect(ground)
    assert made_of(ground, one).beyond == "de"


def made_of(ground: Ground, post_id: int) -> Membership:
    (found,) = [row for row in rows(ground, Membership) if row.post_id == post_id]
    return found
