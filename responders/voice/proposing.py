"""The texts of one issue: for an entry of the page, a first reply, a follow-up in a told thread.

Apart from the pass, because here nothing is written: a draft is made as a value, and the pass puts
it into a new row or into that of an undecided one. All of it reads in the transaction that writes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from sqlmodel import Session

from classifiers.corrections.store_workarounds import workaround_of
from classifiers.naming import Told
from classifiers.store import Counts, counts, reference
from config import plugins
from config.ground import Ground
from config.settings import Settings
from listener.reading.language import detect_language
from listener.tables import Product, Source
from responders.delivery.erasures import erasures
from responders.delivery.opening import ROOM
from responders.voice.addressing import PAGE
from responders.voice.freshness import is_ahead
from responders.voice.leave.withholding import FOR_A_PERSON, withheld
from responders.voice.ledger.casebook import Case
from responders.voice.ledger.followups import PageWord, spent
from responders.voice.ledger.promises import Periods, next_update_by
from responders.voice.phases import INVESTIGATING, is_back
from responders.voice.store_respond import Reported, drawn_at, kind_of_place, languages_at
from responders.voice.tables import Draft, DraftState
from responders.voice.words.affecting import NOBODY, Affected, affected
from responders.voice.words.asking import author_of, lacking, repeatable
from responders.voice.words.drafting import (
    AFFECTS,
    NAMES,
    WAY,
    Asked,
    Kind,
    Text,
    draft,
    fits,
    text_of,
    way_around,
    who_sees_it,
)
from responders.voice.words.packing import read_packs
from responders.voice.words.packs import FALLBACK, Pack, Packs
from responders.voice.words.placing import rules_of, shown
from responders.voice.words.recalling import opening
from responders.voice.words.speaking import language_for
from responders.voice.words.symptoms import symptom
from responders.voice.words.wording import entry_link, title_from

BY_HAND = "manual"
"""The channel of a thread that a person must answer with their own hands."""
NEEDS_A_WAY = frozenset({"investigating", "identified"})
"""Once a change was made against it, the way around is history."""


HalfApproved = Callable[[Session, Draft], bool]
"""Tells whether one of two people said yes to a draft as it stands; kept above this room."""


def nobody(session: Session, draft: Draft) -> bool:  # noqa: ARG001 - one of many answers
    """Say that nobody said yes to a draft that needs two."""
    return False


@dataclass(frozen=True)
class Desk:
    """What the texts of one issue are made with."""

    session: Session
    ground: Ground
    product: Product
    case: Case
    page_url: str
    half_approved: HalfApproved = nobody

    @cached_property
    def now(self) -> datetime:
        """The time, the same for all texts made at once."""
        return self.ground.clock.now()

    @cached_property
    def due(self) -> datetime:
        """The issue's next word: the one promised in public, else in a draft, else a new one."""
        promised = [row.due_at for row in self.case.unsettled]
        drafted = [row.next_update_by for row in self.case.live]
        for known in (promised, drafted):
            ahead = [moment for moment in known if moment and is_ahead(moment, now=self.now)]
            if ahead:
                return max(ahead)
        return self._new_due()

    def _new_due(self) -> datetime:
        periods = periods_of(self.ground.settings)
        return next_update_by(self.case.issue.severity, self.now, periods)

    def kept_due(self, row: Draft | None) -> datetime | None:
        """Return the next word that a reply promises: the one it has, while that is still true."""
        if self.case.is_resolved:
            return None
        kept = row.next_update_by if row else None
        promised = {p.due_at for p in self.case.unsettled if is_ahead(p.due_at, now=self.now)}
        good = is_ahead(kept, now=self.now) and (not promised or kept in promised)
        return kept if good else self.due

    def page_due(self, entry: int, row: Draft | None) -> datetime | None:
        """Return the next word that an update promises; one whose word it is itself, not again."""
        if self.case.is_resolved:
            return None
        over = spent(self.case, entry, now=self.now)
        for moment in (row.next_update_by if row else None, self.due):
            if is_ahead(moment, now=self.now) and moment not in over:
                return moment
        return self._new_due()

    @property
    def link(self) -> str:
        """Where a reply leads."""
        return self.link_of(self.case.link_to)

    def link_of(self, entry: int | None) -> str:
        """Return the address of an entry; the page's front where it is not published."""
        public_id = reference(entry).lower() if entry is not None else None
        return entry_link(self.page_url, public_id)

    @cached_property
    def _issue_words(self) -> Sequence[str]:
        """The issue's words that we may repeat; its title may be an erased post's."""
        if erasures(self.session, self.case.id).unforgotten:
            return ()
        return (self.case.issue.title, *self.case.issue.key_phrases)

    @cached_property
    def packs(self) -> Packs:
        """The languages that we can write in."""
        return packs_of(self.ground.settings)

    @cached_property
    def _counts(self) -> Counts:
        return counts(self.session, [self.case.id]).get(self.case.id, Counts())

    @cached_property
    def affected(self) -> Affected:
        """Where people see it; while the words of an erased post are not forgotten, nobody says."""
        if not self._issue_words:
            return NOBODY
        names = [self.product.name, *self.product.aliases]
        return affected(self.case.issue.facts or {}, people=self._counts.authors, product=names)

    @property
    def page_pack(self) -> Pack:
        """The language of the page."""
        return self.packs.choose(
            self.product.languages, text_of(self._asked("page", due=None, link=""))
        )

    def title(self, before: Draft | None = None) -> str:
        """Return the title of an entry: a person's, else the one it has, while it may be said."""
        issue, words = self.case.issue, self._issue_words
        untitled = self.page_pack.phrases.untitled
        if words and issue.titled_by:
            return title_from(issue.title, issue.key_phrases, by_person=True, untitled=untitled)
        if before is not None and not erasures(self.session, self.case.id).members:
            return before.text.partition("\n")[0]
        return title_from(words[0] if words else "", words[1:], untitled=untitled)

    def page(self, entry: int, word: PageWord, row: Draft | None = None) -> Draft:
        """Return the update that an entry is owed.

        Args:
            entry: the one of the family whose entry it is.
            word: what it is owed.
            row: the draft whose text it becomes, if one waits.
        """
        title = self.title(word.before)
        due = self.page_due(entry, row)
        told_of = self._counts if word.still else Counts()
        asked = replace(
            self._asked("page", due=due, link=self.link_of(entry if word.before else None)),
            language=next(iter(self.product.languages), FALLBACK),
            symptom="" if self.packs.is_untitled(title) else title,
            title=title,
            again=is_back(self.case.phase, word.before.phase if word.before else None),
            still=word.still,
            people=told_of.authors,
            places=told_of.sources,
        )
        return self._draft("update", PAGE, self._drawn(asked), due=due, issue_id=entry)

    def reply(self, kind: Kind, posts: Sequence[Reported], row: Draft | None = None) -> Draft:
        """Return the text for a thread, or the reason why a person must write there.

        Args:
            kind: a first reply, or a follow-up.
            posts: what people reported there, in order of arrival; not empty.
            row: the draft whose text it becomes, if one waits.
        """
        first = next((found for found in posts if row and found.post.id == row.post_id), posts[0])
        due = self.kept_due(row)
        why_not, text = self._reply_text(kind, first, posts, due)
        made = self._draft(kind, channel_of(first.source), text, due=due, issue_id=self.case.id)
        made.thread_id, made.post_id = first.thread.id, first.post.id
        made.post_revision = first.post.revision
        if why_not:
            made.state, made.reason = DraftState.SILENT, f"{FOR_A_PERSON}: {why_not}"
        return made

    def _reply_text(
        self, kind: Kind, first: Reported, posts: Sequence[Reported], due: datetime | None
    ) -> tuple[str | None, Text]:
        """Return why nothing is proposed, if so, and the text."""
        post = first.post
        empty = Text("", post.lang or next(iter(self.product.languages), FALLBACK))
        for found in posts:
            why_not = withheld(f"{found.post.title or ''}\n{found.post.text}")
            if why_not:
                return why_not, empty
        words = self._symptom(first)
        if words is None and kind == "ack":
            return "no words of it can be repeated", empty
        return None, self._drawn(self._asked_reply(kind, words or "", first, posts, due))

    def _symptom(self, first: Reported) -> str | None:
        """Return what a reply repeats of a post."""
        spare = (first.post.title or "", *self._issue_words)
        return symptom(first.post.text, phrases=self.case.issue.key_phrases, spare=spare)

    def _asked_reply(
        self,
        kind: Kind,
        words: str,
        first: Reported,
        posts: Sequence[Reported],
        due: datetime | None,
    ) -> Asked:
        """Return what a reply is made from: it knows who it speaks to and what they were told."""
        case = self.case
        same = [one.post for one in posts if _by_the_same(one, first)]
        author = author_of([Told(str(one.id), one.text, one.title) for one in same])
        is_first, about = kind == "ack", f"{words}\n{first.post.title or ''}"
        wants = is_first and case.phase == INVESTIGATING
        return replace(
            self._asked(kind, due=due, link=self.link),
            symptom=words,
            language=first.post.lang or self._language_at(first.source),
            place=first.source.kind,
            expert=author.expert,
            given=repeatable(author) if is_first else (),
            lacking=lacking(author, case.issue.facts, about=about) if wants else (),
            before=None if is_first else case.before(first.thread.id or 0),
            broken=case.broken(self.now),
        )

    def _language_at(self, source: Source) -> str | None:
        """Return what a place speaks, for a post too short to tell; None where nobody knows."""
        return language_for(languages_at(self.session, source.id or 0))

    def _asked(self, kind: Kind, *, due: datetime | None, link: str) -> Asked:
        """Return what is the same for every text of the issue."""
        return Asked(
            kind=kind,
            phase=self.case.phase,
            symptom="",
            language=None,
            fallback=self.product.languages,
            next_update_by=due,
            now=self.now,
            page_url=link,
            product=self.product.name,
            speaker=self.product.speaker,
            note=self.case.note,
            avoid=self.case.avoid,
            resolution=self.case.resolution,
            since=self.case.since,
            workaround=self.workaround,
            affected=self.affected,
        )

    def _drawn(self, asked: Asked) -> Text:
        return draft(asked, self.packs, detect=detect_language)

    @cached_property
    def workaround(self) -> str:
        """What a person verified to help; empty once it needs no way around any more."""
        found = workaround_of(self.session, self.case.issue)
        return found.found.text if found and self.case.phase in NEEDS_A_WAY else ""

    def says_workaround(self, row: Draft) -> bool:
        """Tell whether a waiting text says what helps now, and nothing that does not.

        One that had no room for it, or is in another language, told so when it was drawn.
        """
        helps = way_around(self.workaround, kind_of_place(self.session, row))
        if not fits(self.workaround, row.language, detect_language) or NAMES[WAY] in row.reason:
            helps = ""
        pack = self.packs.get(row.language)
        says = pack is not None and pack.phrases.may_help in row.text
        return (not helps and not says) or (bool(helps) and helps in row.text)

    def says_who(self, row: Draft) -> bool:
        """Tell whether a waiting entry says where people see it, as far as that is clear now.

        One that had no room for it told so when it was drawn.
        """
        if not self.may_say_who(row) or self.case.is_resolved:
            return True
        title = row.text.partition("\n")[0]
        asked = replace(self._asked("page", due=None, link=""), title=title)
        return self._says(row.text, asked, row.language, "")

    def may_say_who(self, row: Draft) -> bool:
        """Tell whether a waiting text may say where people see it; one without room told so."""
        pack = self.packs.get(row.language)
        return pack is not None and bool(pack.phrases.affects) and NAMES[AFFECTS] not in row.reason

    def says_who_to(self, row: Draft, text: str, posts: Sequence[Reported]) -> bool:
        """Tell the same of a text for a thread, which names nothing that its author named."""
        first = next((one for one in posts if one.post.id == row.post_id), posts[0])
        asked = self._asked_reply("ack", self._symptom(first) or "", first, posts, None)
        return self._says(text, asked, row.language, first.source.kind)

    def _says(self, text: str, asked: Asked, language: str, place: str) -> bool:
        pack = self.packs.get(language)
        if pack is None or pack.phrases.affects is None:
            return True
        wanted = shown(who_sees_it(asked, pack.phrases), rules_of(place).markup)
        fixed = max(pack.phrases.affects.sentence.split("{where}"), key=len)
        return wanted in text if wanted else fixed not in text

    def opens_well(self, row: Draft) -> bool:
        """Tell whether a waiting follow-up begins as it would if it were drawn now."""
        before = self.case.before(row.thread_id) if row.thread_id and row.kind == "update" else None
        if before is None or before.promised is None or self.now <= before.promised:
            return True
        broken, drawn = self.case.broken(self.now), drawn_at(self.session, row)
        return opening(before, broken=broken, now=drawn) == opening(
            before, broken=broken, now=self.now
        )

    def _draft(
        self, kind: str, channel: str, text: Text, *, due: datetime | None, issue_id: int
    ) -> Draft:
        return Draft(
            key="",
            product_id=self.case.issue.product_id,
            issue_id=issue_id,
            kind=kind,
            phase=self.case.phase,
            channel=channel,
            language=text.language,
            text=text.text,
            text_sha256=text.sha256,
            reason=text.note,
            next_update_by=due,
            created_at=self.now,
        )


def periods_of(settings: Settings) -> Periods:
    """Return the operator's knobs as the rule takes them."""
    knobs = settings.voice
    return Periods(
        critical_h=knobs.next_update_critical_h,
        major_h=knobs.next_update_major_h,
        minor_h=knobs.next_update_minor_h,
        cosmetic_h=knobs.next_update_cosmetic_h,
    )


def packs_of(settings: Settings) -> Packs:
    """Return the languages of an installation: ours, and what the operator brought.

    Raises:
        SettingsError: a pack is broken; it names the file and the line.
    """
    named = settings.voice.packs
    return read_packs(settings.path(named) if named else None)


def _by_the_same(one: Reported, other: Reported) -> bool:
    """Tell whether two posts are one person's; a post without an author stands for itself."""
    key = other.post.author_key
    return one.post.id == other.post.id or (key is not None and one.post.author_key == key)


def channel_of(source: Source) -> str:
    """Return how a reply would leave: by the source's own kind if it can and may, else by hand."""
    return source.kind if source.reply and source.kind in plugins.names(ROOM) else BY_HAND
