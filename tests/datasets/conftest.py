"""A publisher on the loopback interface, and an empty folder of downloads."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sktext.datasets import _download
from sktext.datasets._download import RemoteFile


def send_whole(handler, content):
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Clients hang up in these tests."""


class Publisher:
    """A web server that offers files, and answers as badly as a test wants."""

    def __init__(self):
        self.answers = {}
        self.requests = []
        self.heard = threading.Condition()
        self.closing = threading.Event()
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                with publisher.heard:
                    publisher.requests.append(self.path)
                    publisher.heard.notify_all()
                answer, content = publisher.answers[self.path]
                answer(self, content)

            def log_message(self, *args):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        # A short poll, or every test waits half a second for the server to stop.
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def count_requests(self, expected):
        """Count the requests, and wait for those of clients that did not wait for an answer."""
        with self.heard:
            self.heard.wait_for(lambda: len(self.requests) >= expected, timeout=60)
            return len(self.requests)

    def url(self, name):
        return f"http://127.0.0.1:{self.server.server_port}/{name}"

    def offer(self, name, content, answer=send_whole):
        """Offer a file, truly described, and return the description."""
        self.answers[f"/{name}"] = (answer, content)
        return RemoteFile(name, self.url(name), hashlib.sha256(content).hexdigest(), len(content))

    def close(self):
        self.closing.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def publisher():
    publisher = Publisher()
    yield publisher
    publisher.close()


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder of downloads within tmp_path; neither ready files nor waits nor proxies."""
    monkeypatch.delenv("SKTEXT_DATA", raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(_download, "WAIT_S", 0.0)
    monkeypatch.setattr(_download, "TIMEOUT_S", 5.0)
    return tmp_path / "home"


@pytest.fixture
def files(tmp_path):
    """Lists the files below tmp_path, to see what was left where."""

    def files():
        return {
            path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()
        }

    return files
