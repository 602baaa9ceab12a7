"""Texts are read from every container, or refused with a sentence."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from sktext import TfidfTorchClassifier
from sktext._texts import check_texts
from sktext.features import FastHashingVectorizer, FastTfidfVectorizer, WordTokenizer
from sktext.preprocessing import TextCleaner
from sktext.sampling import RandomTextOverSampler, VectorizedSampler, WordDeletionOverSampler

TEXTS = ["red rose one", "blue sea two", "green leaf three", "blue sea four"]
y = [0, 0, 0, 1]


class Column:
    """A sequence with int and slice keys only, as a column of ``datasets``."""

    def __len__(self):
        return len(TEXTS)

    def __getitem__(self, key):
        if type(key) not in (int, slice):
            raise TypeError(f"wrong key type {type(key)}")
        return TEXTS[key]


CONTAINERS = {
    "tuple": tuple(TEXTS),
    "array of fixed width": np.array(TEXTS),
    "array of objects": np.array(TEXTS, dtype=object),
    "2-D array": np.array(TEXTS)[:, None],
    "masked array": np.ma.array(TEXTS),
    "Series": pd.Series(TEXTS, index=[3, 1, 2, 0]),
    "Series of categories": pd.Series(TEXTS, dtype="category"),
    "Series of arrow": pd.Series(TEXTS, dtype=pd.ArrowDtype(pa.large_string())),
    "Index": pd.Index(TEXTS),
    "Index of categories": pd.CategoricalIndex(TEXTS),
    "pandas array": pd.array(TEXTS),
    "pandas frame": pd.DataFrame({"text": TEXTS}),
    "pandas frame of categories": pd.DataFrame({"text": pd.Categorical(TEXTS)}),
    "pyarrow string": pa.array(TEXTS),
    "pyarrow large_string": pa.array(TEXTS, pa.large_string()),
    "pyarrow string_view": pa.array(TEXTS, pa.string_view()),
    "pyarrow dictionary": pa.array(TEXTS).dictionary_encode(),
    "pyarrow chunks": pa.chunked_array([TEXTS[:1], TEXTS[1:]]),
    "pyarrow chunks of string_view": pa.chunked_array([pa.array(TEXTS, pa.string_view())]),
    "pyarrow table": pa.table({"text": TEXTS}),
    "pyarrow table of string_view": pa.table({"text": pa.array(TEXTS, pa.string_view())}),
    "pyarrow batch": pa.record_batch({"text": TEXTS}),
    "polars Series": pl.Series("text", TEXTS),
    "polars categories": pl.Series("text", TEXTS, dtype=pl.Categorical),
    "polars frame": pl.DataFrame({"text": TEXTS}),
    "column of datasets": Column(),
    "values of a dict": dict(enumerate(TEXTS)).values(),
    "keys of a dict": dict.fromkeys(TEXTS).keys(),
}
if hasattr(np.dtypes, "StringDType"):  # NumPy 2
    CONTAINERS["StringDType"] = np.array(TEXTS, dtype=np.dtypes.StringDType())

REFUSED = {
    "0-d array": np.array("a"),
    "3-d array": np.array(TEXTS).reshape(4, 1, 1),
    "empty array": np.array([], dtype=str),
    "array without columns": np.empty((4, 0), dtype=object),
    "array of two columns": np.array([TEXTS, TEXTS]).T,
    "frame of two columns": pd.DataFrame({"a": TEXTS, "b": TEXTS}),
    "pyarrow table of two columns": pa.table({"a": TEXTS, "b": TEXTS}),
    "dict": dict.fromkeys(TEXTS),
    "set": set(TEXTS),
    "frozenset": frozenset(TEXTS),
    "class": list,
    "LazyFrame": pl.LazyFrame({"text": TEXTS}),
    "None": None,
    "number": 3,
    "str": "abc",
    "numbers": [1, 2],
    "bytes": [b"abc"],
    "missing": ["a", None],
    "lists of tokens": [["a", "b"], ["c"]],
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_every_container_is_read_alike(name):
    X = CONTAINERS[name]
    assert check_texts(X) == TEXTS
    assert TextCleaner().transform(X) == TEXTS
    classifier = TfidfTorchClassifier(max_epochs=1, random_state=0)
    np.testing.assert_array_equal(
        classifier.fit(X, y).decision_function(X),
        classifier.fit(TEXTS, y).decision_function(TEXTS),
    )
    assert len(WordTokenizer().fit_transform(X)) == 4


@pytest.mark.parametrize("name", [name for name in CONTAINERS if name != "column of datasets"])
@pytest.mark.parametrize("vectorizer", [FastTfidfVectorizer(), FastHashingVectorizer()])
def test_vectorizers_read_every_container_alike(vectorizer, name):
    own, expected = (vectorizer.fit_transform(X) for X in (CONTAINERS[name], TEXTS))
    assert (own != expected).nnz == 0


@pytest.mark.parametrize("name", CONTAINERS)
def test_samplers_take_rows_of_every_container(name):
    X = CONTAINERS[name]
    drawn, labels = RandomTextOverSampler(random_state=0).fit_resample(X, y)
    assert check_texts(drawn) == [*TEXTS, TEXTS[3], TEXTS[3]][: len(labels)]
    sampler = WordDeletionOverSampler(random_state=0)
    changed, expected = (sampler.fit_resample(rows, y)[0] for rows in (X, TEXTS))
    assert check_texts(changed) == expected
    assert expected[:4] == TEXTS
    assert expected[4:] != [TEXTS[3], TEXTS[3]]
    if name in ("pandas frame", "pyarrow table", "Series", "Index", "pyarrow string_view"):
        assert type(changed) is type(drawn) is type(X)


def test_samplers_by_distance_take_rows_of_every_container():
    from imblearn.under_sampling import NearMiss

    sampler = VectorizedSampler(NearMiss(n_neighbors=1))
    expected = sampler.fit_resample(TEXTS, y)[0]
    for X in CONTAINERS.values():
        assert check_texts(sampler.fit_resample(X, y)[0]) == expected


def test_what_can_be_read_once_is_read_once():
    assert check_texts(text for text in TEXTS) == TEXTS
    drawn, _ = RandomTextOverSampler(random_state=0).fit_resample(iter(TEXTS), y)
    assert drawn[:4] == TEXTS


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_collection_of_texts_is_refused_with_a_sentence(name):
    for read in (check_texts, WordTokenizer().fit, TextCleaner().fit):
        with pytest.raises((ValueError, TypeError), match=r"(must be|has no texts)"):
            read(REFUSED[name])


def test_message_for_several_columns_says_where_they_belong():
    rows = np.array([TEXTS, [1, 2, 3, 4]], dtype=object).T
    with pytest.raises(
        ValueError, match=r"shape \(4, 2\).*give a classifier of texts a data frame"
    ):
        TfidfTorchClassifier().fit(rows, y)
