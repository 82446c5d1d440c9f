"""Texts that wait say who sees it once that is clear: the page's, and first replies.

Apart from the other reasons to draw a text anew, because this one makes nothing untrue: so it never
takes a text away from somebody. What a person wrote, reads, said a first yes to or took back stays;
a text that nobody touched becomes its next version.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from responders.voice import store_respond as store
from responders.voice.proposing import Desk
from responders.voice.store_respond import Reported
from responders.voice.tables import Draft, DraftState

ACK: Final = "ack"
WHY: Final = "who sees it is known better"


@dataclass(frozen=True)
class FirstReplies:
    """The first replies of one issue that wait."""

    desk: Desk

    def better(self, row: Draft) -> Draft | None:
        """Return the text that a waiting reply should have now; None while it may stay."""
        if row.kind != ACK or row.edited_by or not self.desk.may_say_who(row):
            return None
        posts = self._posts.get(row.thread_id or 0, ())
        if not posts or self.desk.says_who_to(row, row.text, posts):
            return None
        if not is_untouched(self.desk, row):  # the last, for it asks the store
            return None
        new = self.desk.reply(ACK, posts, row)
        if new.state is DraftState.SILENT or not self.desk.says_who_to(row, new.text, posts):
            return None  # a lane's matter; or an operator's own words leave it out
        return new

    @cached_property
    def _posts(self) -> Mapping[int, Sequence[Reported]]:
        """What people reported in the threads of all that wait, in one look."""
        case = self.desk.case
        threads = {row.thread_id for row in case.undecided if row.thread_id and row.kind == ACK}
        return store.reported_in_each(self.desk.session, case.family, threads)


def is_untouched(desk: Desk, row: Draft) -> bool:
    """Tell whether nobody wrote, reads, said a first yes to or took back a waiting text."""
    until = row.claimed_until
    held = until is not None and until > desk.now
    template = row.state is DraftState.PENDING and not row.edited_by
    touched = held or row.decided_at is not None or not template
    return not touched and not desk.half_approved(desk.session, row)
