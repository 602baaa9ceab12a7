"""Means of static vectors: what numpy computes by hand, whatever the vectors come from."""

import pickle
import shutil

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union
from static_models import (
    DIM,
    OF_PIECES,
    PIECES,
    SPLIT,
    TEXTS,
    VECTORS,
    glove,
    model2vec,
    pair_of_files,
    sentence_transformers,
    write_tokenizer,
)
from tokenizers import Tokenizer

from sktext import TfidfTorchClassifier
from sktext.features import FastTfidfVectorizer, PretrainedTokenizer, StaticEncoder, WordTokenizer

WORDS = {"the": [1.0, 2.0], "late": [0.5, -1.0], "Paris": [3.0, 0.0], "bill": [-2.0, 1.0]}
OF_WORDS = {
    "dict": lambda folder: WORDS,
    "table": lambda folder: pd.DataFrame.from_dict(WORDS, orient="index"),
    "text file": lambda folder: glove(folder, WORDS),
}
WORD_SPLIT = {
    "The late bill, the bill": ["the", "late", "bill", "the", "bill"],
    "PARIS is late!": ["Paris", "late"],
    "paris": ["Paris"],
    "": [],
    "nothing known": [],
}
SOME = list(WORD_SPLIT)


def unit(vector):
    length = np.linalg.norm(vector)
    return vector / length if length else vector


def mean_by_hand(tokens, vectors, weights=None):
    """Sum over tokens of weight times vector, divided by their number."""
    total = np.zeros(len(next(iter(vectors.values()))))
    for token in tokens:
        total += (1 if weights is None else weights[token]) * np.asarray(vectors[token], float)
    return total / max(len(tokens), 1)


def weights_of(encoder):
    """Weight of each token by its name."""
    ids = encoder.tokenizer_.vocabulary_
    return {token: encoder.token_weights_[number] for token, number in ids.items()}


@pytest.mark.parametrize("source", OF_PIECES)
def test_pieces_become_the_mean_of_their_vectors(source, tmp_path):
    encoder = StaticEncoder(OF_PIECES[source](tmp_path))
    expected = [unit(mean_by_hand(pieces, VECTORS)) for pieces in SPLIT.values()]
    encoded = encoder.fit_transform(TEXTS)
    np.testing.assert_allclose(encoded, expected, atol=1e-6)
    np.testing.assert_array_equal(encoder.transform(TEXTS), encoded)
    assert encoded.dtype == np.float32


@pytest.mark.parametrize("vocabulary", ["vectors", "texts"])
@pytest.mark.parametrize("source", OF_WORDS)
def test_words_become_the_mean_of_their_vectors(source, vocabulary, tmp_path):
    encoder = StaticEncoder(OF_WORDS[source](tmp_path), vocabulary=vocabulary, normalize=False)
    expected = [mean_by_hand(words, WORDS) for words in WORD_SPLIT.values()]
    encoded = encoder.fit_transform(SOME)
    np.testing.assert_allclose(encoded, expected, atol=1e-6)
    np.testing.assert_array_equal(encoder.transform(SOME), encoded)
    assert encoder.coverage_ == pytest.approx(8 / 12)


def test_vocabulary_decides_which_words_are_known_later():
    later = ["late in Paris"]
    for vocabulary, known in [("vectors", ["late", "Paris"]), ("texts", ["late"])]:
        encoder = StaticEncoder(WORDS, vocabulary=vocabulary, normalize=False).fit(["so late"])
        np.testing.assert_allclose(encoder.transform(later), [mean_by_hand(known, WORDS)])


@pytest.mark.parametrize("make", [model2vec, sentence_transformers])
@pytest.mark.parametrize("said", [True, False])
@pytest.mark.parametrize("asked", ["auto", True, False])
def test_folder_says_whether_vectors_have_length_one(make, said, asked, tmp_path):
    encoder = StaticEncoder(make(tmp_path, normalize=said), normalize=asked).fit(TEXTS)
    lengths = np.linalg.norm(encoder.transform(TEXTS[:3]), axis=1)
    is_unit = said if asked == "auto" else asked
    assert encoder.normalize_ is is_unit
    assert np.allclose(lengths, 1) == is_unit


def test_half_precision_is_kept_in_the_table_and_left_in_the_means(tmp_path):
    encoder = StaticEncoder(model2vec(tmp_path)).fit(TEXTS)
    assert encoder.vectors_.dtype == np.float16
    assert encoder.transform(TEXTS).dtype == np.float32


