"""Vectors of texts are those of the model's own settings, and a transformer of scikit-learn."""

import copy
import pickle
import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, make_pipeline

from sktext import TfidfTorchClassifier
from sktext.exceptions import TruncationWarning
from sktext.features import FastTfidfVectorizer, SentenceEncoder
from sktext.features import _encoding as encoding

FAMILIES = ("bert", "roberta", "xlm-roberta", "distilbert", "deberta", "modernbert", "gpt2")
TEXTS = ["my refund is late", "parcel", "the invoice! is not my parcel, is it", "", "late", "late"]
close = {"atol": 1e-5, "rtol": 0}


def unit(vector):
    return vector / np.linalg.norm(vector)


# -- its vectors ------------------------------------------------------------------------


@pytest.mark.parametrize("family", FAMILIES)
def test_vectors_are_means_of_the_states(family, tiny_encoder, states_of):
    folder = tiny_encoder(family)
    vectors = SentenceEncoder(folder).fit_transform(TEXTS)
    assert vectors.dtype == np.float32
    for text, vector in zip(TEXTS, vectors, strict=True):
        if not text and family == "gpt2":  # it has no token at all
            assert not vector.any()
            continue
        np.testing.assert_allclose(vector, states_of(folder, text).mean(0), **close)


def weighted(states):
    weight = torch.arange(1, len(states) + 1)[:, None]
    return (states * weight).sum(0) / weight.sum()


BY_HAND = {
    "cls_token": lambda states: states[0],
    "mean_tokens": lambda states: states.mean(0),
    "max_tokens": lambda states: states.amax(0),
    "lasttoken": lambda states: states[-1],
    "mean_sqrt_len_tokens": lambda states: states.sum(0) / len(states) ** 0.5,
    "weightedmean_tokens": weighted,
}


@pytest.mark.parametrize("name", BY_HAND)
@pytest.mark.parametrize("normalize", [True, False])
def test_pooling_and_normalization_are_those_of_the_folder(
    name, normalize, sentence_folder, states_of
):
    folder = sentence_folder(poolings=(name,), normalize=normalize)
    vectors = SentenceEncoder(folder).fit_transform(TEXTS[:3])
    for text, vector in zip(TEXTS, vectors, strict=False):
        expected = BY_HAND[name](states_of(folder, text)).numpy()
        np.testing.assert_allclose(vector, unit(expected) if normalize else expected, **close)


def test_several_poolings_are_joined_in_the_order_of_sentence_transformers(
    sentence_folder, states_of
):
    folder = sentence_folder(poolings=("mean_tokens", "max_tokens", "cls_token"), normalize=False)
    vector = SentenceEncoder(folder).fit_transform(TEXTS[:1])[0]
    states = states_of(folder, TEXTS[0])
    expected = torch.cat([states[0], states.amax(0), states.mean(0)])
    np.testing.assert_allclose(vector, expected, **close)


def test_dense_layers_are_behind_the_pooling(sentence_folder, states_of):
    linear = torch.nn.Linear(16, 5)
    folder = sentence_folder(dense=linear)
    encoder = SentenceEncoder(folder)
    vector = encoder.fit_transform(TEXTS[:1])[0]
    with torch.no_grad():
        expected = torch.tanh(linear(states_of(folder, TEXTS[0]).mean(0))).numpy()
    np.testing.assert_allclose(vector, unit(expected), **close)
    assert len(encoder.get_feature_names_out()) == 5
    # A pooling of the user's is that of the encoder alone.
    assert SentenceEncoder(folder, pooling="mean").fit_transform(TEXTS).shape == (6, 16)


def test_parts_that_are_not_read_are_refused(sentence_folder):
    folder = sentence_folder(others=("LSTM",))
    with pytest.raises(ValueError, match=r"parts of the kinds LSTM.*set pooling='mean'"):
        SentenceEncoder(folder).fit(TEXTS)
    SentenceEncoder(folder, pooling="mean").fit(TEXTS)


