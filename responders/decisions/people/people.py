"""Who may decide here: users with a role and a password, their log-ins and their keys to the API.

Passwords are kept as Argon2id, cookies and keys as their SHA-256 only: who reads the store opens
nothing with it. The operator of the machine is an admin without a row: who may open the store may
decide.
"""

import secrets
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Session

from config.database import reading, transaction
from config.ground import Ground
from responders.decisions import store
from responders.decisions.acting import Act, Actor, Role, acting
from responders.decisions.refusing import AlreadyDone, NotAllowed, NotFound
from responders.decisions.tables import Session as LogIn
from responders.decisions.tables import Token, User
from responders.decisions.wording import at_time

NAME_MAX, PASSWORD_MIN, PASSWORD_MAX = 60, 10, 1_000
"""Characters. The longest is a bound on what one attempt may cost us."""
LOG_IN_FOR, TOKEN_FOR = timedelta(hours=12), timedelta(days=365)
SECRET_BYTES = 32
NOWHERE: Mapping[str, None] = {"discord_id": None, "slack_id": None}
"""No account in a chat decides as somebody."""
HASHER = PasswordHasher()


def add_user(ground: Ground, actor: Actor, name: str, role: Role, password: str | None) -> int:
    """Let somebody decide here; return their id.

    Args:
        ground: what the act stands on.
        actor: who lets them in.
        name: 1 to 60 printable characters.
        role: what they may.
        password: at least 10 characters; None: no log-in by password.

    Raises:
        AlreadyDone: somebody has or had that name.
        NotAllowed: the actor is no admin, or name or password are not as they must be.
    """
    hashed = None if password is None else _hashed(password)
    with acting(ground, actor, Role.ADMIN) as act:
        plain = _name(name)
        _refuse_known(act, plain)
        user = User(name=plain, role=role, password_hash=hashed, created_at=act.now)
        act.session.add(user)
        act.session.flush()
        act.note("user added", _subject(user), name=plain, role_given=role.value)
        return user.id or 0


def change_role(ground: Ground, actor: Actor, name: str, role: Role) -> None:
    """Let somebody do more or less.

    Raises:
        AlreadyDone: they have that role.
        NotAllowed: the actor is no admin.
        NotFound: nobody has that name.
    """
    with acting(ground, actor, Role.ADMIN) as act:
        user = _user(act.session, name)
        if user.role is role:
            raise AlreadyDone(f"{user.name} is {role} already")
        data = {"name": user.name, "role_before": user.role.value, "role_given": role.value}
        store.change_user(act.session, user.id or 0, role=role)
        act.note("user role changed", _subject(user), **data)


def change_password(ground: Ground, actor: Actor, name: str, password: str) -> None:
    """Give somebody another password; whoever is logged in as them is logged out.

    Raises:
        NotAllowed: the actor is no admin, or the password is too short.
        NotFound: nobody has that name.
    """
    hashed = _hashed(password)
    with acting(ground, actor, Role.ADMIN) as act:
        user = _user(act.session, name)
        store.change_user(act.session, user.id or 0, password_hash=hashed)
        store.close_doors(act.session, user.id or 0, tokens=False)
        act.note("user password changed", _subject(user), name=user.name)


def remove_user(ground: Ground, actor: Actor, name: str) -> None:
    """Let somebody decide no more; their log-ins and keys open nothing from now on.

    Raises:
        NotAllowed: the actor is no admin.
        NotFound: nobody has that name.
    """
    with acting(ground, actor, Role.ADMIN) as act:
        user = _user(act.session, name)
        store.close_doors(act.session, user.id or 0, tokens=True)
        store.change_user(
            act.session, user.id or 0, removed_at=act.now, password_hash=None, **NOWHERE
        )
        act.note("user removed", _subject(user), name=user.name)


def make_token(ground: Ground, actor: Actor, name: str) -> str:
    """Return a new key to the API for somebody, good for a year; it cannot be shown again.

    Raises:
        NotAllowed: the actor is no admin.
        NotFound: nobody has that name.
    """
    with acting(ground, actor, Role.ADMIN) as act:
        user = _user(act.session, name)
        token = secrets.token_urlsafe(SECRET_BYTES)
        row = Token(digest=_digest(token), user_id=user.id or 0, created_at=act.now)
        act.session.add(row)
        act.note("user token made", _subject(user), name=user.name)
        return token


