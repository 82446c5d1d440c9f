"""What the console says instead of a command."""

import pytest

from responders import overview
from responders.console.views.remedies import at_the_console
from responders.delivery.tables import Pause
from tests.conftest import NOON


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            (
                "vera is a viewer; this needs an approver. An admin can change that: "
                "groundswell user role vera approver"
            ),
            "vera is a viewer; this needs an approver. An admin can change that",
        ),
        (
            "draft 4 needs a text; edit it: groundswell draft edit",
            "draft 4 needs a text; edit it first",
        ),
        (
            "there is no draft 9; `groundswell draft list` shows them",
            "there is no draft 9; the queue shows them",
        ),
        (
            (
                "GS-2 is part of GS-1 now; decide on that one, or take it out again: "
                "groundswell issue unmerge GS-2"
            ),
            "GS-2 is part of GS-1 now; decide on that one, or take it out again, on its own page",
        ),
        (
            (
                "GS-1 is resolved; if it came back, say so first: groundswell issue state GS-1 "
                "investigating"
            ),
            "GS-1 is resolved; if it came back, say so first, with State… on its page",
        ),
        (
            "no text is proposed here: loud. A person may write one: groundswell draft add",
            "no text is proposed here: loud.",
        ),
        (
            "it stands elsewhere; look there: groundswell delivery show 7 --json",
            "it stands elsewhere; look there",
        ),
        ("nothing has run yet; `groundswell run` starts the service", ""),
    ],
)
def test_a_command_gives_way_to_what_the_console_has_for_it(said: str, shown: str) -> None:
    assert at_the_console(said) == (shown or said)


def test_what_the_sources_page_warns_of_names_the_consoles_own_ways() -> None:
    pause = Pause(id=1, by="ruth", reason="", at=NOON)
    told = [
        *overview.delivery_warnings({"in_doubt": 1, "by_hand": 2, "failed": 1}),
        *overview.pause_warnings(pause),
    ]
    assert [words for words in map(at_the_console, told) if "groundswell" in words] == []
