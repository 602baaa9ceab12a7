"""Archives are read in memory, and hostile ones are refused."""

import gzip
import io
import stat
import struct
import tarfile
import zipfile

import pytest

from sktext.datasets._archives import read_tar, read_zip

READERS = {"zip": read_zip, "tar": read_tar}
TYPES = {
    "symbolic link": tarfile.SYMTYPE,
    "hard link": tarfile.LNKTYPE,
    "device": tarfile.CHRTYPE,
    "pipe": tarfile.FIFOTYPE,
}


def make_zip(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def make_tar(path, members):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


MAKERS = {"zip": make_zip, "tar": make_tar}


@pytest.fixture(params=["zip", "tar"])
def kind(request):
    return request.param


def test_members_of_the_pattern_are_read_and_nothing_is_written(kind, tmp_path, files):
    path = tmp_path / "archive"
    MAKERS[kind](path, {"a/1.txt": b"one", "a/2.txt": b"two", "a/1.txt.bak": b"no", "readme": b""})
    assert READERS[kind](path, r"a/\d\.txt") == {"a/1.txt": b"one", "a/2.txt": b"two"}
    assert files() == {"archive"}


def test_folders_are_passed_over(tmp_path):
    with zipfile.ZipFile(tmp_path / "zip", "w") as archive:
        archive.mkdir("a")
        archive.writestr("a/1", "one")
    with tarfile.open(tmp_path / "tar", "w:gz") as archive:
        folder = tarfile.TarInfo("a")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        one = tarfile.TarInfo("a/1")
        one.size = 3
        archive.addfile(one, io.BytesIO(b"one"))
    for kind, read in READERS.items():
        assert read(tmp_path / kind, ".*[^/]") == {"a/1": b"one"}


@pytest.mark.parametrize(
    "name", ["../up", "a/../../up", "/etc/up", "C:/up", "..\\up", "a\\..\\up", "\\up", "C:up"]
)
@pytest.mark.parametrize("wanted", [".*", "other"])
def test_name_that_leads_outside_is_refused(name, wanted, kind, tmp_path, files):
    path = tmp_path / "inside" / "archive"
    path.parent.mkdir()
    MAKERS[kind](path, {name: b"x", "other": b"y"})
    with pytest.raises(ValueError, match="relative names without"):
        READERS[kind](path, wanted)
    assert files() == {"inside/archive"}


@pytest.mark.parametrize("type_", TYPES.values(), ids=TYPES)
def test_link_or_special_file_in_a_tar_is_refused(type_, tmp_path, files):
    path = tmp_path / "archive"
    with tarfile.open(path, "w:gz") as archive:
        info = tarfile.TarInfo("data.txt")
        info.type = type_
        info.linkname = "/etc/hostname"
        archive.addfile(info)
    with pytest.raises(ValueError, match="plain files or folders"):
        read_tar(path, ".*")
    assert files() == {"archive"}


def test_link_in_a_zip_is_refused(tmp_path, files):
    path = tmp_path / "archive"
    info = zipfile.ZipInfo("data.txt")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    make_zip(path, {info: "/etc/hostname"})
    with pytest.raises(ValueError, match="plain files or folders"):
        read_zip(path, ".*")
    assert files() == {"archive"}


def test_member_that_unpacks_to_too_much_is_refused(kind, tmp_path):
    path = tmp_path / "archive"
    MAKERS[kind](path, {"bomb": bytes(10_000_000)})
    assert path.stat().st_size < 50_000
    with pytest.raises(ValueError, match="at most 1000 bytes; got 10000000"):
        READERS[kind](path, "bomb", limit=1000)


def test_zip_that_understates_a_size_is_refused(tmp_path):
    path = tmp_path / "archive"
    make_zip(path, {"bomb": bytes(10_000_000)})
    true, false = struct.pack("<I", 10_000_000), struct.pack("<I", 100)
    path.write_bytes(path.read_bytes().replace(true, false))
    with pytest.raises(ValueError, match="cannot be read as an archive"):
        read_zip(path, "bomb", limit=1000)


def test_tar_bomb_is_refused_though_nobody_wants_its_members(tmp_path):
    path = tmp_path / "archive"
    make_tar(path, {"bomb": bytes(10_000_000), "data": b"x"})
    with pytest.raises(ValueError, match="unpack to at most 1000000 bytes"):
        read_tar(path, "data", total_limit=1_000_000)


def test_tar_header_that_unpacks_to_too_much_is_refused(tmp_path):
    path = tmp_path / "archive"
    info = tarfile.TarInfo("data")
    info.pax_headers = {"comment": "x" * 10_000_000}
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(info)
    with pytest.raises(ValueError, match="unpack to at most 1000000 bytes"):
        read_tar(path, "data", total_limit=1_000_000)


@pytest.mark.parametrize("keep", [0, 20, 200])
def test_damaged_archive_is_refused(keep, kind, tmp_path):
    path = tmp_path / "archive"
    MAKERS[kind](path, {"data": bytes(range(256)) * 100})
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ValueError, match="cannot be read as an archive"):
        READERS[kind](path, "data")


def test_something_else_is_refused(kind, tmp_path):
    path = tmp_path / "archive"
    path.write_bytes(b"<html>Please sign in</html>" * 100)
    with pytest.raises(ValueError, match="cannot be read as an archive"):
        READERS[kind](path, "data")


def test_gzip_of_something_else_is_refused(tmp_path):
    path = tmp_path / "archive"
    path.write_bytes(gzip.compress(b"no tar" * 1000))
    with pytest.raises(ValueError, match="cannot be read as an archive"):
        read_tar(path, "data")


def test_encrypted_member_is_refused(tmp_path):
    path = tmp_path / "archive"
    make_zip(path, {"data": b"x"})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x03\x04") + 6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"cannot be read as an archive.*encrypted"):
        read_zip(path, "data")
