import ipaddress
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.addresses import (
    AllowList,
    RefusedAddress,
    check_addresses,
    parse_url,
    refusal_of,
)
from config.errors import SettingsError
from config.http_client import BadRedirect, HttpKnobs, PoliteClient, Unreachable
from tests.places.web import Detour, Reply, Web

PUBLIC = "151.101.1.140"
SHARED_CASES = Path(__file__).parents[2].parent / "shared" / "cases" / "ssrf.jsonl"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("127.0.0.1", "loopback"),
        ("127.255.3.4", "loopback"),
        ("0.1.2.3", "unspecified"),
        ("10.200.0.9", "private"),
        ("172.20.1.1", "private"),
        ("192.168.77.1", "private"),
        ("100.127.255.254", "carrier-shared"),
        ("169.254.1.1", "link-local"),
        ("192.0.0.9", "reserved"),
        ("198.19.255.255", "benchmarking"),
        ("203.0.113.77", "documentation"),
        ("239.1.1.1", "multicast"),
        ("250.0.0.1", "reserved"),
        ("::", "unspecified"),
        ("::1", "loopback"),
        ("fd12:3456::1", "private"),
        ("fe90::1", "link-local"),
        ("fedf::1", "site-local"),
        ("ff0e::1", "multicast"),
        ("2001:db8:1::1", "documentation"),
        ("3fff:1::1", "documentation"),
        ("2001:0:1234::1", "reserved"),
        ("100::1", "reserved"),
        ("4000::1", "reserved"),
        ("::8.8.8.8", "reserved"),
        ("64:ff9b:1::8.8.8.8", "reserved"),
        ("::ffff:192.168.0.1", "private (192.168.0.1 inside)"),
        ("64:ff9b::10.1.1.1", "private (10.1.1.1 inside)"),
        ("2002:a9fe:a9fe::1", "link-local (169.254.169.254 inside)"),
        ("2a00:1450::5efe:7f00:1", "loopback (127.0.0.1 inside)"),
    ],
)
def test_an_address_that_is_not_on_the_public_internet_is_named_by_its_kind(
    address: str, reason: str
) -> None:
    assert refusal_of(ipaddress.ip_address(address)) == reason


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "172.15.0.1",
        "172.32.0.1",
        "100.63.0.1",
        "100.128.0.1",
        "2a00:1450:4001::1",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "2002:808:808::1",
    ],
)
def test_a_public_address_is_not_refused(address: str) -> None:
    assert refusal_of(ipaddress.ip_address(address)) is None


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_never_makes_it_acceptable(inner: ipaddress.IPv4Address) -> None:
    number = int(inner)
    wrapped = [
        f"::ffff:{inner}",
        f"64:ff9b::{inner}",
        f"2002:{number >> 16:x}:{number & 65535:x}::",
    ]
    judged = [refusal_of(ipaddress.ip_address(text)) is None for text in wrapped]
    assert judged == [refusal_of(inner) is None] * 3


@given(st.ip_addresses())
def test_whatever_python_calls_private_is_refused(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if not address.is_global:
        assert refusal_of(address) is not None


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://Example.ORG", "http://example.org/"),
        ("http://example.org.:80/a?b#c", "http://example.org/a?b"),
        ("https://example.org:80?q", "https://example.org:80/?q"),
        ("http://straße.example/ü ü", "http://xn--strae-oqa.example/%C3%BC%20%C3%BC"),
        ("http://ＥＸＡＭＰＬＥ。org/", "http://example.org/"),
        ("http://[2A00:0:0::1]:81/", "http://[2a00::1]:81/"),
        ("http://my_host.example/%20%zz", "http://my_host.example/%20%zz"),
        ("http://１９８.５１.１００.７/", "http://198.51.100.7/"),
        (" http://example.org/ ", "http://example.org/"),
    ],
)
def test_a_url_has_one_spelling(url: str, canonical: str) -> None:
    assert parse_url(url).url == canonical
    assert parse_url(canonical).url == canonical


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org/feed",
        "ftp://example.org/",
        "https:/example.org/",
        "https:example.org",
        "view-source:http://example.org/",
        "http://user@example.org/",
        "http://user:word@example.org/",
        "http://exam ple.org/",
        "http://example.org/a\tb",
        "http://example.org/\u202eevil",
        "http://example.org\\@other.example/",
        "http://exam%70le.org/",
        "http://example.org:/",
        "http://example.org:+80/",
        "http://example.org:８０/",
        "http://example.org:65536/",
        "http://[fe80::1%eth0]/",
        "http://[127.0.0.1]/",
        "http://[::1/",
        "http://::1/",
        "http://-bad.example/",
        "http://a..example/",
        "http://.example/",
        "http://" + "a" * 64 + ".example/",
        "http://192.168.1/",
        "http://3232235777/",
        "http://0xC0A80101/",
        "http://0300.0250.1.1/",
        "http://192.168.0x1.1/",
        "http://1.2.3.4.5/",
        "http://256.1.1.1/",
        "http://name.0x7f/",
        "http://⑩.0.0.0x1/",
    ],
)
def test_a_spelling_that_programs_read_differently_is_refused(url: str) -> None:
    with pytest.raises(RefusedAddress):
        parse_url(url)


