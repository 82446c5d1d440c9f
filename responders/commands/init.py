"""`groundswell init`: settings with comments, the key and an empty store, never over old ones."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from config import schema
from config.clock import SystemClock
from config.database import make_engine, transaction
from config.errors import GroundswellError, SettingsError
from config.keys import KEY_FILE, make_key
from config.settings import DEFAULT_FILE, load_settings
from listener import store
from listener.tables import Product
from responders.commands.output import say
from responders.workspace import plugin_sections

DEFAULT_PRODUCT = "default"

IGNORED = "# Made by groundswell init: what must not be committed.\nsecret.key\n*.db*\npage/\n"
SETTINGS = """\
# Settings of this Groundswell. Whatever is not written here keeps its default; every key can also
# be set in the environment, such as GROUNDSWELL__CONSOLE__PORT=8081, and a secret can be read from
# a file, such as GROUNDSWELL__DISCORD__WEBHOOK_URL_FILE=/run/secrets/webhook.
# Products and sources do not stand here: `groundswell source add URL`, `groundswell apply FILE`.

[database]
# A file beside this one. For several workers: postgresql://user:password@host/name
url = "sqlite:///groundswell.db"

[console]
# Where console and public page are served; 127.0.0.1 answers this machine only.
host = "127.0.0.1"
port = 8080

[page]
# The public address of the page, as replies should name it. Empty: where it is served.
url = ""

[detect]
# False alerts a week you accept. Fewer means later alerts.
false_alerts_per_week = 1.0

# Alerts appear on the terminal; this sends them to a Discord channel as well.
# [discord]
# webhook_url = "https://discord.com/api/webhooks/..."
# Or by a bot, whose cards have buttons and are edited in place (docs/oncall.md):
# token = "..."
# channel_id = 123456789012345678
# role_id = 123456789012345678

# The same in Slack (docs/slack.md).
# [slack]
# bot_token = "xoxb-..."
# app_token = "xapp-..."
# channel_id = "C012AB3CD"

# What opens a place that needs a log-in; a source names it: source add URL --credential forum
# [credentials.forum]
# api_key = "..."
# api_username = "..."
"""


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", show_default=False, help="Where; else here.")
    ] = Path(),
) -> None:
    """Make a workspace: settings, key and an empty store.

    What is there already stays as it is. On a terminal it asks for the product and its languages;
    otherwise it makes one product "default" that takes every post.

    Examples:
        groundswell init
        groundswell init /srv/groundswell
    """
    with _told_of_rights(folder):
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / DEFAULT_FILE
        made = [name for name, new in _make_files(file) if new]
    if _make_store(file):
        made.append("the store")
    if not made:
        say(f"{folder.absolute()} is a workspace already; nothing was changed.")
        return
    say(f"Made {', '.join(made)} in {folder.absolute()}.")
    if not (Path.cwd() / DEFAULT_FILE).exists():
        say(f"Go there first (cd {folder}), or name it: --config {file}")
    say("Next: groundswell source add URL, then groundswell run")


@contextmanager
def _told_of_rights(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise GroundswellError(
            f"{folder.absolute()} cannot be written ({error.strerror}); "
            "choose another folder: groundswell init DIR"
        ) from error


def _make_files(file: Path) -> Iterator[tuple[str, bool]]:
    """Make settings and key; yield each name and whether it is new."""
    try:
        file.touch(mode=0o600, exist_ok=False)  # a password may come to stand in it
        file.write_text(SETTINGS, encoding="utf-8")
        yield file.name, True
    except FileExistsError:
        yield file.name, False
    ignored = file.parent / ".gitignore"
    if not ignored.exists():
        ignored.write_text(IGNORED, encoding="utf-8")
    key = file.parent / KEY_FILE
    new = not key.exists()
    make_key(key)
    yield KEY_FILE, new


def _make_store(file: Path) -> bool:
    """Make the store of the settings and its first product; return whether it was empty."""
    settings = load_settings(file, plugins=plugin_sections())
    engine = make_engine(settings.database_url())
    try:
        if schema.current(engine) is not None:
            return False
        name, languages = _ask() if sys.stdin.isatty() else (DEFAULT_PRODUCT, ["en"])
        schema.upgrade(engine)
        if engine.dialect.name == "sqlite" and engine.url.database:
            Path(engine.url.database).chmod(0o600)  # it holds what people wrote
        with transaction(engine) as session:
            if not store.products(session):
                session.add(Product(name=name, languages=languages, created_at=SystemClock().now()))
    finally:
        engine.dispose()
    return True


def _ask() -> tuple[str, list[str]]:
    name = typer.prompt("Product", default=DEFAULT_PRODUCT, err=True).strip()
    text = typer.prompt("Languages of its users (codes such as en, de)", default="en", err=True)
    languages = [code for code in text.replace(",", " ").lower().split() if code]
    if not name or not languages:
        raise SettingsError("a product needs a name and at least one language")
    return name, languages
