import unicodedata
from datetime import timedelta
from hashlib import sha256

import pytest
from argon2 import PasswordHasher
from sqlmodel import Session

from config.database import reading
from config.ground import Ground
from responders.decisions import store
from responders.decisions.acting import Actor, AlreadyDone, NotAllowed, NotFound, Role
from responders.decisions.people import people
from responders.decisions.tables import Session as LogIn
from responders.decisions.tables import Token, User
from tests.listener.installation import rows
from tests.responders.conftest import HOUSE_HASHER
from tests.responders.decisions.deciding import ADMIN, entries, later

PASSWORD = "correct horse"


@pytest.fixture
def ruth(ground: Ground) -> User:
    people.add_user(ground, ADMIN, "Ruth", Role.APPROVER, PASSWORD)
    (user,) = rows(ground, User)
    return user


def by_token(ground: Ground, token: str, *, days: float = 0) -> User | None:
    with reading(ground.engine) as session:
        now = ground.clock.now() + timedelta(days=days)
        return people.user_of_token(session, token, now)


def by_cookie(ground: Ground, cookie: str, *, hours: float = 0) -> User | None:
    with reading(ground.engine) as session:
        return people.session_user(session, cookie, ground.clock.now() + timedelta(hours=hours))


def named(ground: Ground, name: str) -> Actor:
    with reading(ground.engine) as session:
        return people.actor_named(session, name, "console")


def test_a_password_is_kept_as_argon2id_and_is_the_only_one_that_opens(
    ground: Ground, ruth: User
) -> None:
    assert (ruth.password_hash or "").startswith("$argon2id$")
    found = people.check_password(ground, "Ruth", PASSWORD)
    assert found is not None
    assert found.id == ruth.id
    for name, password in [
        ("Ruth", "wrong horse"), ("Ruth", ""), ("ruth", PASSWORD), ("Nobody", PASSWORD),
        ("", ""), ("\x00", PASSWORD), ("Ruth", "\ud800" * 12), ("Ruth", PASSWORD * 1000),
    ]:  # fmt: skip
        assert people.check_password(ground, name, password) is None


def test_the_house_hashes_with_no_less_work_than_its_library_advises() -> None:
    library = PasswordHasher()
    for knob in ("time_cost", "memory_cost", "parallelism", "hash_len", "salt_len", "type"):
        assert getattr(HOUSE_HASHER, knob) == getattr(library, knob)


def test_a_name_is_the_same_however_a_keyboard_writes_its_letters(ground: Ground) -> None:
    people.add_user(ground, ADMIN, "Zoë", Role.DRAFTER, PASSWORD)
    decomposed = unicodedata.normalize("NFD", " Zoë ")
    assert named(ground, decomposed).name == "Zoë"
    found = people.check_password(ground, decomposed, PASSWORD)
    assert found is not None
    people.change_role(ground, ADMIN, decomposed, Role.APPROVER)
    assert named(ground, "Zoë").role is Role.APPROVER


