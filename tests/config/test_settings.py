"""The operator's settings: who wins, and every mistake told at once with place and remedy."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

import config.settings
from config.errors import SettingsError
from config.settings import DEFAULT_FILE, FILE_VARIABLE, Settings, find_file, load_settings

DEFAULTS = Path(config.settings.__file__).with_name("defaults.toml")
HUSH = "very-secret-word"


class Hook(BaseModel):
    """A plug-in's section."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    webhook_url: SecretStr | None = None
    tries: int = Field(default=3, ge=1)


def load(folder: Path, text: str | None = None, **environ: str) -> Settings:
    """Read a file of that text and an environment without its GROUNDSWELL__."""
    file = folder / DEFAULT_FILE
    if text is not None:
        file.write_text(text, encoding="utf-8")
    full = {f"GROUNDSWELL__{name}": value for name, value in environ.items()}
    return load_settings(
        file if text is not None else None, environ=full, plugins={"discord": Hook}
    )


def mistakes(folder: Path, text: str, **environ: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(folder, text, **environ)
    return str(caught.value).splitlines()


def test_the_file_beats_the_defaults_and_the_environment_the_file(tmp_path: Path) -> None:
    text = "[http]\ndeadline_s = 11\nmax_redirects = 2\n"

    settings = load(tmp_path, text, HTTP__DEADLINE_S="12.5")

    assert settings.http.deadline_s == 12.5
    assert settings.http.max_redirects == 2
    assert settings.http.connect_timeout_s == 8.0


def test_a_secret_file_beats_the_variable_beside_it(tmp_path: Path) -> None:
    secret = tmp_path / "webhook"
    secret.write_text(f"{HUSH}\n", encoding="utf-8")

    settings = load(
        tmp_path,
        '[discord]\nwebhook_url = "from the file"\n',
        DISCORD__WEBHOOK_URL="from the variable",
        DISCORD__WEBHOOK_URL_FILE=str(secret),
    )

    hook = settings.plugins["discord"]
    assert isinstance(hook, Hook)
    assert hook.webhook_url is not None
    assert hook.webhook_url.get_secret_value() == HUSH


def test_lists_come_from_the_environment_as_json(tmp_path: Path) -> None:
    settings = load(tmp_path, HTTP__ALLOW_HOSTS='["127.0.0.1", "10.0.0.0/8"]')

    assert settings.http.allow_hosts == ("127.0.0.1", "10.0.0.0/8")


def test_a_list_that_is_no_json_is_told_with_its_variable(tmp_path: Path) -> None:
    (line,) = mistakes(tmp_path, "", HTTP__ALLOW_HOSTS="127.0.0.1")

    assert line.startswith("GROUNDSWELL__HTTP__ALLOW_HOSTS: [http] allow_hosts: ")
    assert "JSON" in line


def test_an_address_that_cannot_be_read_is_told_with_its_line(tmp_path: Path) -> None:
    (line,) = mistakes(tmp_path, '[http]\nallow_hosts = ["10.0.0.0/99"]\n')

    assert line.startswith(f"{tmp_path / DEFAULT_FILE}:2: [http] allow_hosts: ")
    assert "value error" not in line.lower()


def test_a_credential_comes_from_the_environment_too(tmp_path: Path) -> None:
    settings = load(tmp_path, CREDENTIALS__FORUM__API_KEY=HUSH)

    credential = settings.credential("forum")
    assert credential is not None
    assert credential.api_key == SecretStr(HUSH)
    assert settings.credential(None) is None
    with pytest.raises(SettingsError, match=r"add \[credentials\.blog\]"):
        settings.credential("blog")


def test_every_mistake_is_told_at_once_with_its_place_and_its_remedy(tmp_path: Path) -> None:
    text = (
        "[http]\ndeadline_s = -1\nmax_bites = 5\n\n"
        '[databse]\nurl = "x"\n\n'
        "[discord]\ntries = 0\nwebhook = 1\n\n"
        '[credentials.forum]\napi_kee = "x"\n'
    )
    file = tmp_path / DEFAULT_FILE

    lines = mistakes(tmp_path, text, CONSOLE__PORT="eighty", NONSENSE="1", LOG__LEVEL="loud")

    expected = [
        rf"{file}:2: \[http\] deadline_s: write more than 0",
        rf"{file}:3: \[http\] max_bites: .*did you mean max_bytes\?",
        rf"{file}:5: \[databse\]: .*did you mean database\?",
        rf"{file}:9: \[discord\] tries: write 1 or more",
        rf"{file}:10: \[discord\] webhook: .*did you mean webhook_url\?",
        rf"{file}:13: \[credentials\.forum\] api_kee: .*did you mean api_key\?",
        r"GROUNDSWELL__CONSOLE__PORT: \[console\] port: write a whole number such as 5",
        r"GROUNDSWELL__NONSENSE: name it GROUNDSWELL__SECTION__KEY",
        r"GROUNDSWELL__LOG__LEVEL: \[log\] level: .*'debug', 'info'",
    ]
    for pattern in expected:
        assert [line for line in lines if re.match(pattern, line)], (pattern, lines)
    assert len(lines) == len(expected)


def test_a_section_for_mail_is_told_that_apprise_sends_it(tmp_path: Path) -> None:
    (line,) = mistakes(tmp_path, '[smtp]\nhost = "mail.example"\n')
    assert re.match(r".*:1: \[smtp\]: mail of our own is not supported; .*\[apprise\] urls", line)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("", ""),
        ("https://gs.example.org", "https://gs.example.org/console/"),
        ("https://gs.example.org/console", "https://gs.example.org/console/"),
        (" https://gs.example.org/console/ ", "https://gs.example.org/console/"),
        ("https://example.org/gs/", "https://example.org/gs/console/"),
    ],
)
def test_links_lead_into_the_console_however_its_address_is_written(
    tmp_path: Path, written: str, read: str
) -> None:
    assert load(tmp_path, f'[console]\nurl = "{written}"\n').console.url == read


