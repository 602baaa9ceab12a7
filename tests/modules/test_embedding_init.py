"""Word vectors of every source become the same start of an embedding layer."""

import gzip
import math
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import spacy
import torch
from gensim.models import FastText, KeyedVectors
from gensim.models.fasttext import save_facebook_model
from sklearn.base import clone

from sktext.modules import EmbeddingInit, TrainedVectors

WORDS = ["the", "Paris", "naïve", "😀", "new\u00a0york", "2", "NASA", "bill"]
VOCABULARY = {"the": 2, "paris": 3, "naïve": 4, "😀": 5, "2": 6, "nasa": 7, "parcel": 8}
SENTENCES = [["late", "parcel", "again"], ["wrong", "bill", "again"], ["late", "bill"]] * 20


def vectors_of(words, dim=4):
    values = np.random.RandomState(0).standard_normal((len(words), dim))
    return dict(zip(words, values.astype(np.float32), strict=True))


def lines_of(vectors):
    return "".join(f"{word} {' '.join(map(str, row))}\n" for word, row in vectors.items())


def keyed_vectors(vectors):
    keyed = KeyedVectors(len(next(iter(vectors.values()))))
    keyed.add_vectors(list(vectors), list(vectors.values()))
    return keyed


def spacy_pipeline(vectors):
    nlp = spacy.blank("en")
    for word, row in vectors.items():
        nlp.vocab.set_vector(word, row)
    return nlp


def text_file(vectors, folder, header=False, name="vectors.vec"):
    path = folder / name
    head = f"{len(vectors)} {len(next(iter(vectors.values())))}\n" if header else ""
    path.write_bytes((head + lines_of(vectors)).encode())
    return path


def packed(path):
    path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
    return path.with_name(f"{path.name}.gz")


def binary_file(vectors, folder, end=b""):
    rows = (word.encode() + b" " + row.tobytes() + end for word, row in vectors.items())
    path = folder / "vectors.bin"
    path.write_bytes(b"%d 4\n" % len(vectors) + b"".join(rows))
    return path


def gensim_binary_file(vectors, folder):
    keyed_vectors(vectors).save_word2vec_format(str(folder / "gensim.bin"), binary=True)
    return folder / "gensim.bin"


def crlf_file(vectors, folder):
    path = folder / "windows.txt"
    path.write_bytes(b"\xef\xbb\xbf" + lines_of(vectors).replace("\n", " \r\n").encode())
    return path


SOURCES = {
    "text": text_file,
    "text as str": lambda vectors, folder: str(text_file(vectors, folder)),
    "text with header": lambda vectors, folder: text_file(vectors, folder, header=True),
    "text with byte order mark and CRLF": crlf_file,
    "packed text": lambda vectors, folder: packed(text_file(vectors, folder, header=True)),
    "binary": binary_file,
    "binary with line feeds": lambda vectors, folder: binary_file(vectors, folder, b"\n"),
    "binary of gensim": gensim_binary_file,
    "packed binary": lambda vectors, folder: packed(binary_file(vectors, folder)),
    "dict of lists": lambda vectors, _: {word: row.tolist() for word, row in vectors.items()},
    "dict of tensors": lambda vectors, _: {w: torch.tensor(row) for w, row in vectors.items()},
    "table": lambda vectors, _: pd.DataFrame.from_dict(vectors, orient="index"),
    "gensim": lambda vectors, _: keyed_vectors(vectors),
    "spaCy pipeline": lambda vectors, _: spacy_pipeline(vectors),
    "spaCy vocabulary": lambda vectors, _: spacy_pipeline(vectors).vocab,
}


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_gives_the_same_matrix(source, tmp_path):
    vectors = vectors_of(WORDS)
    expected, expected_found = EmbeddingInit(vectors).build(VOCABULARY)
    init = EmbeddingInit(SOURCES[source](vectors, tmp_path))
    matrix, found = init.build(VOCABULARY)
    np.testing.assert_array_equal(matrix, expected)
    np.testing.assert_array_equal(found, expected_found)
    assert matrix.dtype == np.float32
    assert (init.n_found_, init.coverage_, init.missing_) == (6, 6 / 7, ["parcel"])
    assert init.n_from_subwords_ == 0