def test_a_prompt_is_read_with_each_text(sentence_folder, states_of):
    prompts = {"query": "my invoice: ", "other": "the "}
    folder = sentence_folder(prompts=prompts, default_prompt="query", normalize=False)
    expected = {
        "auto": states_of(folder, "my invoice: " + TEXTS[0]).mean(0),
        "other": states_of(folder, "the " + TEXTS[0]).mean(0),
        "late ": states_of(folder, "late " + TEXTS[0]).mean(0),
        None: states_of(folder, TEXTS[0]).mean(0),
    }
    for prompt, vector in expected.items():
        found = SentenceEncoder(folder, prompt=prompt).fit_transform(TEXTS[:1])[0]
        np.testing.assert_allclose(found, vector, **close)


def test_a_prompt_may_be_left_out_of_the_pooling(sentence_folder, states_of):
    folder = sentence_folder(
        prompts={"p": "my "}, default_prompt="p", include_prompt=False, normalize=False
    )
    states = states_of(folder, "my " + TEXTS[0])  # [CLS] my, then the text
    found = SentenceEncoder(folder).fit_transform(TEXTS[:1])[0]
    np.testing.assert_allclose(found, states[2:].mean(0), **close)


@pytest.mark.parametrize(
    ("name", "prompt"),
    [("e5-small-v2", "query: "), ("multilingual-e5-base", "query: "), ("bge-small", ""),
     ("multilingual-e5-large-instruct", ""), ("made5-small", "")],
)  # fmt: skip
def test_the_family_e5_has_its_prompt(name, prompt, tiny_encoder, tmp_path):
    (tmp_path / name).symlink_to(tiny_encoder("bert"))
    assert SentenceEncoder(tmp_path / name).fit(TEXTS).prompt_ == prompt


def test_texts_are_lowercased_if_the_folder_says_so(sentence_folder):
    upper = [text.upper() for text in TEXTS]
    encoder = SentenceEncoder(sentence_folder(lowercase=True)).fit(TEXTS)
    np.testing.assert_allclose(encoder.transform(upper), encoder.transform(TEXTS), **close)


# -- long texts -------------------------------------------------------------------------


def test_long_texts_are_truncated_and_counted(sentence_folder, states_of):
    folder = sentence_folder(max_length=6, normalize=False)
    long = "my refund is late late late late"
    encoder = SentenceEncoder(folder)
    with pytest.warns(TruncationWarning, match="more than 6 tokens are truncated on the right"):
        found = encoder.fit_transform([long, "late", long])
    np.testing.assert_allclose(found[0], states_of(folder, long, 6).mean(0), **close)
    assert encoder.n_truncated_ == 2
    assert encoder.max_length_ == 6


@pytest.mark.parametrize(
    ("truncating", "kept"),
    [("right", "the my refund is"), ("left", "the late not my"), ("middle", "the my refund my")],
)
def test_the_prompt_is_never_truncated(truncating, kept, tiny_encoder, states_of):
    folder = tiny_encoder("bert")
    encoder = SentenceEncoder(folder, prompt="the ", max_length=6, truncating=truncating)
    with pytest.warns(TruncationWarning):
        found = encoder.fit_transform(["my refund is late not my"])[0]
    np.testing.assert_allclose(found, states_of(folder, kept).mean(0), **close)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"max_length": 65}, "must be at most 64, the tokens that the model reads"),
        ({"max_length": 2}, "must be at least 3, as 2 of the tokens are special ones"),
        ({"max_length": 5, "prompt": "my my my "}, "must be at least 6"),
        ({"pooling": "median"}, "pooling"),
        ({"dtype": "int8"}, "dtype"),
        ({"device": "abacus"}, "abacus"),
        ({"normalize": "sometimes"}, "normalize"),
    ],
)
def test_wrong_parameters_are_named(params, message, tiny_encoder):
    with pytest.raises(ValueError, match=message):
        SentenceEncoder(tiny_encoder("bert")).set_params(**params).fit(TEXTS)


@pytest.mark.parametrize("texts", ["one text", [], [None], [["a", "b"]], [1.5]])
def test_what_is_no_text_is_refused(texts, tiny_encoder):
    with pytest.raises((ValueError, TypeError), match="text"):
        SentenceEncoder(tiny_encoder("bert")).fit(texts)


# -- other settings ---------------------------------------------------------------------