def test_an_address_of_the_console_that_is_none_is_refused(tmp_path: Path) -> None:
    (line,) = mistakes(tmp_path, '[console]\nurl = "console.example.org"\n')
    assert "write https://console.example.org/console/" in line


def test_an_unlike_name_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    (line,) = mistakes(tmp_path, "[console]\nzzzzzz = 1\n")

    assert line.endswith("there is no such key; known are: host, port, url")


def test_a_plugins_section_is_proposed_like_any_other(tmp_path: Path) -> None:
    (line,) = mistakes(tmp_path, "[discrod]\ntries = 1\n")

    assert line.endswith("there is no such section; did you mean discord?")


@pytest.mark.parametrize("section", ["folder", "plugins"])
def test_what_is_no_section_cannot_be_set(tmp_path: Path, section: str) -> None:
    (line,) = mistakes(tmp_path, f"[{section}]\nx = 1\n")

    assert f"{DEFAULT_FILE}:1" in line
    assert "no such section" in line


@pytest.mark.parametrize(
    "text",
    ["database = 3\n", "[[database]]\nurl = 'x'\n", "discord = 'x'\n", "[credentials]\na = 1"],
)
def test_a_section_that_is_no_table_is_told(tmp_path: Path, text: str) -> None:
    (line,) = mistakes(tmp_path, text)

    assert re.search(r"section", line)


def test_a_missing_file_names_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml: no such file; `groundswell init`"):
        load_settings(tmp_path / "nowhere.toml", environ={})


def test_a_folder_is_no_settings_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path, environ={})


def test_a_file_that_is_no_toml_is_told_with_the_line(tmp_path: Path) -> None:
    (line,) = mistakes(tmp_path, "[http]\ndeadline_s == 3\n")

    assert "is not valid TOML" in line
    assert "line 2" in line


