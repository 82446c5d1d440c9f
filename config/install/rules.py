"""The rules of the set-up: what its stamp covers, which torch to try, what a refusal means.

Apart from the steps, which act, so that each rule is tested without a network. Standard
library only: it runs before anything is installed.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Literal

Level = Literal["run", "dev"]

# An environment takes 1.5 GB with the CPU build of torch, 5.5 GB with the full one on Linux; the
# rest is room for what pip keeps and unpacks on its way.
NEEDED_BYTES = 2_500_000_000
NEEDED_FOR_CUDA_BYTES = 9_000_000_000
LOCKS: Mapping[Level, str] = {"run": "requirements-run.txt", "dev": "requirements-dev.txt"}
CPU_LOCK = "requirements-torch-cpu.txt"
PLAIN_LOCK = "requirements-torch.txt"
PIP_LOCK = "requirements-pip.txt"
FINGERPRINTED = (*LOCKS.values(), CPU_LOCK, PLAIN_LOCK, PIP_LOCK)

_LOCKED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)


@dataclass(frozen=True)
class Stamp:
    """What a finished set-up leaves behind in the environment."""

    fingerprint: str
    level: Level
    root: str
    python: str
    packages: tuple[str, ...]


@dataclass(frozen=True)
class TorchAttempt:
    """One way to get torch: what pip is told, and what the person is told before and after."""

    arguments: tuple[str, ...]
    needed_bytes: int = 0
    before: str = ""
    after: str = ""


def fingerprint(locks: Mapping[str, str], pyproject: str) -> str:
    """Digest everything that decides what an environment holds.

    Of pyproject.toml only what is installed counts: a changed lint rule must not cost a set-up.
    """
    declared = tomllib.loads(pyproject)
    material = {
        "locks": dict(locks),
        "project": declared.get("project", {}),
        "build": declared.get("build-system", {}),
        "packages": declared.get("tool", {}).get("setuptools", {}),
    }
    return hashlib.sha256(json.dumps(material, sort_keys=True).encode()).hexdigest()


def write_stamp(stamp: Stamp) -> str:
    """Return the stamp as text; `read_stamp` is its inverse."""
    return json.dumps(asdict(stamp), indent=1) + "\n"


def read_stamp(text: str) -> Stamp | None:
    """Return the stamp, or None when the text is no stamp (cut short, of another shape)."""
    try:
        fields = json.loads(text)
        return Stamp(**{**fields, "packages": tuple(fields["packages"])})
    except (ValueError, TypeError, KeyError):
        return None


def is_current(stamp: Stamp | None, wanted: Stamp) -> bool:
    """Tell whether the environment already holds what is wanted; ``dev`` includes ``run``."""
    return (
        stamp is not None
        and same_place(stamp, wanted)
        and stamp.fingerprint == wanted.fingerprint
        and stamp.level in (wanted.level, "dev")
    )


def same_place(stamp: Stamp, wanted: Stamp) -> bool:
    """Tell whether an environment may be kept: one made elsewhere holds paths that lead astray."""
    return (stamp.root, stamp.python) == (wanted.root, wanted.python)


def locked(text: str) -> dict[str, set[str]]:
    """Return the versions pinned in a lock by normalised name; Python versions may differ in it."""
    pins: dict[str, set[str]] = {}
    for name, version in _LOCKED.findall(text):
        pins.setdefault(normalised(name), set()).add(version)
    return pins


def normalised(name: str) -> str:
    """Return a package's one spelling (``discord.py`` → ``discord-py``)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def leftovers(before: Iterable[str], now: Iterable[str]) -> list[str]:
    """Return the packages an earlier set-up brought and the lock no longer names.

    What a person added by hand was never in a stamp, so it stays.
    """
    return sorted(set(before) - set(now) - {"pip", "torch"})


def torch_attempts(*, system: str, index: str, version: str) -> list[TorchAttempt]:
    """Return the ways to get torch; each is tried only when nobody offers the one before.

    On Linux the plain build brings gigabytes of CUDA, so the CPU build is asked for by its own
    version, which nothing else can match. Its checksum is known for some platforms only.

    Args:
        system: ``platform.system()``.
        index: An index address or a folder of wheels the person named in TORCH_INDEX, or "".
        version: The pinned version without build, such as ``2.13.0``.
    """
    source = ("--index-url" if "://" in index else "--find-links", index) if index else ()
    plain = (*source, "--require-hashes", "-r", PLAIN_LOCK)
    if system != "Linux":
        return [TorchAttempt(plain)]
    cpu = [
        TorchAttempt((*source, "--require-hashes", "-r", CPU_LOCK)),
        TorchAttempt((*source, f"torch=={version}+cpu"), after=UNVERIFIED),
    ]
    return (
        cpu if index else [*cpu, TorchAttempt(plain, NEEDED_FOR_CUDA_BYTES, before=LARGE_DOWNLOAD)]
    )


UNVERIFIED = "No checksum of the CPU build is on record for this platform: taken by its version."
LARGE_DOWNLOAD = (
    "pip offers no CPU build of torch here: installing the full one, a download of over 2 GB\n"
    "  that takes 5.5 GB on the disk.\n"
    "  To avoid it, stop (Ctrl-C), name the index PyTorch's install page gives for CPU, and run\n"
    "  again: make setup TORCH_INDEX=ADDRESS (a folder of wheels will do too)."
)


def not_offered(output: str) -> bool:
    """Tell whether pip failed only because no index offers the thing."""
    return "No matching distribution found" in output and "DO NOT MATCH THE HASHES" not in output


def disk_problem(free_bytes: int, needed_bytes: int = NEEDED_BYTES) -> str:
    """Return what is wrong with the room on the disk, or ""."""
    if free_bytes >= needed_bytes:
        return ""
    return (
        f"Only {free_bytes / 1e9:.1f} GB are free here and the set-up needs "
        f"{needed_bytes / 1e9:.1f} GB: make room, then run it again."
    )


def big_download(line: str) -> str:
    """Return "NAME (SIZE)" when a line of pip's tells of a long download, else "".

    Worked: ``Downloading torch-2.13.0-cp311.whl (506.0 MB)`` → ``torch (506.0 MB)``.
    """
    found = re.match(r"\s*Downloading (?:\S*/)?([A-Za-z0-9_.]+)-\S+ \(([\d.]+) ([MG]B)\)", line)
    if found is None:
        return ""
    name, size, unit = found.groups()
    return f"{name} ({size} {unit})" if unit == "GB" or float(size) >= 25 else ""


def complaint(lines: Iterable[str]) -> str:
    """Return in one line why a tool stopped, from the last lines it wrote, and what to do."""
    said = [line.strip() for line in lines]
    errors = [line for line in said if line.lower().startswith("error")]
    words = " ".join(errors[-3:]) or " ".join(said[-3:])
    return (
        f"The set-up stopped: {words or 'a tool ended without a word'} "
        f"(all of it: .venv/setup.log). Check network and disk, then run the same again."
    )
