"""`groundswell doctor`: is this installation in order, and if not, what to do."""

import importlib.metadata
import importlib.util
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

import typer
from rich.text import Text
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from config import plugins, schema
from config.clock import SystemClock
from config.database import make_engine, reading, transaction
from config.errors import GroundswellError
from config.keys import KEY_FILE, load_key
from config.settings import Settings
from responders.commands.output import PEOPLE, JsonOption, emit_json, shown
from responders.delivery.channels import apprise, discord, slack
from responders.delivery.discord_rights import lacking
from responders.delivery.opening import names_of, ways_of
from responders.delivery.slack_rights import troubles as slack_troubles
from responders.oncall.ladder.readiness import deaf_ladders, oncall_warnings
from responders.overview import (
    beats,
    delivery_warnings,
    service_warnings,
    source_warnings,
    unsettled,
)
from responders.passes import embedder_options
from responders.voice.leave.declared_policies import mistaken
from responders.voice.proposing import packs_of
from responders.workspace import read_settings, refuse_missing

Level = Literal["ok", "warn", "bad"]
STYLES = {"ok": "green", "warn": "yellow", "bad": "bold red"}
SETTINGS = "settings"
LOW_DISK, NO_DISK = 2_000_000_000, 200_000_000
"""Bytes: a year of a busy forum takes less than the first."""


@dataclass(frozen=True)
class Finding:
    """What one check found; ``text`` names the remedy unless all is in order."""

    check: str
    level: Level
    text: str


Check = Callable[[Settings, Engine], Iterator[Finding]]


def doctor(as_json: bool = JsonOption) -> None:
    """Check the installation and name remedies; exit code 1 if something is broken.

    Settings that are missing or wrong end it with 2, as they end every command.

    Examples:
        groundswell doctor
        groundswell doctor --json
    """
    found = list(examine(read_settings))
    if as_json:
        emit_json([finding.__dict__ for finding in found])
    else:
        for finding in found:
            line = Text(finding.level.ljust(6), style=STYLES[finding.level])
            line.append(f"{finding.check}: ", style="bold").append(shown(finding.text))
            PEOPLE.print(line, soft_wrap=True)
    if any(finding.check == SETTINGS and finding.level == "bad" for finding in found):
        read_settings()  # tells of them where all commands do, and ends with 2
    if any(finding.level == "bad" for finding in found):
        raise typer.Exit(1)


def examine(read: Callable[[], Settings]) -> Iterator[Finding]:
    """Run every check; one that cannot run is a finding itself."""
    yield from _packages()
    try:
        settings = read()
    except GroundswellError as error:
        for line in str(error).splitlines():
            yield Finding(SETTINGS, "bad", line)
        return
    yield Finding(SETTINGS, "ok", f"{settings.folder} is in order, plug-ins too")
    yield from _key(settings)
    yield from _disk(settings)
    yield from _model(settings)
    yield from _channels(settings)
    yield from _texts(settings)
    yield from _discord_bot(settings)
    yield from _slack_bot(settings)
    yield from _apprise(settings)
    engine = make_engine(settings.database_url())
    try:
        yield from _store(engine, settings)
    finally:
        engine.dispose()


def _packages() -> Iterator[Finding]:
    owners = importlib.metadata.packages_distributions().get("config", [])
    if len(set(owners)) > 1:
        others = ", ".join(sorted(set(owners) - {"groundswell"}))
        yield Finding(
            "packages",
            "bad",
            f"another package installed its own `config` ({others}); "
            f"run `pip uninstall {others}`, then `make setup`",
        )
    elif importlib.util.find_spec("torch") is None:
        yield Finding("packages", "bad", "torch is not installed; run `make setup`")
    else:
        version = importlib.metadata.version("torch")
        yield Finding("packages", "ok", f"torch {version}, `config` is ours alone")


def _key(settings: Settings) -> Iterator[Finding]:
    try:
        load_key(settings.path(KEY_FILE))
    except GroundswellError as error:
        yield Finding("key", "bad", str(error))
    except OSError as error:
        yield Finding("key", "bad", f"{settings.path(KEY_FILE)}: {error.strerror}; mend its rights")
    else:
        yield Finding("key", "ok", f"{KEY_FILE} is there, for its owner alone")


