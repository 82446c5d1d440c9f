"""The house as an executable file: what import-linter cannot say (its contracts: pyproject.toml).

Each rule is a function that takes the files and returns the offences in words, so that it can be
shown to fail on a bad example: `test_every_rule_finds_a_bad_example`.
"""

import ast
import importlib.metadata
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pytest

from tests.pure_rules import PURE

ROOT = Path(__file__).parent.parent
FLOORS = ("config", "listener", "classifiers", "responders")
MAX_FILE, MAX_FUNCTION = 400, 40

IMPURE = (
    "sqlmodel",
    "sqlalchemy",
    "psycopg",
    "httpx2",
    "httpcore2",
    "socket",
    "http",
    "urllib.request",
    "subprocess",
    "random",
    "config.clock.SystemClock",
    "config.clock.clock_from",
    "config.database",
    "config.ground",
    "config.http_client",
    "config.leases",
    "config.settings",
)
"""Database, network, settings, clock, chance."""
VALUES: Mapping[str, frozenset[str]] = {
    "listener/health.py": frozenset({"config.http_client"}),  # judges the errors it raises
}

PLUGINS = ("listener/sources", "classifiers/embedders", "responders/delivery/channels")
SENDER = "responders/delivery/outbox.py"
DECIDED = frozenset({"Approval", "AuditEntry", "FirstYes"})
DECISIONS = "responders/decisions/"


@dataclass(frozen=True)
class Source:
    """One Python file of the product, or a bad example that a test made up."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def imports(self) -> set[str]:
        """Every module named in an import, wherever in the file."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
                found.update(f"{node.module}.{alias.name}" for alias in node.names)
        return found

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Every call with the last part of the called name."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                yield name, node


@cache
def product() -> list[Source]:
    return [
        Source(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
        for floor in FLOORS
        for path in sorted((ROOT / floor).rglob("*.py"))
        if "versions" not in path.parts
    ]


@cache
def files_of_tests() -> list[Source]:
    return [
        Source(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / "tests").rglob("*.py"))
    ]


def reaches(imports: set[str], barred: str) -> bool:
    return any(name == barred or name.startswith(f"{barred}.") for name in imports)


def pure_rules_know_nothing_of_the_world(source: Source) -> Iterator[str]:
    if source.path not in PURE:
        return
    for barred in (name for name in IMPURE if name not in VALUES.get(source.path, ())):
        if reaches(source.imports, barred):
            yield f"imports {barred}"
    for name, node in source.calls():
        opens = isinstance(node.func, ast.Name) and name == "open"
        if opens or name in {"now", "utcnow", "today", "monotonic", "sleep"}:
            yield f"line {node.lineno}: calls {name}()"


def plug_ins_never_import_one_another(source: Source) -> Iterator[str]:
    for folder in PLUGINS:
        if not source.path.startswith(f"{folder}/"):
            continue
        room = folder.replace("/", ".")
        own = source.path.removesuffix(".py").replace("/", ".")
        for name in source.imports:
            inside = name.startswith(f"{room}.") and not name.startswith((own, f"{room}.base"))
            if inside:
                yield f"imports {name}"


def only_the_outbox_sends(source: Source) -> Iterator[str]:
    """A plug-in may call its library's `send`; anybody else could only mean a channel's."""
    if source.path == SENDER or source.path.startswith(PLUGINS[2]):
        return
    channels = reaches(source.imports, "responders.delivery.channels")
    opened = reaches(source.imports, "responders.delivery.opening")
    for name, node in source.calls():
        if name == "send" and source.path.startswith("responders/") and (channels or opened):
            yield f"line {node.lineno}: sends past the outbox"
        if name == "send" and "channel" in ast.unparse(node.func).lower():
            yield f"line {node.lineno}: sends past the outbox"


def only_decisions_decide(source: Source) -> Iterator[str]:
    if source.path.startswith(DECISIONS):
        return
    for name, node in source.calls():
        named = {name} | {arg.id for arg in node.args if isinstance(arg, ast.Name)}
        writes = name in DECIDED or name in {"insert", "update", "delete"}
        if writes and named & DECIDED:
            yield f"line {node.lineno}: writes {', '.join(sorted(named & DECIDED))}"


def files_stay_short(source: Source) -> Iterator[str]:
    lines = len(source.text.splitlines())
    if lines > MAX_FILE:
        yield f"has {lines} lines"


