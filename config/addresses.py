"""Which addresses the house may talk to, as pure rules over text.

Links come from strangers (feeds, posts, subscribers), so each one might point at our own network.
Apart from the client, because people argue about these rules and tests read them as a table: no
name is looked up here and nothing is connected. `parse_url` brings a URL into one spelling or
refuses it, `refusal_of` says why one address is out of bounds, `AllowList` is the operator's word.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, Self
from urllib.parse import quote

import idna

from config.errors import PermanentError, SettingsError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Scheme = Literal["http", "https"]

_DEFAULT_PORTS: Final[dict[str, int]] = {"http": 80, "https": 443}

# `ipaddress.is_global` calls multicast global and changes with the Python release, so the ranges
# stand here. Source: https://www.iana.org/assignments/iana-ipv4-special-registry/
_BARRED_V4: Final = tuple(
    (ipaddress.IPv4Network(net), word)
    for net, word in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-shared"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "reserved"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
# Source: https://www.iana.org/assignments/iana-ipv6-special-registry/ . Everything outside
# 2000::/3 is barred without being listed; the words here only make the reason exact.
_GLOBAL_V6: Final = ipaddress.IPv6Network("2000::/3")
_BARRED_V6: Final = tuple(
    (ipaddress.IPv6Network(net), word)
    for net, word in (
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
        ("2001::/23", "reserved"),  # Teredo and ORCHID among them
        ("2001:db8::/32", "documentation"),
        ("3fff::/20", "documentation"),
    )
)
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_SIX_TO_FOUR: Final = ipaddress.IPv6Network("2002::/16")
_ISATAP_MARKS: Final = (0x00005EFE, 0x02005EFE)

_URL: Final = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<place>[^/?#]*)(?P<rest>.*)")
_PLACE: Final = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\[\]:@%]+)(?::(?P<port>[0-9]{1,5}))?")
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")


class RefusedAddress(PermanentError):
    """The address guard let no connection be opened."""


@dataclass(frozen=True, slots=True)
class Target:
    """One place on the web in its one canonical spelling.

    `host` is lower-case ASCII without a trailing dot, or an IP address without brackets; `path`
    starts with a slash, holds the query and no fragment, and is ASCII.
    """

    scheme: Scheme
    host: str
    port: int
    path: str

    @property
    def host_port(self) -> str:
        """What spacing, credentials and allow_hosts go by: `example.org:443`, `[::1]:80`."""
        return f"{self._bracketed}:{self.port}"

    @property
    def netloc(self) -> str:
        """The Host header: the port only where it is not the scheme's own."""
        standard = self.port == _DEFAULT_PORTS[self.scheme]
        return self._bracketed if standard else self.host_port

    @property
    def url(self) -> str:
        """The whole address as it is fetched."""
        return f"{self.scheme}://{self.netloc}{self.path}"

    @property
    def shown(self) -> str:
        """The URL as messages and logs may show it: a query can hold a private feed's token."""
        path, mark, _ = self.path.partition("?")
        return f"{self.scheme}://{self.netloc}{path}{mark and '?…'}"

    @property
    def literal(self) -> Address | None:
        """The host as an address when it is one, so that no name is looked up."""
        return _address(self.host)

    @property
    def _bracketed(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host


def parse_url(url: str) -> Target:
    """Bring a URL into its one spelling.

    International names become their ASCII form, full-width digits and ideographic full stops the
    plain ones. Spellings that programs read differently are refused rather than guessed at: user
    names, zone ids, backslashes, control characters, percent signs in the host, and IPv4 addresses
    written other than as four decimal numbers (`127.1`, `0x7f000001`, `2130706433`).

    Raises:
        RefusedAddress: with what is wrong, never with the query of the URL.
    """
    text = url.strip(" ")
    if any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} or c == "\\" for c in text):
        raise _bad(text, "it holds control characters, invisible characters or backslashes")
    match = _URL.fullmatch(text)
    if match is None:
        raise _bad(text, "it is not of the form http://host/path or https://host/path")
    scheme = match["scheme"].lower()
    if scheme not in _DEFAULT_PORTS:
        raise _bad(text, f"only http and https are fetched, not {scheme}:")
    host, port = _split_place(text, match["place"])
    path = match["rest"].partition("#")[0]
    if not path.startswith("/"):
        path = f"/{path}"
    return Target(
        "https" if scheme == "https" else "http",
        host,
        _DEFAULT_PORTS[scheme] if port is None else port,
        quote(path, safe="!$%&'()*+,/:;=?@[]~"),
    )


def refusal_of(address: Address) -> str | None:
    """Why an address is out of bounds, in a word or two; None when it is globally routable.

    An IPv6 address that carries an IPv4 one (mapped, NAT64, 6to4, ISATAP) is judged by what it
    carries: `::ffff:10.0.0.1` → "private". IPv4-compatible `::10.0.0.1` is always refused.
    """
    if isinstance(address, ipaddress.IPv4Address):
        return next((word for net, word in _BARRED_V4 if address in net), None)
    named = next((word for net, word in _BARRED_V6 if address in net), None)
    if named is not None:
        return named
    carried = _carried(address)
    if carried is not None and (reason := refusal_of(carried)) is not None:
        return f"{reason} ({carried} inside)"
    routable = address in _GLOBAL_V6 or address in _NAT64 or address.ipv4_mapped is not None
    return None if routable else "reserved"


