"""Who sees a problem, where that is clear: the platforms and versions that several people named.

Pure. Here words of strangers become a statement of ours, so one person is never enough, and a value
that somebody calls spared, older or mended is passed over. Nothing is concluded of those who are
not named: a text says where we hear of it, and never who is well.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from classifiers.facts import Reported, reported
from responders.voice.words.symptoms import harmless

FEWEST: Final = 2
"""So many people name a value before we say it."""
SHARE: Final = 5
"""One in so many of all who report it, at least: two of a hundred say nothing of the others."""
MOST: Final = 2
"""More values of a kind than this, and it is not clear any more."""
LONGEST_VALUE: Final = 30

_CLAUSE: Final = re.compile(
    r"[;!?()]+|[.,:](?=\s|$)|\s[-–—]+\s"
    r"|\s(?=(?:but|while|whereas|though|and|aber|während|und|sondern)\s)",
    re.IGNORECASE,
)
_WELL: Final = re.compile(
    r"""(?ix)\b(?: fine | unaffected | ok(?:ay)? | flawless\w* | perfectly | spared | except
      | anders\s+als | unlike | instead\s+of | problemlos | einwandfrei | verschont | außer | statt
      | no(?:t|ne)?\s+(?:\w+\s+)?(?:problems?|issues?|trouble|affected) | not\s+(?:on|with|in)
      | nicht\s+(?:betroffen|auf|mit|unter|bei) | kein\w*\s+(?:problem\w*|fehler) )\b"""
)
_WORKS: Final = re.compile(
    r"(?i)\b(?:works?|worked|working|runs?|ran|went|funktionier\w*|lief|läuft|ging|klappt\w*)\b"
)
_NOT: Final = re.compile(
    r"""(?ix)\b(?: not | no | never | nothing | none | stops? | stopped | cannot | fail\w* | nicht
      | nie | nichts | kein\w* | hardly | barely | kaum )\b | n['’]t\b"""
)
_OLDER: Final = re.compile(
    r"""(?ix)(?: \b(?: from | before | until | till | up\s+to | older\s+than | below | von | vor
        | bis )\s+(?:(?:the|der|die|dem|version|update|v)\s+){0,2}
      | \b(?: back | downgrad\w* | revert\w* | return\w* | roll\w* | zurück\w* | still\s+on
        | stay\w* | re-?install\w* | fix\w*\s+(?:in|of|with|by)
        | (?:solved|gone|resolved|mended|behoben|gelöst)\s+(?:in|with|by|mit|ab)
        | previous | last | old | alte[nrs]? )\s+(?:\w+\s+){0,3}?v? )$"""
)
"""What right before a value makes it the one that is not meant."""
_NAME: Final = re.compile(r"(?:^|[\s(])([A-Z][\w-]*|iOS|iPadOS|macOS|watchOS)\s+v?$")
_NO_NAME: Final = frozenset(
    {
        "version", "update", "updated", "release", "build", "app", "beta", "since", "on", "with",
        "after", "in", "at", "to", "the", "our", "my", "this", "new", "from", "using", "running",
        "upgrade", "upgraded", "upgrading", "latest", "firmware", "software", "client", "patch",
        "seit", "mit", "nach", "auf", "die", "der", "das", "ab", "aktualisierung", "programm", "v",
        "ver",
    }
)  # fmt: skip
_THINGS: Final = re.compile(
    r"(?i)\b(?:driver|treiber|pilote|kernel|bios|router|php|python|java|node|mysql|postgres\w*"
    r"|nginx|browser|webview|openssl|cuda)\s+(?:version\s+|v)?$"
)
"""What has versions of its own beside the product."""
_WORDS_TOO: Final = frozenset({"edge", "opera", "chrome", "safari", "docker", "samsung", "galaxy"})
"""Names that are words as well: those count only where somebody wrote them as names."""


@dataclass(frozen=True)
class Affected:
    """Where people see it; empty where that is not clear."""

    platforms: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.platforms or self.versions)

    @property
    def values(self) -> tuple[str, ...]:
        """All of them, in the order in which they are told."""
        return (*self.platforms, *self.versions)

    def without(self, told: Collection[str]) -> "Affected":
        """Return what somebody learns by it who told these themselves, or narrower: Windows 11."""
        known = [f"{value.casefold()} " for value in told]
        return self._where(lambda one: not any(k.startswith(f"{one.casefold()} ") for k in known))

    def unnamed_in(self, words: str) -> "Affected":
        """Return what a text does not name yet."""
        return self._where(lambda one: _mention(one).search(words) is None)

    def _where(self, holds: Callable[[str], bool]) -> "Affected":
        return Affected(
            tuple(one for one in self.platforms if holds(one)),
            tuple(one for one in self.versions if holds(one)),
        )


NOBODY: Final = Affected()
"""Where nothing is clear."""


def affected(facts: Mapping[str, Any], *, people: int, product: Sequence[str] = ()) -> Affected:
    """Return where people see a problem, as far as several say the same and nobody else.

    Args:
        facts: of the issue, as they are kept.
        people: how many report it.
        product: its names; a version behind another name is that thing's own.
    """
    ours = {word.casefold() for name in product for word in name.split()}
    platforms = [one for one in reported(facts, "platforms") if _is_platform(one)]
    versions = [one for one in reported(facts, "versions") if _is_ours(one, ours)]
    return Affected(_clear(platforms, people), _clear(versions, people))


def _clear(found: Sequence[Reported], people: int) -> tuple[str, ...]:
    """Return the values that enough people name, those of most first; none if they are many."""
    top = max((one.people for one in found), default=0)
    needed = max(FEWEST, -(-people // SHARE), -(-top // 2))
    said = [one for one in found if one.people >= needed and _may_be_said(one.value)]
    said = [one for one in said if not _is_spared(one)]
    kept = tuple(one.value for one in said if not _is_part_of_another(one, said))
    return kept if len(kept) <= MOST else ()


def _may_be_said(value: str) -> bool:
    return 0 < len(value.strip()) <= LONGEST_VALUE and harmless(value)


def _is_part_of_another(one: Reported, said: Sequence[Reported]) -> bool:
    """Tell whether a wider name says the same: "Windows 11" beside "Windows"."""
    return any(one.value.startswith(f"{other.value} ") for other in said)


def _is_platform(one: Reported) -> bool:
    first, _, _ = one.value.casefold().strip().partition(" ")
    if first not in _WORDS_TOO:
        return bool(first)
    return any(one.value in quote.text for quote in one.quotes)


def _is_ours(one: Reported, ours: Collection[str]) -> bool:
    """Tell whether a version is the product's own, and not that of "iOS 17.2"."""
    for before, _ in _places(one):
        if _THINGS.search(before):
            return False
        name = _NAME.search(before)
        if name and name[1].casefold() not in _NO_NAME and name[1].casefold() not in ours:
            return False
    return True


def _is_spared(one: Reported) -> bool:
    """Tell whether somebody says of a value that it is well there, or that it is an older one."""
    for before, clause in _places(one):
        works = _WORKS.search(clause) and not _NOT.search(clause)
        if works or _WELL.search(clause) or _OLDER.search(before):
            return True
    return False


def _places(one: Reported) -> Iterator[tuple[str, str]]:
    """Yield for each mention in the quotes what stands before it in its clause, and the clause."""
    for quote in one.quotes:
        for clause in _CLAUSE.split(quote.text):
            for found in _mention(one.value).finditer(clause):
                yield clause[: found.start()], clause


def _mention(value: str) -> re.Pattern[str]:
    return re.compile(rf"(?i)(?<![\w.]){re.escape(value)}(?!\w|\.\d)")
