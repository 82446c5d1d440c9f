import pytest

from config.ground import Ground
from responders.decisions.acting import AlreadyDone, NotAllowed
from responders.decisions.issues.rename import rename
from tests.responders.decisions.deciding import DRAFTER, RUTH, entries, events, issue
from tests.responders.incidents import Incident, happen


@pytest.fixture
def issue_id(ground: Ground) -> int:
    return happen(ground, Incident(title="App hangs, says Maria"))


def test_a_persons_title_is_kept_with_who_gave_it(ground: Ground, issue_id: int) -> None:
    rename(ground, DRAFTER, issue_id, " Notes \n hang ")
    row = issue(ground, issue_id)
    assert (row.title, row.titled_by, row.version) == ("Notes hang", "Dora", 2)
    (event,) = events(ground, issue_id)
    assert (event.kind, event.text, event.by) == ("renamed", "named “Notes hang”", "Dora")


def test_the_old_title_may_be_a_strangers_and_is_kept_nowhere(
    ground: Ground, issue_id: int
) -> None:
    rename(ground, DRAFTER, issue_id, "Notes hang")
    kept = [row.model_dump() for row in (*events(ground, issue_id), *entries(ground))]
    assert "Maria" not in str(kept)


def test_the_same_title_again_is_told(ground: Ground, issue_id: int) -> None:
    rename(ground, DRAFTER, issue_id, "Notes hang")
    with pytest.raises(AlreadyDone, match="GS-1 has that title already: Dora gave it"):
        rename(ground, RUTH, issue_id, "Notes hang")


def test_a_found_title_may_be_made_ones_own(ground: Ground, issue_id: int) -> None:
    rename(ground, DRAFTER, issue_id, "App hangs, says Maria")
    assert issue(ground, issue_id).titled_by == "Dora"


@pytest.mark.parametrize("title", ["", "  ", "a" * 201, "a\x1bb"])
def test_a_title_must_be_a_line_that_can_be_shown(
    ground: Ground, issue_id: int, title: str
) -> None:
    with pytest.raises(NotAllowed, match="the title"):
        rename(ground, DRAFTER, issue_id, title)
