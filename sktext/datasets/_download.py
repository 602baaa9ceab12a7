"""Files of publishers, downloaded once, whole and unchanged or not at all."""

import hashlib
import io
import os
import ssl
import time
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, InvalidURL
from pathlib import Path
from urllib import request
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from uuid import uuid4

from sklearn.datasets import get_data_home

READY_VARIABLE = "SKTEXT_DATA"
# Longest wait for the connection, and for the next bytes of an answer.
TIMEOUT_S = 30.0
N_TRIES = 3
# A whole download, all tries and answers together, may take so long, and more by its size: a
# server that sends a byte now and then never lets the time between two bytes run out.
LEAST_TIME_S = 60.0
LEAST_BYTES_PER_S = 10_000
# Wait before the second try; doubled before each further one.
WAIT_S = 1.0
CHUNK = 1 << 16
NETWORK_ERRORS = (URLError, HTTPException, ConnectionError, TimeoutError, ssl.SSLError)
# "Try again later": request timeout, too many requests.
PASSING_CODES = (408, 429)


@dataclass(frozen=True)
class RemoteFile:
    """A file as its publisher offers it.

    Parameters
    ----------
    filename : str
        Name under which it is kept.
    url : str
        Where it is, http or https.
    sha256 : str
        Checksum of its bytes.
    size : int
        Number of its bytes.
    """

    filename: str
    url: str
    sha256: str
    size: int


class WrongFileError(Exception):
    """The answer is not the published file, and asking again will not change that."""


class TooSlowError(Exception):
    """The time for the whole download has run out."""


class CutOffError(ConnectionError):
    """The answer ended too early."""


def fetch_file(remote, data_home=None, download_if_missing=True):
    """Return the path of a file, downloading it if it is not there.

    Parameters
    ----------
    remote : RemoteFile
    data_home : str, path-like or None, default=None
        Folder of downloads; None is scikit-learn's. The file is kept in its sub-folder
        ``sktext``.
    download_if_missing : bool, default=True
        Whether to download a missing file.

    Returns
    -------
    path : Path
        A file with the published checksum.

    Raises
    ------
    OSError
        If it is missing and may not or cannot be downloaded, saying where to put it.
    ValueError
        If the file that is there is not the published one.
    """
    path = Path(get_data_home(data_home)) / "sktext" / remote.filename
    if path.exists():
        check_kept_file(path, remote)
    elif download_if_missing:
        path.parent.mkdir(parents=True, exist_ok=True)
        download_with_retries(remote, path)
    else:
        raise FileNotFoundError(
            f"{remote.filename} is not there and download_if_missing=False. Allow the download "
            f"from {remote.url}, or {by_hand(path)}"
        )
    return path


def by_hand(path):
    """Return what helps without a network, the end of a sentence."""
    return (
        f"put the file at {path} yourself, or set the environment variable {READY_VARIABLE} to a "
        "folder of ready data sets."
    )