def test_truncation_keeps_the_first_numbers_and_their_length_is_one(tmp_path):
    path = model2vec(tmp_path)
    whole = StaticEncoder(path, normalize=False).fit_transform(TEXTS)
    short = StaticEncoder(path, truncate_dim=2).fit(TEXTS)
    np.testing.assert_allclose(short.transform(TEXTS), [unit(row) for row in whole[:, :2]], 1e-5)
    assert short.vectors_.base is None  # the rest of the numbers is not held
    assert list(short.get_feature_names_out()) == ["staticencoder0", "staticencoder1"]


def test_inverse_frequencies_are_those_of_scikit_learn():
    texts = [*SOME, "late", "late"]
    encoder = StaticEncoder(WORDS, weighting="idf", normalize=False).fit(texts)
    theirs = TfidfVectorizer(token_pattern=r"\w+", vocabulary=[w.lower() for w in WORDS])
    idf = dict(zip(WORDS, theirs.fit(texts).idf_, strict=True))
    assert {word: weights_of(encoder)[word] for word in WORDS} == pytest.approx(idf)
    expected = [mean_by_hand(words, WORDS, idf) for words in WORD_SPLIT.values()]
    np.testing.assert_allclose(encoder.transform(SOME), expected, atol=1e-6)


def test_smooth_inverse_frequencies_are_those_of_the_paper():
    encoder = StaticEncoder(
        WORDS, weighting="sif", sif_a=0.1, remove_components=0, normalize=False
    ).fit(SOME)
    counts = {"the": 2, "late": 2, "Paris": 2, "bill": 2}
    weights = {word: 0.1 / (0.1 + n / 8) for word, n in counts.items()}
    assert {word: weights_of(encoder)[word] for word in WORDS} == pytest.approx(weights)
    expected = [mean_by_hand(words, WORDS, weights) for words in WORD_SPLIT.values()]
    np.testing.assert_allclose(encoder.transform(SOME), expected, atol=1e-6)


@pytest.mark.parametrize("n_components", [1, 2])
def test_components_of_the_training_texts_are_projected_out(n_components, tmp_path):
    params = {"weighting": "sif", "normalize": False}
    folder = model2vec(tmp_path)
    before = StaticEncoder(folder, remove_components=0, **params).fit(TEXTS[:3])
    after = StaticEncoder(folder, remove_components=n_components, **params).fit(TEXTS[:3])
    first = np.linalg.svd(before.transform(TEXTS[:3]))[2][:n_components]
    kept = np.eye(DIM) - first.T @ first
    np.testing.assert_allclose(after.transform(TEXTS), before.transform(TEXTS) @ kept, atol=1e-5)


def test_component_is_removed_by_default_with_sif_alone():
    n_removed = {
        weighting: len(StaticEncoder(WORDS, weighting=weighting).fit(SOME).components_)
        for weighting in (None, "idf", "sif")
    }
    assert n_removed == {None: 0, "idf": 0, "sif": 1}


def test_no_more_components_are_removed_than_there_are():
    encoder = StaticEncoder(WORDS, remove_components=9).fit(SOME)
    assert encoder.components_.shape == (2, 2)
    np.testing.assert_allclose(encoder.transform(SOME[3:]), 0)


def test_words_that_no_training_text_has_weigh_most():
    encoder = StaticEncoder(WORDS, weighting="idf").fit(["the late bill", "the bill"])
    weights = weights_of(encoder)
    assert weights["Paris"] > weights["late"] > weights["the"] == weights["bill"]


@settings(max_examples=30, deadline=None)
@given(order=st.permutations(range(len(SOME))), weighting=st.sampled_from(["idf", "sif"]))
def test_weights_do_not_depend_on_the_order_of_the_texts(order, weighting):
    params = {"weighting": weighting, "remove_components": 0}
    encoder = StaticEncoder(WORDS, **params).fit(SOME)
    twin = StaticEncoder(WORDS, **params).fit([SOME[i] for i in order])
    np.testing.assert_array_equal(twin.token_weights_, encoder.token_weights_)
    np.testing.assert_array_equal(twin.transform(SOME), encoder.transform(SOME))


