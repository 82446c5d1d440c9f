"""Every text of every pack with all its parts and with none, as the golden files show them.

Run ``python -m tests.responders.voice.sample_texts`` after a text or a phrase was changed, and read
what changed: ``git diff tests/responders/voice/golden``.
"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from classifiers.corrections.resolutions import Resolution
from responders.voice.phases import RESOLVED
from responders.voice.words.affecting import Affected
from responders.voice.words.asking import Given
from responders.voice.words.drafting import Asked, Kind, draft
from responders.voice.words.packing import built_in
from responders.voice.words.packs import Pack
from responders.voice.words.recalling import Before

GOLDEN: Final = Path(__file__).parent / "golden"
NOON: Final = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
PAGE: Final = "https://status.fernsync.example/"
SYMPTOMS: Final = {
    "en": "The app hangs when I open a note",
    "de": "Die App hängt, wenn ich eine Notiz öffne",
    "fr": "L’application se bloque quand j’ouvre une note",
    "es": "La aplicación se bloquea cuando abro una nota",
    "pt": "A aplicação bloqueia quando abro uma nota",
    "ja": "メモを開くとアプリが固まります",
}
OURS: Final = {
    "en": ("A full disk on one server.", "Keep a gigabyte free.", "Pair it again."),
    "de": ("Eine volle Platte auf einem Server.", "Ein Gigabyte frei halten.", "Neu koppeln."),
}
"""What people of ours wrote: note, how to avoid it, the way around."""
PHASES: Final = ("investigating", "identified", "monitoring")


def bare(pack: Pack, kind: Kind, phase: str) -> Asked:
    """Return what a text is made from where nothing is set up and nothing more is known."""
    over = phase == RESOLVED
    return Asked(
        kind=kind,
        phase=phase,
        symptom=SYMPTOMS[pack.code],
        language=pack.code,
        next_update_by=None if over else NOON + timedelta(hours=4),
        now=NOON,
        page_url=PAGE,
        product="Fernsync",
        title=SYMPTOMS[pack.code],
        since=NOON - timedelta(minutes=7) if over else None,
    )


def full(pack: Pack, kind: Kind, phase: str) -> Asked:
    """Return what a text with all its parts is made from."""
    note, avoid, way = OURS.get(pack.code, ("", "", ""))
    first = kind == "ack"
    return replace(
        bare(pack, kind, phase),
        next_update_by=None if phase == RESOLVED else NOON + timedelta(hours=26),
        speaker={"en": "Ines from Fernsync", "de": "Ines von Fernsync"}.get(pack.code, ""),
        note=note,
        avoid=avoid,
        workaround=way if phase in PHASES[:2] else "",
        affected=Affected(("Windows 11",), ("5.2",)),
        people=12,
        places=3,
        given=(Given("version", "4.2.1"),) if first else (),
        lacking=("platform", "steps") if first and phase == PHASES[0] else (),
        before=None if first else Before(NOON - timedelta(days=1), NOON + timedelta(hours=2)),
    )


def samples() -> Iterator[tuple[str, str]]:
    """Yield the path of each golden file below its folder, and what stands in it."""
    for pack in built_in().by_code.values():
        for text in pack.about.texts:
            for name, asked in _of(pack, text):
                made = draft(asked)
                assert made.language == pack.code, name
                yield f"{pack.code}/{text}{name}.txt", f"{made.text}\n"
    yield from _of_places()


def _of(pack: Pack, text: str) -> Iterator[tuple[str, Asked]]:
    kind, _, what = text.partition("_")
    if kind == "ack":
        yield from _of_reply(pack, "ack", what)
    elif what == "ended":
        for ended in [one for one in Resolution if one is not Resolution.FIXED]:
            kind_of: Kind = "page" if kind == "page" else "update"
            yield f".{ended}", replace(full(pack, kind_of, RESOLVED), resolution=ended)
    elif kind == "update":
        yield from _of_reply(pack, "update", what)
        late = Before(NOON - timedelta(days=1), NOON - timedelta(hours=1))
        asked = replace(full(pack, "update", what), before=late)
        yield ".late", replace(asked, broken=(NOON - timedelta(hours=1),))
    elif what == "still":
        for phase in PHASES:
            yield f".{phase}", replace(full(pack, "page", phase), still=True)
    else:
        yield ".bare", bare(pack, "page", what)
        yield ".full", full(pack, "page", what)
        yield ".again", replace(bare(pack, "page", what), again=True, symptom="")


def _of_reply(pack: Pack, kind: Kind, phase: str) -> Iterator[tuple[str, Asked]]:
    yield ".bare", bare(pack, kind, phase)
    yield ".novice", full(pack, kind, phase)
    yield ".expert", replace(full(pack, kind, phase), expert=True)


def _of_places() -> Iterator[tuple[str, str]]:
    """Yield what differs by place: marks in our own people's words, and room for them."""
    marked = {
        "de": "Starten Sie *sync_agent* zweimal neu, siehe #12, oder fragen Sie @ines.",
        "en": "Restart *sync_agent* twice, see #12, or ask @ines.",
    }
    for pack in (built_in().by_code[code] for code in ("de", "en")):
        asked = replace(full(pack, "ack", PHASES[0]), workaround=marked[pack.code])
        for place in ("discourse", "mastodon", "bluesky"):
            made = draft(replace(asked, place=place))
            told = f"{made.text}\n\n--- {made.note}\n" if made.note else f"{made.text}\n"
            yield f"{pack.code}/ack_investigating.novice.{place}.txt", told


def main() -> None:
    """Write every golden file anew."""
    shutil.rmtree(GOLDEN, ignore_errors=True)
    for name, text in samples():
        file = GOLDEN / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
