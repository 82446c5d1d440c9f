"""A look counts what it asks and keeps within the quota that its credential shares."""

from datetime import datetime, timedelta

import pytest

from config.http_client import HttpKnobs, PoliteClient
from listener.diagnoses import QuotaUsedError
from listener.pacing.metering import Meter, Spent
from listener.pacing.quotas import QuotaKey, QuotaLeft
from tests.listener.sources.fetching import NOON
from tests.places.web import Reply, Web

SOON = NOON + timedelta(seconds=90)


def meter(web: Web, used_up: dict[QuotaKey, datetime] | None = None) -> Meter:
    client = PoliteClient(HttpKnobs(user_agent="Test", spacing_s=0.0, allow_hosts=(web.host_port,)))
    return Meter(client, credential="ours", used_up=used_up or {}, now=lambda: NOON)


def key(web: Web, resource: str = "core") -> QuotaKey:
    return QuotaKey(web.host_port, "ours", resource)


def left(remaining: int, reset_s: int = 90) -> dict[str, str]:
    return {"X-RateLimit-Remaining": str(remaining), "X-RateLimit-Reset": str(reset_s)}


def test_every_request_counts_once() -> None:
    with Web(lambda asked: Reply()) as web:
        counted = meter(web)
        counted.get(web.url("/a"))
        counted.post(web.url("/b"), json={})
        assert counted.take() == Spent(2, {})
        assert counted.take() == Spent(0, {})


def test_the_slowest_answer_is_told_once() -> None:
    with Web(lambda asked: Reply()) as web:
        counted = meter(web)
        answers = [counted.get(web.url(path)) for path in ("/a", "/b")]
        assert counted.take().slowest_s == max(one.elapsed_s for one in answers) > 0
        assert counted.take().slowest_s == 0


def test_a_request_that_got_no_answer_counts_too() -> None:
    with Web(lambda asked: lambda connection: connection.close()) as web:
        counted = meter(web)
        with pytest.raises(Exception, match=r"127\.0\.0\.1"):
            counted.get(web.url("/a"))
    assert counted.take().requests == 1


def test_what_an_answer_says_of_a_quota_is_handed_on() -> None:
    with Web(lambda asked: Reply(headers=left(12))) as web:
        counted = meter(web)
        counted.get(web.url("/a"))
        assert counted.take().quotas == {key(web): QuotaLeft(12.0, SOON)}


def test_nothing_is_asked_once_the_quota_is_used_up() -> None:
    with Web(lambda asked: Reply(headers=left(0))) as web:
        counted = meter(web)
        counted.get(web.url("/a"))
        with pytest.raises(QuotaUsedError) as caught:
            counted.get(web.url("/b"))
        assert caught.value.retry_after_s == 90.0
        counted.get(web.url("/search/b"))  # counted apart
        assert [asked.path for asked in web.log] == ["/a", "/search/b"]
        assert counted.take().requests == 2


def test_what_others_used_up_is_not_asked_at_all() -> None:
    with Web(lambda asked: Reply()) as web:
        with pytest.raises(QuotaUsedError):
            meter(web, {key(web): SOON}).get(web.url("/a"))
        meter(web, {key(web, "search"): SOON}).get(web.url("/a"))
        meter(web, {key(web): NOON}).get(web.url("/a"))
        assert len(web.log) == 2


def test_a_refusal_counts_for_the_quota_that_was_asked_last() -> None:
    with Web(lambda asked: Reply(429)) as web:
        counted = meter(web)
        counted.refused(60)  # nothing was asked yet
        assert counted.take() == Spent()
        counted.get(web.url("/search/a"))
        counted.refused(90)
        assert counted.take().quotas == {key(web, "search"): QuotaLeft(0.0, SOON)}


def test_the_pause_that_a_host_asks_for_reaches_the_real_client() -> None:
    waited: list[float] = []
    with Web(lambda asked: Reply()) as web:
        real = PoliteClient(
            HttpKnobs(user_agent="Test", spacing_s=0.0, allow_hosts=(web.host_port,)),
            sleep=waited.append,
        )
        counted = Meter(real, credential="", used_up={}, now=lambda: NOON)
        counted.slow_down(web.url("/"), 20.0)
        counted.get(web.url("/a"))
        counted.get(web.url("/b"))
    assert len(waited) == 1
    assert 10 < waited[0] <= 20