@pytest.mark.parametrize("source", SOURCES)
def test_copies_build_the_same(source, tmp_path):
    init = EmbeddingInit(SOURCES[source](vectors_of(WORDS), tmp_path), trainable=3)
    matrix, _ = init.build(VOCABULARY)
    for copy in (clone(init), pickle.loads(pickle.dumps(init))):
        assert copy.get_params()["trainable"] == 3
        np.testing.assert_array_equal(copy.build(VOCABULARY)[0], matrix)


def test_rows_are_the_vectors_and_padding_is_zero():
    vectors = vectors_of(WORDS)
    matrix, found = EmbeddingInit(vectors).build({"bill": 3, "the": 2, "parcel": 4})
    np.testing.assert_array_equal(matrix[2], vectors["the"])
    np.testing.assert_array_equal(matrix[3], vectors["bill"])
    assert not matrix[0].any()
    assert found.tolist() == [False, False, True, True, False]


def test_word_as_written_is_preferred_to_other_cases():
    vectors = {"us": [1.0], "US": [2.0], "Us": [3.0], "NASA": [4.0], "Bonn": [5.0], "BONN": [6.0]}
    matrix, _ = EmbeddingInit(vectors).build({"US": 2, "uS": 3, "nasa": 4, "bonn": 5, "Us": 6})
    assert matrix[2:, 0].tolist() == [2, 1, 4, 5, 3]


def test_without_fallback_only_the_word_as_written_counts():
    init = EmbeddingInit(vectors_of(WORDS), lowercase_fallback=False)
    init.build(VOCABULARY)
    assert init.missing_ == ["paris", "nasa", "parcel"]


def test_missing_words_come_by_their_number_and_are_cut():
    vocabulary = {f"w{row}": row for row in range(202, 2, -1)} | {"the": 2}
    init = EmbeddingInit(vectors_of(WORDS))
    init.build(vocabulary)
    assert init.missing_ == [f"w{row}" for row in range(3, 103)]


def test_random_rows_have_mean_and_spread_of_the_found():
    vectors = {f"w{i}": row for i, row in enumerate(np.random.RandomState(1).randn(500, 3))}
    vectors = {word: row * [1, 5, 0.1] + [0, 7, 1] for word, row in vectors.items()}
    vocabulary = {word: row for row, word in enumerate([*vectors, *map(str, range(5000))], 2)}
    matrix, found = EmbeddingInit(vectors).build(vocabulary)
    np.testing.assert_allclose(
        matrix[1:][~found[1:]].mean(0), matrix[found].mean(0), rtol=0.1, atol=0.05
    )
    np.testing.assert_allclose(matrix[~found].std(0), matrix[found].std(0), rtol=0.1)


def test_seed_decides_the_random_rows_only():
    init = EmbeddingInit(vectors_of(WORDS))
    one, found = init.build(VOCABULARY, seed=1)
    again, _ = init.build(VOCABULARY, seed=1)
    two, _ = init.build(VOCABULARY, seed=2)
    np.testing.assert_array_equal(one, again)
    np.testing.assert_array_equal(one[found], two[found])
    assert (one[~found][1:] != two[~found][1:]).all()


def test_one_found_word_still_spreads_the_random_rows():
    matrix, _ = EmbeddingInit({"a": [1.0, 2.0]}).build({"a": 2, "b": 3, "c": 4})
    assert len(np.unique(matrix[:, 0])) == 5


@pytest.mark.parametrize(("unknown", "expected"), [("zero", [0, 0]), ("mean", [2, 3])])
def test_unknown_rows(unknown, expected):
    init = EmbeddingInit({"a": [1, 2], "b": [3, 4]}, unknown=unknown)
    matrix, _ = init.build({"a": 2, "b": 3, "c": 4})
    assert matrix[[1, 4]].tolist() == [expected, expected]
    assert matrix[0].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("trainable", "epochs"),
    [(True, 0), (False, math.inf), (1, 1), (3, 3), (np.True_, 0), (np.int64(2), 2)],
)
def test_frozen_epochs(trainable, epochs):
    init = EmbeddingInit({"a": [1.0]}).set_params(trainable=trainable)
    init.build({"a": 2})
    assert init.frozen_epochs == epochs


