"""Texts in, labels out: tokens, truncation, priors, samplers, searches, attention."""

import pickle
import warnings

import numpy as np
import pytest
from imblearn.over_sampling import SMOTE, RandomOverSampler
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MultiLabelBinarizer
from skorch.callbacks import Callback

from sktext import (
    CNNClassifier,
    FastTextClassifier,
    LSTMClassifier,
    SelfAttentionClassifier,
    TfidfTorchClassifier,
)
from sktext.features import CharacterTokenizer, WordTokenizer
from sktext.losses import LOSSES
from sktext.modules import EmbeddingInit
from sktext.preprocessing import TextCleaner


def tiny(**params):
    return LSTMClassifier(8, embedding_dim=8, random_state=0, **params)


@pytest.mark.slow
def test_networks_learn(small, multiclass):
    texts, labels = multiclass
    clf = small.set_params(max_epochs=30, lr=0.05 if "FastText" in repr(small) else 0.02)
    assert clf.fit(texts, labels).score(texts, labels) > 0.85
    losses = clf.history_[:, "train_loss"]
    assert losses[-1] < 0.5 * losses[0]


def test_text_without_known_token_gets_the_prior(small, multiclass):
    texts, labels = multiclass
    clf = small.fit(texts, labels)
    shares = np.unique(labels, return_counts=True)[1] / len(labels)
    for text in ("", "   ", "zzyzx", "zzyzx qqq " * 50):
        np.testing.assert_allclose(clf.predict_proba([text])[0], shares, atol=1e-6)


def test_empty_texts_among_the_training_texts_do_no_harm(small, multiclass):
    texts, labels = multiclass
    clf = small.fit(["", "!", *texts], ["billing", "billing", *labels])
    assert np.isfinite(clf.predict_proba(["", *texts])).all()


@pytest.mark.parametrize(
    ("truncating", "kept"), [("right", "a b c"), ("left", "d e f"), ("middle", "a b f")]
)
def test_truncation_keeps_the_named_part_and_says_so_once(truncating, kept):
    texts = ["a b c d e f", "a b", "f e d c"]
    clf = tiny(max_length=3, truncating=truncating, max_epochs=1)
    with pytest.warns(UserWarning, match=r"more than max_length=3 tokens are truncated") as got:
        clf.fit(texts, [0, 1, 1])
    assert len(got) == 1
    assert clf.n_truncated_ == 2
    assert clf.tokenize(texts)[0] == kept.split()
    np.testing.assert_array_equal(clf.predict_proba(texts[:1]), clf.predict_proba([kept]))


def test_no_limit_reads_everything():
    clf = tiny(max_length=None, max_epochs=1).fit(["a b c d e f " * 200, "a b"], [0, 1])
    assert clf.n_truncated_ == 0
    assert len(clf.tokenize(["a b " * 1000])[0]) == 2000


@pytest.mark.parametrize(
    "tokenizer",
    ["words", "characters", "bpe", WordTokenizer(lowercase=False), CharacterTokenizer(), str.split],
    ids=str,
)
def test_any_tokenizer_goes(tokenizer, multiclass):
    texts, labels = multiclass
    clf = tiny(tokenizer=tokenizer, max_epochs=1).fit(texts, labels)
    assert clf.net_.module_.embedding.num_embeddings == clf.tokenizer_.n_tokens_
    twin = pickle.loads(pickle.dumps(clf))
    np.testing.assert_array_equal(twin.predict_proba(texts), clf.predict_proba(texts))
    known = [clf.tokenizer_.vocabulary_.get(token, 1) for token in clf.tokenize(texts)[0]]
    np.testing.assert_array_equal(known, clf.tokenizer_.transform(texts)[0])


def test_tokenizer_by_name_takes_parameters(multiclass):
    clf = tiny(max_epochs=1).set_params(tokenizer__max_features=20, tokenizer__min_df=3)
    assert clf.fit(*multiclass).tokenizer_.n_tokens_ == 22


def test_vocabulary_is_of_the_training_part_alone(multiclass):
    texts, labels = multiclass
    marked = [f"{text} only{i}" for i, text in enumerate(texts)]
    clf = tiny(tokenizer="words", max_epochs=1, early_stopping=True, validation_fraction=0.25)
    clf.fit(marked, labels)
    seen = sum(token.startswith("only") for token in clf.tokenizer_.vocabulary_)
    assert abs(seen - 0.75 * len(texts)) <= 2
    late = clf.fit(marked, labels, X_val=["neverseen"], y_val=labels[:1])
    assert "neverseen" not in late.tokenizer_.vocabulary_


