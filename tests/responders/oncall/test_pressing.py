import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.oncall.pressing import LONGEST, Do, Kind, Press, Standing, buttons, read_press


def labels(standing: Standing) -> list[str]:
    return [button.label for button in buttons(standing)]


def test_the_buttons_stand_in_the_order_of_the_look() -> None:
    assert labels(Standing(issue=142, drafts=2, link="https://c.example/issues/GS-142")) == [
        "Approve 2 drafts…", "Acknowledge", "Take", "Snooze…", "Open",
        "Merge with…", "Mute…", "Not an issue…",
    ]  # fmt: skip


def test_only_what_leads_to_speaking_is_filled_and_only_not_an_issue_is_a_danger() -> None:
    kinds = {one.label: one.kind for one in buttons(Standing(issue=1, drafts=1))}
    assert kinds["Approve 1 draft…"] is Kind.MAIN
    assert [label for label, kind in kinds.items() if kind is Kind.DANGER] == ["Not an issue…"]
    assert len([kind for kind in kinds.values() if kind is Kind.MAIN]) == 1


@pytest.mark.parametrize(
    ("standing", "gone", "instead"),
    [
        (Standing(issue=1, acknowledged=True), "Acknowledge", "Un-acknowledge…"),
        (Standing(issue=1, held=True), "Take", "Hand back"),
        (Standing(issue=1, quiet=True), "Mute…", "Wake"),
    ],
)
def test_what_was_done_gives_its_place_to_the_way_back(
    standing: Standing, gone: str, instead: str
) -> None:
    assert gone not in labels(standing)
    assert instead in labels(standing)


def test_nothing_is_decided_on_a_part_of_another_issue() -> None:
    assert labels(Standing(issue=1, part=True, drafts=3, link="https://c.example/")) == ["Open"]


WORDS = st.text("abcdefABCDEF0123456789", min_size=1, max_size=16)


@given(st.sampled_from(Do), st.integers(min_value=1, max_value=10**9), st.lists(WORDS, max_size=4))
def test_a_press_is_read_as_it_was_written(do: Do, issue: int, more: list[str]) -> None:
    press = Press(do, issue, tuple(more))
    assert read_press(str(press)) == press


def test_the_longest_press_of_ours_fits() -> None:
    press = Press(Do.APPROVE, 10**9, ("9" * 9, "9" * 4, "f" * 64))
    assert len(str(press)) <= LONGEST
    assert read_press(str(press)) == press


@pytest.mark.parametrize(
    "word",
    ["", "gs", "gs:1", "gs:0:ack", "gs:-1:ack", "gs:1:bye", "gs:1:ack:", "x:1:ack", "gs:1:ack\n",
     "gs:1:ack:a b", "gs:١:ack", f"gs:1:ack:{'a' * 65}", f"gs:{'9' * 30}:ack",
     "gs:1:ack:a:b:c:d:e"],
)  # fmt: skip
def test_a_word_that_is_none_of_ours_says_nothing(word: str) -> None:
    assert read_press(word) is None
