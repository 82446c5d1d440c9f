"""`groundswell user`: the people who decide here, what they may, and the keys they hold."""

import sys
import unicodedata

import typer

from config.clock import rfc3339
from config.database import reading
from config.errors import SettingsError
from responders.commands.deciding import decider, tell
from responders.commands.output import JsonOption, emit_list, emit_object, say
from responders.commands.references import said_back
from responders.decisions import store
from responders.decisions.acting import NotFound
from responders.decisions.people import linking, people
from responders.decisions.tables import Role, User
from responders.workspace import open_ground

app = typer.Typer(help="The people who decide here.", no_args_is_help=True)

COLUMNS = ("name", "role", "password", "discord", "slack", "created_at")
EMPTY = (
    "Nobody but you, the operator, decides here yet. Let somebody: "
    "groundswell user add NAME --role approver --password-stdin"
)
MAX_BYTES = 4096
NEXT = "Next: groundswell user token NAME makes a key to the API; --by NAME decides here as them."
NameArgument = typer.Argument(..., metavar="NAME", help="The name as `user list` shows it.")
ROLES = ", ".join(Role)
RoleOption = typer.Option(..., "--role", help=f"What they may: one of {ROLES}.")
RoleArgument = typer.Argument(..., metavar="ROLE", help=f"One of {ROLES}.")


@app.command("list")
def list_users(as_json: bool = JsonOption) -> None:
    """List the people who decide here, with what each may.

    Example: groundswell user list
    """
    with reading(open_ground().engine) as session:
        rows = [_as_dict(row) for row in store.users(session)]
    emit_list(rows, as_json=as_json, columns=COLUMNS, empty=EMPTY)


@app.command()
def show(name: str = NameArgument, as_json: bool = JsonOption) -> None:
    """Show one of the people who decide here.

    Example: groundswell user show ruth
    """
    emit_object(_user(name), as_json=as_json)


@app.command()
def add(
    name: str = typer.Argument(..., metavar="NAME", help="How decisions will name this person."),
    *,
    role: Role = RoleOption,
    password_stdin: bool = typer.Option(
        False, "--password-stdin", help="Read the password for the console from standard input."
    ),
    as_json: bool = JsonOption,
) -> None:
    """Let somebody decide here: a viewer reads, a drafter writes, an approver says yes and no.

    Without --password-stdin a terminal asks for a password; elsewhere the person gets none and
    cannot log in at the console.

    Example: printf %s "$PASSWORD" | groundswell user add ruth --role approver --password-stdin
    """
    ground = open_ground()
    password = _password(from_stdin=password_stdin)
    people.add_user(ground, decider(ground, None), name, role, password)
    way = "logs in at the console" if password else "has no password, so cannot log in there"
    value = _user(name)
    tell(f"{value['name']} is {_a(role)} and {way}. {NEXT}", value, as_json=as_json)


def _password(*, from_stdin: bool) -> str | None:
    """Return the password that the person gives, if any."""
    if from_stdin:
        try:
            text = sys.stdin.buffer.read(MAX_BYTES).decode()
        except UnicodeDecodeError as error:
            raise SettingsError("the password on standard input is no text in UTF-8") from error
        password = text.removesuffix("\n").removesuffix("\r")
        if not password:
            raise SettingsError("standard input holds no password; write it there, or leave it out")
        return password
    if not sys.stdin.isatty():
        return None
    asked: str = typer.prompt(
        "Password for the console (empty: none)",
        default="",
        show_default=False,
        hide_input=True,
        confirmation_prompt=True,
        err=True,
    )
    return asked or None


@app.command()
def password(
    name: str = NameArgument,
    *,
    password_stdin: bool = typer.Option(
        False, "--password-stdin", help="Read the new password from standard input."
    ),
) -> None:
    """Give somebody another password for the console; whoever is logged in as them is logged out.

    Example: printf %s "$PASSWORD" | groundswell user password ruth --password-stdin
    """
    ground = open_ground()
    new = _password(from_stdin=password_stdin)
    if new is None:
        raise SettingsError("write the new password to standard input, with --password-stdin")
    people.change_password(ground, decider(ground, None), name, new)
    say(f"{name} has a new password and is logged out everywhere.")


@app.command()
def role(
    name: str = NameArgument,
    new: Role = RoleArgument,
    as_json: bool = JsonOption,
) -> None:
    """Change what somebody may.

    Example: groundswell user role ruth admin
    """
    ground = open_ground()
    people.change_role(ground, decider(ground, None), name, new)
    tell(
        f"{name} is {_a(new)} now; it counts from the next decision on.",
        _user(name),
        as_json=as_json,
    )


@app.command()
def remove(name: str = NameArgument) -> None:
    """Let somebody decide no longer; their log-ins and tokens end at once.

    What they decided stays, with their name.

    Example: groundswell user remove ruth
    """
    ground = open_ground()
    people.remove_user(ground, decider(ground, None), name)
    say(f"{name} decides here no longer; what they decided stays. See: groundswell user list")


@app.command()
def token(name: str = NameArgument, as_json: bool = JsonOption) -> None:
    """Make a key to the console's API that acts as somebody, for a year; it is shown once.

    Example: groundswell user token ruth
    """
    ground = open_ground()
    made = people.make_token(ground, decider(ground, None), name)
    if as_json:
        emit_object({"name": name, "token": made}, as_json=True)
        return
    typer.echo(made)
    say("Keep it now, it is not shown again. It goes into the header: Authorization: Bearer TOKEN")


@app.command()
def link(
    name: str = NameArgument,
    *,
    discord: str | None = typer.Option(
        None, "--discord", metavar="ID", help="Their number at Discord."
    ),
    slack: str | None = typer.Option(
        None, "--slack", metavar="ID", help="Their member ID at Slack, such as U012AB3CD."
    ),
    as_json: bool = JsonOption,
) -> None:
    """Let somebody decide by the buttons in Discord or Slack, with the role they have here.

    Example:
        groundswell user link ruth --discord 123456789012345678
        groundswell user link ruth --slack U012AB3CD
    """
    asked = [(linking.DISCORD, discord), (linking.SLACK, slack)]
    given = [(chat, number) for chat, number in asked if number is not None]
    if not given:
        raise SettingsError("name the account that decides as them: --discord ID or --slack ID")
    ground = open_ground()
    for chat, number in given:
        linking.link(ground, decider(ground, None), name, number, chat=chat)
    where = " and ".join(chat.name for chat, _ in given)
    sentence = f"{name} decides in {where} from the next click on. Undo: groundswell user unlink"
    tell(f"{sentence} {name}", _user(name), as_json=as_json)


@app.command()
def unlink(name: str = NameArgument) -> None:
    """Let somebody decide by the buttons in Discord and Slack no longer.

    Example: groundswell user unlink ruth
    """
    ground = open_ground()
    linking.unlink(ground, decider(ground, None), name)
    say(f"{name} no longer decides in any chat. The role here stays.")


def _a(role: Role) -> str:
    return f"an {role}" if role[0] in "aeiou" else f"a {role}"


def _user(name: str) -> dict[str, object]:
    with reading(open_ground().engine) as session:
        row = store.user_named(session, unicodedata.normalize("NFC", name).strip())
    if row is None:
        raise NotFound(f"there is no user {said_back(name)}; `groundswell user list` shows them")
    return _as_dict(row)


def _as_dict(row: User) -> dict[str, object]:
    return {
        "name": row.name,
        "role": str(row.role),
        "password": row.password_hash is not None,
        "discord": row.discord_id,
        "slack": row.slack_id,
        "created_at": rfc3339(row.created_at),
    }
