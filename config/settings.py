"""The operator's settings, read once: defaults, then the file, then the environment.

The knobs of the ground and of the passes are typed here. The sections of plug-ins and the
credentials are checked by the ``Options`` that the wiring hands in, in the same run, so that every
mistake is reported together, each with its place and its remedy.
"""

import os
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)

from config.addresses import AllowList, parse_url
from config.database import check_url
from config.errors import GroundswellError, SettingsError
from config.setting_forms import WebAddressOrNone, Written, formed
from config.settings_files import (
    Layer,
    Mistake,
    defaults_layer,
    environment_layer,
    file_layer,
    merge,
)
from config.settings_mistakes import explain, in_order

DEFAULT_FILE = "groundswell.toml"
FILE_VARIABLE = "GROUNDSWELL_CONFIG"
PRECLEARED = formed(
    "((cosmetic|minor|major|critical):)?(investigating|identified|monitoring|resolved)",
    "is no phase; write investigating, identified, monitoring or resolved, or one severity's, such "
    "as major:investigating",
)
NOBODY = "nobody"
"""The only step of a ladder that is to call nobody."""
RUNG = formed(
    rf"[0-9]{{1,6}}(\.[0-9]{{1,3}})? (channel|role|person|pager)( \S{{1,100}})?|{NOBODY}",
    "is no step of a ladder; write MINUTES WHOM, or MINUTES WHOM PLACE, such as “5 role” or "
    "“20 pager apprise:pager”; WHOM is channel, role, person or pager",
)
QUIET = formed(
    r"(([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)?",
    "are no quiet hours; write from when until when, such as 22:00-07:00, or nothing for none",
)
Ladder = tuple[Annotated[str, RUNG], ...]
Hours = Annotated[float, Field(gt=0, le=87_600)]
"""Ten years at the most: a time that a calendar can hold."""


