"""Tokenizers: ids and tokens agree, vocabularies are scikit-learn's, no text is too odd."""

import os
import pickle
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer

from sktext._tokenizers_threads import one_thread_unless_asked
from sktext.datasets import make_imbalanced_texts
from sktext.features import (
    TOKENIZERS,
    CharacterTokenizer,
    SubwordTokenizer,
    WordTokenizer,
)

TEXTS = [
    "The film was good, really good!",
    "I don't like the film. Was it good?",
    "",
    "the best film of the year",
    "a film that I liked",
]
ODD = [
    "nul \x00 in it",
    "an emoji 👩‍👩‍👧 👍🏽",
    "combining: e\u0301 a\u0308",
    "İstanbul ıssız",  # noqa: RUF001
    "Straße",
    "half \ud83d and \udc4d",
    "\ud800",
    "▁under ##one the padding an unknown piece",
    " \t\r\n\u2028\xa0",
    "漢字かな",
    "a" * 300,
    "\U0010ffff",
]
ANY_TEXT = st.text(st.characters(), max_size=30)  # lone surrogates included
ALL = pytest.mark.parametrize("name", [name for name in TOKENIZERS if name != "auto"])
FITTED = {name: make().fit(TEXTS * 3) for name, make in TOKENIZERS.items()}


def lists(rows):
    return [row.tolist() for row in rows]


def ids_of(tokenizer, text):
    return [tokenizer.vocabulary_.get(token, 1) for token in tokenizer.tokenize(text)]


@ALL
@pytest.mark.parametrize("text", TEXTS + ODD)
def test_ids_are_those_of_the_tokens(name, text):
    (row,) = FITTED[name].transform([text])
    assert row.dtype == np.int32
    assert row.tolist() == ids_of(FITTED[name], text)