@settings(max_examples=30, deadline=None)
@given(texts=st.lists(st.lists(st.sampled_from([*WORDS, "else"])).map(" ".join)))
def test_weights_are_learned_from_the_training_texts_alone(texts):
    encoder = StaticEncoder(WORDS, weighting="sif").fit(SOME)
    before = encoder.transform(SOME)
    together = encoder.transform([*texts, *SOME])
    np.testing.assert_array_equal(encoder.transform(SOME), before)
    np.testing.assert_allclose(together[len(texts) :], before, atol=1e-6)


@pytest.mark.parametrize("weighting", [None, "idf", "sif"])
def test_texts_without_known_words_are_zeros(weighting):
    encoder = StaticEncoder(WORDS, weighting=weighting).fit(SOME)
    np.testing.assert_array_equal(encoder.transform(["", " \n ", "nothing known", "\ud800"]), 0)


def test_no_text_forges_a_special_token(tmp_path):
    encoder = StaticEncoder(model2vec(tmp_path)).fit(TEXTS)
    text = "late [SEP] [CLS] [UNK] [PAD]"
    forged = {encoder.tokenizer_.vocabulary_[token] for token in PIECES[:4]}
    assert not forged & set(encoder.tokenizer_.transform([text]).ids.tolist())


def test_copies_need_no_file(tmp_path):
    encoder = StaticEncoder(model2vec(tmp_path), weighting="sif").fit(TEXTS)
    encoded = encoder.transform(TEXTS)
    stored = pickle.dumps(encoder)
    shutil.rmtree(tmp_path)
    np.testing.assert_array_equal(pickle.loads(stored).transform(TEXTS), encoded)


def test_clone_learns_anew():
    encoder = StaticEncoder(WORDS, weighting="idf", truncate_dim=1).fit(SOME)
    twin = clone(encoder)
    with pytest.raises(NotFittedError):
        twin.transform(SOME)
    np.testing.assert_array_equal(twin.fit_transform(SOME), encoder.transform(SOME))


def test_tokenizer_can_be_chosen_and_is_not_fitted_itself(tmp_path):
    tokenizer = WordTokenizer(lowercase=False)
    encoder = StaticEncoder(WORDS, tokenizer, normalize=False).fit(SOME)
    assert not hasattr(tokenizer, "vocabulary_")
    np.testing.assert_array_equal(encoder.transform(["paris"]), 0)
    np.testing.assert_allclose(encoder.transform(["Paris"]), [WORDS["Paris"]])
    pieces = PretrainedTokenizer(write_tokenizer(tmp_path / "tokenizer.json"))
    encoded = StaticEncoder(VECTORS, pieces, normalize=False).fit_transform(["parcels"])
    np.testing.assert_allclose(encoded, [(VECTORS["parcel"] + VECTORS["##s"]) / 2], atol=1e-6)


@pytest.fixture(scope="module")
def spread(binary):
    """A vector of its own direction for every word of the texts."""
    words = sorted({word.lower() for text in binary[0] for word in text.split()})
    return dict(zip(words, np.eye(len(words)), strict=True))


def test_pipeline_and_union_take_it(binary, spread):
    texts, labels = binary
    union = make_union(FastTfidfVectorizer(), StaticEncoder(spread))
    assert make_pipeline(union, LogisticRegression()).fit(texts, labels).score(texts, labels) > 0.9


def test_columns_have_names_in_tables():
    frame = pd.DataFrame({"text": SOME, "n": range(len(SOME))})
    encoder = StaticEncoder(WORDS).set_output(transform="pandas")
    columns = make_column_transformer((encoder, "text"), verbose_feature_names_out=False)
    encoded = columns.set_output(transform="pandas").fit_transform(frame)
    assert encoded.columns.tolist() == ["staticencoder0", "staticencoder1"]
    np.testing.assert_array_equal(encoded, StaticEncoder(WORDS).fit_transform(SOME))


def test_classifier_takes_it_as_vectorizer(binary, spread):
    texts, labels = binary
    encoder = StaticEncoder(spread, weighting="idf")
    classifier = TfidfTorchClassifier(
        vectorizer=encoder, loss="focal", max_epochs=20, random_state=0
    )
    assert classifier.fit(texts, labels).score(texts, labels) > 0.9