class Knobs(Written):
    """A section of the settings: frozen, strict about names, and without endless numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class DatabaseKnobs(Knobs):
    """Where everything is kept."""

    url: str = Field(repr=False)
    """It may hold a password, so it never shows in a message."""

    @field_validator("url")
    @classmethod
    def _known(cls, url: str) -> str:
        try:
            check_url(url)
        except SettingsError as error:
            raise ValueError(str(error).removeprefix("[database] url ")) from error
        return url


class HttpKnobs(Knobs):
    """How the outside is read."""

    user_agent: str = Field(min_length=3)
    deadline_s: float = Field(gt=0, le=300)
    connect_timeout_s: float = Field(gt=0, le=300)
    max_bytes: int = Field(ge=1_000, le=1_000_000_000)
    max_redirects: int = Field(ge=0, le=20)
    spacing_s: float = Field(ge=0, le=3600)
    allow_hosts: tuple[str, ...]

    @field_validator("allow_hosts")
    @classmethod
    def _readable(cls, entries: tuple[str, ...]) -> tuple[str, ...]:
        try:
            AllowList.parse(entries)
        except SettingsError as error:
            raise ValueError(str(error)) from error
        return entries


class ListenKnobs(Knobs):
    """How often and how much is heard."""

    interval_minutes: float = Field(gt=0, le=1440)
    longest_minutes: float = Field(gt=0, le=1440)
    burst_minutes: float = Field(gt=0, le=1440)
    backfill_after_hours: Hours
    max_items: int = Field(ge=1, le=100_000)
    parse_timeout_s: float = Field(gt=0, le=300)
    workers: int = Field(ge=1, le=64)
    retention_days: float = Field(ge=0, le=36_500)


class DetectKnobs(Knobs):
    """How issues are noticed."""

    false_alerts_per_week: float = Field(gt=0, le=1000)
    embedder: str
    model: str
    device: Literal["auto", "cpu", "cuda", "mps"]
    threads: int = Field(ge=0, le=256)
    releases_every_hours: float = Field(gt=0, le=168)


class VoiceKnobs(Knobs):
    """What is promised."""

    next_update_critical_h: Hours
    next_update_major_h: Hours
    next_update_minor_h: Hours
    next_update_cosmetic_h: Hours
    drafts_per_issue: int = Field(ge=1, le=1000)
    packs: str
    silence_posts: int = Field(ge=1, le=10_000)
    silence_critical_h: Hours
    silence_major_h: Hours
    silence_minor_h: Hours
    silence_cosmetic_h: Hours
    human_only_safety: int = Field(ge=0, le=1000)
    human_only_legal: int = Field(ge=0, le=1000)
    loud_posts: int = Field(ge=0, le=1000)
    loud_days: float = Field(gt=0, le=365)
    link_fresh_minutes: float = Field(gt=0, le=10_080)
    link_retry_minutes: float = Field(gt=0, le=1440)


class ApprovalKnobs(Knobs):
    """Who must say yes."""

    two_persons: tuple[Literal["cosmetic", "minor", "major", "critical"], ...]
    precleared: tuple[Annotated[str, PRECLEARED], ...]
    claim_minutes: float = Field(gt=0, le=1440)


class OutboxKnobs(Knobs):
    """How messages leave."""

    undo_s: float = Field(ge=0, le=3600)
    stagger_s: float = Field(ge=0, le=3600)
    lease_s: float = Field(gt=0, le=3600)
    retry_s: float = Field(gt=0, le=3600)
    max_tries: int = Field(ge=1, le=100)
    alert_hours: float = Field(gt=0, le=720)
    look_again_minutes: float = Field(gt=0, le=1440)


class OncallKnobs(Knobs):
    """How few messages the on-call people get, and how they learn that none comes."""

    storm_alerts: int = Field(ge=1, le=1000)
    storm_minutes: float = Field(gt=0, le=1440)
    digest_minutes: float = Field(gt=0, le=1440)
    repeat_hours: float = Field(ge=0, le=8760)
    undelivered_minutes: float = Field(gt=0, le=1440)
    heartbeat_minutes: float = Field(ge=0, le=1440)
    ping_url: SecretStr
    ping_minutes: float = Field(gt=0, le=1440)
    ladder_critical: Ladder
    ladder_major: Ladder
    ladder_minor: Ladder
    ladder_cosmetic: Ladder
    zone: str
    quiet: Annotated[str, QUIET]
    quiet_override: tuple[Literal["cosmetic", "minor", "major", "critical"], ...]
    remind_critical_h: float = Field(ge=0, le=8760)
    remind_major_h: float = Field(ge=0, le=8760)
    remind_minor_h: float = Field(ge=0, le=8760)
    remind_cosmetic_h: float = Field(ge=0, le=8760)
    only_called: tuple[str, ...]

    @field_validator("ladder_critical", "ladder_major", "ladder_minor", "ladder_cosmetic")
    @classmethod
    def _rises(cls, ladder: tuple[str, ...]) -> tuple[str, ...]:
        if NOBODY in ladder:
            if len(ladder) > 1:
                raise ValueError(f"“{NOBODY}” stands alone; write no other step beside it")
            return ladder
        minutes = [float(step.split()[0]) for step in ladder]
        if any(later <= earlier for earlier, later in pairwise(minutes)):
            raise ValueError("each step must come later than the one before it")
        return ladder

    @field_validator("quiet")
    @classmethod
    def _ends(cls, quiet: str) -> str:
        begins, _, ends = quiet.partition("-")
        if quiet and begins == ends:
            raise ValueError(
                "quiet hours that end when they begin let nobody be called; write two times, such "
                "as 22:00-07:00, or nothing for none"
            )
        return quiet

    @field_validator("zone")
    @classmethod
    def _is_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (OSError, ValueError, KeyError) as error:
            raise ValueError(
                f"there is no time zone “{zone[:40]}”; take a name such as Europe/Berlin or UTC"
            ) from error
        return zone

    @field_validator("ping_url")
    @classmethod
    def _is_web_address(cls, url: SecretStr) -> SecretStr:
        try:
            if url.get_secret_value():
                parse_url(url.get_secret_value())
        except GroundswellError:
            raise ValueError("is no web address; copy it from the service that waits") from None
        return url


class PageKnobs(Knobs):
    """Where the public page stands."""

    url: WebAddressOrNone
    dir: str = Field(min_length=1)
    name: str


class ConsoleKnobs(Knobs):
    """Where the console listens."""

    host: str
    port: int = Field(ge=0, le=65535)
    url: str

    @field_validator("url")
    @classmethod
    def _at_console(cls, url: str) -> str:
        """Let every link lead into the console, whether its path was written or not."""
        base = url.strip().rstrip("/")
        if not base:
            return ""
        if not base.startswith(("http://", "https://")):
            raise ValueError("is no web address; write https://console.example.org/console/")
        return f"{base if base.endswith('/console') else f'{base}/console'}/"


class LogKnobs(Knobs):
    """How the log is written."""

    format: Literal["auto", "text", "json"]
    level: Literal["debug", "info", "warning", "error"]


class Credential(Knobs):
    """What opens one place; a source names it, the database never holds it."""

    api_key: SecretStr | None = None
    api_username: str | None = None
    user_api_key: SecretStr | None = None
    token: SecretStr | None = None
    username: str | None = None
    password: SecretStr | None = None
    api_url: WebAddressOrNone | None = None


class Settings(BaseModel):
    """All settings, frozen."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    folder: Path
    """Where relative paths start: the folder of the settings file."""
    database: DatabaseKnobs
    http: HttpKnobs
    listen: ListenKnobs
    detect: DetectKnobs
    voice: VoiceKnobs
    approval: ApprovalKnobs
    outbox: OutboxKnobs
    oncall: OncallKnobs
    page: PageKnobs
    console: ConsoleKnobs
    log: LogKnobs
    credentials: dict[str, Credential] = {}
    plugins: dict[str, BaseModel] = {}
    """The checked ``Options`` of each plug-in that has a section."""

    def path(self, relative: str) -> Path:
        """Return a path of the settings, counted from the settings file."""
        return (self.folder / relative).absolute()

    def credential(self, name: str | None) -> Credential | None:
        """Return the credential a source names.

        Raises:
            SettingsError: the settings have none of that name.
        """
        if name is None:
            return None
        if name not in self.credentials:
            raise SettingsError(
                f"there is no credential {name}; add [credentials.{name}] to groundswell.toml"
            )
        return self.credentials[name]

    def database_url(self) -> str:
        """Return the database's address with a relative SQLite file made absolute."""
        prefix = "sqlite:///"
        url = self.database.url
        if url.startswith(prefix) and not url.startswith(prefix + "/") and ":memory:" not in url:
            return prefix + str(self.path(url.removeprefix(prefix)))
        return url