def test_an_unknown_name_costs_a_whole_check(
    ground: Ground, ruth: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    verify = people.HASHER.verify

    class Watched:
        def __getattr__(self, name: str) -> object:
            return getattr(hasher, name)

        def verify(self, hashed: str, password: bytes) -> bool:
            checked.append(hashed)
            return verify(hashed, password)

    hasher = people.HASHER
    monkeypatch.setattr(people, "HASHER", Watched())
    people.add_user(ground, ADMIN, "Bot", Role.VIEWER, None)
    for name in ("Nobody", "Ruth", "Bot", "\n"):
        assert people.check_password(ground, name, "some password") is None
    assert len(checked) == 4
    assert len({text.rsplit("$", 2)[0] for text in checked}) == 1  # the same cost each time


@pytest.mark.parametrize("name", ["", "   ", "a" * 61, "new\nline", "\x1b[31m", "a\ud800"])
def test_a_name_is_short_and_printable(ground: Ground, name: str) -> None:
    with pytest.raises(NotAllowed, match="1 to 60 printable characters"):
        people.add_user(ground, ADMIN, name, Role.VIEWER, None)


@pytest.mark.parametrize("password", ["", "nine char", "x" * 1001])
def test_a_password_has_at_least_ten_characters(ground: Ground, password: str) -> None:
    with pytest.raises(NotAllowed, match="10 to 1000 characters"):
        people.add_user(ground, ADMIN, "Ruth", Role.VIEWER, password)


@pytest.mark.parametrize("name", ["Ruth", "ruth", " RUTH ", "\uff32uth"])
def test_a_name_is_one_persons_for_ever(ground: Ground, ruth: User, name: str) -> None:
    with pytest.raises(AlreadyDone, match="there is a user Ruth already"):
        people.add_user(ground, ADMIN, name, Role.ADMIN, None)
    people.remove_user(ground, ADMIN, "Ruth")
    with pytest.raises(AlreadyDone, match="removed at 12:00 UTC, 12 May"):
        people.add_user(ground, ADMIN, name, Role.ADMIN, None)


def test_names_of_people_stand_in_the_payload_only(ground: Ground, ruth: User) -> None:
    people.change_role(ground, ADMIN, "Ruth", Role.DRAFTER)
    people.make_token(ground, ADMIN, "Ruth")
    people.change_password(ground, ADMIN, "Ruth", "another password")
    people.remove_user(ground, ADMIN, "Ruth")
    assert [(row.act, row.subject) for row in entries(ground)] == [
        ("user added", "user 1"), ("user role changed", "user 1"), ("user token made", "user 1"),
        ("user password changed", "user 1"), ("user removed", "user 1"),
    ]  # fmt: skip
    assert all((row.payload or {})["name"] == "Ruth" for row in entries(ground))
    assert "password" not in str([row.payload for row in entries(ground)])


def test_a_log_in_lasts_twelve_hours_and_only_its_digest_is_kept(
    ground: Ground, ruth: User
) -> None:
    cookie = people.log_in(ground, ruth)
    (row,) = rows(ground, LogIn)
    assert row.digest == sha256(cookie.encode()).hexdigest()
    assert len(cookie) >= 43  # 32 bytes
    found = by_cookie(ground, cookie, hours=11.9)
    assert found is not None
    assert found.name == "Ruth"
    assert by_cookie(ground, cookie, hours=12) is None
    assert by_cookie(ground, "another") is None
    assert by_cookie(ground, row.digest) is None
    people.log_out(ground, cookie)
    people.log_out(ground, cookie)
    assert by_cookie(ground, cookie) is None


def test_log_ins_that_ran_out_are_swept(ground: Ground, ruth: User) -> None:
    people.log_in(ground, ruth)
    people.log_in(later(ground, 60), ruth)
    people.log_in(later(ground, 12 * 60 + 1), ruth)
    assert len(rows(ground, LogIn)) == 2


def test_a_key_opens_for_a_year(ground: Ground, ruth: User) -> None:
    token = people.make_token(ground, ADMIN, "Ruth")
    (row,) = rows(ground, Token)
    assert row.digest == sha256(token.encode()).hexdigest()
    assert by_token(ground, token, days=364) is not None
    assert by_token(ground, token, days=365) is None
    assert by_token(ground, row.digest) is None


def test_whoever_is_removed_opens_nothing_any_more(ground: Ground, ruth: User) -> None:
    cookie, token = people.log_in(ground, ruth), people.make_token(ground, ADMIN, "Ruth")
    people.remove_user(ground, ADMIN, "Ruth")
    assert by_cookie(ground, cookie) is None
    assert by_token(ground, token) is None
    assert people.check_password(ground, "Ruth", PASSWORD) is None
    for act in (people.remove_user, people.make_token):
        with pytest.raises(NotFound, match="there is no user Ruth"):
            act(ground, ADMIN, "Ruth")
    with pytest.raises(NotFound):
        named(ground, "Ruth")
    assert len(rows(ground, User)) == 1


def test_another_password_ends_the_log_ins_made_with_the_old_one(
    ground: Ground, ruth: User
) -> None:
    cookie = people.log_in(ground, ruth)
    people.change_password(ground, ADMIN, "Ruth", "another password")
    assert by_cookie(ground, cookie) is None
    assert people.check_password(ground, "Ruth", PASSWORD) is None
    assert people.check_password(ground, "Ruth", "another password") is not None


def test_a_role_counts_from_the_next_act(ground: Ground, ruth: User) -> None:
    assert named(ground, " Ruth ") == Actor("Ruth", Role.APPROVER, "console")
    people.change_role(ground, ADMIN, "Ruth", Role.VIEWER)
    assert named(ground, "Ruth").role is Role.VIEWER
    with pytest.raises(AlreadyDone, match="is viewer already"):
        people.change_role(ground, ADMIN, "Ruth", Role.VIEWER)


@pytest.mark.parametrize("name", ["Nobody", "", "\x00", "a" * 100])
def test_nobody_acts_under_an_unknown_name(ground: Ground, name: str) -> None:
    with pytest.raises(NotFound):
        named(ground, name)


def test_a_hash_of_an_older_kind_is_renewed_at_the_next_log_in(
    ground: Ground, ruth: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "HASHER", PasswordHasher(time_cost=1))
    assert people.check_password(ground, "Ruth", PASSWORD) is not None
    (renewed,) = rows(ground, User)
    assert renewed.password_hash != ruth.password_hash
    assert people.check_password(ground, "Ruth", PASSWORD) is not None


def count(session: Session) -> int:
    return len(store.users(session))


def test_the_list_of_people_leaves_out_those_of_the_past(ground: Ground, ruth: User) -> None:
    people.add_user(ground, ADMIN, "Tom", Role.VIEWER, None)
    people.remove_user(ground, ADMIN, "Tom")
    with reading(ground.engine) as session:
        assert count(session) == 1
        assert len(store.users(session, removed=True)) == 2
