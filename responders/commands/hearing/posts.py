"""`groundswell post …`: what people wrote."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import typer
from rich.progress import Progress
from sqlmodel import Session

from classifiers import store as issues
from classifiers.corrections.learning import KINDS, NOT_OURS
from classifiers.corrections.store_workarounds import workaround_of
from classifiers.tables import Membership
from config.clock import parse_time, rfc3339
from config.database import reading
from config.errors import GroundswellError, SettingsError
from config.ground import Ground
from listener import store
from listener.intake import importing
from listener.minding.store_crossing import cross_posts
from listener.store_batch import Stored
from listener.tables import Post
from responders.commands import erasing
from responders.commands.deciding import ByOption, decider, tell
from responders.commands.output import (
    NOTES,
    JsonOption,
    emit_json,
    emit_list,
    emit_object,
    say,
)
from responders.commands.references import issue_named, post_named
from responders.decisions.issues.judging import judge_post
from responders.workspace import open_client, open_ground

app = typer.Typer(help="What people wrote.", no_args_is_help=True)

SHOWN = 100
EMPTY = (
    "No post is here yet. Listen once: groundswell run --once --only crawl; "
    "or read a file: groundswell post import FILE"
)
NO_MATCH = "No post matches what was asked for; all are in: groundswell post list"


@app.command("list")
def list_posts(
    *,
    source: str | None = typer.Option(None, help="Only posts of this source."),
    issue: str | None = typer.Option(None, help="Only posts of this issue, such as GS-3."),
    text: str | None = typer.Option(None, help="Only posts that hold these words."),
    since: str | None = typer.Option(None, help="Only posts written since this time (ISO 8601)."),
    count: bool = typer.Option(False, "--count", help="Print only how many there are."),
    as_json: bool = JsonOption,
) -> None:
    """List posts, the newest last; a table shows the newest hundred.

    Example: groundswell post list --text "sign in" --since 2026-05-01
    """
    ground = open_ground()
    written_since = _time(since)
    with reading(ground.engine) as session:
        if source is not None and store.source_named(session, source) is None:
            raise GroundswellError(
                f"there is no source {source}; `groundswell source list` shows them"
            )
        about = None if issue is None else issue_named(session, issue).id or 0
        wanted = store.Wanted(
            source=source,
            text=text,
            since=written_since,
            ids=None if about is None else issues.post_ids_of_issue(session, about),
        )
        if count:
            typer.echo(str(store.count_posts(session, wanted)))
            return
        found = store.posts(session, wanted, limit=None if as_json else SHOWN)
        rows = posts_json(session, found)
    columns = ["id", "published_at", "source", "author", "lang", "kind", "issue_id", "text"]
    filtered = any(word is not None for word in (source, issue, text, since))
    shown = rows if as_json else [{**row, "text": _short(row["text"])} for row in rows]
    emit_list(shown, as_json=as_json, columns=columns, empty=NO_MATCH if filtered else EMPTY)


@app.command("show")
def show_post(post_id: str, as_json: bool = JsonOption) -> None:
    """Show one post with its earlier texts, and where else the same was said.

    Example: groundswell post show 12
    """
    ground = open_ground()
    with reading(ground.engine) as session:
        post = post_named(session, post_id)
        row = posts_json(session, [post])[0]
        row["cross_posts"] = [
            {"id": str(other.id), "url": other.url, "reason": reason}
            for other, reason in cross_posts(session, post)
        ]
        row["workaround"] = _at_hand(session, post)
        row["revisions"] = [
            {"revision": old.revision, "title": old.title, "text": old.text}
            for old in store.revisions(session, post.id or 0)
        ]
    emit_object(row if as_json else for_people(row), as_json=as_json)


@app.command("judge")
def judge(
    post: str = typer.Argument(..., metavar="POST", help="The number in `post list`."),
    kind: str | None = typer.Argument(None, metavar="KIND", help=f"One of {', '.join(KINDS)}."),
    *,
    not_ours: bool = typer.Option(False, "--not-ours", help="It is not about this product."),
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Say what a post is; it counts so at once, and posts like it from now on.

    Spam and what is not about us leaves its issue. Take it back: groundswell verdict undo.

    Examples:
        groundswell post judge 12 praise
        groundswell post judge 12 --not-ours
    """
    if (kind is None) is not not_ours:
        raise SettingsError(f"say one of {', '.join(KINDS)}, or --not-ours")
    ground = open_ground()
    with reading(ground.engine) as session:
        number = post_named(session, post).id or 0
    verdict = judge_post(ground, decider(ground, by), number, kind or NOT_OURS)
    with reading(ground.engine) as session:
        row = posts_json(session, [post_named(session, post)])[0]
    said = "not about us" if not_ours else str(kind).replace("_", " ")
    tell(
        f"Post {number} is {said} from now on. Undo it: groundswell verdict undo {verdict}",
        row,
        as_json=as_json,
    )


def _at_hand(session: Session, post: Post) -> str | None:
    """Return what is verified to help against the issue a post is about."""
    made = issues.memberships(session, [post.id or 0]).get(post.id or 0)
    row = issues.issue_with_id(session, made.issue_id) if made and made.issue_id else None
    credited = workaround_of(session, row) if row else None
    return credited.found.text if credited else None


