"""A backup of the installation in one file, and the way back; apart from the command that asks.

The file is a tar with the store, `secret.key`, the settings file and a note of what it is. SQLite
is copied by VACUUM INTO while the service runs (copying the file under its write-ahead log gave
files without tables); PostgreSQL by its own pg_dump and pg_restore.

A backup does not know what left after it was made. So what it holds as waiting or leaving is in
doubt once it is restored: a person looks whether it stands there. Nothing is sent a second time.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from config import schema
from config.clock import rfc3339
from config.database import durable, make_engine
from config.errors import GroundswellError, PermanentError, SettingsError
from config.keys import KEY_FILE
from config.settings import DEFAULT_FILE, Settings
from responders.delivery.store import doubt_unsent
from responders.delivery.tables import Delivery, DeliveryState
from responders.workspace import refuse_missing

NOTE, SQLITE_COPY, POSTGRES_COPY = "backup.json", "groundswell.db", "groundswell.dump"
MEMBERS = frozenset({NOTE, SQLITE_COPY, POSTGRES_COPY, KEY_FILE, DEFAULT_FILE})
FORMAT = 1
RESTORING = "it was being restored from a backup, and may have been sent since"
"""What a message says whose restore was killed before it came to its end."""


DOUBTING = f"""
CREATE FUNCTION groundswell_doubt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.state := '{DeliveryState.IN_DOUBT}'; NEW.reason := '{RESTORING}';
  NEW.lease_holder := NULL; NEW.lease_until := NULL;
  RETURN NEW;
