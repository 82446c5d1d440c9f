"""The text of a draft: a template of ours, filled with facts and a few of the author's words.

Pure: the same values give the same text, to the letter. Templates run in a sandbox and fail on a
name they do not know; the words of a post go in as a value and are never read as a template. A text
is in one language from its first word to its last: what cannot be said in it is left out, and the
person who decides is told so.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, Literal

from classifiers.corrections.resolutions import Resolution
from responders.delivery.inert import plain
from responders.voice.phases import RESOLVED
from responders.voice.words import dating
from responders.voice.words.affecting import NOBODY, Affected
from responders.voice.words.asking import Given, Lacking
from responders.voice.words.packing import built_in
from responders.voice.words.packs import FALLBACK, Asks, Pack, Packs, Phrases, code_of
from responders.voice.words.placing import PlaceRules, rules_of, shown
from responders.voice.words.recalling import Before, opening
from responders.voice.words.wording import noted

Kind = Literal["ack", "update", "page"]
MOST_WORDS: Final = 110
"""Longer replies are not read: design of what we say in public."""
AFFECTS: Final = "affects"
OPTIONAL: Final = (AFFECTS, "given", "asks", "thanks", "more")
"""What a text that is too long goes without, first to last; then the way around."""
WAY: Final = "helps"
NAMES: Final = {
    "given": "what they told us",
    AFFECTS: "who sees it",
    "asks": "the question",
    "thanks": "the thanks",
    "more": "what can be read elsewhere",
    WAY: "the way around",
    "note": "the note",
    "avoid": "how to avoid it",
}
"""What people of ours read of a part that was left out."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a text is made from."""

    kind: Kind
    """The first reply in a thread, a later one there, or an update of the page."""
    phase: str
    symptom: str
    """The author's words, as ``symptoms.symptom`` gave them; empty where none can be repeated."""
    language: str | None
    """The post's, or its source's where the post is too short to tell; None when nobody knows."""
    next_update_by: datetime | None
    """None when all is resolved: then nothing more is promised."""
    now: datetime
    page_url: str
    product: str
    fallback: Sequence[str] = ()
    """The product's languages, the first first: for a language that we have no text in."""
    place: str = ""
    """The kind of the source that it is written for, such as ``reddit``; empty for the page."""
    speaker: str = ""
    title: str = ""
    """The page's only, as ``wording.title_from`` gave it."""
    note: str = ""
    """What a person of ours said of this phase; the only source of a cause."""
    avoid: str = ""
    """What a person of ours said helps that it does not come back; told when it is resolved."""
    since: datetime | None = None
    """When this phase began."""
    resolution: Resolution | None = None
    """How it ended, where a person named the kind; the note is its reason."""
    again: bool = False
    """Whether people were told of a later phase before."""
    still: bool = False
    """Whether the page said the same phase before: the promised word, and nothing new."""
    people: int = 0
    """How many told us, and in how many places."""
    places: int = 0
    workaround: str = ""
    """What a person verified to help until it is fixed."""
    affected: Affected = NOBODY
    """Where people see it, as far as that is clear (affecting.py)."""
    expert: bool = False
    """How the author is spoken to (audience.py)."""
    given: Sequence[Given] = ()
    """What the author told us already (asking.py)."""
    lacking: Sequence[Lacking] = ()
    """What we may ask the author for (asking.py)."""
    before: Before | None = None
    """What stands in the thread already."""
    broken: Sequence[datetime] = ()
    """The promised times that passed without a word."""


@dataclass(frozen=True)
class Text:
    """A text ready to be shown to the person who decides."""

    text: str
    language: str
    note: str = ""
    """What that person should know, such as that it is not in the post's language."""

    @property
    def sha256(self) -> str:
        """The hash that an approval binds to."""
        return digest(self.text)


def told_by_nobody(_words: str) -> str | None:
    """Stand for a detector of languages that never knows."""
    return None


