"""weight_decay="auto" follows the data and costs little, and its probabilities are not too sure."""

import pickle

import numpy as np
import pytest
import torch
from scipy import sparse
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from sktext import TfidfTorchClassifier, TorchClassifier
from sktext._training import _runs
from sktext._training._held_out_rows import as_if_learned_apart, divide_by_content
from sktext._training._judged_labels import MAX_LABELS, labels_to_judge
from sktext.datasets import make_imbalanced_texts
from sktext.features import FastTfidfVectorizer
from sktext.metrics import expected_calibration_error
from sktext.model_selection import LossSearchCV
from sktext.modules import MLP, SparseRows


def noisy(labels, fraction, rng):
    flipped = rng.uniform(size=len(labels)) < fraction
    return np.where(flipped, rng.permutation(labels), labels)


def test_noisy_labels_get_a_stronger_decay_than_clear_ones(rng):
    texts, labels = make_imbalanced_texts(600, difficulty=0.2, random_state=0)
    clear = TfidfTorchClassifier(random_state=0).fit(texts, labels)
    noise = clone(clear).fit(texts, noisy(labels, 0.6, rng))
    assert noise.weight_decay_ > 5 * clear.weight_decay_


def made_of_topics(n_labels, rng, noise=0.0):
    """Texts of several topics each, whose words say which, but for noise in the labels."""
    y = (rng.uniform(size=(800, n_labels)) < np.geomspace(0.4, 0.03, n_labels)).astype(int)
    texts = [
        " ".join(f"t{topic}w{rng.randint(8)}" for topic in np.flatnonzero(row) for _ in range(3))
        + " "
        + " ".join(f"w{i}" for i in rng.randint(300, size=8))
        for row in y
    ]
    return texts, np.where(rng.uniform(size=y.shape) < noise, rng.permutation(y), y)


@pytest.mark.parametrize("n_labels", [3, MAX_LABELS + 7])
@pytest.mark.parametrize("loss", ["cross_entropy", "hinge", "distribution_balanced"])
def test_noise_in_several_labels_gets_a_stronger_decay(rng, n_labels, loss):
    clf = TfidfTorchClassifier(loss=loss, random_state=0)
    clear = clone(clf).fit(*made_of_topics(n_labels, np.random.RandomState(0)))
    noise = clone(clf).fit(*made_of_topics(n_labels, np.random.RandomState(0), noise=0.4))
    assert noise.weight_decay_ > 3 * clear.weight_decay_


def test_several_labels_are_fitted_as_by_logistic_regression_of_each(rng):
    texts, y = made_of_topics(MAX_LABELS + 4, rng, noise=0.05)
    y = np.maximum(y, np.eye(len(y), y.shape[1], dtype=int))
    clf = TfidfTorchClassifier(random_state=0, dtype="float64").fit(texts, y)
    C = 1 / (clf.weight_decay_ * len(texts))
    X = clf.vectorizer_.transform(texts)
    scale = None
    for label in range(y.shape[1]):
        peer = LogisticRegression(C=C, max_iter=1000, tol=1e-8).fit(X, y[:, label])
        ours, theirs = clf.decision_function(texts)[:, label], peer.decision_function(X)
        slope = (ours @ theirs) / (theirs @ theirs)
        scale = slope if scale is None else scale
        assert slope == pytest.approx(scale, rel=0.02)  # one for all labels, of held-out rows
        np.testing.assert_allclose(ours, slope * theirs, atol=0.02 * np.abs(ours).max())


@pytest.mark.parametrize(
    "weights", [{"class_weight": "balanced"}, {"loss": "bce", "loss__pos_weight": "number"}]
)
def test_weights_of_labels_go_with_those_that_choose(rng, weights):
    texts, y = made_of_topics(MAX_LABELS + 7, rng, noise=0.2)
    if "loss__pos_weight" in weights:
        weights = weights | {"loss__pos_weight": np.linspace(1, 20, y.shape[1])}
    y[::7, ::3] = -1
    clf = TfidfTorchClassifier(random_state=0).set_params(**weights).fit(texts, y)
    order = rng.permutation(y.shape[1])
    if "loss__pos_weight" in weights:
        weights = weights | {"loss__pos_weight": weights["loss__pos_weight"][order]}
    other = clone(clf).set_params(**weights).fit(texts, y[:, order])
    assert other.weight_decay_ == pytest.approx(clf.weight_decay_, rel=0.01)
    np.testing.assert_allclose(
        other.predict_proba(texts), clf.predict_proba(texts)[:, order], atol=0.02
    )