@pytest.mark.parametrize(
    "params",
    [{"trainable": 0}, {"trainable": -1}, {"trainable": 1.5}, {"unknown": "ones"}, {"encoding": 8}],
)
def test_bad_parameters_are_refused(params):
    with pytest.raises(ValueError, match=f"{next(iter(params))!r} parameter of EmbeddingInit"):
        EmbeddingInit({"a": [1.0]}, **params).build({"a": 2})


# Text files -----------------------------------------------------------------------------


def build(path, *words, **params):
    """The rows of some words."""
    init = EmbeddingInit(path, lowercase_fallback=False, **params)
    return init.build({word: row for row, word in enumerate(words, 2)})[0][2:].tolist()


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("2 3\na 1 2 3\nb 4 5 6\n", "b", [4, 5, 6]),  # a header
        ("2 3\na 1\nb 4\n", "2", [3]),  # a word with one number
        ("2 1\na 1\nb 4\n", "b", [4]),
        ("2 3 4\na 1 2\n", "2", [3, 4]),
        ("2 3\nnew york 1 2 3\nb 4 5 6\n", "new york", [1, 2, 3]),
        ("in 2 1 2 3\nb 4 5 6\na 1 2 3\n", "in 2", [1, 2, 3]),  # most lines have three
        (". . . 1 2 3\nb 4 5 6\n", ". . .", [1, 2, 3]),
        ("a\u2028b 1 2\nc\x85 3 4\n", "c\x85", [3, 4]),
        ("a\u00a0b 1 2\n", "a\u00a0b", [1, 2]),
        ("a 1e-3 -2\n\nb 3 4", "b", [3, 4]),
    ],
)
def test_first_line_and_words_with_spaces(text, word, expected, tmp_path):
    (tmp_path / "v.txt").write_bytes(text.encode())
    assert build(tmp_path / "v.txt", word) == [expected]


def test_first_of_duplicate_words_wins(tmp_path):
    (tmp_path / "v.txt").write_text("a 1 2\na 3 4\n")
    assert build(tmp_path / "v.txt", "a") == [[1, 2]]
    table = pd.DataFrame([[1, 2], [3, 4]], index=["a", "a"])
    assert build(table, "a") == [[1, 2]]


def test_encoding_of_a_file(tmp_path):
    (tmp_path / "v.txt").write_bytes("é 1 2\n".encode("latin-1"))
    assert build(tmp_path / "v.txt", "é", encoding="latin-1") == [[1, 2]]


def test_word_that_the_encoding_cannot_write_is_missing(tmp_path):
    (tmp_path / "v.txt").write_text("a 1 2\n")
    assert build(tmp_path / "v.txt", "a", "\ud83d", unknown="zero") == [[1, 2], [0, 0]]


def test_lines_of_other_words_are_not_parsed(tmp_path):
    (tmp_path / "v.txt").write_text("a 1 2\nb no numbers at all\n")
    assert build(tmp_path / "v.txt", "a") == [[1, 2]]


@pytest.mark.parametrize(
    ("line", "came"),
    [("b 1", "1"), ("b 1.0 2.0 3.0", "3"), ("b", "0"), ("b 1 x", "'x' among them")],
)
@pytest.mark.parametrize("header", ["", "3 2\n"])
def test_malformed_line_is_told_with_its_place(line, came, header, tmp_path):
    (tmp_path / "v.txt").write_text(f"{header}a 1 2\nc 3 4\n{line}\n")
    place = rf"v\.txt, line {4 if header else 3}, must be a word and 2 numbers"
    with pytest.raises(ValueError, match=rf"{place}.*after 'b' came {came}\. Mend or drop"):
        build(tmp_path / "v.txt", "a", "b")