@ALL
@given(texts=st.lists(ANY_TEXT, min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_no_text_is_too_odd(name, texts):
    rows = FITTED[name].transform(texts)
    assert lists(rows) == [ids_of(FITTED[name], text) for text in texts]
    learned = TOKENIZERS[name]()
    known = learned.fit_transform([*texts, "some words"])
    assert lists(known) == lists(learned.transform([*texts, "some words"]))
    assert lists(known) == [ids_of(learned, text) for text in [*texts, "some words"]]


@given(text=ANY_TEXT)
@settings(deadline=None)
def test_words_are_what_the_pattern_finds_in_small_letters(text):
    pattern = WordTokenizer().token_pattern
    assert FITTED["words"].tokenize(text) == re.findall(pattern, text.lower())


@given(text=ANY_TEXT)
@settings(deadline=None)
def test_characters_are_those_of_the_text(text):
    assert FITTED["characters"].tokenize(text) == list(text)


@ALL
def test_unknown_tokens_are_one_and_empty_texts_are_empty(name):
    rows = FITTED[name].transform(["ж", "", "film ж"])
    assert rows[0].tolist()[-1] == rows[2].tolist()[-1] == 1
    assert rows[1].tolist() == []
    assert FITTED[name].tokenize("ж")[-1] == "ж"


@ALL
def test_fit_transform_is_fit_then_transform(name):
    tokenizer = TOKENIZERS[name]()
    rows = tokenizer.fit_transform(TEXTS)
    again = TOKENIZERS[name]().fit(TEXTS)
    assert lists(rows) == lists(again.transform(TEXTS))
    assert tokenizer.vocabulary_ == again.vocabulary_
    assert len(rows) == len(TEXTS)


@ALL
def test_ids_fall_in_frequency_and_ties_are_alphabetical(name):
    tokenizer = TOKENIZERS[name]()
    rows = tokenizer.fit_transform(TEXTS)
    counts = np.bincount(rows.ids, minlength=tokenizer.n_tokens_)
    assert list(tokenizer.vocabulary_.values()) == list(range(2, tokenizer.n_tokens_))
    order = [(-counts[i], token) for token, i in tokenizer.vocabulary_.items()]
    assert order == sorted(order)
    assert counts[0] == counts[1] == 0


@ALL
def test_vocabulary_is_of_the_training_texts(name):
    tokenizer = TOKENIZERS[name]().fit(TEXTS)
    before = dict(tokenizer.vocabulary_)
    tokenizer.transform(["zebras quiz"])
    assert tokenizer.vocabulary_ == before
    joined = "".join(TEXTS).lower() + "".join(TEXTS)
    assert all(token.strip("▁#") in joined for token in before)
    tokenizer.fit(["zebras quiz"])
    assert any("z" in token for token in tokenizer.vocabulary_)


@ALL
def test_clone_pickle_and_parameters(name):
    fitted = FITTED[name]
    assert clone(fitted).get_params() == fitted.get_params()
    copy = pickle.loads(pickle.dumps(fitted))
    assert lists(copy.transform(ODD)) == lists(fitted.transform(ODD))
    assert copy.tokenize(ODD[0]) == fitted.tokenize(ODD[0])
    with pytest.raises(NotFittedError):
        clone(fitted).transform(TEXTS)
    with pytest.raises(NotFittedError):
        clone(fitted).tokenize("film")


@ALL
def test_any_container_of_texts(name):
    expected = lists(FITTED[name].transform(TEXTS))
    for container in (tuple(TEXTS), np.array(TEXTS, dtype=object), pd.Series(TEXTS)):
        assert lists(FITTED[name].transform(container)) == expected


@ALL
def test_what_is_no_text_is_refused(name):
    with pytest.raises(ValueError, match=r"texts\[1\] must be a str; got None"):
        TOKENIZERS[name]().fit(["a", None])
    with pytest.raises(ValueError, match="single str"):
        FITTED[name].transform("film")
    with pytest.raises(TypeError, match="text must be a str; got list"):
        FITTED[name].tokenize(["film"])
    with pytest.raises(ValueError, match=r"texts (leave no token|hold nothing)"):
        TOKENIZERS[name]().fit(["", ""])


@pytest.mark.parametrize(
    ("tokenizer", "message"),
    [
        (WordTokenizer(max_features=0), "max_features"),
        (WordTokenizer(min_df=1.5), "min_df"),
        (WordTokenizer(lowercase="yes"), "lowercase"),
        (WordTokenizer(token_pattern="("), "must be a regular expression; missing"),
        (WordTokenizer(token_pattern="(a)(b)"), "one group at most; .* has 2"),
        (WordTokenizer(min_df=9), "leave no token .* Lower min_df=9"),
        (CharacterTokenizer(min_df=0), "min_df"),
        (SubwordTokenizer(model="unigram"), "model"),
        (SubwordTokenizer(vocab_size=3), "vocab_size"),
        (SubwordTokenizer(min_frequency=0), "min_frequency"),
    ],
)
def test_bad_parameter_is_named(tokenizer, message):
    with pytest.raises(ValueError, match=message):
        tokenizer.fit(TEXTS)


@pytest.mark.parametrize("min_df", [1, 2, 3, 0.0, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("analyzer", ["word", "char"])
def test_min_df_keeps_what_scikit_learn_keeps(analyzer, min_df):
    texts = [*TEXTS[:2], "the film film film", "good film"]
    ours = {
        "word": WordTokenizer(min_df=min_df),
        "char": CharacterTokenizer(min_df=min_df, lowercase=True),
    }[analyzer]
    theirs = CountVectorizer(min_df=min_df, analyzer=analyzer)
    if analyzer == "word":
        theirs.set_params(token_pattern=ours.token_pattern)
    assert ours.fit(texts).vocabulary_.keys() == theirs.fit(texts).vocabulary_.keys()


def test_counts_are_those_of_scikit_learn():
    texts, _ = make_imbalanced_texts(200, random_state=0)
    ours = WordTokenizer(min_df=2)
    rows = ours.fit_transform(texts)
    theirs = CountVectorizer(min_df=2, token_pattern=ours.token_pattern)
    counts = theirs.fit_transform(texts).toarray()
    for row, expected in zip(rows, counts, strict=True):
        by_id = np.bincount(row, minlength=ours.n_tokens_)
        assert all(by_id[i] == expected[theirs.vocabulary_[t]] for t, i in ours.vocabulary_.items())


def test_max_features_keeps_what_scikit_learn_keeps_where_no_tie_decides():
    texts = ["a a a a b b b c c d", "d d e", "b b"]
    pattern = r"(?u)\b\w+\b"
    for n in (1, 2, 4, 5, 9):
        ours = WordTokenizer(max_features=n, token_pattern=pattern).fit(texts)
        theirs = CountVectorizer(max_features=n, token_pattern=pattern).fit(texts)
        assert ours.vocabulary_.keys() == theirs.vocabulary_.keys()


def test_ties_of_max_features_are_alphabetical():
    tokenizer = WordTokenizer(max_features=2).fit(["d c b a a"])
    assert list(tokenizer.vocabulary_) == ["a", "b"]


def test_words_keep_apostrophes_and_marks_stand_alone():
    words = FITTED["words"].tokenize("Don't! It’s 'quoted'?!")  # noqa: RUF001
    assert words == ["don't", "!", "it’s", "quoted", "?", "!"]  # noqa: RUF001


def test_group_of_the_pattern_is_the_word():
    tokenizer = WordTokenizer(token_pattern=r"#(\w+)").fit(["#good film #Fun"])
    assert list(tokenizer.vocabulary_) == ["fun", "good"]


def test_tokenizer_of_the_user_replaces_the_pattern():
    tokenizer = WordTokenizer(tokenizer=str.split, lowercase=False).fit(["Good, film"])
    assert tokenizer.tokenize("Good, bad") == ["Good,", "bad"]
    assert tokenizer.transform(["Good, bad"])[0].tolist() == [2, 1]
    with pytest.raises(TypeError, match="must give a list of str; one item is int 4"):
        WordTokenizer(tokenizer=lambda text: [len(text)]).fit(["Good"])


@pytest.mark.parametrize("model", ["bpe", "wordpiece"])
@pytest.mark.parametrize("vocab_size", [4, 5, 30, 100, 8000])
def test_subwords_are_no_more_than_asked_for(model, vocab_size):
    tokenizer = SubwordTokenizer(model, vocab_size=vocab_size).fit(TEXTS)
    assert tokenizer.n_tokens_ == len(tokenizer.vocabulary_) + 2 <= vocab_size
    assert tokenizer.transform(TEXTS).ids.max() < tokenizer.n_tokens_
    for text in TEXTS + ODD:
        assert tokenizer.transform([text])[0].tolist() == ids_of(tokenizer, text)


@pytest.mark.parametrize("model", ["bpe", "wordpiece"])
def test_subwords_spell_the_text(model):
    texts, _ = make_imbalanced_texts(100, random_state=0)
    tokenizer = SubwordTokenizer(model, vocab_size=200).fit(texts)
    for text in texts[:20]:
        joined = "".join(tokenizer.tokenize(text)).replace("▁", "").replace("##", "")
        assert joined == "".join(text.lower().split())


@pytest.mark.parametrize("model", ["bpe", "wordpiece"])
def test_subwords_are_the_same_in_every_training(model):
    # Few characters are kept and many pairs are equally frequent: the trainer's own hash
    # tables would decide.
    texts = [f"{a}{b}{c}x {c}{a}" for a in "abcdef" for b in "ghijkl" for c in "mnopqr"]
    first, *others = [
        SubwordTokenizer(model, vocab_size=n).fit(texts).vocabulary_ for n in (60, 60, 60, 60)
    ]
    assert all(list(other.items()) == list(first.items()) for other in others)


@pytest.mark.slow
def test_transform_works_in_processes():
    parts = Parallel(n_jobs=2)(delayed(one.transform)(TEXTS) for one in FITTED.values())
    expected = [one.transform(TEXTS) for one in FITTED.values()]
    assert [lists(part) for part in parts] == [lists(rows) for rows in expected]


@pytest.mark.parametrize("asked", [None, "true"])
def test_threads_start_only_where_they_are_asked_for(asked, monkeypatch):
    name = "TOKENIZERS_PARALLELISM"
    monkeypatch.delenv(name, raising=False)
    if asked:
        monkeypatch.setenv(name, asked)
    with one_thread_unless_asked():
        assert os.environ[name] == (asked or "false")
    assert os.environ.get(name) == asked


@pytest.mark.slow
def test_a_fork_after_training_prints_no_warning():
    code = """
import os
from sktext.features import SubwordTokenizer
tokenizer = SubwordTokenizer().fit(["some words here"] * 50)
child = os.fork()
if child == 0:
    tokenizer.transform(["some words"] * 50)
    SubwordTokenizer().fit(["some words here"] * 50)
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
assert "TOKENIZERS_PARALLELISM" not in os.environ
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=300
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_auto_is_words_that_two_texts_have():
    tokenizer = TOKENIZERS["auto"]().fit(["a red red fox", "a fox", "blue"])
    assert list(tokenizer.vocabulary_) == ["a", "fox"]