def test_labels_that_judge_are_of_all_frequencies():
    target = np.tril(np.ones((40, 40), int))  # label k is in 40 - k rows
    columns = labels_to_judge(target)
    assert (columns[0], len(columns)) == (0, MAX_LABELS)
    assert columns[-1] == 32  # of eight rows
    np.testing.assert_array_equal(labels_to_judge(target[:, :3]), [0, 1, 2])
    rare = np.zeros((40, 20), int)
    rare[0, :12] = 1
    assert len(labels_to_judge(rare)) == MAX_LABELS


def test_losses_that_join_labels_keep_a_constant(rng):
    texts, y = made_of_topics(MAX_LABELS + 7, rng)
    clf = TfidfTorchClassifier(loss="zlpr", random_state=0).fit(texts, y)
    assert clf.weight_decay_ == pytest.approx(1e-6)


@pytest.mark.parametrize("value", [0.0, 3e-4])
def test_a_number_stays_that_number(multiclass, value):
    assert TfidfTorchClassifier(weight_decay=value).fit(*multiclass).weight_decay_ == value


@pytest.mark.parametrize("task", ["binary", "multiclass", "multilabel"])
def test_the_choice_is_the_same_in_any_order_of_the_rows(request, task, rng):
    texts, labels = request.getfixturevalue(task)
    texts, labels = np.array(texts, dtype=object), np.asarray(labels)
    clf = TfidfTorchClassifier(random_state=0).fit(texts, labels)
    again = clone(clf).fit(texts, labels)
    np.testing.assert_array_equal(again.coef_, clf.coef_)
    order = rng.permutation(len(texts))
    shuffled = clone(clf).fit(texts[order], labels[order])
    assert shuffled.weight_decay_ == pytest.approx(clf.weight_decay_)
    np.testing.assert_allclose(
        shuffled.predict_proba(texts[:20]), clf.predict_proba(texts[:20]), atol=0.01
    )


def test_validation_rows_have_no_part_in_the_choice(multiclass, rng):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(random_state=0).fit(texts, labels)
    other = clone(clf).fit(texts, labels, X_val=texts, y_val=rng.permutation(labels))
    assert other.weight_decay_ == clf.weight_decay_


def test_few_rows_have_the_decay_of_scikit_learns_c_10(binary):
    texts, labels = binary
    few = TfidfTorchClassifier(random_state=0).fit(texts[:30], labels[:30])
    assert few.weight_decay_ == pytest.approx(0.1 / 30, rel=1e-4)


def test_copies_and_weights_change_nothing(multiclass):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(random_state=0).fit(texts, labels)
    n_copies = np.random.RandomState(0).randint(1, 4, len(texts))
    # The features of both are learned from copies, which count as documents.
    features = clf.vectorizer_.transform(texts)
    clf = TorchClassifier(dtype="float64", random_state=0)
    weighted = clone(clf).fit(features, labels, n_copies)
    copied = clone(clf).fit(
        features[np.repeat(np.arange(len(texts)), n_copies)], np.repeat(labels, n_copies)
    )
    assert weighted.weight_decay_ == pytest.approx(copied.weight_decay_)
    np.testing.assert_allclose(weighted.coef_, copied.coef_, atol=1e-4)
    scaled = clone(clf).fit(features, labels, 7.0 * n_copies)
    assert scaled.weight_decay_ == pytest.approx(copied.weight_decay_)


def test_rows_of_a_sampler_do_not_look_as_if_they_were_new(rng):
    texts, labels = make_imbalanced_texts(600, n_classes=2, imbalance=8, random_state=0)
    labels = noisy(np.asarray(labels), 0.3, rng)
    plain = TfidfTorchClassifier(class_weight="balanced", random_state=0).fit(texts, labels)
    drawn = TfidfTorchClassifier(sampler="over", random_state=0).fit(texts, labels)
    assert drawn.weight_decay_ > plain.weight_decay_ / 4


def test_the_decay_grows_with_the_rows_squared(multiclass):
    texts, labels = multiclass
    features = TfidfTorchClassifier(random_state=0).fit(texts, labels).vectorizer_.transform(texts)
    plain = TorchClassifier(random_state=0).fit(features, labels)
    large = TorchClassifier(random_state=0).fit(features * 10, labels)
    assert large.weight_decay_ == pytest.approx(100 * plain.weight_decay_, rel=1e-3)


def test_a_warm_start_and_a_file_keep_the_choice(multiclass):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(warm_start=True, random_state=0).fit(texts, labels)
    chosen, before = clf.weight_decay_, clf.decision_function(texts)
    loaded = pickle.loads(pickle.dumps(clf))
    assert loaded.weight_decay_ == chosen
    for one in (clf, loaded):
        one.fit(texts, labels)
        assert one.weight_decay_ == chosen
        np.testing.assert_allclose(one.decision_function(texts), before, atol=0.3)


