"""Policies between the file that declares them and the rule that asks them.

Apart from the rule, because here mistakes are told to the person who wrote the file. A policy in
the store that cannot be read closes its places: what was meant is not known.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from config.errors import SettingsError
from config.settings_mistakes import remedy
from listener.tables import Product, Source, Thread
from responders.voice.leave.policy import DeclaredPolicy, PlacePolicy

KEY = "policy"
"""Under which a product keeps it, as written."""


def read_policy(
    declared: Mapping[str, Any], *, places: Collection[str] | None = None
) -> DeclaredPolicy:
    """Return the policy that a product's file declares; the usual one where it declares none.

    Args:
        declared: what the file says of the product beyond its own keys.
        places: the names of its sources; None where nobody knows them yet.

    Raises:
        SettingsError: one line for every mistake, with its key and the remedy.
    """
    found = declared.get(KEY, {})
    if not isinstance(found, Mapping):
        raise SettingsError(f"{KEY}: write it as a table of its own: [product.{KEY}]")
    mistakes: list[str] = []
    try:
        policy = DeclaredPolicy.model_validate(found)
    except ValidationError as error:
        mistakes += _lines(error, KEY, DeclaredPolicy)
        raise SettingsError("\n".join(mistakes)) from error
    for name in policy.places:
        where = f'{KEY}.places."{name}"'
        try:
            policy.at(name)
        except ValidationError as error:
            mistakes += _lines(error, where, PlacePolicy)
        if places is not None and name not in places:
            mistakes.append(
                f"{where}: there is no source {name}; known are: {', '.join(sorted(places)) or '–'}"
            )
    if mistakes:
        raise SettingsError("\n".join(mistakes))
    return policy


def _lines(error: ValidationError, where: str, model: type[PlacePolicy]) -> Iterator[str]:
    known = list(model.model_fields)
    for detail in error.errors():
        subject = ".".join([where, *(str(part) for part in detail["loc"])])
        yield f"{subject}: {remedy(detail, known, what='key')}"


def policy_of(product: Product) -> DeclaredPolicy:
    """Return the policy of a product; nothing is allowed where it cannot be read."""
    try:
        return read_policy(product.extra)
    except SettingsError:
        why = "it has a mistake, see groundswell doctor"
        return DeclaredPolicy(allowed=False, why=why)


def host_of(source: Source, thread: Thread | None = None) -> str:
    """Return the host of a thread, by which places are one; the source's name where it has none."""
    for url in (thread.url if thread else None, source.url):
        try:
            host = (urlsplit(url or "").hostname or "").removeprefix("www.")
        except ValueError:
            continue
        if host:
            return host
    return source.name


def policy_line(product: Product, source: Source) -> str:
    """Return what may be said at a place, as one line of a list."""
    return policy_of(product).at(source.name).in_words(host_of(source))


def mistaken(products: Sequence[Product], sources: Sequence[Source]) -> list[str]:
    """Return what is wrong with the policies of some products, with the remedy."""
    found: list[str] = []
    for product in products:
        own = {source.name for source in sources if source.product_id == product.id}
        try:
            read_policy(product.extra, places=own)
        except SettingsError as error:
            fix = "correct it in the product's file: groundswell apply"
            found += [f"{product.name}: {line}; {fix}" for line in str(error).splitlines()]
    return found
