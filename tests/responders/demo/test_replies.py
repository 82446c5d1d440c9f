from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from responders.demo.replies import Replies, Reply, is_reply, read_replies, standing
from responders.demo.script import DAY_END, DAY_START, Post, read_script

SCRIPT = [post for post in read_script().posts if post.place == "community"]
NINE = DAY_START + timedelta(hours=2)
OPEN = [post for post in SCRIPT if post.at <= NINE]


def _reply(at: datetime = NINE, *, text: str = "We know.", thread: int = 0) -> Reply:
    return Reply("community", thread or OPEN[-1].thread_number, "fern_ana", text, at)


def test_without_replies_a_place_is_the_script() -> None:
    assert list(standing(SCRIPT, [], until=NINE)) == OPEN


def test_a_reply_stands_between_what_was_written_before_and_after_it() -> None:
    later = next(p for p in SCRIPT if p.at > NINE and p.thread_number == OPEN[-1].thread_number)
    shown = standing(SCRIPT, [_reply()], until=DAY_END)
    (ours,) = [post for post in shown if is_reply(post)]
    assert shown[len(OPEN)] == ours
    assert ours.number == OPEN[-1].number + 1
    assert (ours.thread, ours.title) == (later.thread, later.title)
    moved = next(post for post in shown if post.id == later.id)
    assert (moved.number, moved.position) == (later.number + 1, later.position + 1)


def test_whom_a_later_post_answers_stays_true_when_a_reply_stands_between() -> None:
    answer = next(p for p in SCRIPT if p.answers and p.at > NINE)
    before = [p for p in SCRIPT if p.thread_number == answer.thread_number]
    thread = _reply(before[0].at + timedelta(seconds=1), thread=answer.thread_number)
    shown = standing(SCRIPT, [thread], until=DAY_END)
    by_id = {post.id: post for post in shown}
    asked = next(p for p in before if p.position == answer.answers)
    assert by_id[answer.id].answers == by_id[asked.id].position


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 8 * 3600), st.integers(0, len(OPEN) - 1)), max_size=6))
def test_numbers_grow_without_gaps_and_what_stood_there_keeps_its_number(
    written: list[tuple[int, int]],
) -> None:
    seen: dict[str, tuple[int, int]] = {}
    replies: list[Reply] = []
    for second, which in sorted(written):
        at = max(NINE, DAY_START + timedelta(seconds=second))
        _hold(standing(SCRIPT, replies, until=at), seen)
        replies.append(_reply(at, thread=OPEN[which].thread_number))
        _hold(standing(SCRIPT, replies, until=at), seen)
    _hold(standing(SCRIPT, replies, until=DAY_END), seen)


def _hold(shown: tuple[Post, ...], seen: dict[str, tuple[int, int]]) -> None:
    first = SCRIPT[0].number
    assert [post.number for post in shown] == list(range(first, first + len(shown)))
    for post in shown:
        assert seen.setdefault(post.id, (post.number, post.position)) == (
            post.number,
            post.position,
        )


def test_a_reply_stands_there_also_when_the_clock_goes_back_a_little() -> None:
    shown = standing(SCRIPT, [_reply()], until=NINE - timedelta(minutes=1))
    assert [post.text for post in shown if is_reply(post)] == ["We know."]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "replies.jsonl"


def test_replies_outlive_the_process_that_took_them(file: Path) -> None:
    first = Replies(file)
    kept = [first.add(_reply(text=text)) for text in ("one\nof two lines", "zwei “Grüße”")]
    assert Replies(file).of("community") == tuple(kept)
    assert Replies(file).of("blog") == ()


def test_a_reply_is_never_older_than_the_one_before_it(file: Path) -> None:
    replies = Replies(file)
    replies.add(_reply(NINE))
    assert replies.add(_reply(NINE - timedelta(minutes=5))).at == NINE


def test_a_line_that_a_kill_cut_is_left_out_and_spoils_no_later_one(file: Path) -> None:
    replies = Replies(file)
    replies.add(_reply(text="whole"))
    with file.open("a", encoding="utf-8") as book:
        book.write('{"place": "community", "thr')
    assert [reply.text for reply in read_replies(file)] == ["whole"]
    Replies(file).add(_reply(text="next"))
    assert [reply.text for reply in read_replies(file)] == ["whole", "next"]


def test_replies_of_a_thread_that_is_no_more_hold_their_numbers() -> None:
    shown = standing(SCRIPT, [_reply(thread=99_999)], until=DAY_END)
    assert [post.thread for post in shown if is_reply(post)] == ["gone"]


def test_without_a_file_there_is_nothing_to_read(file: Path) -> None:
    assert read_replies(file) == ()
    memory = Replies()
    assert memory.add(_reply()) == memory.of("community")[0]