def rows_read(clf, X, y, monkeypatch):
    """Fit, and count the rows that the network has read."""
    n_rows, forward = [0], MLP.forward

    def counted(self, x):
        n_rows[0] += len(x)
        return forward(self, x)

    with monkeypatch.context() as patch:
        patch.setattr(MLP, "forward", counted)
        clf.fit(X, y)
    return n_rows[0]


@pytest.mark.parametrize(
    ("name", "column"),
    [("trec", "label"), ("trec", "fine_label"), ("financial_phrasebank", "label")],
)
def test_the_choice_costs_at_most_two_more_fits(real_texts, monkeypatch, name, column):
    frame = real_texts(name).drop_duplicates("text")
    texts, labels = frame["text"].tolist(), frame[column].to_numpy()
    clf = TfidfTorchClassifier(random_state=0)
    chosen = rows_read(clf, texts, labels, monkeypatch)
    fixed = clone(clf).set_params(weight_decay=clf.weight_decay_, max_epochs=50)
    assert chosen <= 3 * rows_read(fixed, texts, labels, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sms_spam", "financial_phrasebank", "trec", "imdb_10k"])
def test_probabilities_of_real_texts_are_calibrated_by_default(real_texts, name):
    frame = real_texts(name).drop_duplicates("text")
    texts, labels = frame["text"].tolist(), frame["label"].to_numpy()
    train, test, y_train, y_test = train_test_split(
        texts, labels, test_size=0.25, stratify=labels, random_state=0
    )
    clf = TfidfTorchClassifier(random_state=0).fit(train, y_train)
    right = clf.predict(test) == y_test
    confidence = clf.predict_proba(test).max(axis=1)
    assert expected_calibration_error(right, confidence) < 0.04


def test_each_class_is_divided_alike(rng):
    target = np.repeat([0, 1, 2], [100, 20, 2])
    x = torch.tensor(rng.uniform(size=(len(target), 5)))
    division = divide_by_content(x, target)
    assert np.bincount(target, division.held_out).tolist() == [25, 5, 0]
    assert division.n_distinct == len(target)
    (kept, no_weight), (held_out, _) = division.parts(None)
    assert no_weight is None
    assert sorted([*kept, *held_out]) == list(range(len(target)))


def test_a_few_copies_stay_together_and_many_are_divided():
    x = torch.arange(41.0)[:, None].repeat(1, 2)
    x = torch.cat([x, x[:5], x[40:].repeat(60, 1)])
    held_out = divide_by_content(x, np.zeros(len(x), int)).held_out
    assert held_out[:5].tolist() == held_out[41:46].tolist()
    assert set(held_out[:40]) == {0.0, 1.0}
    assert set(held_out[46:]) == {0.25}


def test_columns_that_kept_rows_have_too_rarely_are_empty_in_all_parts():
    kept = SparseRows.from_csr(sparse.csr_array([[3.0, 4.0], [1.0, 0.0]]), torch.float32)
    held_out = SparseRows.from_csr(sparse.csr_array([[0.0, 2.0]]), torch.float32)
    parts = as_if_learned_apart([kept, held_out], np.array([1, 2]))
    assert parts[0].values.tolist() == [5.0, 0.0, 1.0]
    assert parts[1].values.tolist() == [0.0]


class WithLengths(FastTfidfVectorizer):
    """A vectorizer of your own, with a column beside the terms."""

    def fit_transform(self, raw_documents, y=None):
        return self._with_lengths(super().fit_transform(raw_documents), raw_documents)

    def transform(self, raw_documents):
        return self._with_lengths(super().transform(raw_documents), raw_documents)

    def _with_lengths(self, X, texts):
        lengths = np.array([[len(text) / 100] for text in texts])
        return sparse.hstack([X, lengths], format="csr")


def test_a_vectorizer_of_your_own_may_have_columns_beside_its_terms(multiclass):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(WithLengths(min_df=2), random_state=0).fit(texts, labels)
    assert clf.coef_.shape[1] == len(clf.vectorizer_.vocabulary_) + 1
    assert clf.score(texts, labels) > 0.8


def test_candidates_of_a_search_share_the_division_of_the_rows(multiclass, monkeypatch):
    n_divided, plain = [], _runs.divide_by_content

    def counted(*given):
        n_divided.append(len(given))
        return plain(*given)

    monkeypatch.setattr(_runs, "divide_by_content", counted)
    grid = {"loss": ["cross_entropy", "focal", "hinge"], "class_weight": [None, "balanced"]}
    LossSearchCV(TfidfTorchClassifier(random_state=0), grid, cv=2, refit=False).fit(*multiclass)
    assert len(n_divided) == 2  # one for each fold
