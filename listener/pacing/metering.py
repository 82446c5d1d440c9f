"""The polite client as one look uses it: it counts, and keeps within the quota of its credential.

Apart from the plug-ins, so that none can forget it: whatever a platform says of its quota in an
answer's headers holds for every source that asks it in the same name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from config.http_client import PoliteClient, Response
from listener.answers import host_of
from listener.pacing.quotas import QuotaKey, QuotaLeft, limited, quota_left, resource_of

MOST_NOTED_S: Final = 86_400.0


@dataclass(frozen=True)
class Spent:
    """What a look asked, and what it was told of quotas."""

    requests: int = 0
    quotas: Mapping[QuotaKey, QuotaLeft] = field(default_factory=dict)
    slowest_s: float = field(default=0.0, compare=False)
    """How long the slowest answer took, without the waiting for our turn."""


class Meter(PoliteClient):
    """The polite client for one look.

    Args:
        client: the real one.
        credential: the name of the credential it asks with; empty for none.
        used_up: the quotas of that credential that are used up, and until when.
        now: the time of the house.
    """

    def __init__(
        self,
        client: PoliteClient,
        *,
        credential: str,
        used_up: Mapping[QuotaKey, datetime],
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._credential = credential
        self._used_up = dict(used_up)
        self._now = now
        self._requests = 0
        self._slowest_s = 0.0
        self._noted: dict[QuotaKey, QuotaLeft] = {}
        self._last: QuotaKey | None = None

    @property
    def agent(self) -> str:
        """The name of the real client."""
        return self._client.agent

    def get(self, url: str, **asked: Any) -> Response:
        """Fetch through the real client, unless the quota is used up."""
        self._count(url)
        return self._noting(self._client.get(url, **asked))

    def head(self, url: str) -> Response:
        """Ask the real client for the head of an answer, unless the quota is used up."""
        self._count(url)
        return self._noting(self._client.head(url))

    def post(self, url: str, **asked: Any) -> Response:
        """Send through the real client, unless the quota is used up."""
        self._count(url)
        return self._noting(self._client.post(url, **asked))

    def slow_down(self, url: str, spacing_s: float | None) -> None:
        """Leave the real client a longer pause at a host."""
        self._client.slow_down(url, spacing_s)

    def refused(self, seconds: float) -> None:
        """Note that the platform gives no more answers for so long to who asked last."""
        if self._last is not None:
            until = self._now() + timedelta(seconds=min(max(seconds, 0.0), MOST_NOTED_S))
            self._note(self._last, QuotaLeft(0.0, until))

    def take(self) -> Spent:
        """Return what was spent since the last call."""
        spent = Spent(self._requests, self._noted, self._slowest_s)
        self._requests, self._slowest_s, self._noted = 0, 0.0, {}
        return spent

    def _count(self, url: str) -> None:
        key = self._key(url)
        until = self._used_up.get(key)
        left_s = (until - self._now()).total_seconds() if until else 0.0
        if left_s > 0:
            raise limited(urlsplit(url).hostname or "the platform", left_s)
        self._last = key
        self._requests += 1

    def _noting(self, response: Response) -> Response:
        self._slowest_s = max(self._slowest_s, response.elapsed_s)
        left = quota_left(response, self._now())
        if left is not None:
            self._note(self._key(response.final_url), left)
        return response

    def _note(self, key: QuotaKey, left: QuotaLeft) -> None:
        self._noted[key] = left
        if left.remaining < 1:
            self._used_up[key] = left.resets_at
        else:
            self._used_up.pop(key, None)

    def _key(self, url: str) -> QuotaKey:
        return QuotaKey(host_of(url), self._credential, resource_of(url))