@pytest.mark.parametrize("text", ["", "\n\n", "0 300\n", "2 3\n"])
def test_empty_file_is_refused(text, tmp_path):
    (tmp_path / "v.txt").write_text(text)
    with pytest.raises(ValueError, match=r"v\.txt has no word vectors in it"):
        build(tmp_path / "v.txt", "2")


def test_malformed_line_after_a_header_is_measured_by_the_header(tmp_path):
    (tmp_path / "v.txt").write_text("2 3\na 1 2 x\nb 4 5 6\n")
    with pytest.raises(ValueError, match=r"line 2, must be a word and 3 numbers.*'x' among them"):
        build(tmp_path / "v.txt", "a")


def test_file_of_bare_words_is_refused(tmp_path):
    (tmp_path / "v.txt").write_text("the\nof\n")
    with pytest.raises(ValueError, match=r"line 1, must be a word and some numbers"):
        build(tmp_path / "v.txt", "the")


def test_missing_file_is_told():
    with pytest.raises(FileNotFoundError, match=r"there is none at 'no_such\.vec'"):
        build("no_such.vec", "a")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("3 2\na 1 2\nb 3 4\n", "must have 3 vectors, as its first line says; it ends after 2"),
        ("3 2\na 1 2\nb 3 4\nc 5", "the last one, of 'c', has 1"),
        ("3 2\na 1 2\nb 3 4\nc", "the last one, of 'c', has 0"),
        ("a 1 2\nb 3 4\nc 5", "the last one, of 'c', has 1"),
        ("a 1 2 3\nb 3 4 5\nc 5 -", "the last one, of 'c', has 2"),
        ("a 1 2\nb 3 4\nc\n\n", "the last one, of 'c', has 0"),
    ],
)
@pytest.mark.parametrize("is_packed", [False, True])
def test_text_file_cut_off_is_told(content, told, is_packed, tmp_path):
    path = tmp_path / "v.vec"
    path.write_text(content)
    with pytest.raises(ValueError, match=f"{told}.*Fetch the file again"):
        build(packed(path) if is_packed else path, "a")


def test_long_text_file_cut_off_anywhere_is_told(tmp_path):
    vectors = vectors_of([f"word{number}" for number in range(300)])
    whole = text_file(vectors, tmp_path, header=True).read_bytes()
    for share in (0.1, 0.5, 0.9):
        path = tmp_path / "cut.vec"
        path.write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(ValueError, match="Fetch the file again"):
            build(path, "word0")


@pytest.mark.parametrize("name", ["v.vec", "v.bin"])
@pytest.mark.parametrize("end", [-1, -8, -20, 30])
def test_packed_file_cut_off_is_told(name, end, tmp_path):
    vectors = vectors_of([f"word{number}" for number in range(300)])
    make = binary_file if name.endswith("bin") else text_file
    path = packed(make(vectors, tmp_path))
    path.write_bytes(path.read_bytes()[:end])
    with pytest.raises(ValueError, match=r"must be a whole gzip file.*Fetch the file again"):
        build(path, "word0")


# Binary files ---------------------------------------------------------------------------


def test_binary_file_cut_off_is_told(tmp_path):
    path = binary_file(vectors_of(WORDS), tmp_path)
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(ValueError, match=r"must have 8 vectors of 4.*within the 8th"):
        build(path, "the")


def test_binary_file_longer_than_a_chunk(tmp_path, monkeypatch):
    monkeypatch.setattr("sktext._vectors._binary_vectors.CHUNK", 7)
    vectors = vectors_of(WORDS)
    assert build(binary_file(vectors, tmp_path), "bill") == [vectors["bill"].tolist()]


def test_text_file_by_the_name_of_a_binary_one_is_told_and_the_other_way_round(tmp_path):
    path = text_file(vectors_of(WORDS), tmp_path, name="v.bin")
    with pytest.raises(ValueError, match=r"v\.bin must start with .* not end in \.bin"):
        build(path, "the")
    path = binary_file({"the": np.ones(4, dtype=np.float32)}, tmp_path).rename(tmp_path / "v.txt")
    with pytest.raises(ValueError, match=r"v\.txt must be a text file.*must end in \.bin"):
        build(path, "the")