def check_kept_file(path, remote):
    """Refuse a file that is not the published one; it may have been put there by hand."""
    with open(path, "rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != remote.sha256:
        raise ValueError(
            f"{path} must be the file published at {remote.url}, with sha256 {remote.sha256}; got "
            f"{found}. Delete it to have it downloaded again."
        )


def download_with_retries(remote, path):
    """Download a file, trying again where that may help, while there is time."""
    limit = LEAST_TIME_S + remote.size / LEAST_BYTES_PER_S
    deadline = time.monotonic() + limit
    for attempt in range(N_TRIES):
        if attempt:
            time.sleep(WAIT_S * 2 ** (attempt - 1))
        try:
            return download(remote, path, deadline)
        except (TooSlowError, WrongFileError, *NETWORK_ERRORS) as error:
            problem = error
        if isinstance(problem, HTTPError):
            problem.close()
        if not may_pass(problem) or time.monotonic() > deadline:
            break
    reason = problem.reason if type(problem) is URLError else problem
    if time.monotonic() > deadline:
        reason = f"the server took more than {limit:.0f} seconds for {remote.size} bytes"
    raise OSError(
        f"{remote.filename} could not be downloaded from {remote.url}: {reason}. Without a "
        f"network, {by_hand(path)}"
    ) from problem


def may_pass(problem):
    """Return whether a problem may be gone at the next try."""
    if isinstance(problem, HTTPError):
        return problem.code >= 500 or problem.code in PASSING_CODES
    return not isinstance(problem, (TooSlowError, WrongFileError))


def download(remote, path, deadline):
    """Download a file next to its place and move it there once it is whole."""
    if urlsplit(remote.url).scheme not in ("http", "https"):
        raise ValueError(f"The URL must start with http:// or https://; got {remote.url!r}.")
    part = path.with_name(f"{path.name}.{uuid4().hex}.part")
    try:
        # The name of the client is given since some servers refuse that of urllib.
        asked = request.Request(remote.url, headers={"User-Agent": "sktext"})
        with open_answer(asked, deadline) as answer, open(part, "xb") as file:
            check_declared_length(answer, remote)
            copy(answer, file, remote)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def open_answer(asked, deadline):
    """Open the answer to a request."""
    try:
        return make_opener(deadline).open(asked, timeout=TIMEOUT_S)
    except (ValueError, InvalidURL) as error:
        raise WrongFileError(f"the server leads to an address that is none ({error})") from error


def make_opener(deadline):
    """Make an opener of http and https; urllib's own follows redirections to ftp too."""
    opener = request.OpenerDirector()
    for handler in (
        request.ProxyHandler,
        request.UnknownHandler,
        partial(TimedHandler, deadline),
        request.HTTPDefaultErrorHandler,
        ClosingRedirectHandler,
        request.HTTPErrorProcessor,
    ):
        opener.add_handler(handler())
    return opener


class ClosingRedirectHandler(request.HTTPRedirectHandler):
    """Closes the answer that leads on, also if it leads to no address."""

    def http_error_302(self, asked, answer, *args):
        try:
            return super().http_error_302(asked, answer, *args)
        except ValueError:
            answer.close()
            raise

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


class TimedHandler(request.AbstractHTTPHandler):
    """Opens http and https; every byte must come before a deadline, those of headers as well."""

    def __init__(self, deadline):
        super().__init__()
        self.deadline = deadline

    def http_open(self, asked):
        return self.do_open(partial(self.connect, HTTPConnection), asked)

    def https_open(self, asked):
        return self.do_open(partial(self.connect, HTTPSConnection), asked)

    http_request = https_request = request.AbstractHTTPHandler.do_request_

    def connect(self, kind, host, **params):
        connection = kind(host, **params)
        connection.response_class = partial(TimedResponse, deadline=self.deadline)
        return connection


class TimedResponse(HTTPResponse):
    """An answer that is read until a deadline, also while it says "100 Continue"."""

    def __init__(self, sock, *args, deadline, **params):
        super().__init__(sock, *args, **params)
        self.fp = io.BufferedReader(TimedReader(self.fp.detach(), sock, deadline))


class TimedReader(io.RawIOBase):
    """The bytes of a socket, until a deadline."""

    def __init__(self, raw, sock, deadline):
        self.raw = raw
        self.sock = sock
        self.deadline = deadline

    def readable(self):
        return True

    def readinto(self, buffer):
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TooSlowError
        self.sock.settimeout(min(TIMEOUT_S, left))
        return self.raw.readinto(buffer)

    def close(self):
        self.raw.close()
        super().close()


def check_declared_length(answer, remote):
    """Refuse an answer that announces another length than the file has."""
    declared = answer.headers.get("Content-Length")
    if declared is not None and declared.strip() != str(remote.size):
        raise WrongFileError(
            f"the file has {remote.size} bytes and the server announces {declared}"
        )


def copy(answer, file, remote):
    """Copy an answer to a file and check its length and checksum on the way."""
    digest, size = hashlib.sha256(), 0
    while chunk := answer.read1(CHUNK):
        size += len(chunk)
        if size > remote.size:
            raise WrongFileError(f"the file has {remote.size} bytes and the server sends more")
        digest.update(chunk)
        file.write(chunk)
    if size < remote.size:
        raise CutOffError(f"the connection ended after {size} of {remote.size} bytes")
    if digest.hexdigest() != remote.sha256:
        raise WrongFileError(
            f"its sha256 must be {remote.sha256} and is {digest.hexdigest()}, so it is damaged or "
            "has been changed"
        )