def find_file(option: Path | None, environ: Mapping[str, str] = os.environ) -> Path | None:
    """Return the settings file: the option, then GROUNDSWELL_CONFIG, then ./groundswell.toml."""
    if option is not None:
        return option
    if environ.get(FILE_VARIABLE):
        return Path(environ[FILE_VARIABLE])
    return Path(DEFAULT_FILE) if Path(DEFAULT_FILE).exists() else None


def load_settings(
    file: Path | None,
    *,
    environ: Mapping[str, str] = os.environ,
    plugins: Mapping[str, type[BaseModel]] | None = None,
) -> Settings:
    """Read defaults, file and environment into frozen settings.

    Args:
        file: the settings file, or None for the defaults and the environment alone.
        environ: the environment.
        plugins: the ``Options`` that check each plug-in's section, by the section's name.

    Raises:
        SettingsError: one line for every mistake, with its place and its remedy.
    """
    mistakes: list[Mistake] = []
    layers = [defaults_layer()]
    if file is not None:
        layers.append(file_layer(file, mistakes))
    layers.append(environment_layer(environ, mistakes))
    merged = merge(layers)
    folder = (file.parent if file is not None else Path()).absolute()
    settings = _check(merged, folder=folder, plugins=plugins or {}, mistakes=mistakes)
    if settings is None or mistakes:
        raise SettingsError("\n".join(str(mistake) for mistake in in_order(mistakes)))
    return settings


def _check(
    merged: Layer,
    *,
    folder: Path,
    plugins: Mapping[str, type[BaseModel]],
    mistakes: list[Mistake],
) -> Settings | None:
    values: dict[str, Any] = {}
    checked: dict[str, BaseModel] = {}
    for section, content in merged.values.items():
        if section in {"folder", "plugins"}:  # ours to fill in
            where = merged.written.get((section,), section)
            mistakes.append(Mistake(where, f"there is no such section [{section}]; remove it"))
            continue
        if section not in plugins:
            values[section] = content
            continue
        try:
            checked[section] = plugins[section].model_validate(content)
        except ValidationError as error:
            mistakes.extend(explain(error, merged, prefix=(section,), model=plugins[section]))
    try:
        return Settings(folder=folder, plugins=checked, **values)
    except ValidationError as error:
        mistakes.extend(explain(error, merged, known_sections=tuple(plugins), model=Settings))
        return None
