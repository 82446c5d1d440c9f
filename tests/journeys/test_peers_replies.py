"""A reply, its correction, what is told back and its removal, at a real WordPress.

The recipe stands beside the repository; where it or WordPress is missing the test is skipped.
"""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlmodel import select

from config.database import make_engine, transaction
from config.errors import PermanentError
from config.settings import Credential, load_settings
from listener.tables import Source
from responders.delivery.channels import wordpress as channels
from responders.delivery.channels.base import InDoubt, Message, Standing, Ways
from responders.delivery.likeness import says_the_same
from responders.delivery.opening import client_of
from tests.journeys.peers import Comment, wordpress
from tests.responders.commands.line import Workspace, make_workspace

BLOG = """
[credentials.blog]
username = "admin"
password = "{password}"
"""
TEXT = (
    'Thanks -- we know that it\'s "hanging"... <b>5 & 6</b>, 3x4.\n\nNext word by 18:00 UTC.\n'
    "https://p.example/"
)
SAID = "The tray icon is gone since this morning, and the app hangs"


def password_of(folder: Path) -> str:
    """Return the application password that the recipe made."""
    return (folder / "app_password").read_text(encoding="utf-8").strip()


def channel(password: str) -> channels.WordPress:
    """Return our channel to the blog."""
    environ = {
        "GROUNDSWELL__HTTP__ALLOW_HOSTS": '["127.0.0.1"]',
        "GROUNDSWELL__HTTP__SPACING_S": "0",
    }
    settings = load_settings(None, environ=environ)
    known = {"blog": Credential(username="admin", password=SecretStr(password))}
    return channels.build(channels.Options(), ways=Ways(settings.http, client_of(settings), known))


def message(comment: Comment, text: str, **target: object) -> Message:
    """Return a reply below a comment."""
    article = comment.article_number
    where = {"source_url": f"{comment.url}/", "credential": "blog", "thread": f"post-{article}"}
    return Message(key="k", text=text, target={**where, **target})


@pytest.mark.peers
def test_a_reply_is_found_changed_seen_and_taken_away_at_a_real_wordpress(tmp_path: Path) -> None:
    with wordpress(tmp_path / "wp") as comment:
        asked = comment("ann", "The tray icon is gone since this morning")
        way = channel(password_of(tmp_path / "wp"))
        reply = message(comment, TEXT, post=f"comment-{asked}")
        assert way.find(reply) is None
        sent = way.send(reply)
        assert sent.url
        found = way.find(reply)
        assert found is not None
        assert (found.remote_id, found.url) == (sent.remote_id, sent.url)
        again = way.find(message(comment, TEXT))
        assert again is None, "below the article itself stands nothing"
        with pytest.raises(InDoubt, match="already"):
            way.send(reply)  # WordPress takes it once
        assert way.visible(reply, sent).visible is True

        known = {"remote_id": sent.remote_id, "url": sent.url}
        other = message(comment, 'We were wrong -- it\'s "5.3".', **known)
        assert way.standing(other) is Standing.OTHERWISE
        assert way.edit(other).remote_id == sent.remote_id
        assert way.standing(other) is Standing.AS_ASKED
        comment.hold(int(str(sent.remote_id).removeprefix("comment-")))
        assert way.visible(reply, sent).visible is False
        for _ in range(2):
            way.remove(other)
            assert way.standing(other) is Standing.GONE
        assert way.find(other) is None or way.visible(reply, sent).visible is False


@pytest.mark.peers
def test_a_thread_at_a_real_wordpress_is_told_and_told_back(
    tmp_path: Path, sqlite_template: bytes
) -> None:
    store_url = f"sqlite:///{tmp_path}/groundswell.db"
    (tmp_path / "groundswell.db").write_bytes(sqlite_template)
    groundswell = make_workspace(tmp_path, store_url, "Fernsync")
    with wordpress(tmp_path / "wp") as comment:
        file = tmp_path / "groundswell.toml"
        password = password_of(tmp_path / "wp")
        file.write_text(file.read_text(encoding="utf-8") + BLOG.format(password=password), "utf-8")
        added = ("source", "add", comment.article_url, "--name", "blog", "--credential", "blog")
        assert groundswell(*added).code == 0
        let_reply(store_url)
        assert groundswell("run", "--once", "--only=crawl").code == 0
        comment("ann", SAID)
        assert groundswell("run", "--once", "--only=crawl", "--only=detect").code == 0
        (post,) = groundswell("post", "list", "--text", "tray icon", "--json").json
        declared = ("issue", "declare", "--title", "The tray icon is gone", "--post", post["id"])
        assert groundswell(*declared).code == 0

        first = told(groundswell)
        assert groundswell("issue", "state", "GS-1", "resolved", "--note", "fixed").code == 0
        last = told(groundswell)
        (thread,) = groundswell("thread", "list", "--issue", "GS-1", "--json").json
        standing = comment.texts()
    assert first["url"].startswith(comment.url)
    assert (thread["state"], thread["phase"], last["channel"]) == ("told", "resolved", "wordpress")
    ours = [one for one in (first, last) for text in standing if says_the_same(text, one["text"])]
    assert ours == [first, last]


def let_reply(store_url: str) -> None:
    """Let replies leave by the source's own interface."""
    engine = make_engine(store_url)
    with transaction(engine) as session:
        session.exec(select(Source).where(Source.kind == "wordpress")).one().reply = True
    engine.dispose()


def told(groundswell: Workspace) -> dict[str, Any]:
    """Approve the one reply that waits, send it, and return its delivery."""
    assert groundswell("run", "--once", "--only=respond").code == 0
    drafts = groundswell("draft", "list", "--json").json
    (reply,) = [one for one in drafts if one["state"] == "pending" and one["thread_url"]]
    assert reply["channel"] == "wordpress"
    approved = groundswell("draft", "approve", reply["id"])
    assert approved.code == 0, approved.err
    assert groundswell("run", "--once", "--only=deliver").code == 0
    sent: list[dict[str, Any]] = groundswell("delivery", "list", "--state", "sent", "--json").json
    return next(one for one in sent if one["draft_id"] == reply["id"])


@pytest.mark.peers
def test_a_wordpress_says_no_in_words_that_help(tmp_path: Path) -> None:
    with wordpress(tmp_path / "wp") as comment:
        asked = comment("ann", "The tray icon is gone since this morning")
        comment.delete(asked)
        way = channel(password_of(tmp_path / "wp"))
        with pytest.raises(PermanentError, match="taken away"):
            way.send(message(comment, TEXT, post=f"comment-{asked}"))
        nowhere = message(comment, TEXT, thread="post-999999")
        with pytest.raises(PermanentError, match="article is not there"):
            way.send(nowhere)
        with pytest.raises(PermanentError, match="application password"):
            channel("wrong password").find(message(comment, TEXT))
