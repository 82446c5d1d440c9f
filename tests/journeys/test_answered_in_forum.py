"""Somebody answers our "it is fixed" in a real forum's interface, and is the first to be heard.

The whole way by the command line: told, told back, crawled again, marked, first in the queue of the
command line and of the console, and told to the people on call.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from config.clock import ENVIRONMENT_KEY, rfc3339
from responders.workspace import close_opened, open_ground
from tests.classifiers.telling import detect
from tests.conftest import NOON
from tests.places.discourse import Forum, forum_post
from tests.places.web import Web
from tests.responders.commands.line import Workspace, make_workspace
from tests.responders.console.rooms import visiting, words

FORUM = """
[[product]]
name = "Fernsync"
speaker = "Ines"

[[source]]
name = "forum"
kind = "discourse"
url = "{url}"
product = "Fernsync"
credential = "forum"
reply = true
"""
KEYS = '[credentials.forum]\napi_key = "k"\napi_username = "Fernsync"\n'
DENIED = "Didn't work for me, the notes are still broken."


@dataclass
class Day:
    """A forum and the installation that answers in it, at a time that the test moves."""

    groundswell: Workspace
    forum: Forum
    clock: pytest.MonkeyPatch
    minute: int = 0

    def later(self, minutes: int) -> None:
        """Let time pass."""
        self.minute += minutes
        self.clock.setenv(ENVIRONMENT_KEY, rfc3339(NOON + timedelta(minutes=self.minute)))

    def do(self, *words: str) -> Any:
        """Carry out a command that must succeed; return what it printed."""
        said = self.groundswell(*words)
        assert said.code == 0, said.err
        return said.json if "--json" in words else said.out

    def work(self, *passes: str) -> None:
        """Run passes, the ones of the voice where none is named."""
        for name in passes or ("respond", "deliver"):
            self.do("run", "--once", f"--only={name}")

    def look(self) -> None:
        """Run the detect pass, without a model to load."""
        detect(open_ground(self.groundswell.folder / "groundswell.toml"))
        close_opened()

    def tell(self, issue: str) -> None:
        """Approve whatever waits about an issue, and send it."""
        self.work("respond")
        for draft in self.drafts():
            if (draft["issue_id"], draft["state"]) == (issue, "pending"):
                self.do("draft", "approve", draft["id"])
        self.work("deliver")

    def drafts(self) -> list[dict[str, Any]]:
        """Return the drafts in the order of the list."""
        found: list[dict[str, Any]] = self.do("draft", "list", "--json")
        return found

    def oncall(self) -> list[str]:
        """Return what the on-call people were told of a fix that did not help."""
        sent = self.do("delivery", "list", "--json")
        return [one["text"] for one in sent if one["kind"] == "denied" and one["state"] == "sent"]

    def answer(self, text: str) -> None:
        """Let the author of topic 1 press the reply button under our newest text there."""
        ours = self.forum.by("Fernsync")[-1]
        number = max(post.id for post in self.forum.posts) + 1
        said = replace(
            forum_post(number, text), post_number=ours.post_number + 1, username="user1",
            created_at=NOON + timedelta(minutes=self.minute),
            reply_to_post_number=ours.post_number,
        )  # fmt: skip
        self.forum.posts.append(said)


@pytest.fixture
def day(tmp_path: Path, sqlite_template: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[Day]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "groundswell.db").write_bytes(sqlite_template)
    groundswell = make_workspace(tmp_path, f"sqlite:///{tmp_path}/groundswell.db")
    file = tmp_path / "groundswell.toml"
    file.write_text(file.read_text(encoding="utf-8") + KEYS, encoding="utf-8")
    forum = Forum(
        [
            forum_post(1, "The app hangs when I open a note, since version 5.2 this morning."),
            replace(
                forum_post(2, "Sync stops after a minute and never starts again.", topic=2),
                post_number=1,
            ),
        ]
    )
    with Web(forum) as web:
        made = Day(groundswell, forum, monkeypatch)
        made.later(0)
        made.do("apply", groundswell.write("p.toml", FORUM.format(url=web.url("/latest"))))
        made.work("crawl")
        made.look()
        yield made


def declare(day: Day, title: str, text: str) -> str:
    """Make an issue of the one post that says something; return its reference."""
    (post,) = day.do("post", "list", "--text", text, "--json")
    made = day.do("issue", "declare", "--title", title, "--post", post["id"], "--json")
    return str(made["id"])


def test_an_answer_under_our_reply_that_it_did_not_help_jumps_the_queue(day: Day) -> None:
    hangs = declare(day, "App hangs when a note is opened", "open a note")
    day.tell(hangs)
    day.later(30)
    day.do("issue", "state", hangs, "resolved", "--note", "The note view is as it was in 5.1.")
    day.tell(hangs)
    assert len(day.forum.by("Fernsync")) == 2, "the thread was told, and told back"
    day.later(10)
    sync = declare(day, "Sync stops after a minute", "Sync stops")
    day.work("respond")
    assert day.drafts()[0]["issue_id"] == sync, "it has the next promise"

    day.later(10)
    day.answer(DENIED)
    day.work("crawl", "respond", "deliver")

    assert day.drafts()[0]["issue_id"] == hangs
    (thread,) = day.do("thread", "list", "--issue", hangs, "--json")
    assert thread["answers"] == 1
    events = day.do("issue", "show", hangs, "--json")["events"]
    assert "it is not over" in events[-1]["text"]
    (told,) = day.oncall()
    assert told.startswith(f"{hangs}: we told 127.0.0.1 “resolved”, and somebody answers that")
    assert told.splitlines()[1].endswith("/t/topic-1/1/4")
    ground = open_ground(day.groundswell.folder / "groundswell.toml")
    with visiting(ground) as visit:
        shown = words(visit.see("/console/"))
    close_opened()
    assert DENIED.removesuffix(".") in shown
    assert shown.index(DENIED[:20]) < shown.index("Sync stops after a minute")

    day.do("issue", "state", hangs, "investigating")
    day.work()
    first = day.drafts()[0]
    assert (first["issue_id"], first["state"], first["phase"]) == (
        hangs,
        "pending",
        "investigating",
    )


def test_more_such_answers_are_one_message_until_it_is_called_fixed_anew(day: Day) -> None:
    hangs = declare(day, "App hangs when a note is opened", "open a note")
    day.tell(hangs)
    for round_number in (1, 2):
        day.later(30)
        day.do("issue", "state", hangs, "resolved", "--note", "The note view is as it was in 5.1.")
        day.tell(hangs)
        for text in (DENIED, "Works now, thank you all!", "No change, it still hangs as before."):
            day.later(70)
            day.answer(text)
            day.work("crawl", "respond", "deliver")
        assert len(day.oncall()) == round_number
        assert not any("still" in text or "work" in text for text in day.oncall())
        day.later(5)
        day.do("issue", "state", hangs, "investigating", "--note", "It came back.")
        day.answer("And it is still broken, since you ask.")
        day.work("crawl", "respond", "deliver")
        assert len(day.oncall()) == round_number, "they know"
        day.tell(hangs)
