"""A download is whole and as published, or it leaves nothing."""

import dataclasses
import hashlib
import re
import time

import pytest

from sktext.datasets import _download
from sktext.datasets._download import N_TRIES, RemoteFile, fetch_file

CONTENT = bytes(range(256)) * 1000


def declare(length):
    """Make an answer that announces so many bytes, or none, and sends the file."""

    def answer(handler, content):
        handler.send_response(200)
        if length is not None:
            handler.send_header("Content-Length", str(length))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def cut_off(handler, content):
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content[: len(content) // 2])


def never_end(handler, content):
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(content)


def change(handler, content):
    declare(len(content))(handler, content[:-1] + b"!")


def fail(code):
    def answer(handler, content):
        handler.send_error(code)

    return answer


def redirect(location):
    def answer(handler, content):
        handler.send_response(302)
        handler.send_header("Location", location)
        handler.end_headers()

    return answer


@pytest.mark.parametrize("length", [len(CONTENT), None], ids=["declared", "undeclared"])
def test_file_arrives_whole_and_alone(length, publisher, home, files):
    remote = publisher.offer("file.bin", CONTENT, declare(length))
    path = fetch_file(remote, home)
    assert path.read_bytes() == CONTENT
    assert files() == {"home/sktext/file.bin"}


def test_second_call_asks_nobody(publisher, home):
    remote = publisher.offer("file.bin", CONTENT)
    assert fetch_file(remote, home) == fetch_file(remote, home)
    assert len(publisher.requests) == 1


@pytest.mark.parametrize(
    ("answer", "reason", "n_requests"),
    [
        (cut_off, f"ended after {len(CONTENT) // 2} of {len(CONTENT)} bytes", N_TRIES),
        (declare(len(CONTENT) + 1), "the server announces 256001", 1),
        (declare(len(CONTENT) - 1), "the server announces 255999", 1),
        (never_end, "the server sends more", 1),
        (change, "sha256", 1),
        (fail(404), "404", 1),
        (fail(403), "403", 1),
        (fail(429), "429", N_TRIES),
        (fail(500), "500", N_TRIES),
        (redirect("ftp://127.0.0.1/file.bin"), "unknown url type: ftp", N_TRIES),
        (redirect("file:///etc/hostname"), "not allowed", 1),
    ],
    ids=[
        "cut off",
        "declared too long",
        "declared too short",
        "endless",
        "changed",
        "not found",
        "forbidden",
        "too many requests",
        "server error",
        "redirected to ftp",
        "redirected to a local file",
    ],
)
def test_bad_answer_leaves_nothing(answer, reason, n_requests, publisher, home, files):
    remote = publisher.offer("file.bin", CONTENT, answer)
    with pytest.raises(OSError, match=reason):
        fetch_file(remote, home)
    assert len(publisher.requests) == n_requests
    assert not files()


def test_stalled_answer_is_given_up(publisher, home, files, monkeypatch):
    def stall(handler, content):
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(content[:1000])
        publisher.closing.wait(10)

    monkeypatch.setattr(_download, "TIMEOUT_S", 0.1)
    remote = publisher.offer("file.bin", CONTENT, stall)
    with pytest.raises(OSError, match="timed out"):
        fetch_file(remote, home)
    assert publisher.count_requests(N_TRIES) == N_TRIES
    assert not files()


def test_passing_fault_is_tried_again(publisher, home, files):
    def recover(handler, content):
        answer = (cut_off, fail(503), declare(len(content)))[len(publisher.requests) - 1]
        answer(handler, content)

    remote = publisher.offer("file.bin", CONTENT, recover)
    assert fetch_file(remote, home).read_bytes() == CONTENT
    assert files() == {"home/sktext/file.bin"}


def test_redirection_to_another_page_is_followed(publisher, home):
    publisher.offer("new.bin", CONTENT)
    remote = publisher.offer("file.bin", CONTENT, redirect(publisher.url("new.bin")))
    assert fetch_file(remote, home).read_bytes() == CONTENT


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError("no space left")])
def test_interruption_removes_the_partial_file(error, publisher, home, files, monkeypatch):
    seen = []

    def write_half(answer, file, remote):
        file.write(answer.read(len(CONTENT) // 2))
        seen.append(files())
        raise error

    monkeypatch.setattr(_download, "copy", write_half)
    remote = publisher.offer("file.bin", CONTENT)
    with pytest.raises(BaseException) as caught:  # noqa: PT011
        fetch_file(remote, home)
    assert caught.type is (error if isinstance(error, type) else type(error))
    (partial,) = seen[0]
    assert re.fullmatch(r"home/sktext/file\.bin\.\w+\.part", partial)
    assert not files()


def drip_body(handler, publisher):
    handler.send_response(200)
    handler.end_headers()
    while not publisher.closing.wait(0.02):
        handler.wfile.write(b"x")


def drip_header(handler, publisher):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not publisher.closing.wait(0.02):
        handler.wfile.write(b"x")


def never_more_than_continue(handler, publisher):
    while not publisher.closing.wait(0.001):
        handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")


@pytest.mark.parametrize("drip", [drip_body, drip_header, never_more_than_continue])
def test_answer_that_drips_is_given_up(drip, publisher, home, files, monkeypatch):
    monkeypatch.setattr(_download, "LEAST_TIME_S", 0.3)
    monkeypatch.setattr(_download, "LEAST_BYTES_PER_S", 10 * len(CONTENT))
    remote = publisher.offer("file.bin", CONTENT, lambda handler, _: drip(handler, publisher))
    start = time.monotonic()
    with pytest.raises(OSError, match="took more than 0 seconds for 256000 bytes"):
        fetch_file(remote, home)
    assert time.monotonic() - start < 60  # all bytes take more than an hour
    assert publisher.count_requests(1) == 1
    assert not files()


@pytest.mark.parametrize(
    "location", ["http://[::1/f", "http://127.0.0.1:port/f", "http://a b:c/f", "//[x/f"]
)
def test_redirection_to_a_malformed_address_is_told(location, publisher, home, files):
    remote = publisher.offer("file.bin", CONTENT, redirect(location))
    with pytest.raises(OSError, match="leads to an address that is none"):
        fetch_file(remote, home)
    assert len(publisher.requests) == 1
    assert not files()


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/f", "file:///etc/hostname", "data:,f", "f"])
def test_only_http_is_opened(url, home, files):
    remote = RemoteFile("file.bin", url, "0" * 64, 1)
    with pytest.raises(ValueError, match="must start with http"):
        fetch_file(remote, home)
    assert not files()


def test_without_a_network_the_message_says_what_to_do(publisher, home):
    remote = publisher.offer("file.bin", CONTENT)
    publisher.server.server_close()
    with pytest.raises(OSError, match="could not be downloaded") as caught:
        fetch_file(remote, home)
    for part in ("file.bin", remote.url, str(home / "sktext" / "file.bin"), "SKTEXT_DATA"):
        assert part in str(caught.value)


def test_download_is_not_begun_where_it_is_not_allowed(publisher, home, files):
    remote = publisher.offer("file.bin", CONTENT)
    with pytest.raises(FileNotFoundError, match=r"(?s)download_if_missing=False.*SKTEXT_DATA"):
        fetch_file(remote, home, download_if_missing=False)
    assert not publisher.requests
    assert not files()


def test_file_put_there_by_hand_is_used(publisher, home):
    remote = publisher.offer("file.bin", CONTENT)
    path = home / "sktext" / "file.bin"
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    assert fetch_file(remote, home, download_if_missing=False) == path
    assert not publisher.requests


def test_another_file_of_the_name_is_refused_and_kept(publisher, home):
    remote = publisher.offer("file.bin", CONTENT)
    path = home / "sktext" / "file.bin"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"mine")
    with pytest.raises(ValueError, match=hashlib.sha256(b"mine").hexdigest()):
        fetch_file(remote, home)
    assert path.read_bytes() == b"mine"
    assert not publisher.requests


def test_default_folder_is_that_of_scikit_learn(publisher, home, monkeypatch):
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(home))
    path = fetch_file(publisher.offer("file.bin", CONTENT))
    assert path == home / "sktext" / "file.bin"


def test_description_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        RemoteFile("f", "http://f", "0", 1).sha256 = "1"