def test_a_file_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    file = tmp_path / DEFAULT_FILE
    file.write_bytes("[page]\nname = 'Grüße'\n".encode("latin-1"))

    with pytest.raises(SettingsError, match="save it as UTF-8"):
        load_settings(file, environ={})


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    assert load(tmp_path, "\ufeff[console]\nport = 1\n").console.port == 1


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_an_unreadable_secret_file_is_told_without_its_content(
    tmp_path: Path, content: bytes | None
) -> None:
    secret = tmp_path / "hook"
    if content is not None:
        secret.write_bytes(content)

    (line,) = mistakes(tmp_path, "", DISCORD__WEBHOOK_URL_FILE=str(secret))

    assert line.startswith(f"GROUNDSWELL__DISCORD__WEBHOOK_URL_FILE: cannot read {secret}")
    assert "name a readable file" in line


def test_no_secret_shows_in_the_settings_or_in_a_mistake(tmp_path: Path) -> None:
    text = (
        f'[credentials.forum]\napi_key = "{HUSH}"\npassword = "{HUSH}"\n'
        f'[discord]\nwebhook_url = "{HUSH}"\n'
        f'[database]\nurl = "postgresql://u:{HUSH}@h/x"\n'
    )
    settings = load(tmp_path, text)
    wrong = mistakes(
        tmp_path,
        text + "tries = 1\n[http]\nspacing_s = true\n",
        DISCORD__WEBHOOK_URL=f'["{HUSH}"]',
        CREDENTIALS__FORUM__TOKEN=f'{{"x": "{HUSH}"}}',
    )

    assert HUSH not in repr(settings)
    assert HUSH not in str(settings)
    assert HUSH not in "".join(wrong)


def test_settings_are_frozen(tmp_path: Path) -> None:
    settings = load(tmp_path)

    with pytest.raises(ValidationError, match="frozen"):
        settings.console.port = 1  # type: ignore[misc]  # that is the point
    with pytest.raises(ValidationError, match="frozen"):
        settings.page = settings.page  # type: ignore[misc]  # that is the point


def test_a_relative_store_lies_beside_the_settings_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")

    settings = load(tmp_path, '[database]\nurl = "sqlite:///data/a.db"\n')

    assert settings.database_url() == f"sqlite:///{tmp_path}/data/a.db"
    assert settings.path("secret.key") == tmp_path / "secret.key"


@pytest.mark.parametrize(
    "url", ["sqlite:////var/a.db", "sqlite:///:memory:", "postgresql://u:p@h/x"]
)
def test_any_other_store_stays_where_it_was_said_to_be(tmp_path: Path, url: str) -> None:
    assert load(tmp_path, f'[database]\nurl = "{url}"\n').database_url() == url


def test_the_option_names_the_file_then_the_variable_then_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    environ = {FILE_VARIABLE: "from-variable.toml"}

    assert find_file(None, {}) is None
    (tmp_path / DEFAULT_FILE).touch()
    assert find_file(None, {}) == Path(DEFAULT_FILE)
    assert find_file(None, environ) == Path("from-variable.toml")
    assert find_file(Path("option.toml"), environ) == Path("option.toml")


def test_each_default_is_explained_by_the_comment_above_it() -> None:
    lines = DEFAULTS.read_text(encoding="utf-8").splitlines()
    bare = [
        line
        for above, line in zip(["", *lines], lines, strict=False)
        if re.match(r"\w+ =", line) and not above.startswith("# ")
    ]

    assert bare == []


def test_the_defaults_hold_every_knob_and_no_other() -> None:
    written = tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))
    sections = {
        name: field.annotation
        for name, field in Settings.model_fields.items()
        if name not in {"folder", "plugins", "credentials"}
    }

    assert written.keys() == sections.keys()
    for name, knobs in sections.items():
        assert isinstance(knobs, type)
        assert issubclass(knobs, BaseModel)
        assert list(written[name]) == list(knobs.model_fields), name


