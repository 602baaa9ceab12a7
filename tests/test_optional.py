"""Optional packages are asked for by name."""

import json
import sys

import pytest

from sktext._optional import import_optional


def test_package_that_is_there_is_imported():
    assert import_optional("json", "some") is json


def test_missing_package_is_told_with_its_extra():
    with pytest.raises(ImportError, match=r"needs no_such_package.*pip install 'sktext\[some\]"):
        import_optional("no_such_package.part", "some")


def test_package_that_lacks_another_one_keeps_its_message(tmp_path, monkeypatch):
    (tmp_path / "half_installed.py").write_text("import no_such_package")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="No module named 'no_such_package'"):
        import_optional("half_installed", "some")
    assert "half_installed" not in sys.modules