def _disk(settings: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(settings.folder).free
    level: Level = "bad" if free < NO_DISK else "warn" if free < LOW_DISK else "ok"
    remedy = "" if level == "ok" else "; make room, or the store cannot grow"
    yield Finding("disk", level, f"{free / 1e9:.1f} GB free{remedy}")


def _model(settings: Settings) -> Iterator[Finding]:
    """Look the weights up and hash them; neither they nor their package's code are loaded."""
    try:
        module, options = embedder_options(settings)
        if options.model == module.PACKAGED:
            folder: Path = module.packaged_folder()
            yield Finding("model", "ok", f"{options.model} in {folder}, its hash is the pinned one")
        else:
            yield Finding("model", "ok", f"{options.model}, by your settings")
    except GroundswellError as error:
        yield Finding("model", "bad", str(error))


def _channels(settings: Settings) -> Iterator[Finding]:
    room = "responders.delivery.channels"
    named: list[str] = []
    called: list[str] = []
    only = settings.oncall.only_called
    for kind in plugins.names(room):
        module: Any = plugins.load(room, kind)
        try:
            options = settings.plugins.get(kind) or module.Options()
            for name in names_of(module, options):
                rung = any(fnmatchcase(name, pattern) for pattern in only)
                (called if rung else named).append(f"{kind} ({name})")
        except GroundswellError as error:
            yield Finding("channels", "bad", str(error))
            continue
    yield (
        Finding(
            "channels",
            "ok",
            f"alerts go to {', '.join(named)}"
            + (f"; only calls go to {', '.join(called)}" if called else ""),
        )
        if named
        else Finding(
            "channels", "warn", "alerts go nowhere; configure one, such as [discord] webhook_url"
        )
    )


def _texts(settings: Settings) -> Iterator[Finding]:
    """Prove every language that drafts may be written in."""
    try:
        found = packs_of(settings).by_code.values()
    except GroundswellError as error:
        yield Finding("texts", "bad", str(error))
        return
    read = ", ".join(pack.name for pack in found if pack.reviewed)
    unread = ", ".join(pack.name for pack in found if not pack.reviewed)
    more = f"; not reviewed yet: {unread}" if unread else ""
    yield Finding("texts", "ok", f"drafts in {read}{more}")


def _discord_bot(settings: Settings) -> Iterator[Finding]:
    """Ask Discord whether the bot may do in its channel what its cards need."""
    options = settings.plugins.get("discord")
    if not isinstance(options, discord.Options) or not discord.keeps_cards(options):
        return
    bot = discord.build_bot(options, ways=ways_of(settings))
    try:
        lacks = lacking(lambda path: bot.look(path).body, options.channel_id or 0)
    except GroundswellError as error:
        yield Finding("Discord", "bad", str(error))
        return
    if lacks:
        remedy = "give the bot's role there"
        yield Finding("Discord", "bad", f"{remedy}: {', '.join(lacks)}")
    else:
        yield Finding("Discord", "ok", "the bot may read, write and open threads in its channel")


def _slack_bot(settings: Settings) -> Iterator[Finding]:
    """Ask Slack whether the bot may do what its cards need, and hears their buttons."""
    options = settings.plugins.get("slack")
    if not isinstance(options, slack.Options) or options.bot_token is None:
        return
    troubles = list(slack_troubles(options, ways=ways_of(settings)))
    for trouble in troubles:
        yield Finding("Slack", "bad", trouble)
    if not troubles:
        yield Finding("Slack", "ok", "the bot may read and write in its channel and is heard")


def _apprise(settings: Settings) -> Iterator[Finding]:
    """Ask the library whether it understands each address; nothing is sent, no secret is shown."""
    options = settings.plugins.get(apprise.KIND)
    if not isinstance(options, apprise.Options) or not options.urls:
        return
    try:
        wrong = apprise.not_understood(options, deadline_s=settings.http.deadline_s)
    except GroundswellError as error:
        yield Finding("Apprise", "bad", f"its library cannot be asked: {error}")
        return
    for name in wrong:
        where = "see https://appriseit.com/services/ for how it is written"
        yield Finding("Apprise", "bad", f"no service has the address of {name}; {where}")
    if not wrong:
        yield Finding("Apprise", "ok", "a service was found for each address; none was sent to")


def _store(engine: Engine, settings: Settings) -> Iterator[Finding]:
    where = engine.url.render_as_string()
    try:
        refuse_missing(engine)
        if schema.pending(engine):
            yield Finding("store", "bad", f"{where} is old or empty; run `groundswell db upgrade`")
            return
        _try_writing(engine)
        yield Finding("store", "ok", f"{where}, version {schema.newest()}, writable")
        yield from _running(engine, settings)
    except GroundswellError as error:
        yield Finding("store", "bad", str(error))
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).splitlines()[0]
        yield Finding(
            "store", "bad", f"{where}: {reason}; mend [database] url or the file's rights"
        )


def _try_writing(engine: Engine) -> None:
    """Begin a change and take it back."""
    with transaction(engine) as session:
        session.connection().execute(text("UPDATE lease SET number = number WHERE 1 = 0"))
        session.rollback()


def _running(engine: Engine, settings: Settings) -> Iterator[Finding]:
    from listener import store

    with reading(engine) as session:
        found = beats(session)
        troubles = source_warnings(store.sources(session))
        undelivered = delivery_warnings(unsettled(session))
        policies = mistaken(store.products(session), store.sources(session))
        now = SystemClock().now()
        calls = oncall_warnings(session, settings, now=now)
        calls += deaf_ladders(session, settings, now=now)
    late = service_warnings(found, now=SystemClock().now())
    passes = [*late, *(f"{name}: {beat.error}" for name, beat in found.items() if beat.error)]
    yield from _all_or_each("passes", passes, fine="every pass ran within the last minute")
    yield from _all_or_each("places", troubles, fine="none is in trouble")
    yield from _all_or_each("policies", policies, fine="every place has one that can be read")
    yield from _all_or_each("on call", calls, fine="every call of the ladder has a place")
    yield from _all_or_each("messages", undelivered, fine="none is lost or in doubt")


def _all_or_each(check: str, troubles: Sequence[str], *, fine: str) -> Iterator[Finding]:
    if not troubles:
        yield Finding(check, "ok", fine)
    for trouble in troubles:
        yield Finding(check, "warn", trouble)