def test_the_environment_is_left_alone_where_it_is_not_ours(tmp_path: Path) -> None:
    environ = {"GROUNDSWELL_CONFIG": "x", "GROUNDSWELL_CLOCK": "y", "PATH": "/bin"}

    assert load_settings(None, environ=environ) == load_settings(None, environ={})


@given(st.floats(min_value=0.001, max_value=300), st.lists(st.ip_addresses().map(str), max_size=4))
def test_what_is_written_is_what_is_read(deadline: float, hosts: list[str]) -> None:
    environ = {
        "GROUNDSWELL__HTTP__DEADLINE_S": repr(deadline),
        "GROUNDSWELL__HTTP__ALLOW_HOSTS": json.dumps(hosts),
    }

    settings = load_settings(None, environ=environ)

    assert settings.http.deadline_s == deadline
    assert list(settings.http.allow_hosts) == hosts


def test_mistakes_stand_in_the_order_of_the_file_the_database_among_them(tmp_path: Path) -> None:
    lines = mistakes(
        tmp_path, '[log]\nlevel = "loud"\n[database]\nurl = "mysql://x"\n[http]\nspacing_s = -1\n'
    )
    places = [re.search(r":(\d+): ", line) for line in lines]
    assert [int(found[1]) for found in places if found] == [2, 4, 6]
    assert "names mysql; use sqlite or postgresql" in lines[1]


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("ONCALL__QUIET", "22", "“22” are no quiet hours; write from when until when, such as 22:"),
        ("ONCALL__QUIET", "22:00-22:00", "let nobody be called; write two times, such as 22:00-"),
        ("ONCALL__LADDER_MAJOR", '["5 boss"]', "ladder_major number 1: “5 boss” is no step of a"),
        ("ONCALL__LADDER_MAJOR", '["5 role", "nobody"]', "“nobody” stands alone"),
        ("ONCALL__LADDER_MAJOR", '["9 role", "5 role"]', "each step must come later"),
        ("ONCALL__QUIET_OVERRIDE", '["dire"]', "write 'cosmetic', 'minor', 'major' or 'critical'"),
        ("ONCALL__PING_MINUTES", "soon", "write a number such as 5 or 0.5"),
        ("ONCALL__PING_MINUTES", "0", "write more than 0"),
        ("ONCALL__STORM_ALERTS", "9999", "write 1000 or less"),
        ("APPROVAL__PRECLEARED", '["done"]', "“done” is no phase; write investigating"),
        ("LOG__LEVEL", "loud", "write 'debug', 'info'"),
    ],
)
def test_what_is_wanted_is_told_in_words_and_never_as_a_pattern(
    tmp_path: Path, variable: str, value: str, words: str
) -> None:
    (line,) = mistakes(tmp_path, "", **{variable: value})

    assert words in line
    assert not re.search(r"pattern|Input|\^|\\", line)


def test_a_ladder_that_is_to_call_nobody_says_so(tmp_path: Path) -> None:
    settings = load(tmp_path, ONCALL__LADDER_MAJOR='["nobody"]')

    assert settings.oncall.ladder_major == ("nobody",)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("LISTEN__BACKFILL_AFTER_HOURS", "inf", "write a number such as 5 or 0.5"),
        ("LISTEN__INTERVAL_MINUTES", "nan", "write a number such as 5 or 0.5"),
        ("VOICE__NEXT_UPDATE_MAJOR_H", "1e300", "write 87600 or less"),
        ("VOICE__SILENCE_MAJOR_H", "0", "write more than 0"),
        ("PAGE__URL", "status.example.org", "is no web address"),
        ("PAGE__URL", "javascript:alert(1)", "is no web address"),
        ("PAGE__DIR", "", "is too short or empty"),
        ("CREDENTIALS__FORUM__API_URL", "forum", "is no web address"),
    ],
)
def test_a_value_that_could_only_fail_later_is_refused_at_once(
    tmp_path: Path, name: str, value: str, told: str
) -> None:
    (line,) = mistakes(tmp_path, "", **{name: value})

    assert line.startswith(f"GROUNDSWELL__{name}: [")
    assert told in line
