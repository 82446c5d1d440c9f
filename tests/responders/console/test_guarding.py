"""Which requests the console answers at all."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.console.guarding import headers_for, is_loopback, own_hosts, refusal, safe_next

OURS = own_hosts("127.0.0.1", "https://console.internal:8443/console/")
HERE = {"host": "127.0.0.1:8080"}


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:8080", "localhost:8080", "LOCALHOST", "[::1]:8080", "console.internal"],
)
def test_the_console_answers_under_its_own_names(host: str) -> None:
    assert refusal(method="GET", headers={"host": host}, hosts=OURS) is None


@pytest.mark.parametrize(
    "host",
    [
        "rebound.example",
        "127.0.0.1.rebound.example",
        "localhost.rebound.example:8080",
        "localhost@rebound.example",
        "192.0.2.7",
        "[::1",
        "",
        None,
    ],
)
def test_under_a_strangers_name_it_says_how_to_open_it(host: str | None) -> None:
    headers = {} if host is None else {"host": host}
    refused = refusal(method="GET", headers=headers, hosts=OURS, server="10.0.0.5")
    assert refused is not None
    assert "open it" in refused.reason


def test_the_address_a_request_came_in_at_is_a_name_of_ours() -> None:
    here = {"host": "10.0.0.5:8080"}
    assert refusal(method="GET", headers=here, hosts=OURS, server="10.0.0.5") is None
    assert refusal(method="GET", headers={"host": "gw"}, hosts=OURS, server="gw") is not None


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://127.0.0.1:8080"},
        {"sec-fetch-site": "same-origin"},
        {},  # no browser: it holds no cookie that it was not given
    ],
)
def test_a_form_of_our_own_page_is_taken(headers: Mapping[str, str]) -> None:
    assert refusal(method="POST", headers={**HERE, **headers}, hosts=OURS) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "null"},
        {"origin": ""},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_form_of_another_page_changes_nothing(headers: Mapping[str, str]) -> None:
    refused = refusal(method="POST", headers={**HERE, **headers}, hosts=OURS)
    assert refused is not None
    assert "nothing was changed" in refused.reason


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ("/console/issues/GS-1?span=day", True),
        ("/console/", True),
        ("", False),
        ("/", False),
        ("/consolex", False),
        ("//evil.example", False),
        ("/console//evil.example", False),
        ("https://evil.example/console/", False),
        ("/console/../", False),
        ("/console/\\evil", False),
        ("/console/\r\nSet-Cookie: a=b", False),
        ("/console/ü", False),
        ("javascript:alert(1)", False),
    ],
)
def test_after_a_form_the_way_never_leads_out_of_the_console(wanted: str, kept: bool) -> None:
    assert safe_next(wanted, otherwise="/console/") == (wanted if kept else "/console/")


@given(st.text())
def test_whatever_is_wanted_the_way_stays_inside(wanted: str) -> None:
    assert safe_next(wanted, otherwise="/console/").startswith("/console/")


def test_the_policy_lets_no_stranger_run_anything_or_frame_us() -> None:
    policy = headers_for("/console/")["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in headers_for("/healthz")["Content-Security-Policy"]


def test_the_page_may_be_kept_and_shown_elsewhere_and_the_console_not() -> None:
    assert "Cache-Control" not in headers_for("/")
    assert "Cross-Origin-Resource-Policy" not in headers_for("/api/v2/summary.json")
    assert headers_for("/console/drafts/1")["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("peer", "here"),
    [("127.0.0.1", True), ("::1", True), ("::ffff:127.0.0.1", True), ("10.0.0.1", False)],
)
def test_this_machine_is_known_from_others(peer: str, here: bool) -> None:
    assert is_loopback(peer) is here
    assert is_loopback("") is is_loopback(None) is False