@given(st.text())
def test_any_text_is_either_refused_or_brought_into_a_lasting_spelling(text: str) -> None:
    try:
        target = parse_url(f"http://{text}")
    except RefusedAddress as error:
        message = str(error)
    else:
        message = target.url
        assert parse_url(target.url) == target
        assert target.url.isascii()
    assert message.isprintable()


def test_no_message_holds_a_password_or_a_query() -> None:
    for url in ("http://me:hunter2@example.org/", "gopher://x/?key=hunter2", "http://a/\n#hunter2"):
        with pytest.raises(RefusedAddress) as caught:
            parse_url(url)
        assert "hunter2" not in str(caught.value)
    assert "hunter2" not in parse_url("http://example.org/?key=hunter2").shown


@pytest.mark.parametrize(
    ("entry", "url", "address", "permitted"),
    [
        ("wiki.example", "http://wiki.example/", "10.0.0.7", True),
        ("WIKI.example.", "http://wiki.example:8080/", "10.0.0.7", True),
        ("wiki.example:8080", "http://wiki.example/", "10.0.0.7", False),
        ("wiki.example", "http://a.wiki.example/", "10.0.0.7", False),
        ("10.0.0.7", "http://other.example/", "10.0.0.7", True),
        ("10.0.0.7", "http://other.example/", "::ffff:10.0.0.7", True),
        ("10.0.0.7:443", "https://other.example/", "10.0.0.7", True),
        ("10.0.0.7:443", "http://other.example/", "10.0.0.7", False),
        ("10.0.0.0/8", "http://other.example/", "10.9.9.9", True),
        ("10.0.0.0/8:80", "http://other.example:81/", "10.9.9.9", False),
        ("10.0.0.0/8", "http://other.example/", "192.168.0.1", False),
        ("10.0.0.0/8", "http://other.example/", "fd00::1", False),
        ("::1", "http://[::1]:81/", "::1", True),
        ("[::1]:80", "http://[::1]/", "::1", True),
        ("[::1]:80", "http://[::1]:81/", "::1", False),
        ("fd00::/8", "http://other.example/", "fd00::1", True),
        ("[fd00::/8]:80", "http://other.example/", "fd00::1", True),
    ],
)
def test_the_operator_lists_hosts_addresses_and_networks(
    entry: str, url: str, address: str, permitted: bool
) -> None:
    allowed = AllowList.parse([entry])
    assert allowed.permits(parse_url(url), ipaddress.ip_address(address)) is permitted


@pytest.mark.parametrize(
    "entry", ["", "http://x.example/", "x.example:0", "10.0.0.0/99", "a b", "x.example/y"]
)
def test_an_entry_that_cannot_be_read_is_a_mistake_in_the_settings(entry: str) -> None:
    with pytest.raises(SettingsError, match="allow_hosts"):
        AllowList.parse([entry])


def test_one_private_answer_among_public_ones_refuses_the_name_with_its_remedy() -> None:
    target = parse_url("http://mixed.example:8000/feed?key=1")
    with pytest.raises(RefusedAddress) as caught:
        check_addresses(target, [PUBLIC, "10.1.2.3"], AllowList())
    message = str(caught.value)
    assert "\n" not in message
    for word in ("10.1.2.3", "private", '"mixed.example:8000"', "[http] allow_hosts"):
        assert word in message


def _shared_cases() -> list[Any]:
    if not SHARED_CASES.exists():
        why = f"{SHARED_CASES.name} of the shared folder is absent"
        return [pytest.param({}, marks=pytest.mark.skip(reason=why))]
    lines = SHARED_CASES.read_text(encoding="utf-8").splitlines()
    return [pytest.param(case, id=case["id"]) for case in map(json.loads, lines)]


@pytest.mark.parametrize("case", _shared_cases())
def test_the_shared_addresses_are_treated_as_they_ask(case: dict[str, Any]) -> None:
    answers = case.get("resolve_sequence") or [case.get("resolve") or ["127.0.0.1"]]
    turns = iter([*answers, *answers[-1:] * 9])
    names = {"other.example": [PUBLIC]}
    moved = {"Location": case["redirect_to"]} if "redirect_to" in case else {}
    secret = {"Authorization": "Bearer secret", "X-Own": "secret"}

    def script(asked: object) -> Reply:
        return Reply(302, headers=moved) if len(web.log) == 1 and moved else Reply()

    with Web(script) as web:
        detour = Detour(web.port)
        client = PoliteClient(
            HttpKnobs(user_agent="test/1", spacing_s=0, deadline_s=5),
            allow_hosts=["intranet.example"] if case["expect"] == "allow_if_listed" else [],
            resolver=lambda host, port: names.get(host) or next(turns),
            dialer=detour,
        )
        dialed_before_redirect = 1 if moved else 0
        if case["expect"] == "refuse":
            with pytest.raises((RefusedAddress, BadRedirect)):
                client.get(case["url"])
            assert len(detour.dialed) == dialed_before_redirect
            return
        if case["url"].startswith("https:"):
            with pytest.raises(Unreachable):  # the place speaks no TLS; where was dialed counts
                client.get(case["url"])
        else:
            client.get(case["url"], credentials=secret)
        assert detour.dialed[0][0] == answers[0][0]
    if case["expect"] == "no_credentials":
        assert [("authorization" in asked.headers) for asked in web.log] == [True, False]
        assert "secret" not in str(web.log[1])
