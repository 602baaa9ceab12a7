"""The fast vectorizers give what scikit-learn's give, bit for bit."""

import io
import pickle
import re
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer

from sktext.features import (
    FastCountVectorizer,
    FastHashingVectorizer,
    FastTfidfVectorizer,
)
from sktext.features._fast import _chunks as _fast_chunks
from sktext.features._fast import _engine as _fast_engine
from sktext.features._fast._words import SOLID, WORD, run_rows, run_strings

PAIRS = [
    (FastCountVectorizer, CountVectorizer),
    (FastTfidfVectorizer, TfidfVectorizer),
    (FastHashingVectorizer, HashingVectorizer),
]
by_class = pytest.mark.parametrize(("own", "other"), PAIRS, ids=[own.__name__ for own, _ in PAIRS])
LEARNING = PAIRS[:2]
learning = pytest.mark.parametrize(
    ("own", "other"), LEARNING, ids=[own.__name__ for own, _ in LEARNING]
)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    """Give every text to the engine, a few at a time."""
    monkeypatch.setattr(_fast_engine, "N_FEW", 1)
    monkeypatch.setattr(_fast_chunks, "N_CHARACTERS", 60)


def outcome(function):
    """What a function returns, or the error it raises."""
    try:
        return function()
    except (ValueError, TypeError, AttributeError, StopIteration) as error:
        return type(error), str(error).replace("Fast", "")


def assert_same_matrix(own, other):
    assert type(own) is type(other)
    if not sparse.issparse(own):
        assert own == other
        return
    assert own.shape == other.shape
    for name in ("data", "indices", "indptr"):
        np.testing.assert_array_equal(getattr(own, name), getattr(other, name), strict=True)
    assert own.has_sorted_indices == other.has_sorted_indices