def test_vectors_are_shortened_and_scaled_on_request(sentence_folder):
    folder = sentence_folder()
    full = SentenceEncoder(folder).fit_transform(TEXTS)
    short = SentenceEncoder(folder, truncate_dim=4).fit_transform(TEXTS)
    np.testing.assert_allclose(short, full[:, :4], **close)
    scaled = SentenceEncoder(folder, truncate_dim=4, normalize=True).fit_transform(TEXTS)
    np.testing.assert_allclose(scaled[0], unit(full[0, :4]), **close)
    raw = SentenceEncoder(folder, normalize=False).fit_transform(TEXTS)
    np.testing.assert_allclose(unit(raw[0]), full[0], **close)
    assert SentenceEncoder(folder, truncate_dim=40).fit_transform(TEXTS).shape == (6, 16)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_text_alone_is_the_text_among_others(family, tiny_encoder):
    encoder = SentenceEncoder(tiny_encoder(family)).fit(TEXTS)
    texts = [f"my {'late ' * i}{'refund' * (i % 3)}" for i in range(11)]
    together = encoder.set_params(batch_tokens=200).transform(texts)
    alone = np.concatenate([encoder.transform([text]) for text in texts])
    np.testing.assert_allclose(together, alone, **close)
    one_by_one = encoder.set_params(batch_tokens=1).transform(texts)
    np.testing.assert_allclose(one_by_one, alone, **close)


def test_threads_change_no_bit(tiny_encoder, monkeypatch):
    encoder = SentenceEncoder(tiny_encoder("bert"), batch_tokens=30).fit(TEXTS)
    texts = [f"my {'late ' * (i % 9)} parcel{i}" for i in range(40)]
    expected = encoder.transform(texts)
    monkeypatch.setattr(encoding, "n_batches_at_once", lambda *_: 3)
    assert np.array_equal(encoder.transform(texts), expected)


def test_bfloat16_is_close(tiny_encoder):
    encoder = SentenceEncoder(tiny_encoder("bert")).fit(TEXTS)
    exact = encoder.transform(TEXTS)
    half = encoder.set_params(dtype="bfloat16").transform(TEXTS)
    assert half.dtype == np.float32
    np.testing.assert_allclose(half, exact, atol=0.05)
    assert not np.array_equal(half, exact)


def test_global_state_is_left_as_found(tiny_encoder):
    before, threads = torch.get_rng_state(), torch.get_num_threads()
    SentenceEncoder(tiny_encoder("bert")).fit_transform(TEXTS)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.get_num_threads() == threads
    assert not torch.is_autocast_enabled("cpu")


def test_a_bar_is_shown_on_request(tiny_encoder, capsys):
    encoder = SentenceEncoder(tiny_encoder("bert")).fit(TEXTS)
    encoder.transform(TEXTS)
    assert capsys.readouterr().err == ""
    encoder.set_params(verbose=1).transform(TEXTS)
    assert "text" in capsys.readouterr().err


# -- a transformer of scikit-learn ------------------------------------------------------


@pytest.mark.parametrize(
    "container", [list, tuple, np.array, pd.Series, pd.Index, iter, lambda x: np.array(x)[:, None]]
)
def test_texts_may_be_in_any_container(container, tiny_encoder):
    encoder = SentenceEncoder(tiny_encoder("bert")).fit(container(TEXTS))
    np.testing.assert_array_equal(encoder.transform(container(TEXTS)), encoder.transform(TEXTS))


def test_output_may_be_a_table(tiny_encoder):
    encoder = SentenceEncoder(tiny_encoder("bert")).set_output(transform="pandas")
    table = encoder.fit_transform(pd.Series(TEXTS, index=range(5, 11)))
    assert list(table.columns[:2]) == ["sentenceencoder0", "sentenceencoder1"]
    assert table.shape == (6, 16)


def test_it_is_a_step_of_unions_columns_and_pipelines(tiny_encoder):
    folder = tiny_encoder("bert")
    labels = [0, 1, 0, 1, 0, 1]
    union = FeatureUnion([("words", FastTfidfVectorizer()), ("meaning", SentenceEncoder(folder))])
    assert union.fit_transform(TEXTS).shape[1] == len(union.get_feature_names_out())
    table = pd.DataFrame({"text": TEXTS, "length": map(len, TEXTS)})
    columns = make_column_transformer(
        (SentenceEncoder(folder), "text"), ("passthrough", ["length"])
    )
    assert columns.fit_transform(table).shape == (6, 17)
    pipeline = make_pipeline(SentenceEncoder(folder), LogisticRegression()).fit(TEXTS, labels)
    assert len(pipeline.predict(TEXTS)) == 6
    tags = SentenceEncoder().__sklearn_tags__().input_tags
    assert tags.string
    assert not tags.two_d_array


