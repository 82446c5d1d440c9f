import pytest

from config.database import reading
from config.ground import Ground
from responders.decisions.acting import AlreadyDone, NotAllowed, NotFound, Role
from responders.decisions.people.linking import (
    SLACK,
    Account,
    Known,
    known,
    known_at_slack,
    link,
    unlink,
)
from responders.decisions.people.people import add_user, remove_user
from tests.responders.decisions.deciding import ADMIN, audit

NUMBER, OTHER = "123456789012345678", "223456789012345678"
ONCALL = 900000000000000007


@pytest.fixture(autouse=True)
def people(ground: Ground) -> None:
    add_user(ground, ADMIN, "Uma", Role.DRAFTER, None)
    add_user(ground, ADMIN, "Vic", Role.ADMIN, None)


def seen(ground: Ground, number: str, *roles: int, role_id: int | None = ONCALL) -> Known | None:
    with reading(ground.engine) as session:
        return known(session, Account(number, "uma_at_discord", roles), role_id=role_id)


def test_a_linked_account_decides_with_the_role_here(ground: Ground) -> None:
    link(ground, ADMIN, "Uma", NUMBER)
    found = seen(ground, NUMBER, ONCALL)
    assert found is not None
    assert found.linked
    assert (found.actor.name, found.actor.role, found.actor.via) == ("Uma", "drafter", "Discord")
    assert audit(ground)[-1] == ("user linked", "user 1")


def test_the_role_at_discord_lets_decide_on_issues_under_the_name_there(ground: Ground) -> None:
    found = seen(ground, OTHER, 1, ONCALL)
    assert found is not None
    assert not found.linked
    assert (found.actor.name, found.actor.role) == ("uma_at_discord (Discord)", "approver")


@pytest.mark.parametrize(("roles", "role_id"), [((), ONCALL), ((1, 2), ONCALL), ((1,), None)])
def test_anybody_else_is_an_outsider(
    ground: Ground, roles: tuple[int, ...], role_id: int | None
) -> None:
    assert seen(ground, OTHER, *roles, role_id=role_id) is None


def test_an_account_decides_as_one_user_only(ground: Ground) -> None:
    link(ground, ADMIN, "Uma", NUMBER)
    with pytest.raises(AlreadyDone, match="decides as Uma already"):
        link(ground, ADMIN, "Vic", f" {NUMBER} ")


@pytest.mark.parametrize(
    "number", ["", "uma", "12", "0123456789012345678", "1" * 21, "12345678901234567٣"]
)
def test_what_is_no_number_of_discords_is_refused(ground: Ground, number: str) -> None:
    with pytest.raises(NotAllowed, match="Copy User ID"):
        link(ground, ADMIN, "Uma", number)


def test_nobody_can_be_linked_who_is_not_here(ground: Ground) -> None:
    with pytest.raises(NotFound):
        link(ground, ADMIN, "Zoe", NUMBER)
    with pytest.raises(NotFound):
        unlink(ground, ADMIN, "Zoe")


def test_what_is_unlinked_opens_nothing(ground: Ground) -> None:
    link(ground, ADMIN, "Uma", NUMBER)
    unlink(ground, ADMIN, "Uma")
    assert seen(ground, NUMBER) is None
    with pytest.raises(AlreadyDone, match="no account at Discord or Slack decides as Uma"):
        unlink(ground, ADMIN, "Uma")


def test_who_is_removed_decides_no_more_and_their_account_is_free(ground: Ground) -> None:
    link(ground, ADMIN, "Uma", NUMBER)
    remove_user(ground, ADMIN, "Uma")
    assert seen(ground, NUMBER) is None
    link(ground, ADMIN, "Vic", NUMBER)


def at_slack(ground: Ground, number: str, *approvers: str) -> Known | None:
    with reading(ground.engine) as session:
        return known_at_slack(session, Account(number, "uma<!channel>"), approvers=approvers)


def test_an_account_at_slack_is_another_one_than_at_discord(ground: Ground) -> None:
    link(ground, ADMIN, "Uma", "U01UMA", chat=SLACK)
    found = at_slack(ground, "U01UMA")
    assert found is not None
    assert (found.actor.name, found.actor.role, found.actor.via) == ("Uma", "drafter", "Slack")
    assert found.linked
    assert seen(ground, "U01UMA") is None
    assert at_slack(ground, "U02ZOE") is None
    unlink(ground, ADMIN, "Uma", chat=SLACK)
    assert at_slack(ground, "U01UMA") is None
    with pytest.raises(AlreadyDone, match="no account at Slack"):
        unlink(ground, ADMIN, "Uma", chat=SLACK)


def test_who_stands_in_the_settings_decides_by_their_number(ground: Ground) -> None:
    found = at_slack(ground, "U02ZOE", "U01UMA", "U02ZOE")
    assert found is not None
    assert (found.actor.name, found.actor.role) == ("uma<!channel> (Slack U02ZOE)", "approver")
    assert at_slack(ground, "U03", "U01UMA", "U02ZOE") is None


def test_who_is_linked_and_stands_in_the_settings_has_the_role_here(ground: Ground) -> None:
    link(ground, ADMIN, "Uma", "U01UMA", chat=SLACK)
    found = at_slack(ground, "U01UMA", "U01UMA")
    assert found is not None
    assert (found.actor.name, found.actor.role) == ("Uma", "drafter")


def test_a_name_is_no_number_of_slacks(ground: Ground) -> None:
    with pytest.raises(NotAllowed, match="Copy member ID"):
        link(ground, ADMIN, "Uma", "@uma", chat=SLACK)


def test_who_is_removed_decides_no_more_at_slack(ground: Ground) -> None:
    link(ground, ADMIN, "Uma", "U01UMA", chat=SLACK)
    remove_user(ground, ADMIN, "Uma")
    assert at_slack(ground, "U01UMA") is None
    link(ground, ADMIN, "Vic", "U01UMA", chat=SLACK)