@dataclass(frozen=True, slots=True)
class _Entry:
    """One listed host, address or network; `port` None stands for every port."""

    host: str | None
    network: Network | None
    port: int | None


@dataclass(frozen=True, slots=True)
class AllowList:
    """The hosts the operator trusts although they are not on the public internet."""

    entries: tuple[_Entry, ...] = ()

    @classmethod
    def parse(cls, texts: Iterable[str]) -> Self:
        """Read `host`, `10.0.0.7`, `10.0.0.0/8`, `fd00::/8` or `[::1]`, with or without `:port`.

        Raises:
            SettingsError: an entry is none of these; the message names it.
        """
        return cls(tuple(_parse_entry(text) for text in texts))

    def permits(self, target: Target, address: Address) -> bool:
        """Whether this address may be connected to for this target."""
        plain = _plain(address)
        return any(
            entry.port in {None, target.port}
            and (
                entry.host == target.host
                if entry.network is None
                else plain.version == entry.network.version and plain in entry.network
            )
            for entry in self.entries
        )


def check_addresses(
    target: Target, addresses: Iterable[str], allowed: AllowList
) -> tuple[str, ...]:
    """Return the addresses that may be connected to, in the resolver's order: all or none.

    One bad address among good ones refuses the whole name: whoever mixes them wants us to pick.

    Raises:
        RefusedAddress: at least one address is out of bounds and not listed.
    """
    checked = []
    for text in addresses:
        address = _address(text)
        reason = "unreadable" if address is None else refusal_of(address)
        if reason and (address is None or not allowed.permits(target, address)):
            raise RefusedAddress(
                f"{target.shown} refused: {text} is a {reason} address; if you trust it, add "
                f'"{target.host_port}" to [http] allow_hosts'
            )
        checked.append(text)
    return tuple(checked)


def _split_place(url: str, place: str) -> tuple[str, int | None]:
    if "@" in place:
        raise _bad(url, "it holds a user name; credentials belong into the settings")
    match = _PLACE.fullmatch(place)
    if match is None:
        raise _bad(url, "its host or port cannot be read")
    port = None if match["port"] is None else int(match["port"])
    if port is not None and not 1 <= port <= 65535:
        raise _bad(url, f"port {port} is not between 1 and 65535")
    return _canonical_host(url, match["host"]), port


def _canonical_host(url: str, host: str) -> str:
    if host.startswith("["):
        address = _address(host[1:-1])
        if address is None or address.version == 4:
            raise _bad(url, "its IPv6 address cannot be read")
        return str(address)
    try:
        # UTS 46 is what browsers map names with; it also folds ① and 。 into 1 and a full stop.
        name = host.lower() if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise _bad(url, "its host is no valid international name") from error
    name = name.removesuffix(".")
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        if _address(name) is None:
            raise _bad(url, "write an IPv4 address as four decimal numbers, like 192.0.2.1")
        return name
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _bad(url, "its host is no valid name")
    return name


def _parse_entry(text: str) -> _Entry:
    mistake = SettingsError(
        f"[http] allow_hosts: {text!r} is no host, address or network such as "
        f'"intranet.example", "10.0.0.7:8080", "10.0.0.0/8" or "[::1]:80"'
    )
    bare = _network(text)
    if bare is not None:
        return _Entry(None, bare, None)
    host, _, port_text = (
        text.rpartition(":") if re.search(r":[0-9]{1,5}$", text) else (text, "", "")
    )
    port = int(port_text) if port_text else None
    if port is not None and not 1 <= port <= 65535:
        raise mistake
    network = _network(host.removeprefix("[").replace("]", ""))
    if network is not None:
        return _Entry(None, network, port)
    if re.search(r"[/?#]", host):
        raise mistake
    try:
        return _Entry(parse_url(f"http://{host}/").host, None, port)
    except RefusedAddress as error:
        raise mistake from error


def _network(text: str) -> Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _address(text: str) -> Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _plain(address: Address) -> Address:
    """`::ffff:10.0.0.7` is the same machine as 10.0.0.7, so a listed 10.0.0.7 covers it."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    number = int(address)
    if address in _SIX_TO_FOUR:
        return ipaddress.IPv4Address(number >> 80 & 0xFFFFFFFF)
    if address in _NAT64 or (number >> 32 & 0xFFFFFFFF) in _ISATAP_MARKS:
        return ipaddress.IPv4Address(number & 0xFFFFFFFF)
    return None


def _bad(url: str, reason: str) -> RefusedAddress:
    # repr() keeps control characters out of the log; the query may hold a token, so it goes.
    shown = re.split(r"[?#]", url)[0][:200]
    if "@" in shown:
        shown = "…@" + shown.rpartition("@")[2]
    return RefusedAddress(f"{shown!r} refused: {reason}")
