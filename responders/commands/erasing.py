"""`groundswell post erase`: take words back that somebody wants back.

Apart from the other words about posts because it cannot be undone: on a terminal it asks first.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import typer
from sqlmodel import Session

from config.database import reading
from config.errors import SettingsError
from responders.commands.deciding import ByOption, decider, tell
from responders.commands.output import NOTES, JsonOption, say
from responders.commands.references import post_named
from responders.decisions.people.erase_posts import (
    Erasure,
    erase_author,
    erase_post,
    preview_author,
    preview_post,
)
from responders.workspace import open_ground

FOLLOWS = (
    "Quotes, vectors, drafts, cards and the page follow within seconds while `groundswell run` "
    "runs; else: groundswell run --once --only detect --only respond --only deliver"
)


def erase(
    *,
    post_id: str | None = typer.Argument(None, metavar="[ID]", help="The post."),
    author: str | None = typer.Option(None, help="Everything by this name, or pseudonym, instead."),
    source: str | None = typer.Option(None, help="With --author: only at this source."),
    reason: str = typer.Option("", help="Why, for the audit; no words of the post."),
    yes: bool = typer.Option(False, "--yes", help="Ask nobody; a script is never asked."),
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Erase a post, or all that an author wrote: words, name, vector and quotes; counts stay.

    Examples:
        groundswell post erase 12
        groundswell post erase --author "Ann Example" --source forum --reason "asked by e-mail"
    """
    ground = open_ground()
    who = decider(ground, by)
    if (post_id is None) == (author is None):
        raise SettingsError("name a post by its ID, or everything of one --author")
    if author is None:
        if source is not None:
            raise SettingsError("--source goes with --author; a post has one source only")
        with reading(ground.engine) as session:
            number = post_named(session, post_id or "").id or 0
        _agree(_look(lambda session: preview_post(session, number)), yes=yes)
        done = erase_post(ground, who, number, reason=reason)
    else:
        _agree(_look(lambda session: preview_author(session, author, source=source)), yes=yes)
        done = erase_author(ground, who, author, source=source, reason=reason)
    tell(f"Erased {in_words(done)}. {FOLLOWS}", _as_json(done), as_json=as_json)
    if not as_json:
        for url in done.in_public:
            say(f"A reply of ours to it still stands in public: {url}")


def _look(preview: Callable[[Session], Erasure]) -> Erasure:
    with reading(open_ground().engine) as session:
        return preview(session)


def _agree(found: Erasure, *, yes: bool) -> None:
    """Let a person say yes; a script is never asked, as nobody could answer.

    Raises:
        typer.Abort: the answer was no.
    """
    if yes or not sys.stdin.isatty():
        return
    NOTES.print(f"This erases {in_words(found)}. It cannot be undone.", markup=False)
    typer.confirm("Erase?", abort=True, err=True)


def in_words(found: Erasure) -> str:
    """Say what an erasure is about: ``3 posts by 1 person (forum 2, blog 1)``."""
    places = ", ".join(f"{name} {count}" for name, count in found.places.items())
    more = [
        _counted(found.earlier_texts, "earlier text"),
        _counted(found.drafts, "text of ours that answers", "texts of ours that answer"),
    ]
    said = f"{_counted(found.posts, 'post')} by {_counted(found.people, 'person', 'people')}"
    with_them = " and ".join(part for part in more if not part.startswith("0 "))
    return f"{said} ({places}){', with ' + with_them if with_them else ''}"


def _counted(number: int, one: str, several: str = "") -> str:
    return f"{number} {one if number == 1 else several or one + 's'}"


def _as_json(found: Erasure) -> Mapping[str, Any]:
    return {**asdict(found), "in_public": list(found.in_public), "places": dict(found.places)}
