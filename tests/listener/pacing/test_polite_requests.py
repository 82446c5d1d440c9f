"""A platform's own library asks through our client, and hears nothing that would make it wait."""

import json
from pathlib import Path

import pytest

from config.errors import PermanentError
from config.http_client import RefusedAddress, Response
from listener.pacing.polite_requests import polite_session
from tests.listener.sources.fetching import loopback_client
from tests.places.web import Reply, Web


def test_what_was_asked_arrives_and_the_answer_comes_back() -> None:
    seen: list[Response] = []
    answer = Reply(201, '{"ä": 1}'.encode(), {"X-Ratelimit-Remaining": "0", "X-Other": "1"})
    with Web(lambda _: answer) as web:
        session = polite_session(loopback_client(), seen.append)
        told = session.post(web.url("/a?b=1"), data={"c": "d e"}, auth=("me", "secret"))
    (asked,) = web.log
    assert (asked.method, asked.path, asked.body) == ("POST", "/a?b=1", b"c=d+e")
    assert asked.headers["authorization"].startswith("Basic ")
    assert (told.status_code, told.reason, told.json()) == (201, "Created", {"ä": 1})
    assert "x-other" in told.headers
    assert [name for name in told.headers if "ratelimit" in name.lower()] == []
    assert [one.status for one in seen] == [201]


def test_the_judge_has_the_last_word() -> None:
    def refuse(told: Response) -> None:
        raise PermanentError(f"it answers {told.status}")

    with Web(lambda _: Reply(503)) as web:
        with pytest.raises(PermanentError, match="503"):
            polite_session(loopback_client(), refuse).get(web.url())
        assert len(web.log) == 1


def test_no_netrc_and_no_proxy_of_the_environment_has_a_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with Web(lambda _: Reply(body=json.dumps([]).encode())) as web:
        assert polite_session(loopback_client(), lambda _: None).get(web.url()).json() == []
    assert "authorization" not in web.log[0].headers


def test_an_address_out_of_bounds_is_refused() -> None:
    with pytest.raises(RefusedAddress):
        polite_session(loopback_client(), lambda _: None).get("http://10.1.2.3/")
