"""Programs with a key, for the tests of the interface."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.testclient import TestClient

from config.ground import Ground
from responders.api.serving import make_app
from responders.decisions.acting import Role
from responders.decisions.people import people
from tests.responders.console.rooms import BASE, OPERATOR

API = "/console/api"


class Program:
    """A program that holds somebody's key."""

    def __init__(self, client: TestClient, key: str) -> None:
        self.client, self.key = client, key

    def get(self, path: str, *, status: int = 200, **query: Any) -> Any:
        """Return what is answered."""
        answer = self.client.get(f"{API}{path}", params=query or None, headers=self.headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    def post(self, path: str, *, status: int = 200, **body: Any) -> Any:
        """Do an act; return what is answered."""
        answer = self.client.post(f"{API}{path}", json=body, headers=self.headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


@contextmanager
def outside(ground: Ground, *, peer: str = "127.0.0.1") -> Iterator[TestClient]:
    """Open the service for somebody without a key."""
    with TestClient(make_app(ground), base_url=BASE, client=(peer, 50_000)) as client:
        yield client


@contextmanager
def asking(ground: Ground, name: str = "ruth", role: Role = Role.ADMIN) -> Iterator[Program]:
    """Open the service for a program with the key of a new person."""
    people.add_user(ground, OPERATOR, name, role, None)
    key = people.make_token(ground, OPERATOR, name)
    with outside(ground) as client:
        yield Program(client, key)