END $$"""
DOUBTING_EACH = f"""
CREATE TRIGGER groundswell_doubt BEFORE INSERT ON {Delivery.__tablename__} FOR EACH ROW
WHEN (NEW.state IN ('{DeliveryState.QUEUED}', '{DeliveryState.SENDING}'))
EXECUTE FUNCTION groundswell_doubt()"""


class BadBackup(PermanentError):
    """The file is no backup of ours, or a damaged one."""


@dataclass(frozen=True)
class Restored:
    """What a restore did."""

    made_at: str
    kept: tuple[Path, ...]
    """What stood there before, under its new name."""
    in_doubt: int = 0
    """Messages that may have left since: `groundswell delivery list` shows them."""


def back_up(settings: Settings, file: Path, *, now: datetime) -> None:
    """Write a backup; the service may go on meanwhile.

    Raises:
        GroundswellError: the file exists or cannot be written, store or key are missing, or
            pg_dump is missing or failed.
    """
    engine = make_engine(settings.database_url())
    refuse_missing(engine)
    if not (key := settings.path(KEY_FILE)).is_file():
        raise SettingsError(f"{key} is missing, and no backup is of use without it; put it back")
    version = _version(engine)
    draft = file.parent / f"{file.name}.part"
    try:
        if file.exists():
            raise PermanentError(f"{file} exists already; name a new file")
        with tempfile.TemporaryDirectory(dir=file.absolute().parent) as scratch:
            folder = Path(scratch)
            kind = engine.dialect.name
            copy = SQLITE_COPY if kind == "sqlite" else POSTGRES_COPY
            if kind == "sqlite":
                with readable(engine):
                    _copy_sqlite(engine, folder / copy)
            else:
                _pg("pg_dump", engine.url, "--format=custom", f"--file={folder / copy}")
            note = {"format": FORMAT, "store": kind, "version": version, "made_at": rfc3339(now)}
            (folder / NOTE).write_text(json.dumps(note), encoding="utf-8")
            members = [folder / NOTE, folder / copy, key]
            _pack(draft, [*members, *_settings_file(settings)])
        draft.replace(file)
    except OSError as error:
        raise GroundswellError(
            f"{file} cannot be written ({error.strerror}); name a file in a folder that can"
        ) from error
    finally:
        _forget(draft)
        engine.dispose()


def restore(settings: Settings, file: Path, *, now: datetime) -> Restored:
    """Put a backup in the place of store and key; what was there stays beside it.

    What waited or was leaving when it was made is in doubt afterwards. The caller holds the
    workspace alone. The settings file is left as it is.

    Raises:
        BadBackup: the file is none, or damaged.
        NewerDatabase: it was made by a newer Groundswell.
        GroundswellError: it is of the other kind of database, or the store cannot be written.
    """
    engine = make_engine(settings.database_url())
    try:
        with _unpacked(file, beside=settings.folder) as folder:
            note = _read_note(folder, file)
            kind = engine.dialect.name
            if note["store"] != kind:
                raise PermanentError(
                    f"{file} holds a {note['store']} store and [database] url names {kind}; "
                    f"set the url to a {note['store']} database and restore again"
                )
            made_at = str(note["made_at"])
            if kind == "sqlite":
                in_doubt = _prepare_sqlite(folder / SQLITE_COPY, made_at=made_at)
                kept = _replace_sqlite(engine, folder / SQLITE_COPY, now=now)
            else:
                in_doubt = _fill_postgres(engine, folder / POSTGRES_COPY, made_at=made_at)
                kept = []
            kept += _replace_key(settings, folder / KEY_FILE, now=now)
            return Restored(made_at=made_at, kept=tuple(kept), in_doubt=in_doubt)
    except OSError as error:
        raise GroundswellError(
            f"{error.filename or settings.folder}: {error.strerror}; {file} must be readable, "
            f"{settings.folder} and the store's folder writable"
        ) from error
    finally:
        engine.dispose()


def _version(engine: Engine) -> str | None:
    with readable(engine):
        return schema.current(engine)


@contextmanager
def readable(engine: Engine) -> Iterator[None]:
    """Name the remedy for a store that cannot be read; SQLite writes even to read."""
    try:
        yield
    except (DBAPIError, sqlite3.DatabaseError) as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        remedy = "check [database] url and that the server runs"
        if engine.dialect.name == "sqlite":
            folder = Path(str(engine.url.database)).absolute().parent
            remedy = f"{folder} must be writable even to read: SQLite keeps its log there"
        raise GroundswellError(
            f"the store {engine.url.render_as_string()} cannot be read ({reason}); {remedy}; "
            "a damaged store is replaced by `groundswell db restore FILE`"
        ) from error


def _forget(draft: Path) -> None:
    """Remove what is left of a backup that failed; where nothing can be written, nothing is."""
    with suppress(OSError):
        draft.unlink(missing_ok=True)


def _copy_sqlite(engine: Engine, target: Path) -> None:
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("VACUUM INTO ?", (str(target),))
    finally:
        raw.close()


def _settings_file(settings: Settings) -> list[Path]:
    file = settings.path(DEFAULT_FILE)
    return [file] if file.is_file() else []


def _pack(draft: Path, members: list[Path]) -> None:
    """Write the tar for its owner alone: the key is in it."""
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        with tarfile.open(fileobj=opened, mode="w") as tar:
            for member in members:
                tar.add(member, arcname=member.name)
        opened.flush()
        os.fsync(opened.fileno())


@contextmanager
def _unpacked(file: Path, *, beside: Path) -> Iterator[Path]:
    """Unpack a backup: only what a backup holds, and only as plain files."""
    with tempfile.TemporaryDirectory(dir=beside, prefix=".restore-") as scratch:
        try:
            with tarfile.open(file) as tar:
                for member in tar:
                    if not member.isfile() or member.name not in MEMBERS:
                        raise BadBackup(f"{file} holds {member.name!r}: it is no backup of ours")
                    tar.extract(member, scratch, filter="data")
        except FileNotFoundError as error:
            raise PermanentError(f"there is no file {file}") from error
        except (tarfile.TarError, EOFError) as error:
            raise BadBackup(
                f"{file} is no backup, or a damaged one; name what `groundswell db backup` wrote"
            ) from error
        yield Path(scratch)


def _read_note(folder: Path, file: Path) -> dict[str, Any]:
    try:
        note = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        whole = note["format"] == FORMAT and (folder / KEY_FILE).is_file()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadBackup(f"{file} is no backup of ours: its note cannot be read") from error
    if not whole or not ((folder / SQLITE_COPY).is_file() or (folder / POSTGRES_COPY).is_file()):
        raise BadBackup(f"{file} is incomplete, or of a format this Groundswell does not know")
    return dict(note)


def _replace_sqlite(engine: Engine, copy: Path, *, now: datetime) -> list[Path]:
    store = Path(str(engine.url.database))
    engine.dispose()
    # The write-ahead log belongs to the file it stands beside, so it moves along with it.
    kept = [
        moved
        for end in ("", "-wal", "-shm")
        if (moved := _set_aside(store.with_name(store.name + end), now=now))
    ]
    _put(copy, store)
    return kept[:1]


def _prepare_sqlite(copy: Path, *, made_at: str) -> int:
    """Check the copy and put in doubt what may have left since, before it takes its place."""
    _check_sqlite(copy)
    prepared = make_engine(f"sqlite:///{copy}")
    try:
        schema.pending(prepared)  # refuses a newer one
        in_doubt = _doubt(prepared, made_at=made_at)
    finally:
        prepared.dispose()
    with closing(sqlite3.connect(copy)) as connection:  # the file goes without its log
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return in_doubt


def _check_sqlite(copy: Path) -> None:
    try:
        with closing(sqlite3.connect(copy)) as connection:
            (found,) = connection.execute("PRAGMA quick_check").fetchone()
    except sqlite3.DatabaseError as error:
        raise BadBackup(f"the store in the backup is damaged ({error})") from error
    if found != "ok":
        raise BadBackup(f"the store in the backup is damaged ({found})")


def _doubt(engine: Engine, *, made_at: str) -> int:
    """Put in doubt what may have left since the backup was made; return how much."""
    if not inspect(engine).has_table(str(Delivery.__tablename__)):
        return 0  # of a version that sent nothing
    reason = f"restored from a backup made at {made_at}: it may have been sent since"
    with durable(engine) as session:
        return doubt_unsent(session, reason=reason, found=RESTORING)


def _fill_postgres(engine: Engine, copy: Path, *, made_at: str) -> int:
    """Fill an empty database: one that holds something is never written over.

    What may have left is put in doubt as it comes in, so that a restore which is killed on the
    way leaves nothing that would be sent.
    """
    if inspect(engine).get_table_names():
        raise PermanentError(
            "the PostgreSQL database of [database] url is not empty, and nothing is overwritten; "
            "create an empty one, name it there, and restore again"
        )
    filling = ("--no-owner", "--single-transaction", f"--dbname={engine.url.database}")
    _pg("pg_restore", engine.url, *filling, "--section=pre-data", copy)
    with _doubting(engine):
        _pg("pg_restore", engine.url, *filling, "--section=data", "--section=post-data", copy)
    schema.pending(engine)  # refuses a newer one
    return _doubt(engine, made_at=made_at)


@contextmanager
def _doubting(engine: Engine) -> Iterator[None]:
    """Let PostgreSQL itself put in doubt every message that comes in and may have left."""
    if not inspect(engine).has_table(str(Delivery.__tablename__)):
        yield  # of a version that sent nothing
        return
    with engine.begin() as connection:
        connection.execute(text(DOUBTING))
        connection.execute(text(DOUBTING_EACH))
    yield
    with engine.begin() as connection:
        connection.execute(text("DROP FUNCTION groundswell_doubt CASCADE"))


def _replace_key(settings: Settings, copy: Path, *, now: datetime) -> list[Path]:
    key = settings.path(KEY_FILE)
    if key.exists() and key.read_bytes() == copy.read_bytes():
        return []
    aside = _set_aside(key, now=now)
    _put(copy, key)
    return [aside] if aside else []


def _put(copy: Path, target: Path) -> None:
    """Put a file in place whole or not at all, whichever disk it comes from."""
    new = target.with_name(target.name + ".new")
    with copy.open("rb") as source, new.open("wb") as opened:
        os.fchmod(opened.fileno(), 0o600)
        shutil.copyfileobj(source, opened)
        opened.flush()
        os.fsync(opened.fileno())
    new.replace(target)


def _set_aside(path: Path, *, now: datetime) -> Path | None:
    if not path.exists():
        return None
    aside = path.with_name(f"{path.name}.before-restore-{now:%Y%m%dT%H%M%SZ}")
    path.rename(aside)
    return aside


def _pg(tool: str, url: URL, *arguments: str | Path) -> None:
    """Run a tool of PostgreSQL; the password goes by the environment, not by the command line."""
    program = shutil.which(tool)
    if program is None:
        raise PermanentError(
            f"{tool} is not installed here; install PostgreSQL's client programs "
            "(Debian, Ubuntu: apt install postgresql-client) and try again"
        )
    query = {name: str(value) for name, value in url.query.items()}
    environ = {
        "PGHOST": url.host or query.get("host", ""),
        "PGPORT": str(url.port or query.get("port", "")),
        "PGUSER": url.username or "",
        "PGPASSWORD": str(url.password or ""),
        "PGDATABASE": str(url.database),
    }
    given = {name: value for name, value in environ.items() if value}
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own tool, arguments of ours
        [program, *arguments],
        env={**os.environ, **given},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        words = done.stderr.strip().splitlines() or ["no reason given"]
        raise GroundswellError(f"{tool} failed: {words[0]}")