# Other errors ---------------------------------------------------------------------------


def test_dim_that_differs_is_refused(tmp_path):
    path = text_file(vectors_of(WORDS), tmp_path)
    with pytest.raises(ValueError, match=r"dim=5 was asked for.*vectors\.vec have 4 numbers"):
        EmbeddingInit(path).build(VOCABULARY, dim=5)
    assert EmbeddingInit(path).build(VOCABULARY, dim=4)[0].shape == (9, 4)


@pytest.mark.parametrize("source", SOURCES)
def test_no_word_found_is_an_error_that_shows_both_sides(source, tmp_path):
    init = EmbeddingInit(SOURCES[source](vectors_of(WORDS), tmp_path))
    with pytest.raises(ValueError, match=r"None of the 2 tokens .*\['xx', 'yy'\].*Paris"):
        init.build({"yy": 3, "xx": 2})


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        ({}, "empty dict"),
        ({"b": [1.0, 2.0], "a": [1.0]}, r"vector of 'a' .* must be 2 numbers.*shape \(1,\)"),
        ({"a": ["x"]}, "vector of 'a' .* must be 1 numbers"),
        ({"a": [1.0, np.nan]}, "vector of 'a' .* has NaN"),
        (pd.DataFrame(index=["a"]), r"table of shape \(1, 0\)"),
        (spacy.blank("en"), "spaCy vocabulary without vectors"),
    ],
)
def test_bad_vectors_are_refused(vectors, message):
    with pytest.raises(ValueError, match=message):
        EmbeddingInit(vectors).build({"a": 2})


def test_unknown_kind_of_source_is_refused():
    with pytest.raises(TypeError, match=r"vectors must be the path .*; got int"):
        EmbeddingInit(3).build({"a": 2})


@pytest.mark.parametrize("vocabulary", [{"a": 0, "b": 1}, {"a": 2, "b": 4}, {"a": 2, "b": 2}])
def test_vocabulary_with_other_numbers_is_refused(vocabulary):
    with pytest.raises(ValueError, match="must number its 2 words from 2 to 3"):
        EmbeddingInit({"a": [1.0]}).build(vocabulary)
    with pytest.raises(ValueError, match="vocabulary has no words"):
        EmbeddingInit({"a": [1.0]}).build({})


# Sub-words ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fasttext():
    return FastText(
        sentences=SENTENCES, vector_size=6, min_count=1, bucket=100, epochs=1, workers=1, seed=0
    )


@pytest.mark.parametrize("form", ["model", "vectors", "file"])
def test_unknown_words_get_vectors_from_subwords(form, fasttext, tmp_path):
    save_facebook_model(fasttext, str(tmp_path / "fasttext.bin"))
    source = {"model": fasttext, "vectors": fasttext.wv, "file": tmp_path / "fasttext.bin"}[form]
    init = EmbeddingInit(source)
    matrix, found = init.build({"Parcel": 2, "parcels": 3, "bill": 4})
    for row, word in [(2, "parcel"), (3, "parcels"), (4, "bill")]:
        np.testing.assert_allclose(matrix[row], fasttext.wv[word], rtol=1e-6)
    assert found[2:].all()
    assert (init.n_found_, init.n_from_subwords_, init.coverage_) == (3, 1, 1.0)


def test_word_without_any_subword_is_missing(fasttext):
    fasttext.wv.min_n = 4
    init = EmbeddingInit(fasttext.wv)
    init.build({"bill": 2, "x": 3})
    fasttext.wv.min_n = 3
    assert init.missing_ == ["x"]


# Trained vectors ------------------------------------------------------------------------

TRAINED_VOCABULARY = {"late": 2, "parcel": 3, "bill": 4, "again": 5}


