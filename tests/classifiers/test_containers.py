"""Every container of texts and of labels gives the same model."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse

from sktext import TfidfTorchClassifier

TEXT_CONTAINERS = {
    "list": list,
    "tuple": tuple,
    "fixed-width array": np.array,
    "object array": lambda x: np.array(x, dtype=object),
    "Series": pd.Series,
    "Series with gaps in its index": lambda x: pd.Series(x, index=range(7, 7 + len(x))),
    "pandas StringDtype": lambda x: pd.Series(x, dtype="string"),
    "pandas arrow strings": lambda x: pd.Series(pd.array(x, dtype=pd.ArrowDtype(pa.string()))),
    "Index": pd.Index,
    "one-column DataFrame": lambda x: pd.DataFrame({"text": x}),
    "2-D column": lambda x: np.array(x, dtype=object)[:, None],
    "list of one-element lists": lambda x: [[text] for text in x],
    "pyarrow array": pa.array,
    "pyarrow chunked array": lambda x: pa.chunked_array([x[:5], x[5:]]),
    "pyarrow table": lambda x: pa.table({"text": x}),
    "polars Series": pl.Series,
    "one-column polars DataFrame": lambda x: pl.DataFrame({"text": x}),
}
if hasattr(np.dtypes, "StringDType"):  # NumPy 2
    TEXT_CONTAINERS["StringDType array"] = lambda x: np.array(x, dtype=np.dtypes.StringDType())


@pytest.mark.parametrize("container", TEXT_CONTAINERS)
def test_container_of_texts_does_not_matter(container, multiclass):
    texts, labels = multiclass
    expected = TfidfTorchClassifier(max_epochs=2).fit(texts, labels).predict_proba(texts)
    X = TEXT_CONTAINERS[container](texts)
    proba = TfidfTorchClassifier(max_epochs=2).fit(X, labels).predict_proba(X)
    np.testing.assert_array_equal(proba, expected)


LABEL_CONTAINERS = {
    "list": lambda y: y.tolist(),
    "object array": lambda y: y.astype(object),
    "Series": pd.Series,
    "categorical": lambda y: pd.Series(y).astype("category"),
    "pandas StringDtype": lambda y: pd.Series(y, dtype="string"),
    "polars": lambda y: pl.Series(y.tolist()),
    "pyarrow": lambda y: pa.array(y.tolist()),
}


@pytest.mark.parametrize("container", LABEL_CONTAINERS)
def test_container_of_labels_does_not_matter(container, multiclass):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(max_epochs=2).fit(texts, LABEL_CONTAINERS[container](labels))
    expected = TfidfTorchClassifier(max_epochs=2).fit(texts, labels)
    assert clf.classes_.tolist() == ["account", "billing", "delivery"]
    assert clf.predict(texts).tolist() == expected.predict(texts).tolist()


LABEL_TYPES = {
    "bool": (lambda rare: rare, [False, True]),
    "int": (lambda rare: rare.astype(int), [0, 1]),
    "int32": (lambda rare: rare.astype(np.int32), [0, 1]),
    "gaps": (lambda rare: np.where(rare, 7, 1), [1, 7]),
    "negative": (lambda rare: np.where(rare, 1, -1), [-1, 1]),
    "whole floats": (lambda rare: np.where(rare, 2.0, 1.0), [1.0, 2.0]),
    "nullable int": (lambda rare: pd.Series(rare.astype(int), dtype="Int64"), [0, 1]),
    "nullable bool": (lambda rare: pd.Series(rare, dtype="boolean"), [False, True]),
    "str": (lambda rare: np.where(rare, "spam", "ham"), ["ham", "spam"]),
}


@pytest.mark.parametrize("kind", LABEL_TYPES)
def test_labels_come_back_as_they_were_given(kind, binary):
    texts, labels = binary
    convert, classes = LABEL_TYPES[kind]
    y = convert(labels == "billing")
    clf = TfidfTorchClassifier().fit(texts, y)
    assert clf.classes_.tolist() == classes
    assert set(clf.predict(texts).tolist()) <= set(classes)
    assert (clf.predict(texts) == np.asarray(y)).mean() > 0.9


INDICATORS = {
    "array": lambda y: y,
    "bool array": lambda y: y.astype(bool),
    "list of lists": lambda y: y.tolist(),
    "DataFrame": lambda y: pd.DataFrame(y, columns=list("abcd")),
    "csr_matrix": sparse.csr_matrix,
    "csc_array": sparse.csc_array,
}


@pytest.mark.parametrize("container", INDICATORS)
def test_indicator_matrix_of_any_kind_is_multilabel(container, multilabel):
    texts, y = multilabel
    clf = TfidfTorchClassifier(max_epochs=2).fit(texts, INDICATORS[container](y))
    expected = TfidfTorchClassifier(max_epochs=2).fit(texts, y).predict_proba(texts)
    assert clf.predict(texts).shape == y.shape
    np.testing.assert_array_equal(clf.predict_proba(texts), expected)


def test_column_of_labels_is_flattened_with_a_warning(binary):
    texts, labels = binary
    with pytest.warns(UserWarning, match="column-vector"):
        clf = TfidfTorchClassifier(max_epochs=1).fit(texts, labels[:, None])
    assert clf.predict(texts).shape == (len(texts),)


def test_empty_and_unseen_texts_get_the_bias(binary):
    texts, labels = binary
    clf = TfidfTorchClassifier().fit(texts, labels)
    proba = clf.predict_proba(["", "Zyx qwv"])
    np.testing.assert_allclose(proba[0], proba[1])
    assert proba[0].argmax() == clf.classes_.tolist().index("delivery")