def test_it_is_a_vectorizer_of_the_classifier(tiny_encoder, binary):
    texts, labels = binary
    clf = TfidfTorchClassifier(vectorizer=SentenceEncoder(), random_state=0)
    clf.set_params(
        vectorizer__model=tiny_encoder("bert", n_positions=512), vectorizer__normalize=True
    )
    clf.fit(texts, labels)
    assert clf.coef_.shape == (1, 16)
    loaded = pickle.loads(pickle.dumps(clf))
    np.testing.assert_array_equal(loaded.predict_proba(texts), clf.predict_proba(texts))


# -- copies and pickles -----------------------------------------------------------------


def test_copies_encode_alike(tiny_encoder):
    encoder = SentenceEncoder(tiny_encoder("bert")).fit(TEXTS)
    expected = encoder.transform(TEXTS)
    for copied in (copy.deepcopy(encoder), pickle.loads(pickle.dumps(encoder))):
        np.testing.assert_array_equal(copied.transform(TEXTS), expected)
    assert not hasattr(clone(encoder), "encoder_")


def test_a_pickle_of_objects_holds_the_weights_once(tiny_encoder):
    transformers = pytest.importorskip("transformers")
    folder = tiny_encoder("bert", hidden_size=64)
    model = transformers.AutoModel.from_pretrained(folder)
    pair = (model, transformers.AutoTokenizer.from_pretrained(folder))
    encoder = SentenceEncoder(pair).fit(TEXTS)
    by_name = SentenceEncoder(folder).fit(TEXTS)
    np.testing.assert_allclose(encoder.transform(TEXTS), by_name.transform(TEXTS), **close)
    content = pickle.dumps(encoder)
    assert len(content) < 1.1 * len(pickle.dumps(by_name))
    loaded = pickle.loads(content)
    again = clone(loaded).fit(TEXTS)  # what was loaded can be fitted as well
    np.testing.assert_allclose(again.transform(TEXTS), by_name.transform(TEXTS), **close)


@pytest.mark.slow
def test_a_pickle_needs_no_network_and_no_folder(sentence_folder, tmp_path):
    folder = sentence_folder()
    encoder = SentenceEncoder(folder, cache=tmp_path / "cache").fit(TEXTS)
    path = tmp_path / "encoder.pickle"
    path.write_bytes(pickle.dumps((encoder.set_params(cache=None), encoder.transform(TEXTS))))
    subprocess.run(["rm", "-r", folder], check=True)
    code = f"""
import pickle, socket, numpy as np
def refuse(*args, **kwargs): raise AssertionError("asked the network")
socket.socket.connect = refuse
encoder, expected = pickle.load(open({str(path)!r}, "rb"))
assert np.array_equal(encoder.transform({TEXTS!r}), expected)
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)


# -- the real encoder -------------------------------------------------------------------


@pytest.mark.slow
def test_real_vectors_are_those_of_transformers(minilm, states_of, sms):
    texts = [*sms[0][:30], "", "w" * 300, "😀 中文"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TruncationWarning)
        vectors = SentenceEncoder(minilm).fit_transform(texts)
    for text, vector in zip(texts, vectors, strict=True):
        expected = unit(states_of(minilm, text, 256).mean(0).numpy())
        np.testing.assert_allclose(vector, expected, **close)


@pytest.mark.slow
def test_real_vectors_are_those_of_sentence_transformers(minilm, sms):
    theirs = pytest.importorskip("sentence_transformers")
    model = theirs.SentenceTransformer(minilm, device="cpu", local_files_only=True)
    found = SentenceEncoder(minilm).fit_transform(sms[0][:60])
    np.testing.assert_allclose(found, model.encode(sms[0][:60]), **close)


@pytest.mark.slow
def test_pickle_of_the_real_encoder_is_small(minilm):
    encoder = SentenceEncoder(minilm).fit(["refund"])
    assert len(pickle.dumps(encoder)) <= 87 * 2**20
