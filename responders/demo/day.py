"""What stands in the store of the demo now, beside what we know of the posts: a moment of the day.

The detector never sees a label; who checks the day and who decides in it may.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlmodel import Session

from classifiers.store import issues
from classifiers.tables import Issue, IssueKind
from responders.demo import store
from responders.demo.replies import Reply, names
from responders.demo.script import Script

TRUE_ISSUES: Final = ("conflicted-copies", "backup-waiting-wifi")


@dataclass(frozen=True)
class Day:
    """What stands in the store now, beside what we know of the posts."""

    session: Session
    script: Script
    replies: tuple[Reply, ...] = ()
    """What was written at the places since the day began."""
    known: Mapping[tuple[str, int], str] = field(default_factory=dict)
    """The id of each post by its place and the number it has there; made once for many days."""
    _labels: dict[int, str] = field(default_factory=dict)

    def label_of(self, issue: Issue) -> str:
        """Return what most posts of an issue are about, as we know it."""
        number = issue.id or 0
        if number not in self._labels:
            self._labels[number] = self._label_of(number)
        return self._labels[number]

    def _label_of(self, issue_id: int) -> str:
        known = self.known or names(self.script, self.replies)
        labels: Counter[str] = Counter()
        for place, remote_id in store.members(self.session, issue_id):
            post_id = known.get((place, number_of(remote_id)), "")
            labels[self.script.labels.get(post_id, "ordinary talk")] += 1
        return labels.most_common(1)[0][0] if labels else "nothing"

    def issues(self, label: str) -> list[Issue]:
        """Return the issues that alerted and are about one label, the oldest first."""
        return [issue for issue in self.alerted() if self.label_of(issue) == label]

    def alerted(self) -> list[Issue]:
        """Return all issues that reach the channel, the oldest first."""
        found = issues(self.session, everything=True)
        return [row for row in reversed(found) if row.kind is IssueKind.ISSUE]


def number_of(remote_id: str) -> int:
    """Return a post's number in its place, which all ids of the demo's places end with."""
    digits = remote_id[len(remote_id.rstrip("0123456789")) :]
    return int(digits) if digits else 0