def functions_stay_short(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > MAX_FUNCTION:
                yield f"{node.name} has {lines} lines"


def modules_say_what_they_are_for(source: Source) -> Iterator[str]:
    if Path(source.path).name.startswith("test_"):
        return  # the names of its tests say it
    if not ast.get_docstring(source.tree):
        yield "has no docstring"


def packages_hold_a_docstring_only(source: Source) -> Iterator[str]:
    """PyPI has a package named `config`: code in ours would be lost without a word."""
    if source.path.endswith("__init__.py") and len(source.tree.body) > 1:
        yield "holds more than a docstring"


def names_are_not_the_standard_librarys(source: Source) -> Iterator[str]:
    path = Path(source.path)
    name = path.parent.name if path.stem == "__init__" else path.stem
    if name in sys.stdlib_module_names and name != "__main__":
        yield f"is named like the standard library's {name}"


def names_say_something(source: Source) -> Iterator[str]:
    if Path(source.path).stem in {"utils", "util", "helpers", "common", "misc", "manager"}:
        yield "has a name that says nothing"


def nothing_is_left_half_done(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Raise) and "NotImplementedError" in ast.unparse(node):
            yield f"line {node.lineno}: raises NotImplementedError"
    for number, line in enumerate(source.text.splitlines(), start=1):
        if any(word in line for word in ("# TO" + "DO", "# FIX" + "ME", "# X" + "XX")):
            yield f"line {number}: a note of something left to do"


def exemptions_have_a_reason(source: Source) -> Iterator[str]:
    for number, line in enumerate(source.text.splitlines(), start=1):
        for mark in ("# no" + "qa", "# type: " + "ignore"):
            if mark not in line:
                continue
            rest = line.split(mark, 1)[1]
            message = line.strip().startswith("assert ") and ', "' in line
            told = " - " in rest or "#" in rest or message
            if not told:
                yield f"line {number}: {mark} without a reason"


Rule = Callable[[Source], Iterator[str]]
LONG = "def long():\n" + "    x = 1\n" * 41
BAD: Mapping[Rule, Source] = {
    pure_rules_know_nothing_of_the_world: Source(
        PURE[0], "from config.clock import SystemClock\nSystemClock().now()"
    ),
    plug_ins_never_import_one_another: Source(
        "listener/sources/feed.py", "from listener.sources import discourse"
    ),
    only_the_outbox_sends: Source("responders/voice/respond.py", "channel.send(message)"),
    only_decisions_decide: Source("responders/console/app.py", "session.add(Approval(by='me'))"),
    files_stay_short: Source("config/long.py", "x = 1\n" * 401),
    functions_stay_short: Source("config/long.py", LONG),
    modules_say_what_they_are_for: Source("config/mute.py", "x = 1"),
    packages_hold_a_docstring_only: Source("config/__init__.py", '"""Says."""\nx = 1'),
    names_are_not_the_standard_librarys: Source("listener/queue.py", ""),
    names_say_something: Source("listener/utils.py", ""),
    nothing_is_left_half_done: Source("listener/later.py", "raise NotImplementedError"),
    exemptions_have_a_reason: Source("listener/quiet.py", "x = 1  # no" + "qa: S101"),
}
RULES = tuple(BAD)
TESTED_TOO = (
    files_stay_short,
    modules_say_what_they_are_for,
    nothing_is_left_half_done,
    packages_hold_a_docstring_only,
)


def offences(rule: Rule, sources: list[Source]) -> list[str]:
    return [f"{source.path} {words}" for source in sources for words in rule(source)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_product_keeps_the_rule(rule: Rule) -> None:
    assert offences(rule, product()) == []


@pytest.mark.parametrize("rule", TESTED_TOO, ids=lambda rule: rule.__name__)
def test_the_tests_keep_the_rule(rule: Rule) -> None:
    assert offences(rule, files_of_tests()) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_rule_finds_a_bad_example(rule: Rule) -> None:
    assert offences(rule, [BAD[rule]])


def test_every_pure_module_exists() -> None:
    assert [path for path in PURE if not (ROOT / path).is_file()] == []


def test_the_package_config_has_one_owner() -> None:
    owners = importlib.metadata.packages_distributions().get("config", ["groundswell"])
    assert set(owners) == {"groundswell"}


def test_the_tests_mirror_the_tree() -> None:
    """A test file stands where the module it tests stands, and its name begins with its name."""
    own_rooms = ("contracts", "journeys", "faults", "places", "browser", "bench")
    strays = []
    for source in files_of_tests():
        parts = Path(source.path).parts[1:]
        if not parts[-1].startswith("test_") or parts[0] in own_rooms or len(parts) == 1:
            continue
        about = Path(parts[-1]).stem.removeprefix("test_")
        room = ROOT.joinpath(*parts[:-1])
        known = {path.stem for path in room.glob("*") if path.suffix == ".py" or path.is_dir()}
        if not any(about == name or about.startswith(f"{name}_") for name in known):
            strays.append(source.path)
    assert strays == []


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").is_file()] == []
