"""Members of zip and tar archives, read in memory; nothing is ever unpacked to disk."""

import gzip
import re
import stat
import tarfile
import zipfile
import zlib
from contextlib import contextmanager

MEMBER_LIMIT = 16 << 20
TOTAL_LIMIT = 1 << 30
ADVICE = "Delete it, and take the file from its publisher."
# RuntimeError: an encrypted zip member; NotImplementedError: an unknown compression.
DAMAGE = (
    EOFError,
    gzip.BadGzipFile,
    NotImplementedError,
    RuntimeError,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
)


def read_zip(path, wanted, limit=MEMBER_LIMIT):
    """Read the members of a zip archive whose whole name matches a pattern.

    Parameters
    ----------
    path : Path
    wanted : str
        Regular expression.
    limit : int, default=16 MiB
        Largest size of a wanted member, in bytes.

    Returns
    -------
    members : dict of str to bytes

    Raises
    ------
    ValueError
        If the archive is damaged, a member is too large, or one has a name that leads
        outside or is a link.
    """
    members = {}
    with damage_in_words(path), zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            check_name(info.filename, path)
            mode = stat.S_IFMT(info.external_attr >> 16)
            # Systems without modes leave it zero.
            check_plain(mode in (0, stat.S_IFREG, stat.S_IFDIR), info.filename, path)
            if re.fullmatch(wanted, info.filename):
                check_size(info.file_size, limit, info.filename, path)
                with archive.open(info) as file:
                    members[info.filename] = read_up_to(file, limit, info.filename, path)
    return members


def read_tar(path, wanted, limit=MEMBER_LIMIT, total_limit=TOTAL_LIMIT):
    """Read the members of a tar.gz archive whose whole name matches a pattern.

    Parameters
    ----------
    path : Path
    wanted : str
        Regular expression.
    limit : int, default=16 MiB
        Largest size of a wanted member, in bytes.
    total_limit : int, default=1 GiB
        Largest size of the unpacked archive, in bytes; also bounds what is passed over.

    Returns
    -------
    members : dict of str to bytes

    Raises
    ------
    ValueError
        As for ``read_zip``.
    """
    members = {}
    with (
        damage_in_words(path),
        gzip.open(path) as unzipped,
        # As a stream: one pass without seeking, and every byte goes through the cap.
        tarfile.open(fileobj=Capped(unzipped, total_limit, path), mode="r|") as archive,
    ):
        for info in archive:
            check_name(info.name, path)
            check_plain(info.isreg() or info.isdir(), info.name, path)
            if info.isreg() and re.fullmatch(wanted, info.name):
                check_size(info.size, limit, info.name, path)
                members[info.name] = read_up_to(archive.extractfile(info), limit, info.name, path)
    return members


class Capped:
    """A stream that refuses to give more than so many bytes."""

    def __init__(self, stream, limit, path):
        self.stream = stream
        self.left = limit
        self.limit = limit
        self.path = path

    def read(self, size):
        data = self.stream.read(size)
        self.left -= len(data)
        if self.left < 0:
            raise ValueError(
                f"{self.path} must unpack to at most {self.limit} bytes; got more. {ADVICE}"
            )
        return data


@contextmanager
def damage_in_words(path):
    """Name the damaged file in the error, whatever the library noticed it by."""
    try:
        yield
    except DAMAGE as error:
        raise ValueError(f"{path} cannot be read as an archive: {error}. {ADVICE}") from error


def check_name(name, path):
    """Refuse an absolute name, a drive, or a way up."""
    parts = re.split(r"[/\\]", name)
    if not parts[0] or ":" in parts[0] or ".." in parts:
        raise ValueError(
            f"The members of {path} must have relative names without '..'; got {name!r}. {ADVICE}"
        )


def check_plain(is_plain, name, path):
    """Refuse links, devices and the like."""
    if not is_plain:
        raise ValueError(
            f"The members of {path} must be plain files or folders; got a link or a special file "
            f"{name!r}. {ADVICE}"
        )


def check_size(size, limit, name, path):
    """Refuse a member that is too large."""
    if size > limit:
        raise ValueError(
            f"The member {name!r} of {path} must have at most {limit} bytes; got {size} or more. "
            f"{ADVICE}"
        )


def read_up_to(file, limit, name, path):
    """Read a member without trusting the size that it declares."""
    data = file.read(limit + 1)
    check_size(len(data), limit, name, path)
    return data