def test_rows_without_weight_have_no_part_in_the_weights_of_words(binary, spread):
    texts, labels = np.array(binary[0], dtype=object), binary[1]
    encoder = StaticEncoder(spread, weighting="idf")
    classifier = TfidfTorchClassifier(vectorizer=encoder, max_epochs=1, random_state=0)
    kept = np.arange(len(texts)) % 3 > 0
    fitted = classifier.fit(texts, labels, sample_weight=kept.astype(float)).vectorizer_
    alone = clone(encoder).fit(texts[kept])
    np.testing.assert_array_equal(fitted.token_weights_, alone.token_weights_)


def folder_with_layers(folder):
    sentence_transformers(folder)
    text = (folder / "modules.json").read_text()
    (folder / "modules.json").write_text(text.replace("Normalize", "Transformer"))
    return folder


def table_with_nan(folder):
    model2vec(folder)
    table = load_file(folder / "model.safetensors")["embeddings"]
    table[5, 1] = np.nan
    save_file({"embeddings": table}, folder / "model.safetensors")
    return folder


def short_table(folder):
    model2vec(folder)
    save_file({"embeddings": np.ones((5, DIM))}, folder / "model.safetensors")
    return folder


def cut_table(folder):
    path = model2vec(folder) / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-9])
    return folder


def two_tables(folder):
    return model2vec(folder, other=np.ones((5, DIM)))


def without_tokenizer(folder):
    (model2vec(folder) / "tokenizer.json").unlink()
    return folder


WRONG = {
    "layers": (folder_with_layers, ValueError, r"has a module Transformer"),
    "NaN": (table_with_nan, ValueError, r"The vector of 'late' in .* has NaN"),
    "short": (short_table, ValueError, r"a vector for each of the 13 pieces .* it has 5"),
    "cut off": (cut_table, ValueError, r"must be a whole file of safetensors"),
    "two tables": (two_tables, ValueError, r"must have one table.* it has 2"),
    "no tokenizer": (without_tokenizer, FileNotFoundError, r"there is no file .*tokenizer.json"),
    "lone table": (lambda f: pair_of_files(f)[0], ValueError, r"must come with the tokenizer"),
    "three paths": (lambda f: ("a", "b", "c"), TypeError, r"or a pair of the paths"),
    "no file": (lambda f: f / "vectors.txt", FileNotFoundError, r"there is none at"),
    "number": (lambda f: 3, TypeError, r"vectors must be the path.* got int"),
    "strange words": (lambda f: {"zebra": [1.0]}, ValueError, r"None of the tokens"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_sources_are_refused_with_what_to_do(name, tmp_path):
    make, error, message = WRONG[name]
    with pytest.raises(error, match=message):
        StaticEncoder(make(tmp_path)).fit(TEXTS)


def test_tables_of_sub_words_alone_have_no_list_of_words():
    spacy = pytest.importorskip("spacy")
    nlp = spacy.blank("en")
    data = np.random.RandomState(0).standard_normal((8, DIM)).astype(np.float32)
    nlp.vocab.vectors = spacy.vectors.Vectors(
        strings=nlp.vocab.strings, data=data, mode="floret", hash_count=2, minn=2, maxn=3
    )
    with pytest.raises(ValueError, match=r"needs a list of words.*Set vocabulary='texts'"):
        StaticEncoder(nlp).fit(SOME)
    assert StaticEncoder(nlp, vocabulary="texts").fit_transform(SOME).shape == (len(SOME), DIM)


def test_more_numbers_than_there_are_cannot_be_kept():
    with pytest.raises(ValueError, match=r"truncate_dim=3 must be at most 2"):
        StaticEncoder(WORDS, truncate_dim=3).fit(SOME)


@pytest.mark.slow
def test_real_table_gives_what_its_own_pieces_give(wordllama, sms):
    texts = sms[0][:500]
    encoder = StaticEncoder(wordllama).fit(texts)
    table = load_file(wordllama[0])["embedding.weight"].astype(np.float32)
    backend = Tokenizer.from_file(str(wordllama[1]))
    backend.no_padding()
    backend.no_truncation()
    ids = [each.ids for each in backend.encode_batch(texts, add_special_tokens=False)]
    expected = np.stack([unit(table[row].mean(axis=0)) for row in ids])
    np.testing.assert_allclose(encoder.transform(texts), expected, atol=1e-5)
    near = encoder.transform(["Where is my parcel?", "My package is late", "I love this song"])
    assert near[0] @ near[1] > near[0] @ near[2] + 0.2