def assert_same_fit(own, other, texts, others=()):
    """Fitted to texts, two vectorizers have learned the same and transform alike."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        matrices = [outcome(lambda v=v: v.fit_transform(texts)) for v in (own, other)]
        assert_same_matrix(*matrices)
        if not sparse.issparse(matrices[0]):
            return
        assert_same_matrix(*[outcome(lambda v=v: v.transform(others)) for v in (own, other)])
        assert_same_matrix(own.transform(texts), other.transform(texts))
        once_more = clone(own).fit(texts)
    assert_same_matrix(once_more.transform(texts), own.transform(texts))
    if hasattr(other, "vocabulary_"):
        assert type(own.vocabulary_) is dict
        assert list(own.vocabulary_.items()) == list(other.vocabulary_.items())
        assert {type(column) for column in own.vocabulary_.values()} == {int}
        assert once_more.vocabulary_ == own.vocabulary_
        assert own.fixed_vocabulary_ == other.fixed_vocabulary_
        np.testing.assert_array_equal(own.get_feature_names_out(), other.get_feature_names_out())
    if getattr(other, "use_idf", False):
        np.testing.assert_array_equal(own.idf_, other.idf_, strict=True)


TEXTS = [
    "The film is good, the film is GOOD and the sea is wide",
    "",
    "a b c 12 x1 _ under_score don't stop  me\tnow",
    "Straße STRASSE ﬁne naïve Ångström Café café İstanbul \u0131I ΣΊΣΥΦΟΣ ΟΔΟΣ",
    "漢字 仮名 한국어 ภาษาไทย हिन्दी العربية ١٢٣ ²³ Ⅷ",
    "e\u0301 a\u0300\u0301b \u0301 o\u200dn n\u00adm \u200b z\u2028w q\u00a0r s\x85t",
    "NUL\0in\0word \0\0 \ud800 \udfff\ud83d\ude00 x\ud800y 👩\u200d🚀 🙂🙂",
    "!!! ... \n\t  ",
    "w" * 700 + " " + "né" * 90 + " " + "w" * 701 + " abcdefgh abcdefghi abcdefg",
    "good film, not a good film " * 9,
    "the film the film the film",
    "\x1c\x1d\x1e\x1f tab\x0bbed \x0c form \x07bell",
]
NEW_TEXTS = ["an unknown good film", "", "Straße café naïve " * 3, "nothing zzz", "12 12 x1"]

SHARED = {
    "defaults": {},
    "bigrams": {"ngram_range": (1, 2)},
    "bigrams alone": {"ngram_range": (2, 2)},
    "one to four words": {"ngram_range": (1, 4)},
    "two to three words": {"ngram_range": (2, 3)},
    "three words": {"ngram_range": (3, 3)},
    "characters": {"analyzer": "char"},
    "one to three characters": {"analyzer": "char", "ngram_range": (1, 3)},
    "two to five characters": {"analyzer": "char", "ngram_range": (2, 5)},
    "characters within words": {"analyzer": "char_wb"},
    "two to five within words": {"analyzer": "char_wb", "ngram_range": (2, 5)},
    "six to eight within words": {"analyzer": "char_wb", "ngram_range": (6, 8)},
    "as written": {"lowercase": False, "ngram_range": (1, 2)},
    "as written in characters": {"lowercase": False, "analyzer": "char_wb", "ngram_range": (1, 2)},
    "without accents": {"strip_accents": "unicode"},
    "in ASCII": {"strip_accents": "ascii", "ngram_range": (1, 2)},
    "characters in ASCII": {"strip_accents": "ascii", "analyzer": "char", "ngram_range": (1, 2)},
    "English stop words": {"stop_words": "english", "ngram_range": (1, 2)},
    "own stop words": {"stop_words": ["film", "good", "the"]},
    "every word": {"token_pattern": r"(?u)\b\w+\b", "ngram_range": (1, 3)},
    "long words": {"token_pattern": r"\w\w\w\w+"},
    "no boundaries": {"token_pattern": r"\w+"},
    "another pattern": {"token_pattern": r"[a-z]+|\d"},
    "a group": {"token_pattern": r"(\w)\w+"},
    "ASCII words": {"token_pattern": r"(?a)\w+"},
    "binary": {"binary": True, "ngram_range": (1, 2)},
    "float32": {"dtype": np.float32, "ngram_range": (1, 2)},
    "a tokenizer": {"tokenizer": str.split, "token_pattern": None},
    "a preprocessor": {"preprocessor": str.upper},
    "an analyzer": {"analyzer": str.split},
    "a function for accents": {"strip_accents": str.swapcase},
    "too many groups": {"token_pattern": r"(\w)(\w)"},
    "ranges with zero": {"ngram_range": (0, 2)},
    "ranges upside down": {"ngram_range": (2, 1)},
    "wrong analyzer": {"analyzer": "words"},
    "wrong range": {"ngram_range": 2},
}
OF_LEARNING = {
    "min_df 2": {"min_df": 2, "ngram_range": (1, 2)},
    "min_df share": {"min_df": 0.2},
    "max_df 2": {"max_df": 2, "ngram_range": (1, 2)},
    "max_df share": {"max_df": 0.25, "analyzer": "char"},
    "both": {"min_df": 2, "max_df": 0.5, "analyzer": "char_wb", "ngram_range": (1, 3)},
    "contradiction": {"min_df": 5, "max_df": 2},
    "nothing left": {"min_df": 12},
    "ten features": {"max_features": 10, "ngram_range": (1, 2)},
    "five characters": {"max_features": 5, "analyzer": "char", "min_df": 2},
    "thousand features": {"max_features": 1000},
    "three of binary": {"max_features": 3, "binary": True},
    "int32": {"dtype": np.int32, "max_features": 20},
    "a list": {"vocabulary": ["film", "good film", "nowhere"], "ngram_range": (1, 2)},
    "a set": {"vocabulary": {"a", "e", "st"}, "analyzer": "char", "ngram_range": (1, 2)},
    "a mapping": {"vocabulary": {"good": 1, "film": 0}},
    "capital letters": {"vocabulary": ["Good", "film"]},
    "twice the same": {"vocabulary": ["film", "film"]},
    "a gap": {"vocabulary": {"good": 2, "film": 0}},
    "stop words only": {"stop_words": ["the"], "vocabulary": None, "min_df": 1},
}
OF_TFIDF = {
    "logarithms": {"sublinear_tf": True, "ngram_range": (1, 2)},
    "no idf": {"use_idf": False},
    "raw idf": {"smooth_idf": False, "ngram_range": (1, 3)},
    "norm l1": {"norm": "l1", "ngram_range": (1, 2)},
    "no norm": {"norm": None},
    "float32 logarithms": {"dtype": np.float32, "sublinear_tf": True, "ngram_range": (1, 2)},
    "float32 within words": {"dtype": np.float32, "analyzer": "char_wb", "ngram_range": (2, 5)},
}
OF_HASHING = {
    "few columns": {"n_features": 7, "ngram_range": (1, 2)},
    "few columns of characters": {"n_features": 11, "analyzer": "char_wb", "ngram_range": (1, 3)},
    "no signs": {"n_features": 5, "alternate_sign": False},
    "norm l1": {"n_features": 13, "norm": "l1"},
    "no norm": {"n_features": 3, "norm": None},
    "binary in few": {"n_features": 5, "binary": True},
    "float32 in few": {"n_features": 50, "dtype": np.float32},
}
CASES = [
    pytest.param(own, other, params, id=f"{own.__name__}: {name}")
    for own, other in PAIRS
    for name, params in {
        **SHARED,
        **(OF_HASHING if own is FastHashingVectorizer else OF_LEARNING),
        **(OF_TFIDF if own is FastTfidfVectorizer else {}),
    }.items()
]


@pytest.mark.parametrize(("own", "other", "params"), CASES)
def test_every_parameter_gives_the_same(own, other, params):
    assert_same_fit(own(**params), other(**params), TEXTS, NEW_TEXTS)


@pytest.mark.parametrize(("own", "other", "params"), CASES)
def test_every_parameter_gives_the_same_on_nothing(own, other, params):
    assert_same_fit(own(**params), other(**params), ["", " ", "!"], [])
    assert_same_fit(own(**params), other(**params), [])


ALPHABET = st.one_of(
    st.sampled_from("aabcA eE \t\n.,_'0"),
    st.sampled_from("ßİıΣσςéÅ\u0301\u0327\u0345\u0660²Ⅷ漢한ﬁ\u00ad\u200b\u200d🙂👩"),
    st.sampled_from(
        "\0\x1c\x1f\x85\u00a0\u1680\u2028\u3000\ufeff\uffff\ud800\udbff\udc00\U0010ffff"
    ),
    st.characters(exclude_categories=()),
)
UNICODE = st.lists(st.text(ALPHABET, max_size=30), max_size=8)
PARAMS = st.fixed_dictionaries(
    {
        "ngram_range": st.sampled_from([(1, 1), (1, 2), (2, 2), (1, 3), (2, 4), (4, 5)]),
        "analyzer": st.sampled_from(["word", "char", "char_wb"]),
        "lowercase": st.booleans(),
        "strip_accents": st.sampled_from([None, "ascii", "unicode"]),
        "token_pattern": st.sampled_from([r"(?u)\b\w\w+\b", r"(?u)\b\w+\b", r"\w\w\w+"]),
        "stop_words": st.sampled_from([None, ["aa", "ss"]]),
        "binary": st.booleans(),
        "dtype": st.sampled_from([np.float32, np.float64]),
    }
)
LIMITS = st.fixed_dictionaries(
    {
        "min_df": st.sampled_from([1, 2, 0.3]),
        "max_df": st.sampled_from([1.0, 0.6, 2]),
        "max_features": st.sampled_from([None, 1, 4]),
    }
)
WEIGHTS = st.fixed_dictionaries(
    {"sublinear_tf": st.booleans(), "norm": st.sampled_from(["l1", "l2"])}
)
many = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@many
@given(texts=UNICODE, others=UNICODE, params=PARAMS, limits=LIMITS)
def test_counts_of_any_unicode_are_the_same(texts, others, params, limits):
    params = params | limits
    assert_same_fit(FastCountVectorizer(**params), CountVectorizer(**params), texts, others)


@many
@given(texts=UNICODE, others=UNICODE, params=PARAMS, limits=LIMITS, weights=WEIGHTS)
def test_tfidf_of_any_unicode_is_the_same(texts, others, params, limits, weights):
    params = params | limits | weights
    assert_same_fit(FastTfidfVectorizer(**params), TfidfVectorizer(**params), texts, others)


@many
@given(texts=UNICODE, others=UNICODE, params=PARAMS, n_features=st.sampled_from([2, 9, 2**20]))
def test_hashes_of_any_unicode_are_the_same(texts, others, params, n_features):
    params["n_features"] = n_features
    assert_same_fit(FastHashingVectorizer(**params), HashingVectorizer(**params), texts, others)


@pytest.mark.parametrize("kind", [WORD, SOLID])
def test_every_code_point_is_sorted_into_runs_by_python(kind):
    points = "a".join(map(chr, range(0x110000)))
    _, runs = run_rows([points], kind)
    assert run_strings(runs) == list(dict.fromkeys(re.findall(f"{kind}+", points)))


CONTAINERS = {
    "list": list,
    "tuple": tuple,
    "object array": lambda texts: np.array(texts, dtype=object),
    "str array": lambda texts: np.array([text.replace("\0", "") for text in texts]),
    "object Series": lambda texts: pd.Series(texts, dtype=object),
    "str Series": lambda texts: pd.Series(
        [text.encode("utf-8", "ignore").decode() for text in texts]
    ),
    "bytes": lambda texts: [text.encode("utf-8", "ignore") for text in texts],
    "dict keys": dict.fromkeys,
}


@by_class
@pytest.mark.parametrize("container", CONTAINERS)
def test_texts_in_any_container(own, other, container):
    texts = CONTAINERS[container](TEXTS)
    assert_same_fit(own(), other(), texts, texts)


@by_class
def test_generators_are_read_once_and_in_chunks(own, other):
    read = []

    def stream():
        for text in TEXTS:
            read.append(text)
            yield text

    assert_same_matrix(own().fit_transform(list(stream())), other().fit_transform(TEXTS))
    fitted = own().fit(TEXTS)
    read.clear()
    assert_same_matrix(fitted.transform(stream()), other().fit(TEXTS).transform(TEXTS))
    assert read == TEXTS


@by_class
@pytest.mark.parametrize("decode_error", ["strict", "ignore", "replace"])
def test_files_and_encodings(own, other, decode_error, tmp_path):
    params = {"encoding": "utf-8", "decode_error": decode_error}
    contents = [b"caf\xc3\xa9 film", b"caf\xe9 film film"]
    paths = [tmp_path / str(i) for i in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    assert_same_fit(own(**params), other(**params), contents)
    params["input"] = "filename"
    assert_same_fit(own(**params), other(**params), paths)
    params["input"] = "file"
    matrices = [
        outcome(lambda cls=cls: cls(**params).fit_transform(map(io.BytesIO, contents)))
        for cls in (own, other)
    ]
    assert_same_matrix(*matrices)


@by_class
@pytest.mark.parametrize("wrong", [None, np.nan, 3, ["film"]], ids=repr)
def test_what_is_no_text_is_refused_alike(own, other, wrong):
    assert_same_matrix(
        outcome(lambda: own().fit_transform(["good film", wrong])),
        outcome(lambda: other().fit_transform(["good film", wrong])),
    )


@by_class
def test_one_str_is_refused(own, other):
    for method in ("fit", "fit_transform"):
        with pytest.raises(ValueError, match="string object received"):
            getattr(own(), method)("one text")
    with pytest.raises(ValueError, match="string object received"):
        own().fit(TEXTS).transform("one text")


@by_class
def test_parameters_and_defaults_are_the_same(own, other):
    params = own().get_params()
    assert params.pop("verbose") == 0
    assert params.pop("min_ngram_df", 1) == 1
    assert params == other().get_params()
    assert own(ngram_range=(1, 2)).set_params(binary=True).get_params()["binary"]


@learning
def test_fitted_attributes_and_pickles_are_the_same(own, other):
    fitted, reference = (cls(ngram_range=(1, 2)).fit(TEXTS) for cls in (own, other))
    learned = {name for name in vars(fitted) if name not in ("verbose", "min_ngram_df")}
    assert learned == set(vars(reference))
    assert len(pickle.dumps(fitted)) < 1.05 * len(pickle.dumps(reference)) + 200
    again = pickle.loads(pickle.dumps(fitted))
    assert_same_matrix(again.transform(NEW_TEXTS), reference.transform(NEW_TEXTS))


@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.parametrize("norm", ["l1", "l2", None])
def test_a_weight_that_is_infinite_is_met_alike(norm):
    params = {"vocabulary": ["film", "never"], "smooth_idf": False, "norm": norm}
    own, other = (cls(**params).fit(TEXTS) for cls in (FastTfidfVectorizer, TfidfVectorizer))
    for texts in (TEXTS, ["never a film"]):
        assert_same_matrix(*[outcome(lambda v=v, t=texts: v.transform(t)) for v in (own, other)])


def test_threads_do_not_change_the_result(monkeypatch):
    params = {"ngram_range": (1, 2), "sublinear_tf": True}
    reference = TfidfVectorizer(**params).fit_transform(TEXTS * 5)
    for n_threads in (1, 3):
        monkeypatch.setattr(_fast_chunks._threads, "n_threads_allowed", lambda n=n_threads: n)
        assert_same_matrix(FastTfidfVectorizer(**params).fit_transform(TEXTS * 5), reference)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"analyzer": str.split}, "analyzer is a function"),
        ({"tokenizer": str.split, "token_pattern": None}, "tokenizer is a function"),
        ({"preprocessor": str.upper}, "preprocessor is a function"),
        ({"token_pattern": r"\S+"}, "is not of the form"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_verbose_says_why_scikit_learn_counts(params, reason, capsys):
    for cls in (FastCountVectorizer, FastTfidfVectorizer, FastHashingVectorizer):
        cls(**params).fit_transform(NEW_TEXTS)
        assert not capsys.readouterr().out
        cls(**params, verbose=1).fit_transform(NEW_TEXTS)
        said = capsys.readouterr().out
        assert said.count("\n") == 1
        assert reason in said
        assert cls.__name__ in said


@by_class
@pytest.mark.parametrize("name", _fast_engine.OVERRIDABLE)
def test_subclasses_that_replace_a_step_are_heard(own, other, name):
    asked = []

    def step(self, *args, **kwargs):
        asked.append(name)
        return getattr(other, name)(self, *args, **kwargs)

    analyzer = {"_char_ngrams": "char", "_char_wb_ngrams": "char_wb"}.get(name, "word")
    params = {"analyzer": analyzer, "ngram_range": (1, 2)}
    texts = [text for text in TEXTS if text.isascii()]
    assert_same_fit(type("Own", (own,), {name: step})(**params), other(**params), texts)
    assert len(asked) > 1


def test_inconsistent_stop_words_are_warned_of():
    with pytest.warns(UserWarning, match="may be inconsistent"):
        FastCountVectorizer(stop_words=["don't"]).fit(TEXTS)


@pytest.mark.parametrize(
    "params", [{"ngram_range": (1, 2)}, {"analyzer": "char_wb", "ngram_range": (2, 4)}]
)
@by_class
def test_real_texts_give_the_same(own, other, params, real_texts):
    for name, n_texts in (("sms_spam", 400), ("newsgroups20", 30), ("imdb_10k", 30)):
        texts = real_texts(name, nrows=n_texts)["text"].tolist()
        assert_same_matrix(own(**params).fit_transform(texts), other(**params).fit_transform(texts))
