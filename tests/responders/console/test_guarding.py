"""Who may see the console before there is a log-in."""

from collections.abc import Mapping

import pytest

from responders.console.guarding import HEADERS, own_hosts, refusal

OURS = own_hosts("127.0.0.1", "http://console.internal:8080/console/")


@pytest.mark.parametrize(
    ("peer", "host"),
    [
        ("127.0.0.1", "127.0.0.1:8080"),
        ("127.0.0.1", "localhost:8080"),
        ("127.0.0.1", "LOCALHOST"),
        ("127.8.8.8", "localhost"),
        ("::1", "[::1]:8080"),
        ("::ffff:127.0.0.1", "localhost"),
        ("127.0.0.1", "console.internal"),
    ],
)
def test_this_machine_may_look_under_our_own_names(peer: str, host: str) -> None:
    assert refusal(peer=peer, headers={"host": host}, hosts=OURS) is None


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        ("192.0.2.7", {"host": "localhost"}),
        ("10.0.0.1", {"host": "127.0.0.1"}),
        ("", {"host": "localhost"}),
        (None, {"host": "localhost"}),
        ("127.0.0.1", {"host": "rebound.example"}),
        ("127.0.0.1", {"host": "127.0.0.1.rebound.example"}),
        ("127.0.0.1", {"host": "localhost.rebound.example:8080"}),
        ("127.0.0.1", {"host": "localhost@rebound.example"}),
        ("127.0.0.1", {"host": "[::1"}),
        ("127.0.0.1", {"host": ""}),
        ("127.0.0.1", {}),
        ("127.0.0.1", {"host": "localhost", "x-forwarded-for": "192.0.2.7"}),
        ("127.0.0.1", {"host": "console.internal", "forwarded": "for=192.0.2.7"}),
    ],
)
def test_everybody_else_is_refused_with_a_remedy(
    peer: str | None, headers: Mapping[str, str]
) -> None:
    refused = refusal(peer=peer, headers=headers, hosts=OURS)
    assert refused is not None
    assert "open it" in refused.reason


def test_the_policy_lets_no_script_run_and_nobody_frame_us() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