def for_people(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a post with a line for each of its cross-posts and of its earlier texts."""
    earlier = [
        f"{old['revision']}: {' '.join((old['title'] or '').split())} "
        f"{' '.join(old['text'].split())}".replace("  ", " ")
        for old in row["revisions"]
    ]
    elsewhere = [
        f"post {other['id']}, {other['url'] or 'without an address'}: {other['reason']}"
        for other in row["cross_posts"]
    ]
    return {**row, "cross_posts": "\n".join(elsewhere), "revisions": "\n".join(earlier)}


@app.command("add")
def add_post(
    *,
    url: str | None = typer.Option(None, help="The address it stands at; fetched without --text."),
    text: str | None = typer.Option(None, help="The text, pasted."),
    product: str | None = typer.Option(None, help="The product it is about."),
    as_json: bool = JsonOption,
) -> None:
    """Bring in one post by its address or its text.

    Example: groundswell post add --text "Sync hangs since this morning" --url https://example.org/1
    """
    ground = open_ground()
    _check_product(ground, product)
    if text is not None:
        stored = importing.add_text(ground, text, product=product, url=url)
        with reading(ground.engine) as session:
            post = _added(session, stored, url=url, text=text)
            row = posts_json(session, [post])[0] if post is not None else None
        words = _outcome(stored, row)
    elif url is not None:
        row, words = _brought(ground, url, product)
    else:
        raise SettingsError("give the post's --url, its --text, or both")
    if as_json:
        emit_json(row)
    else:
        say(words)


def _brought(ground: Ground, url: str, product: str | None) -> tuple[dict[str, Any] | None, str]:
    """Bring in the thread at an address; return its post there, and what became of it in words."""
    brought = importing.add_thread(ground, open_client(ground), url, product=product)
    with reading(ground.engine) as session:
        post = store.post_told(session, brought.source, brought.first)
        row = posts_json(session, [post])[0] if post is not None else None
    words = _outcome(brought.stored, row)
    if brought.posts > 1:
        words = (
            f"Its thread has {brought.posts} posts: {brought.stored.new} are new, "
            f"{brought.stored.revised} changed. {words}"
        )
    return row, words


def _added(session: Session, stored: Stored, *, url: str | None, text: str | None) -> Post | None:
    """Return the post that was brought in: the newest row, or the known one of address or text."""
    names = [row.name for row in store.sources(session) if row.kind == store.MANUAL]
    rows = [
        post
        for name in names
        if name.startswith(importing.BY_HAND)
        for post in store.posts(session, store.Wanted(source=name))
    ]
    if not stored.new:
        rows = [
            post
            for post in rows
            if (url in {post.url, post.remote_id} if url else post.text == (text or "").strip())
        ]
    return max(rows, key=lambda post: post.id or 0, default=None)


def _outcome(stored: Stored, row: Mapping[str, Any] | None) -> str:
    named = f"post {row['id']}" if row else "the post"
    if stored.new:
        return f"Added as {named}. Look for problems now: groundswell run --once --only detect"
    if stored.revised:
        return f"It was here already as {named}; its text was changed."
    return f"It was here already as {named}; nothing was added."


app.command("erase")(erasing.erase)


@app.command("import")
def import_posts(
    file: Path,
    *,
    live: bool = typer.Option(False, help="They arrive now and may alert; else they are history."),
    product: str | None = typer.Option(None, help="The product they are about."),
) -> None:
    """Read posts from a JSONL or CSV file.

    Example: groundswell post import history.jsonl
    """
    ground = open_ground()
    _check_product(ground, product)
    read = 0

    def note(done: int) -> None:
        nonlocal read
        read = done
        bar.update(task, completed=done)

    with Progress(console=NOTES, disable=not NOTES.is_terminal) as bar:
        task = bar.add_task(f"reading {file.name}", total=None)
        stored = importing.import_file(
            ground,
            file,
            product=product,
            live=live,
            progress=note,
        )
    if read:
        say(f"{stored.new} posts added, {stored.revised} changed.")
    else:
        say(f"{file} holds no post; nothing was added.")


def _check_product(ground: Ground, name: str | None) -> None:
    """Refuse a product that nobody declared."""
    with reading(ground.engine) as session:
        known = [row.name for row in store.products(session)]
    if name is not None and name not in known:
        listed = ", ".join(known) or "none yet; `groundswell apply FILE` declares one"
        raise SettingsError(f"there is no product {name}; known are: {listed}")


def posts_json(session: Session, posts: Any) -> list[dict[str, Any]]:
    """Return posts as scripts read them."""
    sources = store.sources_by_id(session)
    threads = store.threads_by_id(session, [post.thread_id for post in posts if post.thread_id])
    made = issues.memberships(session, [post.id for post in posts])
    return [
        {
            **_post_json(post, made.get(post.id)),
            "source": sources[post.source_id].name,
            "thread_url": threads[post.thread_id].url if post.thread_id in threads else None,
        }
        for post in posts
    ]


def _post_json(post: Post, made: Membership | None) -> dict[str, Any]:
    issue_id = made.issue_id if made else None
    return {
        "id": str(post.id),
        "source": None,
        "remote_id": post.remote_id or None,
        "thread_url": None,
        "url": post.url,
        "author": post.author,
        "published_at": rfc3339(post.published_at),
        "seen_at": rfc3339(post.seen_at),
        "title": post.title,
        "text": post.text,
        "lang": post.lang,
        "kind": made.kind if made else None,
        "cluster": str(made.cluster_id) if made and made.cluster_id else None,
        "issue_id": issues.reference(issue_id) if issue_id else None,
        "revision": post.revision,
        "backfill": post.backfill,
        "erased": post.erased_at is not None,
        "ours": post.ours,
        "answers_us": post.answers_us,
    }


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 90 else line[:89] + "…"


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return parse_time(text)
    except (ValueError, OverflowError) as error:
        raise SettingsError(f"--since {text} is no time; write 2026-05-01T10:00:00Z") from error