@pytest.mark.parametrize("make", [CNNClassifier, LSTMClassifier, SelfAttentionClassifier])
def test_words_of_one_text_are_read_as_unknown_unless_none_recurs(make):
    texts, labels = ["red one", "red two", "blue three", "blue four"], [0, 0, 1, 1]
    clf = make(embedding_dim=8, max_epochs=1, random_state=0)
    assert set(clf.fit(texts, labels).tokenizer_.vocabulary_) == {"red", "blue"}
    assert len(clf.fit([*"abcd"], labels).tokenizer_.vocabulary_) == 4
    assert len(clf.set_params(tokenizer="words").fit(texts, labels).tokenizer_.vocabulary_) == 6
    vectors = {"red": np.ones(8), "one": np.zeros(8)}
    clf.set_params(tokenizer="auto", embedding_init=EmbeddingInit(vectors))
    assert "one" in clf.fit(texts, labels).tokenizer_.vocabulary_


def test_held_out_rows_score_the_same_in_any_order(multiclass):
    texts, labels = multiclass
    clf = tiny(max_epochs=2, scoring="f1_macro")
    order = np.random.RandomState(0).permutation(len(texts))
    scores = [
        clf.fit(texts, labels, X_val=[texts[i] for i in rows], y_val=labels[rows]).history_[
            :, ("valid_loss", "valid_score")
        ]
        for rows in (np.arange(len(texts)), order)
    ]
    np.testing.assert_allclose(*scores, rtol=1e-5)
    assert scores[0][-1][1] == pytest.approx(clf.history_[-1]["valid_score"])


@pytest.mark.parametrize("sampler", ["over", "under", "word_deletion", "balanced_batches"])
def test_samplers_of_rows_and_texts_go(sampler, multiclass):
    texts, labels = multiclass
    clf = tiny(max_epochs=2, sampler=sampler).fit(texts, labels)
    assert np.isfinite(clf.predict_proba(texts)).all()
    counts = clf.class_counts_
    assert counts.max() / counts.min() < 1.2 or sampler == "balanced_batches"


def test_over_sampling_draws_ragged_rows(multiclass):
    clf = tiny(max_epochs=1, sampler=RandomOverSampler()).fit(*multiclass)
    assert len(set(clf.class_counts_)) == 1


def test_sampler_that_makes_numbers_is_refused(multiclass):
    with pytest.raises(ValueError, match="token ids are not"):
        tiny(sampler=SMOTE()).fit(*multiclass)


@pytest.mark.parametrize("name", [n for n in LOSSES if "multiclass" in LOSSES[n]().tasks])
def test_every_loss_trains_a_network(name, multiclass):
    texts, labels = multiclass
    clf = FastTextClassifier(loss=name, embedding_dim=8, n_buckets=100, random_state=0)
    assert np.isfinite(clf.fit(texts, labels).decision_function(texts)).all()


@pytest.mark.parametrize("pooling", ["max", "label_attention"])
def test_multilabel(pooling, multilabel):
    texts, labels = multilabel
    clf = tiny(pooling=pooling, max_epochs=3).fit(texts, labels)
    assert clf.predict_proba(texts).shape == labels.shape


@pytest.mark.slow
def test_search_over_loss_size_and_length_is_the_same_with_two_jobs(multiclass):
    texts, labels = multiclass
    grid = {"loss__gamma": [0.0, 2.0], "hidden_size": [4, 8], "max_length": [8, 400]}
    clf = tiny(loss="focal", max_epochs=2)
    with pytest.warns(UserWarning, match="max_length=8"):
        one = GridSearchCV(clf, grid, cv=2, scoring="neg_log_loss").fit(texts, labels)
    with warnings.catch_warnings():  # processes warn on their own
        warnings.simplefilter("ignore")
        two = GridSearchCV(clf, grid, cv=2, scoring="neg_log_loss", n_jobs=2).fit(texts, labels)
    np.testing.assert_array_equal(
        one.cv_results_["mean_test_score"], two.cv_results_["mean_test_score"]
    )
    assert len(set(one.cv_results_["mean_test_score"])) == 8


def test_pipeline_with_a_cleaner(multiclass):
    texts, labels = multiclass
    model = make_pipeline(TextCleaner(), tiny(max_epochs=2)).fit(texts, labels)
    assert model.predict(texts).shape == (len(texts),)


