"""How each place of the demo takes a text: pure, a function of its posts and what was sent.

The community takes it by Discourse's interface, with a key. The blog and the gripes board have none
for us, as most places: there is a form under each thread, as WordPress and phpBB have one, for a
person. All of them take the same words twice: a second post would show.

Source: https://docs.discourse.org/#tag/Posts/operation/createTopicPostPM
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from responders.demo import formats
from responders.demo.replies import Reply
from responders.demo.script import Place, Post
from responders.demo.showing import forum_posts, post_path
from responders.demo.wire import HTML, JSON, NO_JSON, NOT_FOUND, Answer, Sent

Posts = Sequence[Post]
USERNAME: Final = "fern_ana"
"""Who we are in every place."""
API_KEY: Final = "demo-0f4c1e0d8b7a"
"""Opens a forum that stands on this machine, while the demo runs: no secret."""
SHORTEST: Final = 20
"""Characters of a post at least, where a Discourse was not told otherwise."""
NO_RIGHT: Final = Answer(
    403,
    b'{"errors":["You are not permitted to view the requested resource. The API username or key '
    b'is invalid."],"error_type":"invalid_access"}',
    JSON,
)


def take(place: Place, posts: Posts, sent: Sent, base: str, *, now: datetime) -> Reply | Answer:
    """Return the reply that was written, or why it is none.

    Args:
        place: where it was sent.
        posts: all that stands there now, oldest first.
        sent: the request.
        base: the place's own address, without a slash at the end.
        now: the place's time.
    """
    if sent.headers.get("origin", base) != base:
        return _page(403, "This form is for visitors of this site.")
    return _TAKING[place](posts, sent, now)


def taken(place: Place, post: Post, base: str) -> Answer:
    """Return what the place answers once the reply stands there."""
    if place == "community":
        (shown,) = forum_posts([post], raw=True)
        return Answer(200, formats.discourse_post(shown), JSON)
    return Answer(302, b"", headers={"Location": f"{base}{post_path(post)}"})


def form_under(thread: Posts) -> str:
    """Return the form for a person at the end of a thread's page; none where we have a key."""
    post = thread[0]
    if post.place == "community":
        return ""
    if post.place == "blog":
        action, name, text = "/wp-comments-post.php", "author", "comment"
        hidden = f'<input type="hidden" name="comment_post_ID" value="{post.thread_number}">'
    else:
        action, name, text = (
            f"/posting.php?mode=reply&t={post.thread_number}",
            "username",
            "message",
        )
        hidden = ""
    return (
        f'<form method="post" action="{escape(action)}">{hidden}'
        f'<p><label>Name <input name="{name}" value="{USERNAME}"></label>'
        f'<p><label>Reply<br><textarea name="{text}" rows="9" cols="72" required>'
        "</textarea></label>"
        "<p><button>Post</button></form>"
    )


def is_us(headers: Mapping[str, str]) -> bool:
    """Tell whether a request to the community carries our key."""
    named = headers.get("api-username", USERNAME)
    return headers.get("api-key") == API_KEY and named == USERNAME


def _community(posts: Posts, sent: Sent, now: datetime) -> Reply | Answer:
    if urlsplit(sent.path).path not in {"/posts.json", "/posts"}:
        return NO_JSON
    if not is_us(sent.headers):
        return NO_RIGHT
    fields = sent.fields()
    thread = [post for post in posts if str(post.thread_number) == str(fields.get("topic_id"))]
    if not thread:
        return NO_JSON
    text = str(fields.get("raw", "")).strip()
    if len(text) < SHORTEST:
        return _refused(f"Body is too short (minimum is {SHORTEST} characters)")
    answered = str(fields.get("reply_to_post_number") or "")
    known = answered.isdecimal() and any(post.position == int(answered) for post in thread)
    return _reply(thread, USERNAME, text, now, answers=int(answered) if known else None)


def _blog(posts: Posts, sent: Sent, now: datetime) -> Reply | Answer:
    if urlsplit(sent.path).path != "/wp-comments-post.php":
        return NOT_FOUND
    fields = sent.fields()
    number = str(fields.get("comment_post_ID"))
    return _by_form(posts, number, fields.get("author"), fields.get("comment"), now)


def _gripes(posts: Posts, sent: Sent, now: datetime) -> Reply | Answer:
    parts = urlsplit(sent.path)
    asked = dict(parse_qsl(parts.query))
    if parts.path != "/posting.php" or asked.get("mode") != "reply":
        return NOT_FOUND
    fields = sent.fields()
    number = str(asked.get("t"))
    return _by_form(posts, number, fields.get("username"), fields.get("message"), now)


_TAKING: Final[Mapping[Place, Callable[[Posts, Sent, datetime], Reply | Answer]]] = {
    "community": _community,
    "blog": _blog,
    "gripes": _gripes,
}


def _by_form(
    posts: Posts, number: str, author: object, text: object, now: datetime
) -> Reply | Answer:
    thread = [post for post in posts if str(post.thread_number) == number]
    if not thread:
        return NOT_FOUND
    # A browser sends the ends of lines as CR LF.
    words = str(text or "").replace("\r\n", "\n").strip()
    if not words or not str(author or "").strip():
        return _page(400, "Please fill in your name and your text.")
    return _reply(thread, str(author).strip(), words, now)


def _reply(
    thread: Posts, author: str, text: str, now: datetime, *, answers: int | None = None
) -> Reply:
    first = thread[0]
    return Reply(first.place, first.thread_number, author, text, now, answers)


def _refused(why: str) -> Answer:
    return Answer(422, json.dumps({"action": "create_post", "errors": [why]}).encode(), JSON)


def _page(status: int, words: str) -> Answer:
    return Answer(status, f"<!doctype html><title>{words}</title><p>{words}".encode(), HTML)
