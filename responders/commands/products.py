"""`groundswell apply` and `groundswell export`: products and sources from a file and back."""

from pathlib import Path

import typer

from classifiers.register.reading import declared_place
from config.database import reading, transaction
from config.errors import GroundswellError, SettingsError
from config.ground import Ground
from listener import store
from listener.watching import declaring
from responders.commands.output import say
from responders.delivery.opening import every_destination
from responders.oncall.ladder import plans
from responders.oncall.ladder.declared_oncall import KEY, plan_of, read_oncall, refuse_overlaps
from responders.oncall.ladder.readiness import gaps_in_words, unrung_in_words
from responders.oncall.ladder.roster_mistakes import refuse_deaf
from responders.voice.leave.declared_policies import read_policy
from responders.workspace import open_ground


def apply(file: Path) -> None:
    """Declare products and sources from a TOML file; doing it twice changes nothing.

    A roster that `oncall roster set` declared stays where the file says nothing of it.

    Example: groundswell apply products.toml
    """
    ground = open_ground()
    try:
        file.read_bytes()
    except OSError as error:
        raise GroundswellError(f"{file} cannot be read ({error.strerror})") from error
    declared = declaring.read_declaration(file)
    _refuse_bad_places(file, declared)
    _refuse_bad_policies(ground, file, declared)
    _refuse_bad_rosters(ground, file, declared)
    with transaction(ground.engine) as session:
        now = ground.clock.now()
        applied = declaring.apply(session, declared, file=file, now=now, kept=[KEY])
    for name in applied.added:
        say(f"added {name}")
    for name in applied.changed:
        say(f"changed {name}")
    if not applied.added and not applied.changed:
        say("Nothing to change: the store already says the same.")


def _refuse_bad_places(file: Path, declared: declaring.Declaration) -> None:
    """Refuse what cannot be where a product's releases are told, before anything is changed."""
    for product in declared.product:
        try:
            declared_place(product.model_extra or {})
        except SettingsError as error:
            raise SettingsError(f"{file}: product {product.name}: {error}") from error


def _refuse_bad_policies(ground: Ground, file: Path, declared: declaring.Declaration) -> None:
    """Refuse a policy that cannot be meant, every mistake of the file together."""
    with reading(ground.engine) as session:
        named = {product.id: product.name for product in store.products(session)}
        places = [(named[one.product_id], one.name) for one in store.sources(session)]
    places += [(one.product, one.name) for one in declared.source]
    mistakes: list[str] = []
    for product in declared.product:
        own = {name for about, name in places if about == product.name}
        where = f"{file}: product {product.name}: "
        try:
            read_policy(product.model_extra or {}, places=own)
        except SettingsError as error:
            mistakes += [where + line for line in str(error).splitlines()]
    if mistakes:
        raise SettingsError("\n".join(mistakes))


def _refuse_bad_rosters(ground: Ground, file: Path, declared: declaring.Declaration) -> None:
    """Refuse who is called and on call as it cannot be meant; what is only odd is told."""
    usual, now = plans.usual(ground.settings.oncall), ground.clock.now()
    places = every_destination(ground.settings)
    mistakes: list[str] = []
    for product in declared.product:
        try:
            oncall = read_oncall(product.model_extra or {})
            refuse_deaf(oncall, places, named=oncall.model_fields_set)
            plan = plan_of(oncall, usual)
            refuse_overlaps(plan, now=now)
        except SettingsError as error:
            where = f"{file}: product {product.name}: "
            mistakes += [where + line for line in str(error).splitlines()]
        else:
            for line in (*unrung_in_words(plan), *gaps_in_words(plan, now=now)):
                say(f"! {product.name}: {line}")
    if mistakes:
        raise SettingsError("\n".join(mistakes))


def export(file: Path) -> None:
    """Write products and sources to a TOML file that `apply` reads; ``-`` prints it.

    Example: groundswell export products.toml
    """
    ground = open_ground()
    with reading(ground.engine) as session:
        text = declaring.export(session)
    if str(file) == "-":
        typer.echo(text, nl=False)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise GroundswellError(f"{file} cannot be written ({error.strerror})") from error
    say(f"written to {file}")