def draft(
    asked: Asked,
    packs: Packs | None = None,
    *,
    detect: Callable[[str], str | None] = told_by_nobody,
) -> Text:
    """Return the text for one thread or for the page; of the page the first line is the title.

    Args:
        asked: what it is made from.
        packs: the languages; None takes those that come with Groundswell.
        detect: tells the language of a few words of our own people, None where it cannot be told.
    """
    packs = built_in() if packs is None else packs
    name = text_of(asked)
    wanted = [language for language in (asked.language, *asked.fallback) if language]
    pack = packs.choose(wanted, name)
    rules = rules_of(asked.place)
    values, foreign = _values(asked, pack, rules, detect)
    text, cut = _fitted(pack, name, values, rules)
    notes = (
        _why_language(asked, pack, packs),
        _why_unread(pack),
        _left_out(foreign, f"not in {pack.name}, so left out"),
        _left_out(cut, "left out for length"),
        _why_long(text, asked, rules),
    )
    return Text(text, pack.code, "; ".join(filter(None, notes)))


def text_of(asked: Asked) -> str:
    """Return the name of the text that is asked for, such as ``ack_investigating``."""
    if asked.phase == RESOLVED:
        fixed = asked.resolution in {None, Resolution.FIXED}
        return f"{asked.kind}_{RESOLVED if fixed else 'ended'}"
    nothing_new = asked.still and asked.kind == "page"
    return f"{asked.kind}_{'still' if nothing_new else asked.phase}"


def way_around(workaround: str, place: str) -> str:
    """Return a verified way around as it stands in a text for a place."""
    return shown(noted(workaround), rules_of(place).markup)


def fits(words: str, language: str, detect: Callable[[str], str | None]) -> bool:
    """Tell whether words of our own people may stand in a text of a language."""
    found = detect(words) if words else None
    return found is None or code_of(found) == code_of(language)


def _values(
    asked: Asked, pack: Pack, rules: PlaceRules, detect: Callable[[str], str | None]
) -> tuple[dict[str, Any], list[str]]:
    """Return what the text is filled with, and which parts are in another language."""
    phrases, due = pack.phrases, asked.next_update_by
    ours = {"note": asked.note, "avoid": asked.avoid, WAY: asked.workaround}
    foreign = [part for part, words in ours.items() if not fits(words, pack.code, detect)]
    said = {
        part: "" if part in foreign else shown(noted(words), rules.markup)
        for part, words in ours.items()
    }
    before = asked.before
    values = {
        **said,
        WAY: f"{phrases.may_help}{said[WAY]}" if said[WAY] else "",
        "phase": asked.phase,
        "title": asked.title,
        "symptom": isolated(asked.symptom),
        "next_word": dating.due_time(due, phrases, now=asked.now) if due else "",
        "page_url": asked.page_url,
        "speaker": shown(speaker_name(asked.speaker, asked.product, phrases), rules.markup),
        "since": dating.past_time(asked.since, phrases) if asked.since else "",
        "ended": str(asked.resolution or Resolution.FIXED),
        "again": asked.again,
        "heard": dating.heard_from(asked.people, asked.places, phrases),
        "clock": dating.clock_time(asked.now, phrases),
        "thanks": True,
        "more": True,
        "given": shown(told_things(asked.given, phrases), rules.markup),
        "asks": question(asked.lacking, phrases.ask_expert if asked.expert else phrases.ask_novice,
                         phrases),
        AFFECTS: shown(who_sees_it(asked, phrases), rules.markup),
        "expert": asked.expert,
        "told_day": dating.day(before.told_at, phrases) if before else "",
        "opening": opening(before, broken=asked.broken, now=asked.now),
    }  # fmt: skip
    return values, foreign


def told_things(given: Sequence[Given], phrases: Phrases) -> str:
    """Return what an author told us as we repeat it: "version 4.2.1 and Android 14"."""
    named = {"version": phrases.version, "other": "{version}"}
    return dating.joined([named[one.kind].format(version=one.value) for one in given], phrases)


