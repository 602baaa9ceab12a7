"""Accents go as in scikit-learn, and in a time that grows with the text."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from sktext._characters import CharacterTable, in_ascii, without_marks
from sktext._negations import is_negation, is_short_negator
from sktext.features import FastCountVectorizer, FastHashingVectorizer, FastTfidfVectorizer
from sktext.preprocessing import TextCleaner

TABLES = {"unicode": CharacterTable(without_marks), "ascii": CharacterTable(in_ascii)}


@pytest.mark.slow
@pytest.mark.parametrize("accents", TABLES)
def test_every_character_is_spelled_as_by_scikit_learn(accents):
    preprocess = CountVectorizer(strip_accents=accents, lowercase=False).build_preprocessor()
    characters = list(map(chr, range(0x110000)))
    written = [character.translate(TABLES[accents]) for character in characters]
    assert written == list(map(preprocess, characters))


@given(
    text=st.text(st.sampled_from("aé\u0301\u0323\u0f73\u0f75\u1100\u1161\ufb01\uff21각Ω\u0338="))
)
def test_every_order_of_characters_is_spelled_as_by_scikit_learn(text):
    for accents in TABLES:
        params = {"strip_accents": accents}
        own, other = FastCountVectorizer(**params), CountVectorizer(**params)
        assert own.build_preprocessor()(text) == other.build_preprocessor()(text)


def test_runs_of_marks_take_linear_time():
    hostile = ["a" + "\u0301\u0323" * 100_000, "b" + "\u0f73" * 100_000, "word"]
    start = time.process_time()
    for accents in TABLES:
        for Vectorizer in (FastCountVectorizer, FastTfidfVectorizer, FastHashingVectorizer):
            Vectorizer(strip_accents=accents).fit_transform(hostile)
    TextCleaner(strip_accents=True).transform(hostile)
    assert time.process_time() - start < 20  # a quadratic way takes hours


@pytest.mark.parametrize("text", ["Crème", "ά", "ё", "a ≠ b", "हिन्दी", "한국어", "e\u0301\u0323x"])
def test_cleaner_takes_accents_off_as_by_normal_forms(text):
    decomposed = unicodedata.normalize("NFD", text)
    kept = [c for c in decomposed if not ("\u0300" <= c <= "\u036f" and c != "\u0338")]
    expected = unicodedata.normalize("NFC", "".join(kept))
    assert TextCleaner(strip_accents=True, lowercase=False).transform([text]) == [expected]


def test_long_words_are_not_kept_in_memory():
    is_short_negator.cache_clear()
    words = [f"{'x' * 100_000}{number}n't" for number in range(5)]
    assert all(map(is_negation, words))
    assert not is_negation("y" * 100_000)
    assert is_short_negator.cache_info().currsize == 0
    assert is_negation("don't")
    assert is_short_negator.cache_info().currsize == 1
