import pytest

from config.database import reading
from config.ground import Ground
from responders.decisions.acting import AlreadyDone, NotAllowed, NotFound, Role
from responders.decisions.people.linking import Account, Known, known, link, unlink
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
    with pytest.raises(AlreadyDone, match="no account at Discord decides as Uma"):
        unlink(ground, ADMIN, "Uma")


def test_who_is_removed_decides_no_more_and_their_account_is_free(ground: Ground) -> None:
    link(ground, ADMIN, "Uma", NUMBER)
    remove_user(ground, ADMIN, "Uma")
    assert seen(ground, NUMBER) is None
    link(ground, ADMIN, "Vic", NUMBER)
