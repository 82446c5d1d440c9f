"""`groundswell issue ticket`: hand an issue on to engineering, and see what came back.

The evidence is written here, shown with `--dry-run`, and approved by whoever asks; the outbox makes
the ticket.
"""

import sys
from typing import Any

import typer

from classifiers.store import reference
from classifiers.tables import Issue
from config.database import reading
from config.errors import SettingsError
from config.ground import Ground
from responders.commands.deciding import ByOption
from responders.commands.issues.evidence import markdown, title_of
from responders.commands.issues.issue_acts import IssueArgument, begin, end
from responders.commands.issues.issue_json import issue_json
from responders.commands.issues.ticket_json import ticket_lines
from responders.commands.output import JsonOption, emit_json, emit_object, say
from responders.decisions.acting import Actor
from responders.decisions.issues import ticket as handing_on
from responders.decisions.issues.ticket import Where, Words
from responders.decisions.refusing import NotFound
from responders.delivery.erasures import erasures
from responders.oncall.tickets import tracker
from responders.workspace import open_client

CreateOption = typer.Option(False, "--create", help="Make a ticket of the evidence, once.")
LinkOption = typer.Option(None, "--link", metavar="URL", help="Link a ticket that is there.")
UnlinkOption = typer.Option(False, "--unlink", help="Let the issue have no ticket any more.")
DeclineOption = typer.Option(False, "--decline", help="Say no to what is suggested.")
RepoOption = typer.Option(
    None, "--repo", metavar="OWNER/NAME", help="Else [github_ticket] repository."
)
CredentialOption = typer.Option(
    None, "--credential", metavar="NAME", help="Else [github_ticket] credential."
)
QuotesOption = typer.Option(
    False, "--with-quotes", help="Quote users in a public repository too; a private one has them."
)
DryOption = typer.Option(False, "--dry-run", help="Only show what the ticket would say.")
YesOption = typer.Option(False, "--yes", help="Yes, the repository may be public.")


