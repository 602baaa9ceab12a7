"""Words and vectors stand side by side, and neither block drowns the other."""

import pickle

import numpy as np
import pytest
from scipy import sparse
from sklearn.metrics import f1_score
from sklearn.model_selection import GridSearchCV
from sklearn.svm import LinearSVC

from sktext import TfidfTorchClassifier
from sktext.features import FastTfidfVectorizer, HybridVectorizer, SentenceEncoder

pytest.importorskip("transformers")


@pytest.fixture
def encoder(tiny_encoder):
    return SentenceEncoder(tiny_encoder(n_positions=256))


def test_columns_are_those_of_both_parts(encoder, binary):
    texts, _ = binary
    words, vectors = FastTfidfVectorizer(), encoder.fit_transform(texts)
    rows = HybridVectorizer(FastTfidfVectorizer(), encoder, 0.5).fit_transform(texts)
    expected = sparse.hstack([words.fit_transform(texts), 0.5 * vectors])
    np.testing.assert_allclose(rows.toarray(), expected.toarray(), atol=1e-6)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_blocks_vary_alike_whatever_their_scale(scale, binary):
    class Scaled:
        def get_params(self, deep=True):
            return {}

        def fit_transform(self, texts, y=None):
            return scale * np.random.RandomState(0).randn(len(texts), 5)

        def transform(self, texts):
            raise NotImplementedError

    texts, _ = binary
    hybrid = HybridVectorizer(encoder=Scaled())
    rows = hybrid.fit_transform(texts)
    variances = rows.toarray().var(axis=0)
    assert variances[:-5].sum() == pytest.approx(variances[-5:].sum(), rel=1e-4)


def test_rows_of_new_texts_are_weighed_alike_and_survive_a_pickle(encoder, binary):
    texts, _ = binary
    hybrid = HybridVectorizer(encoder=encoder).fit(texts)
    rows = hybrid.transform(texts[:5])
    expected = HybridVectorizer(encoder=encoder).fit_transform(texts)[:5]
    np.testing.assert_allclose(rows.toarray(), expected.toarray(), atol=1e-6)
    again = pickle.loads(pickle.dumps(hybrid)).transform(texts[:5])
    np.testing.assert_array_equal(again.toarray(), rows.toarray())
    assert len(hybrid.get_feature_names_out()) == rows.shape[1]


def test_classifier_takes_it_by_name_and_searches_its_parts(tiny_encoder, binary):
    texts, y = binary
    clf = TfidfTorchClassifier(vectorizer="hybrid", random_state=0)
    clf.set_params(vectorizer__encoder__model=tiny_encoder(n_positions=256))
    grid = {"vectorizer__encoder_weight": [0.5, "auto"], "loss": ["focal"]}
    search = GridSearchCV(clf, grid, cv=2).fit(texts, y)
    assert search.score(texts, y) > 0.9


@pytest.mark.slow
def test_together_they_beat_either_on_questions(minilm, real_texts):
    frame = real_texts("trec")
    train, test = (frame[frame["split"] == name] for name in ("train", "test"))

    def score(vectorizer):
        rows = vectorizer.fit_transform(train["text"].tolist())
        model = LinearSVC(class_weight="balanced", random_state=0).fit(rows, train["label"])
        predicted = model.predict(vectorizer.transform(test["text"].tolist()))
        return f1_score(test["label"], predicted, average="micro")

    encoder = SentenceEncoder(minilm, dtype="bfloat16", cache=True)
    words = FastTfidfVectorizer(sublinear_tf=True)
    together = score(HybridVectorizer(words, encoder))
    assert together > max(score(words), score(encoder)) + 0.01
    assert together > 0.93
