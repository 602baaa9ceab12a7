"""Vectors of texts that were computed earlier: in this process, or in a file that many share."""

import hashlib
import json
import sqlite3
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from sktext._pretrained import weights_fingerprint
from sktext._user_warnings import warn

FILE = "sentence_vectors.sqlite"
# Seconds that a process waits for another one that writes.
PATIENCE = 60
# Keys in a question to the database, which allows so many.
KEYS_AT_ONCE = 500
# Bytes of vectors that a process keeps at most: 350,000 of 384 numbers.
MAX_BYTES = 2**29
DIGEST_SIZE, CHECKSUM_SIZE = 16, 8
# What a configuration says about its files, not about the model.
WITHOUT_EFFECT = {"_name_or_path", "architectures", "dtype", "transformers_version"}
TABLE = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, value BLOB, checksum BLOB)"


def fingerprint_of(network, reader):
    """Hash all that a vector depends on but its text and the precision.

    Parameters
    ----------
    network : SentenceNetwork
    reader : PromptedPieces

    Returns
    -------
    fingerprint : bytes
    """
    config = network.encoder.config.to_diff_dict()
    described = {
        "weights": weights_fingerprint(network.encoder),
        "config": {name: config[name] for name in config.keys() - WITHOUT_EFFECT},
        "dense": [str(layer) for layer in network.dense],
        "pooling": [network.poolings, network.normalize, network.truncate_dim],
        "end": [network.normalize_last, network.n_skipped],
        "pieces": reader.pieces.backend.to_str(),
        "reading": [reader.prompt, reader.lowercase, reader.max_length, reader.truncating],
    }
    content = json.dumps(described, sort_keys=True, default=str).encode()
    digest = hashlib.blake2b(content, digest_size=32)
    for weights in network.dense.state_dict().values():
        digest.update(weights.cpu().numpy().tobytes())
    return digest.digest()


def key_of(fingerprint, dtype, text):
    """Return the key of a text under an encoder.

    Parameters
    ----------
    fingerprint : bytes
        As of ``fingerprint_of``.
    dtype : str
        Precision of the encoder.
    text : str

    Returns
    -------
    key : bytes
    """
    content = f"{dtype} {text}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(content, digest_size=DIGEST_SIZE, key=fingerprint).digest()


@contextmanager
def opened(cache):
    """Open a cache for some calls.

    Parameters
    ----------
    cache : None, bool, str or PathLike
        None and False are no cache, True is that of the process, a path is a folder.

    Yields
    ------
    cache : NoCache, ProcessCache or FolderCache
        With methods ``get`` and ``put``.
    """
    if cache is None or cache is False:
        yield NoCache()
    elif cache is True:
        yield OF_PROCESS
    else:
        with FolderCache(cache) as folder:
            yield folder


class NoCache:
    """Keeps nothing."""

    def get(self, keys):
        """Return an empty dict."""
        return {}

    def put(self, keys, vectors):
        """Do nothing."""


class ProcessCache:
    """Keeps vectors as long as the process lives; the oldest make room for new ones.

    Parameters
    ----------
    max_bytes : int, default=2**29
        Of all vectors.
    """

    def __init__(self, max_bytes=MAX_BYTES):
        self.max_bytes = max_bytes
        self.n_bytes = 0
        self.vectors = {}
        self.lock = threading.Lock()

    def get(self, keys):
        """Return a dict with the vectors that are there.

        Parameters
        ----------
        keys : list of bytes
        """
        with self.lock:
            return {key: self.vectors[key] for key in keys if key in self.vectors}

    def put(self, keys, vectors):
        """Keep vectors.

        Parameters
        ----------
        keys : list of bytes
        vectors : ndarray of shape (n_keys, n_features)
        """
        with self.lock:
            for key, vector in zip(keys, vectors, strict=True):
                if key not in self.vectors:
                    self.vectors[key] = vector.copy()
                    self.n_bytes += vector.nbytes
            while self.n_bytes > self.max_bytes:
                oldest = next(iter(self.vectors))
                self.n_bytes -= self.vectors.pop(oldest).nbytes


OF_PROCESS = ProcessCache()


class FolderCache:
    """Keeps vectors in a file that any number of processes read and write.

    Each ``put`` is written at once, so that what was computed is kept whatever comes next. A file
    that cannot be used is no error: a warning says so, and texts are encoded as without it.

    Parameters
    ----------
    folder : str or PathLike
        Made if it does not exist.
    """

    def __init__(self, folder):
        self.folder = Path(folder).expanduser()
        self.connection = None

    def __enter__(self):
        with self._or_without():
            self.folder.mkdir(parents=True, exist_ok=True)
            self.connection = sqlite3.connect(self.folder / FILE, timeout=PATIENCE)
            write_ahead(self.connection)
            self.connection.execute("PRAGMA synchronous=NORMAL")
            with self.connection:
                self.connection.execute(TABLE)
        return self

    def __exit__(self, *error):
        self._close()

    def get(self, keys):
        """Return a dict with the vectors that are there and undamaged.

        Parameters
        ----------
        keys : list of bytes
        """
        found = {}
        with self._or_without():
            for start in range(0, len(keys) if self.connection else 0, KEYS_AT_ONCE):
                some = keys[start : start + KEYS_AT_ONCE]
                marks = ",".join("?" * len(some))
                query = f"SELECT key, value, checksum FROM vectors WHERE key IN ({marks})"
                with closing(self.connection.execute(query, some)) as rows:
                    for key, value, checksum in rows:
                        if checksum == checksum_of(key, value):
                            found[key] = np.frombuffer(value, "<f4")
        return found

    def put(self, keys, vectors):
        """Keep vectors.

        Parameters
        ----------
        keys : list of bytes
        vectors : ndarray of shape (n_keys, n_features)
        """
        values = [vector.astype("<f4").tobytes() for vector in vectors]
        rows = [
            (key, value, checksum_of(key, value)) for key, value in zip(keys, values, strict=True)
        ]
        with self._or_without():
            if self.connection:
                with self.connection:
                    command = "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)"
                    self.connection.executemany(command, rows)

    @contextmanager
    def _or_without(self):
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            self._close()
            warn(
                f"The cache in {str(self.folder)!r} cannot be used ({error}): texts are encoded "
                f"as without it. Delete {FILE} there if it is damaged, or set another folder."
            )

    def _close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def write_ahead(connection):
    """Let readers and a writer work at the same time, where the file system can.

    SQLite does not wait where two connections change the mode of a new file: it refuses one.
    """
    end = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.01)


def checksum_of(key, value):
    """Return what tells whether a bit of a vector or of its key has changed."""
    content = value if isinstance(value, bytes) else b""
    return hashlib.blake2b(content, digest_size=CHECKSUM_SIZE, key=key).digest()