@pytest.mark.parametrize("model", ["word2vec", "fasttext"])
def test_trained_vectors_depend_on_the_seed_alone(model):
    init = EmbeddingInit(TrainedVectors(dim=5, model=model, epochs=1))
    assert init.needs_sentences
    one, again, two = (
        clone(init).build(TRAINED_VOCABULARY, sentences=iter(SENTENCES), seed=seed)[0]
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(one, again)
    assert (one[2:] != two[2:]).any()
    assert one.shape == (6, 5)


@pytest.mark.slow
def test_trained_vectors_do_not_depend_on_the_hash_of_words():
    code = (
        "from sktext.modules import TrainedVectors\n"
        f"vectors = TrainedVectors(dim=3).train({SENTENCES[:3]}, set({list(TRAINED_VOCABULARY)}))\n"
        "print(sorted((word, row.tolist()) for word, row in vectors.by_word.items()))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_words_used_alike_get_vectors_alike():
    rng = np.random.RandomState(0)
    words = ["parcel", "late", "lost", "van", "bill", "wrong", "paid", "bank"]
    sentences = [rng.permutation(words[row % 2 * 4 :][:4]).tolist() for row in range(600)]
    vocabulary = {word: row for row, word in enumerate(words, 2)}
    init = EmbeddingInit(TrainedVectors(dim=10, epochs=100))
    matrix, _ = init.build(vocabulary, sentences=sentences)
    rows = matrix[2:] - matrix[2:].mean(axis=0)
    similar = np.corrcoef(rows)
    assert similar[:4, :4].min() > similar[:4, 4:].max()


def test_words_that_the_texts_lack_are_missing():
    init = EmbeddingInit(TrainedVectors(dim=5, epochs=1))
    init.build({"late": 2, "never": 3}, sentences=SENTENCES)
    assert init.missing_ == ["never"]


@pytest.mark.parametrize(
    ("sentences", "message"),
    [(None, "give sentences"), ([], "texts to learn from"), ([["x"]], "texts to learn from")],
)
def test_trained_vectors_need_texts(sentences, message):
    with pytest.raises(ValueError, match=message):
        EmbeddingInit(TrainedVectors(dim=5)).build(TRAINED_VOCABULARY, sentences=sentences)


def test_parameters_of_trained_vectors_can_be_searched():
    init = EmbeddingInit(TrainedVectors()).set_params(vectors__dim=7, trainable=2)
    assert init.get_params()["vectors__dim"] == 7
    with pytest.raises(ValueError, match="'model' parameter of TrainedVectors"):
        init.set_params(vectors__model="glove").build({"late": 2}, sentences=SENTENCES)


def test_missing_gensim_is_told(monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "gensim"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(ImportError, match=r"sktext\[gensim\]"):
        TrainedVectors().train(SENTENCES, {"late"})


# Real vectors ---------------------------------------------------------------------------


def test_published_vectors_are_those_that_gensim_reads(tmp_path):
    folder = os.environ.get("SKTEXT_DATA")
    path = Path(folder or ".") / "fasttext_wiki_news_999x300.vec.gz"
    if not folder or not path.exists():
        pytest.skip(f"{path.name} is not in the folder that SKTEXT_DATA names")
    words = ["The", "man", "woman", "percent", "zxqw"]
    init = EmbeddingInit(path)
    matrix, _ = init.build({word: row for row, word in enumerate(words, 2)})
    # Without a header, gensim opens the file twice and closes it once.
    (tmp_path / "headed").write_bytes(b"999 300\n" + gzip.decompress(path.read_bytes()))
    expected = KeyedVectors.load_word2vec_format(str(tmp_path / "headed"))
    np.testing.assert_array_equal(matrix[2:6], expected[words[:4]])
    assert init.missing_ == ["zxqw"]


@pytest.mark.parametrize("share", [0.01, 0.2, 0.4])
def test_file_of_fasttext_cut_off_is_told(share, tmp_path):
    model = FastText(SENTENCES, vector_size=4, min_count=1, bucket=50, epochs=1, workers=1)
    path = tmp_path / "model.bin"
    save_facebook_model(model, str(path))
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(ValueError, match=r"must be a whole file of fastText.*Fetch the file again"):
        build(path, "late")
