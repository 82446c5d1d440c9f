from datetime import UTC, datetime
from io import StringIO

import pytest
from rich.console import Console

from responders.demo.checking import STEPS, TRUE_ISSUES, Outcome, as_table, number_of

NINE = datetime(2026, 5, 12, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("remote_id", "number"),
    [
        ("523", 523),
        ("https://blog.fernsync.example/?p=134#comment-211", 211),
        ("https://thesyncbench.example/viewtopic.php?t=184&p=270#p270", 270),
        ("", 0),
        ("about", 0),
    ],
)
def test_an_id_of_every_place_gives_the_posts_number(remote_id: str, number: int) -> None:
    assert number_of(remote_id) == number


def test_each_true_issue_has_its_whole_loop_and_the_names_of_steps_are_unique() -> None:
    names = [step.name for step in STEPS]
    assert len(set(names)) == len(names)
    for label in TRUE_ISSUES:
        assert [name.split(":")[0] for name in names if name.endswith(label)] == [
            "noticed",
            "alert sent",
            "draft written",
        ]


def test_what_must_not_happen_is_asked_when_the_day_is_over() -> None:
    assert {step.name for step in STEPS if step.at_the_end} == {
        "heard and judged everything",
        "no alert for rumour, spam, brigade or talk",
    }


def test_the_table_says_when_each_step_happened_and_which_did_not() -> None:
    out = StringIO()
    outcomes = [
        Outcome("heard", NINE, "3 posts \x1b[2J[bold]"),
        Outcome("sent", None, "did not happen"),
    ]
    Console(file=out, width=120).print(as_table(outcomes))
    lines = out.getvalue().splitlines()
    assert [outcome.ok for outcome in outcomes] == [True, False]
    assert any("heard" in line and "09:00" in line and "[bold]" in line for line in lines)
    assert any("sent" in line and "–" in line and "did not happen" in line for line in lines)
    assert "\x1b" not in out.getvalue()