def who_sees_it(asked: Asked, phrases: Phrases) -> str:
    """Return the sentence that says where people see it, as "We have heard of it on Windows".

    Empty where that is not clear, or where the author, or the symptom, names it already.
    """
    words, known = phrases.affects, [one.value for one in asked.given]
    left = asked.affected.without(known).unnamed_in(f"{asked.symptom}\n{asked.title}")
    if words is None or not left:
        return ""
    platforms = words.platforms.format(platforms=dating.joined(left.platforms, phrases))
    versions = words.versions.format(versions=dating.joined(left.versions, phrases))
    both = words.both.format(platforms=platforms, versions=versions)
    where = both if left.platforms and left.versions else platforms if left.platforms else versions
    return words.sentence.format(where=where)


def question(lacking: Sequence[Lacking], asks: Asks, phrases: Phrases) -> str:
    """Return the one sentence that asks for what is lacking; empty where nothing is."""
    if not lacking:
        return ""
    words: dict[Lacking, str] = {
        "version": asks.version, "platform": asks.platform, "steps": asks.steps,
    }  # fmt: skip
    return asks.sentence.format(what=dating.joined([words[one] for one in lacking], phrases))


def _fitted(
    pack: Pack, name: str, values: dict[str, Any], rules: PlaceRules
) -> tuple[str, list[str]]:
    """Return the text without what it is too long for, and what that is.

    Whole parts go, never half a sentence. The way around goes only where the place has no room.
    """
    text, cut = pack.render(name, values), list[str]()
    for part in (*OPTIONAL, WAY):
        long = len(text) > rules.longest
        if not (long or (part != WAY and len(text.split()) > MOST_WORDS)):
            continue
        if values[part]:
            values = {**values, part: ""}
            shorter = pack.render(name, values)
            if shorter != text:
                text = shorter
                cut.append(part)
    return text, cut


def _why_language(asked: Asked, pack: Pack, packs: Packs) -> str:
    """Say why a text is not in the language that was asked for.

    What a stranger's post calls its language may be anything; only a code is named.
    """
    wanted = asked.language or next(iter(asked.fallback), FALLBACK)
    code = code_of(wanted)
    if code == pack.code:
        return ""
    what = "the page" if asked.kind == "page" else "the post"
    known = packs.get(wanted)
    if known is not None:
        return f"written in {pack.name}: our {known.name} pack has no text for this phase yet"
    named = f"“{code}”" if re.fullmatch("[a-z]{2,3}", code) else "another language"
    return f"written in {pack.name}: {what} is in {named} and we have no text for that"


def _left_out(parts: Sequence[str], why: str) -> str:
    return f"{why}: {', '.join(NAMES[part] for part in parts)}" if parts else ""


def _why_unread(pack: Pack) -> str:
    if pack.reviewed:
        return ""
    return f"nobody has reviewed our {pack.name} texts: approve it only if you read {pack.name}"


def _why_long(text: str, asked: Asked, rules: PlaceRules) -> str:
    if len(text) > rules.longest:
        return f"a post at {asked.place} holds {rules.longest} characters: shorten it, or split it"
    body = text.partition("\n\n")[2] if asked.kind == "page" else text
    words = len(body.split())
    return f"it has {words} words: shorten the note" if words > MOST_WORDS else ""


def isolated(words: str) -> str:
    """Keep words that run from right to left from reordering ours around them."""
    if any(unicodedata.bidirectional(char) in {"R", "AL"} for char in words):
        return f"\u2068{words}\u2069"
    return words


def digest(text: str) -> str:
    """Return the SHA-256 of a text as hexadecimal."""
    return sha256(text.encode()).hexdigest()


def speaker_name(speaker: str, product: str, phrases: Phrases) -> str:
    """Return who speaks: the product's speaker, else its team."""
    named = plain(speaker)
    if named:
        return named
    if product in {"", "default"}:
        return phrases.support_team
    return phrases.team.format(product=plain(product))
