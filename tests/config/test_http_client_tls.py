"""Who is trusted over https, against a real TLS server with a certificate made for the test."""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from config.http_client import HttpKnobs, PoliteClient, Untrusted
from tests.places.web import Detour, Reply, Web

OPTIONS = (
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=good.example "
    "-addext subjectAltName=DNS:good.example -keyout key.pem -out cert.pem"
)
PUBLIC = "151.101.1.140"
ANSWER = b"HTTP/1.1 %d X\r\nContent-Length: 6\r\nLocation: %s\r\n\r\nsecure"

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    subprocess.run(
        ["openssl", *OPTIONS.split()],
        cwd=path.parent,
        check=True,
        capture_output=True,
    )
    parts = [(path.parent / name).read_text() for name in ("key.pem", "cert.pem")]
    path.write_text("".join(parts))
    return path


@contextmanager
def secure_place(certificate: Path, answer: bytes) -> Iterator[int]:
    """Serve one https connection; yields the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError):
                plain, _ = listener.accept()
                with plain, context.wrap_socket(plain, server_side=True) as connection:
                    connection.recv(65536)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)


def client(*ports: int, trust: ssl.SSLContext | None) -> PoliteClient:
    knobs = HttpKnobs(user_agent="test/1", spacing_s=0, deadline_s=5)
    return PoliteClient(
        knobs, resolver=lambda host, name: [PUBLIC], dialer=Detour(*ports), ssl_context=trust
    )


def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


def test_a_certificate_is_checked_against_the_name_and_not_the_dialed_address(
    certificate: Path,
) -> None:
    with secure_place(certificate, ANSWER % (200, b"/")) as port:
        answer = client(port, trust=trusting(certificate)).get("https://good.example/")
    assert answer.body == b"secure"


def test_a_certificate_for_another_name_is_not_trusted(certificate: Path) -> None:
    with (
        secure_place(certificate, ANSWER % (200, b"/")) as port,
        pytest.raises(Untrusted, match=r"other\.example"),
    ):
        client(port, trust=trusting(certificate)).get("https://other.example/")


def test_an_unknown_authority_is_not_trusted(certificate: Path) -> None:
    with (
        secure_place(certificate, ANSWER % (200, b"/")) as port,
        pytest.raises(Untrusted, match="certificate"),
    ):
        client(port, trust=None).get("https://good.example/")


def test_credentials_do_not_leave_https_for_http(certificate: Path) -> None:
    downgrade = ANSWER % (302, b"http://good.example:8443/plain")
    with (
        Web(lambda asked: Reply(body=b"plain")) as web,
        secure_place(certificate, downgrade) as port,
    ):
        polite = client(port, web.port, trust=trusting(certificate))
        answer = polite.get("https://good.example:8443/", credentials={"Api-Key": "s3cret"})
    assert answer.body == b"plain"
    assert "api-key" not in web.log[0].headers