def ticket(
    issue: str = IssueArgument,
    *,
    create: bool = CreateOption,
    link: str | None = LinkOption,
    unlink: bool = UnlinkOption,
    decline: bool = DeclineOption,
    repo: str | None = RepoOption,
    credential: str | None = CredentialOption,
    with_quotes: bool = QuotesOption,
    dry_run: bool = DryOption,
    yes: bool = YesOption,
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Show the ticket of an issue, make one of its evidence, or link one that is there.

    When it is closed, or a release names it, a state is suggested; you decide with `issue state`.

    Examples:
        groundswell issue ticket GS-1 --create --repo acme/app --dry-run
        groundswell issue ticket GS-1 --create --repo acme/app --credential engineering
        groundswell issue ticket GS-1 --link https://github.com/acme/app/issues/7
    """
    if sum([create or dry_run, link is not None, unlink, decline]) > 1:
        raise SettingsError("one of --create, --link, --unlink and --decline at a time")
    ground, number, actor = begin(issue, by)
    if create or dry_run:
        where = _where(ground, repo, credential)
        _create(ground, number, actor, where, ask=not (dry_run or yes), quotes=with_quotes,
                dry=dry_run, as_json=as_json)  # fmt: skip
    elif link is not None:
        _link(ground, number, actor, link, credential, as_json=as_json)
    elif unlink:
        handing_on.unlink(ground, actor, number)
        end(ground, number, f"{reference(number)} has no ticket now.", as_json=as_json)
    elif decline:
        _decline(ground, number, actor, as_json=as_json)
    else:
        _show(ground, number, as_json=as_json)


def _where(ground: Ground, repo: str | None, credential: str | None) -> Where:
    """Return where the ticket goes.

    Raises:
        SettingsError: no repository is named, or no such credential.
    """
    options = tracker.options_of(ground.settings)
    named = repo or options.repository
    if not named:
        raise SettingsError("say where: --repo owner/name, or set repository in [github_ticket]")
    chosen = credential or options.credential
    api_url = tracker.api_of(ground.settings, chosen)
    return Where(api_url, tracker.repository_in(named), chosen)


def _create(
    ground: Ground, number: int, actor: Actor, where: Where, *, ask: bool, quotes: bool, dry: bool,
    as_json: bool,
) -> None:  # fmt: skip
    found = tracker.look_at_repository(
        open_client(ground),
        where.api_url,
        where.repository,
        login=tracker.login_of(ground.settings, where.credential),
        now=ground.clock.now(),
    )
    if not found.has_issues:
        raise SettingsError(f"{where.repository} has its issues switched off; name another --repo")
    words = _words(ground, number, quotes=quotes or not found.is_public)
    if dry:
        _preview(words, where, public=found.is_public, as_json=as_json)
        return
    if found.is_public and ask:
        _warn(where, words)
    delivery = handing_on.ask(ground, actor, number, where, words)
    end(
        ground,
        number,
        f"A ticket in {where.repository} is on its way: groundswell delivery show {delivery}",
        as_json=as_json,
    )


def _words(ground: Ground, number: int, *, quotes: bool) -> Words:
    """Return what the ticket would say; what was erased is counted before the rest is read."""
    with reading(ground.engine) as session:
        erased = erasures(session, number).members
        row = session.get_one(Issue, number, populate_existing=True)
        body = markdown(session, row, quotes=quotes).partition("\n")[2].strip()
        return Words(title_of(row, quotes=quotes), body, erased, quotes)


def _preview(words: Words, where: Where, *, public: bool, as_json: bool) -> None:
    value = {
        "repository": where.repository, "public": public, "quotes": words.quotes,
        "title": words.title, "body": words.body,
    }  # fmt: skip
    if as_json:
        emit_json(value)
        return
    say(f"{where.repository} is {'public: everybody can read this' if public else 'private'}.")
    typer.echo(f"{words.title}\n\n{words.body}")


def _warn(where: Where, words: Words) -> None:
    """Let a person say yes to a public repository.

    Raises:
        SettingsError: nobody is there to ask, or they said no.
    """
    quotes = "Users are quoted in it" if words.quotes else "Nobody is quoted in it"
    text = f"{where.repository} is public: everybody will read this evidence. {quotes}."
    if sys.stdin.isatty() and typer.confirm(f"{text} Make the ticket?"):
        return
    raise SettingsError(f"{text} Look at it with --dry-run; if that is right, add --yes")


def _link(
    ground: Ground, number: int, actor: Actor, url: str, credential: str | None, *, as_json: bool
) -> None:
    chosen = credential or tracker.options_of(ground.settings).credential
    api_url = tracker.api_of(ground.settings, chosen)
    repository, ticket_number = tracker.ticket_in(url, api_url)
    where = Where(api_url, repository, chosen)
    handing_on.link(ground, actor, number, where, number=ticket_number, url=url.strip())
    name = f"{repository}#{ticket_number}"
    end(
        ground,
        number,
        f"{reference(number)} is handed on as {name}. When it is closed, a state is suggested.",
        as_json=as_json,
    )


def _decline(ground: Ground, number: int, actor: Actor, *, as_json: bool) -> None:
    value = _value(ground, number)
    if not value["suggestions"]:
        raise NotFound(f"nothing is suggested for {reference(number)}")
    for row in value["suggestions"]:
        handing_on.decline(ground, actor, int(row["id"]))
    end(ground, number, f"{reference(number)} stays {value['state']}.", as_json=as_json)


def _show(ground: Ground, number: int, *, as_json: bool) -> None:
    value = _value(ground, number)
    kept = {key: value[key] for key in ("id", "state", "ticket", "suggestions")}
    if as_json:
        emit_json(kept)
        return
    emit_object({"id": kept["id"], "state": kept["state"], **ticket_lines(kept)}, as_json=False)


def _value(ground: Ground, number: int) -> dict[str, Any]:
    with reading(ground.engine) as session:
        return issue_json(session, session.get_one(Issue, number))
