"""The script that makes the golden values gives those of the record."""

import make_golden
import numpy as np
import pytest

RECORDS = make_golden.read()


@pytest.mark.parametrize(
    "record", [pytest.param(r, id=f"{i}-{r['loss']}-{r['task']}") for i, r in enumerate(RECORDS)]
)
def test_formula_gives_the_recorded_value(record):
    assert make_golden.complete(record) == record  # raises at another value


@pytest.mark.parametrize("key", ["expected", "expected_grad"])
def test_record_without_a_value_gets_it(key):
    record = next(record for record in RECORDS if "expected_grad" in record)
    completed = make_golden.complete(record | {key: None})
    np.testing.assert_allclose(completed[key], record[key], rtol=0, atol=record["tol"])


@pytest.mark.parametrize("key", ["expected", "expected_grad"])
def test_record_with_another_value_is_refused(key):
    record = next(record for record in RECORDS if "expected_grad" in record)
    wrong = (np.asarray(record[key]) + 2 * record["tol"]).tolist()
    with pytest.raises(ValueError, match=rf"(?s)^{key} of .*correct the record"):
        make_golden.complete(record | {key: wrong})


def test_the_file_is_as_the_script_writes_it(tmp_path, monkeypatch):
    written = make_golden.FILE.read_text(encoding="utf-8")
    monkeypatch.setattr(make_golden, "FILE", tmp_path / "golden.json")
    make_golden.write(RECORDS)
    assert make_golden.FILE.read_text(encoding="utf-8") == written
