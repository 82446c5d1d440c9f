"""Products and sources declared from a file, and written out again: `apply` and `export`.

Applying a file twice changes nothing; what the file does not name stays as it is. Every mistake of
a file is reported together and then nothing is changed.
"""

import itertools
import json
import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlmodel import Session

from config import plugins
from config.errors import SettingsError
from config.settings_mistakes import remedy
from listener import store
from listener.query import compile_query
from listener.tables import Product, Source, SourceState

SOURCES = "listener.sources"
LONGEST_NAME = 150
"""Characters of a name that is made of an address."""


class DeclaredSource(BaseModel):
    """One ``[[source]]`` of the file."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    kind: str
    url: str = Field(min_length=1)
    product: str
    credential: str | None = None
    reply: bool = False
    enabled: bool = True


class DeclaredProduct(BaseModel):
    """One ``[[product]]`` of the file; what later stages read of it is kept in ``extra``."""

    model_config = ConfigDict(extra="allow")

    name: str = Field(min_length=1, max_length=200)
    aliases: list[str] = []
    query: str = ""
    ignore: list[str] = []
    speaker: str = ""
    languages: list[str] = ["en"]
    staff: list[str] = []
    bots: list[str] = []


class Declaration(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid")

    product: list[DeclaredProduct] = []
    source: list[DeclaredSource] = []


@dataclass(frozen=True)
class Applied:
    """What applying a file changed."""

    added: tuple[str, ...]
    changed: tuple[str, ...]


def read_declaration(file: Path) -> Declaration:
    """Return what a file declares.

    Raises:
        SettingsError: one line for every mistake, with its place.
    """
    try:
        declared = Declaration.model_validate(tomllib.loads(file.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: is not valid TOML: {error}") from error
    except ValidationError as error:
        raise SettingsError("\n".join(_lines(file, error))) from error
    return declared


def apply(
    session: Session,
    declared: Declaration,
    *,
    file: Path,
    now: datetime,
    kept: Collection[str] = (),
) -> Applied:
    """Bring products and sources to what was declared.

    Args:
        session: a writing transaction.
        declared: what the file says.
        file: named in mistakes.
        now: aware UTC.
        kept: the keys of a product's own table that stay where the file leaves them out, because
            another command declares them as well.

    Raises:
        SettingsError: a source names an unknown product or kind; nothing is changed then.
    """
    known = {product.name for product in store.products(session)}
    known.update(product.name for product in declared.product)
    mistakes = list(_mistakes(declared, known))
    if mistakes:
        raise SettingsError("\n".join(f"{file}: {mistake}" for mistake in mistakes))
    added: list[str] = []
    changed: list[str] = []
    for product in declared.product:
        outcome = _apply_product(session, product, now=now, kept=kept)
        _note(outcome, product.name, added, changed)
    session.flush()
    for source in declared.source:
        _note(apply_source(session, source, now=now), source.name, added, changed)
    return Applied(tuple(added), tuple(changed))


def _mistakes(declared: Declaration, known: set[str]) -> Iterator[str]:
    kinds = plugins.names(SOURCES)
    yield from _repeated("product", [product.name for product in declared.product])
    yield from _repeated("source", [source.name for source in declared.source])
    for product in declared.product:
        try:
            compile_query(product.query, names=[product.name], ignore=product.ignore)
        except SettingsError as error:
            yield f"product {product.name}: query: {error}"
    for source in declared.source:
        if source.product not in known:
            yield (
                f"source {source.name}: there is no product {source.product}; "
                "declare it with [[product]]"
            )
        if source.kind not in kinds:
            yield (
                f"source {source.name}: there is no kind {source.kind}; "
                f"known are: {', '.join(kinds)}"
            )


def _repeated(what: str, names: list[str]) -> Iterator[str]:
    for name, times in Counter(names).items():
        if times > 1:
            yield f"{what} {name}: is declared {times} times; keep one of them"


def _note(outcome: str, name: str, added: list[str], changed: list[str]) -> None:
    if outcome == "added":
        added.append(name)
    elif outcome == "changed":
        changed.append(name)


def _apply_product(
    session: Session, declared: DeclaredProduct, *, now: datetime, kept: Collection[str]
) -> str:
    values = declared.model_dump(exclude=set(declared.model_extra or {}))
    values["extra"] = json.loads(json.dumps(declared.model_extra or {}, default=str))
    row = store.product_named(session, declared.name)
    if row is None:
        session.add(Product(created_at=now, **values))
        return "added"
    values["extra"] = {key: row.extra[key] for key in kept if key in row.extra} | values["extra"]
    return _change(session, row, values)


def apply_source(session: Session, declared: DeclaredSource, *, now: datetime) -> str:
    """Add or change one source; returns ``added``, ``changed`` or ``same``."""
    product = store.product_named(session, declared.product)
    if product is None or product.id is None:
        raise SettingsError(f"there is no product {declared.product}; `groundswell apply` adds one")
    values = declared.model_dump(exclude={"product"})
    values["product_id"] = product.id
    row = store.source_to_change(session, declared.name)
    if row is None:
        session.add(Source(created_at=now, **values))
        return "added"
    if row.url != declared.url or row.kind != declared.kind:
        row.cursor = {}  # what was remembered belongs to the old address
        row.first_heard_at = None
        _begin_anew(row)
    elif declared.enabled and not row.enabled:
        _begin_anew(row)
    return _change(session, row, values)


def name_for(session: Session, url: str) -> str:
    """Return a name for a place that has none yet: its host and path, with a number if taken.

    Names stand in logs and in public, so what can hold a secret is left out: user and query.
    """
    _, is_web, place = url.partition("://")
    host, slash, path = (re.split(r"[?#]", place)[0] if is_web else url).partition("/")
    name = f"{host.rpartition('@')[2]}{slash}{path}".rstrip("/")[:LONGEST_NAME] or "source"
    numbered = (f"{name} {number}" for number in itertools.count(2))
    names = itertools.chain([name], numbered)
    return next(free for free in names if store.source_named(session, free) is None)


def _begin_anew(row: Source) -> None:
    """Let a source be looked at at once, whatever came of it before."""
    row.state, row.reason, row.failures = SourceState.NEW, "", 0
    row.next_due_at = row.retry_after_at = None


def _change(session: Session, row: Product | Source, values: Mapping[str, Any]) -> str:
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    session.add(row)
    return "changed" if different else "same"


def export(session: Session) -> str:
    """Return all products and sources as TOML that `apply` reads."""
    lines: list[str] = []
    products = {product.id: product for product in store.products(session)}
    for product in products.values():
        values = {name: getattr(product, name) for name in DeclaredProduct.model_fields}
        lines += ["[[product]]", *_pairs(values)]
        lines += [*_pairs(product.extra), ""]
    kept = ("name", "kind", "url", "credential", "reply", "enabled")
    for source in store.sources(session):
        if source.kind == store.MANUAL:  # filled by a person: there is nothing to declare
            continue
        lines += ["[[source]]", *_pairs({name: getattr(source, name) for name in kept})]
        lines += [f"product = {_toml(products[source.product_id].name)}", ""]
    return "\n".join(lines)


def _pairs(values: Mapping[str, Any]) -> Iterator[str]:
    for name, value in values.items():
        if value is not None:
            yield f"{_key(name)} = {_toml(value)}"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _toml(name)


def _toml(value: Any) -> str:
    """Return a value as TOML on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_toml(key)} = {_toml(val)}" for key, val in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(part) for part in value) + "]"
    if isinstance(value, str):
        return '"' + "".join(_escaped(char) for char in value) + '"'
    return str(value)


def _escaped(char: str) -> str:
    if char in {'"', "\\"}:
        return "\\" + char
    return char if char.isprintable() else f"\\U{ord(char):08X}"


def _lines(file: Path, error: ValidationError) -> Iterator[str]:
    for detail in error.errors():
        table, *rest = (str(part) for part in detail["loc"])
        model = _TABLES.get(table)
        if model is None:
            yield f"{file}: [[{table}]]: {remedy(detail, list(_TABLES), what='table')}"
        elif len(rest) < 2:  # the table itself, not what stands in it
            yield f"{file}: [[{table}]]: write each as a table of its own: [[{table}]]"
        else:
            known = list(model.model_fields)
            place = f"[[{table}]] number {int(rest[0]) + 1}: {'.'.join(rest[1:])}"
            yield f"{file}: {place}: {remedy(detail, known, what='key')}"


_TABLES: Mapping[str, type[BaseModel]] = {"product": DeclaredProduct, "source": DeclaredSource}
