"""What a chat face reads for the person who asked: drafts, open issues, what the page says.

Every text of strangers is cut and made plain here; the platform's own markup is the drawing's.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from classifiers import store
from classifiers.tables import Issue
from config.database import reading
from config.errors import PermanentError
from config.ground import Ground
from responders.bots.speaking import Choice, Field, Form, Said
from responders.decisions.wording import at_time
from responders.delivery.inert import cut, quoted, web_link
from responders.oncall.alert import link_to
from responders.oncall.pressing import Button, Do, Kind, Press
from responders.oncall.store_cards import handling_of
from responders.page import store as page
from responders.voice import store as voice
from responders.voice.rules.base import BLOCK
from responders.voice.tables import Draft, DraftState

CHOICES = 25
"""Lines that a list to choose from has at the most, on both platforms."""
LISTED = 10
LISTED_FINDINGS, FOUND = 4, 60
"""Findings that stand beside a draft, and characters of the words that one means."""
TITLE, LABEL = 80, 90
SHOWN_TEXT = 1900
"""Characters of a draft that can be shown whole with every one escaped; longer ones are read in the
console, because nobody approves what they did not see."""
EDITED_TEXT = 2000
"""Characters that a form surely takes, which counts some of them twice."""


def waiting_draft(ground: Ground, issue_id: int, *, after: int) -> Said:
    """Show the first draft of an issue that waits, from a number on."""
    with reading(ground.engine) as session:
        rows = [row for row, _ in voice.listed(session, issue_id=issue_id)]
        waiting = sorted(
            (row for row in rows if row.state is DraftState.PENDING), key=lambda row: row.id or 0
        )
        found = next((row for row in waiting if (row.id or 0) > after), None)
        thread = voice.one(session, found.id or 0) if found else None
    if found is None:
        left = f"; {len(waiting)} before it wait still" if waiting else ""
        return Said(f"No further draft of {store.reference(issue_id)} waits{left}.")
    where = "the page" if thread is None or thread[1] is None else thread[1].url or found.channel
    count = f"{waiting.index(found) + 1} of {len(waiting)}"
    words = f"Draft {found.id}, {count}, for {where}. Version {found.version}, to the letter:"
    return _shown(ground, found, words, last=found is waiting[-1])


def _shown(ground: Ground, draft: Draft, words: str, *, last: bool) -> Said:
    issue, number = draft.issue_id, str(draft.id)
    more = Button("Next draft…", str(Press(Do.READ, issue, (number,))))
    rest = () if last else (more,)
    if len(draft.text) > SHOWN_TEXT:
        link = link_to(ground.settings, issue)
        there = (Button("Open", url=link),) if link else ()
        words = f"Draft {draft.id} is too long to be read here; read it in the console."
        return Said(words, buttons=(*there, *rest))
    shown = Press(Do.APPROVE, issue, (number, str(draft.version), draft.text_sha256))
    yes = Button("Approve this text", str(shown), Kind.MAIN)
    found = found_lines(draft.findings)
    if any(one.get("level") == BLOCK for one in draft.findings):
        yes = pass_button(shown)
    return Said(f"{words}{found}", text=draft.text, buttons=(yes, edit_button(shown), *rest))


def pass_button(press: Press) -> Button:
    """Return the button that asks why a text may leave with what the rules block."""
    return Button("Approve anyway…", str(Press(Do.OVERRIDE, press.issue, press.more)), Kind.DANGER)


def edit_button(press: Press) -> Button:
    """Return the button that opens the text of a draft."""
    return Button("Edit…", str(Press(Do.EDIT, press.issue, press.more[:2])))


def found_lines(findings: Sequence[Mapping[str, Any]]) -> str:
    """Return what the rules found in a text, blocks first, a line each; empty for nothing."""
    lines = [
        f"\n{'Blocked' if one['level'] == BLOCK else 'Warning'}: {one['message']}"
        + (f" “{quoted(str(one['words']), FOUND)}”" if one["words"] else "")
        for one in findings[:LISTED_FINDINGS]
    ]
    left = len(findings) - LISTED_FINDINGS
    return "".join(lines) + (f"\nAnd {left} more in the console." if left > 0 else "")


def named_text(press: Press) -> tuple[int, int, str | None]:
    """Return draft, version and hash that a press names.

    Raises:
        PermanentError: it names none.
    """
    numbers = [part for part in press.more[:2] if part.isdecimal()]
    if len(numbers) != 2:
        raise PermanentError("that button names no draft; open the drafts from the card again")
    return int(numbers[0]), int(numbers[1]), press.more[2] if len(press.more) > 2 else None


def and_next(ground: Ground, press: Press, said: str) -> Said:
    """Say what was done with a draft, and offer the way back and what waits behind it."""
    number = press.more[0]
    undo = Button("Take back", str(Press(Do.TAKE_BACK, press.issue, press.more[:2])))
    following = Button("Next draft…", str(Press(Do.READ, press.issue, (number,))))
    waits = waiting_draft(ground, press.issue, after=int(number)).buttons
    return Said(said, buttons=(undo, following) if waits else (undo,))


def holder(ground: Ground, issue_id: int) -> str:
    """Return who has an issue; empty when nobody does."""
    with reading(ground.engine) as session:
        row = handling_of(session, issue_id)
        return row.held_by if row else ""


def edit_form(ground: Ground, press: Press) -> Form:
    """Return the form that holds a draft's text.

    Raises:
        PermanentError: there is no such draft, or its text is too long for a form.
    """
    draft_id, version, _ = named_text(press)
    with reading(ground.engine) as session:
        found = voice.one(session, draft_id)
    if found is None:
        raise PermanentError(f"there is no draft {draft_id}")
    draft = found[0]
    if len(draft.text) > EDITED_TEXT:
        raise PermanentError(f"draft {draft_id} is too long for a form; edit it in the console")
    if draft.version != version:
        raise PermanentError(f"draft {draft_id} was rewritten since; open it from the card again")
    field = Field("text", "The whole text", value=draft.text, long=True, at_most=EDITED_TEXT)
    return Form(str(press), f"Edit draft {draft_id}", (field,))


def snooze_choices(press: Press, lengths: Mapping[str, tuple[str, timedelta]]) -> Said:
    """Ask how long an issue rests."""
    choices = tuple(Choice(name, value) for value, (name, _) in lengths.items())
    words = f"How long shall {store.reference(press.issue)} rest? It wakes by itself if it grows."
    return Said(words, choices=choices, press=str(press))


def merge_choices(ground: Ground, press: Press) -> Said:
    """Ask with which open issue of the same product one is merged; the newest come first."""
    with reading(ground.engine) as session:
        issue = session.get(Issue, press.issue)
        rows = [
            row
            for row in store.issues(session)
            if issue and row.product_id == issue.product_id and row.id != press.issue
        ]
    if not rows:
        return Said("There is no other open issue to merge it with.")
    choices = tuple(Choice(_label(row), str(row.id)) for row in rows[:CHOICES])
    more = f" These are the newest {CHOICES} of {len(rows)}." if len(rows) > CHOICES else ""
    words = f"Of which issue is {store.reference(press.issue)} a part?{more}"
    return Said(words, choices=choices, press=str(press))


def _label(row: Issue) -> str:
    return cut(f"{store.reference(row.id or 0)} {quoted(row.title, TITLE) or 'untitled'}", LABEL)


def open_issues(ground: Ground) -> Said:
    """List the open issues, the newest first."""
    with reading(ground.engine) as session:
        rows = list(store.issues(session))
    if not rows:
        return Said("No issue is open.")
    lines = [f"{_label(row)} · {row.state} · {row.severity}" for row in rows[:LISTED]]
    more = [f"And {len(rows) - LISTED} more in the console."] if len(rows) > LISTED else []
    return Said(_counted(len(rows), "open issue"), text="\n".join([*lines, *more]))


def known_issues(ground: Ground, words: str) -> Said:
    """List what the public page says is known, the newest first; with words, only what has them."""
    with reading(ground.engine) as session:
        found = [each for each in page.headings(session) if each.open]
    asked = words.casefold().split()
    if asked:
        found = [each for each in found if any(word in each.name.casefold() for word in asked)]
    if not found:
        return Said("The page says nothing of that." if asked else "The page shows no open issue.")
    base = (ground.settings.page.url or "").rstrip("/")
    lines = [
        f"{quoted(each.name, TITLE)} · {each.status} · since {at_time(each.started_at)}"
        + (f" · {web_link(f'{base}/incidents/{each.public_id}') or ''}" if base else "")
        for each in found[:LISTED]
    ]
    return Said(_counted(len(found), "known issue"), text="\n".join(lines))


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}:"
