"""`groundswell post …`: what people wrote."""

from datetime import datetime
from pathlib import Path
from typing import Any

import typer
from rich.progress import Progress
from sqlmodel import Session

from classifiers import store as issues
from classifiers.tables import Membership
from config.clock import parse_time, rfc3339
from config.database import reading
from config.errors import SettingsError
from listener import importing, store
from listener.tables import Post
from responders.commands.output import (
    NOTES,
    JsonOption,
    emit_list,
    emit_object,
    say,
)
from responders.workspace import open_client, open_ground

app = typer.Typer(help="What people wrote.", no_args_is_help=True)

SHOWN = 100
EMPTY = (
    "No post is here yet. Listen once: groundswell run --once --only crawl; "
    "or read a file: groundswell post import FILE"
)


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
    with reading(ground.engine) as session:
        wanted = store.Wanted(
            source=source,
            text=text,
            since=_time(since),
            ids=None if issue is None else issues.post_ids_of_issue(session, _issue(issue)),
        )
        if source is not None and store.source_named(session, source) is None:
            raise SettingsError(
                f"there is no source {source}; `groundswell source list` shows them"
            )
        if count:
            typer.echo(str(store.count_posts(session, wanted)))
            return
        found = store.posts(session, wanted, limit=None if as_json else SHOWN)
        rows = posts_json(session, found)
    columns = ["id", "published_at", "source", "author", "lang", "kind", "issue_id", "text"]
    shown = rows if as_json else [{**row, "text": _short(row["text"])} for row in rows]
    emit_list(shown, as_json=as_json, columns=columns, empty=EMPTY)


@app.command("show")
def show_post(post_id: str, as_json: bool = JsonOption) -> None:
    """Show one post with its earlier texts.

    Example: groundswell post show 12
    """
    ground = open_ground()
    with reading(ground.engine) as session:
        found = issues.row_id_from(post_id)
        post = store.post_with_id(session, found) if found is not None else None
        if post is None:
            raise SettingsError(f"there is no post {post_id}; `groundswell post list` shows them")
        row = posts_json(session, [post])[0]
        row["revisions"] = [
            {"revision": old.revision, "title": old.title, "text": old.text}
            for old in store.revisions(session, post.id or 0)
        ]
    emit_object(row, as_json=as_json)


@app.command("add")
def add_post(
    *,
    url: str | None = typer.Option(None, help="The address it stands at; fetched without --text."),
    text: str | None = typer.Option(None, help="The text, pasted."),
    product: str | None = typer.Option(None, help="The product it is about."),
) -> None:
    """Bring in one post by its address or its text.

    Example: groundswell post add --text "Sync hangs since this morning" --url https://example.org/1
    """
    ground = open_ground()
    if text is not None:
        stored = importing.add_text(ground, text, product=product, url=url)
    elif url is not None:
        stored = importing.add_page(ground, open_client(ground), url, product=product)
    else:
        raise SettingsError("give the post's --url, its --text, or both")
    say("Added." if stored.new else "It was here already; nothing was added.")


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
    with Progress(console=NOTES, disable=not NOTES.is_terminal) as bar:
        task = bar.add_task(f"reading {file.name}", total=None)
        stored = importing.import_file(
            ground,
            file,
            product=product,
            live=live,
            progress=lambda done: bar.update(task, completed=done),
        )
    say(f"{stored.new} posts added, {stored.revised} changed.")


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
        "remote_id": post.remote_id,
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
    }


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 90 else line[:89] + "…"


def _issue(text: str) -> int:
    found = issues.issue_id_from(text)
    if found is None:
        raise SettingsError(f"{text} is no issue; write it like GS-3")
    return found


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return parse_time(text)
    except ValueError as error:
        raise SettingsError(f"--since {text} is no time; write 2026-05-01T10:00:00Z") from error