def test_attention_has_a_weight_for_each_token(multiclass):
    texts, labels = multiclass
    clf = tiny(pooling="attention", bidirectional=True, max_epochs=2).fit(texts, labels)
    some = ["", *texts[:20]]
    for tokens, weights in zip(clf.tokenize(some), clf.attention(some), strict=True):
        assert weights.shape == (len(tokens),)
        assert not len(tokens) or weights.sum() == pytest.approx(1, abs=1e-5)


def test_attention_of_labels_has_a_row_for_each(multilabel):
    texts, labels = multilabel
    clf = tiny(pooling="label_attention", max_epochs=1).fit(texts, labels)
    assert clf.attention(texts[:1])[0].shape == (4, len(clf.tokenize(texts[:1])[0]))


def test_attention_without_it_says_how_to_get_it(multiclass):
    clf = tiny(max_epochs=1).fit(*multiclass)
    assert not hasattr(clf, "attention")
    with pytest.raises(AttributeError) as error:
        clf.attention(["a"])
    assert "fit with pooling='attention'" in str(error.value.__cause__)


def test_attention_is_of_the_fitted_network(multiclass):
    texts, labels = multiclass
    clf = tiny(max_epochs=1, pooling="attention").fit(texts, labels)
    assert len(clf.set_params(pooling="max").attention(texts)) == len(texts)


def test_failed_check_of_the_validation_rows_leaves_the_fitted_model(multiclass):
    texts, labels = multiclass
    clf = tiny(max_epochs=1).fit(texts, labels)
    with pytest.raises(ValueError, match="belong together"):
        clf.fit(texts, labels, X_val=texts)
    assert len(clf.predict(texts)) == len(texts)


def test_bare_word_vectors_are_refused_with_the_remedy(multiclass):
    with pytest.raises(TypeError, match=r"got dict. Wrap it: sktext.modules.EmbeddingInit"):
        tiny(embedding_init={"a": [1.0]}).fit(*multiclass)


def test_kernel_sizes_are_checked(multiclass):
    with pytest.raises(ValueError, match=r"kernel_sizes\[1\] must be an int of at least 1; got 0"):
        CNNClassifier(kernel_sizes=(3, 0)).fit(*multiclass)


class Watch(Callback):
    """Keep the widths of the batches."""

    def on_train_begin(self, net, **kwargs):
        self.widths_ = []

    def on_batch_begin(self, net, batch=None, training=None, **kwargs):
        self.widths_.append(batch[0].x.padded().shape[1])


def test_batches_are_as_wide_as_their_longest_text(rng):
    texts = [" ".join(["word"] * n) for n in rng.randint(1, 100, size=320)]
    clf = tiny(max_epochs=1, callbacks=[Watch()]).fit(texts, np.arange(320) % 2)
    widths = dict(clf.net_.callbacks_)["Watch"].widths_
    assert len(set(widths)) > 5
    assert np.mean(widths) < 70


def test_partial_fit_streams_chunks(small, multiclass):
    texts, labels = multiclass
    chunks = [range(start, start + 60) for start in range(0, 240, 60)]
    small.set_params(lr=0.02)
    for _ in range(10):
        for rows in chunks:
            small.partial_fit([texts[i] for i in rows], labels[rows], classes=np.unique(labels))
    assert small.score(texts, labels) > 0.8


def test_label_sets_of_news_with_label_attention(real_texts):
    news = real_texts("reuters_r90", nrows=600)
    y = MultiLabelBinarizer().fit_transform(news["labels"].str.split(","))
    texts = news["text"].str.slice(0, 200).tolist()
    clf = LSTMClassifier(
        16, pooling="label_attention", embedding_dim=16, max_epochs=3, random_state=0
    ).fit(texts, y)
    assert clf.attention(texts[:1])[0].shape[0] == y.shape[1]
    earn = y.sum(axis=0).argmax()
    proba = clf.predict_proba(texts)[:, earn]
    assert proba[y[:, earn] == 1].mean() > proba[y[:, earn] == 0].mean()


def test_network_and_linear_model_agree_on_spam(sms):
    texts, labels = sms
    linear = TfidfTorchClassifier(random_state=0).fit(texts[:2000], labels[:2000])
    network = FastTextClassifier(n_buckets=10_000, random_state=0).fit(texts[:2000], labels[:2000])
    assert network.score(texts[2000:], labels[2000:]) > 0.97
    agree = network.predict(texts[2000:]) == linear.predict(texts[2000:])
    assert agree.mean() > 0.97