def user_of_token(session: Session, token: str, now: datetime) -> User | None:
    """Return whose key it is; None for an unknown or old one, or when they were removed."""
    return store.user_of_token(session, _digest(token), since=now - TOKEN_FOR)


def check_password(ground: Ground, name: str, password: str) -> User | None:
    """Return the user if name and password are right.

    An unknown name takes as long as a wrong password, so that nobody can find out names.
    """
    plain = _plain(name)
    with reading(ground.engine) as session:
        user = store.user_named(session, plain) if _is_name(plain) else None
    known = user.password_hash if user else None
    if len(password) > PASSWORD_MAX:
        password = ""
    if not _verified(known or _nobodys_hash(), password) or user is None or known is None:
        return None
    if HASHER.check_needs_rehash(known):
        with transaction(ground.engine) as session:
            store.change_user(session, user.id or 0, password_hash=HASHER.hash(_bytes(password)))
    return user


def log_in(ground: Ground, user: User) -> str:
    """Begin a log-in of twelve hours; return what the cookie holds."""
    cookie, now = secrets.token_urlsafe(SECRET_BYTES), ground.clock.now()
    row = LogIn(
        digest=_digest(cookie),
        user_id=user.id or 0,
        created_at=now,
        expires_at=now + LOG_IN_FOR,
    )
    with transaction(ground.engine) as session:
        store.add_log_in(session, row)
    return cookie


def session_user(session: Session, cookie: str, now: datetime) -> User | None:
    """Return who is logged in with a cookie; None when it is unknown or ran out.

    Args:
        session: an open session.
        cookie: what ``log_in`` returned.
        now: by the same clock as ``log_in``: the installation's.
    """
    return store.user_of_log_in(session, _digest(cookie), now=now)


def log_out(ground: Ground, cookie: str) -> None:
    """End a log-in; one that is not known is ended already."""
    with transaction(ground.engine) as session:
        store.end_log_in(session, _digest(cookie))


def log_out_everywhere(ground: Ground, user: User) -> None:
    """End every log-in of somebody, this one too; their keys to the API stay."""
    with transaction(ground.engine) as session:
        store.close_doors(session, user.id or 0, tokens=False)


def actor_named(session: Session, name: str, via: str) -> Actor:
    """Return a user as somebody who acts.

    Raises:
        NotFound: nobody has that name.
    """
    user = _user(session, name)
    return Actor(user.name, user.role, via)


def _user(session: Session, name: str) -> User:
    plain = _plain(name)
    user = store.user_named(session, plain) if _is_name(plain) else None
    if user is None:
        shown = plain if _is_name(plain) else "that name"
        raise NotFound(f"there is no user {shown}; `groundswell user list` shows them")
    return user


def _subject(user: User) -> str:
    return f"user {user.id}"


def _plain(name: str) -> str:
    """Return a name as it is kept: keyboards write one letter in more than one way."""
    return unicodedata.normalize("NFC", name).strip()


def _is_name(name: str) -> bool:
    return 1 <= len(name) <= NAME_MAX and name.isprintable() and not name.isspace()


def _name(name: str) -> str:
    plain = _plain(name)
    if not _is_name(plain):
        raise NotAllowed(f"a name has 1 to {NAME_MAX} printable characters")
    return plain


def _refuse_known(act: Act, name: str) -> None:
    """Refuse a name that somebody has or had: approvals and audit must name one person only."""
    for user in store.users(act.session, removed=True):
        if _alike(user.name) == _alike(name):
            gone = f", removed at {at_time(user.removed_at)}" if user.removed_at else ""
            raise AlreadyDone(f"there is a user {user.name} already{gone}; choose another name")


def _alike(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _hashed(password: str) -> str:
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise NotAllowed(f"a password has {PASSWORD_MIN} to {PASSWORD_MAX} characters")
    return HASHER.hash(_bytes(password))


def _verified(hashed: str, password: str) -> bool:
    try:
        return HASHER.verify(hashed, _bytes(password))
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    """Return the hash of a password that nobody knows."""
    return HASHER.hash(secrets.token_bytes(SECRET_BYTES))


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


def _digest(secret: str) -> str:
    return sha256(secret.encode("utf-8", "replace")).hexdigest()
