"""Words and vectors stand side by side, and neither drowns the other."""

import pickle

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from sktext import TfidfTorchClassifier
from sktext.features import HybridVectorizer, SentenceEncoder
from sktext.features._hybrid_vectorizer import total_variance
from sktext.features._word_vectorizers import words, words_and_pairs

TEXTS = ["my refund is late", "parcel", "the invoice is not my parcel", "late late", "my parcel"]


@pytest.fixture
def encoder(tiny_encoder):
    return SentenceEncoder(tiny_encoder("bert", n_positions=512), normalize=True)


@pytest.mark.parametrize(
    ("params", "words"), [({}, words_and_pairs()), ({"vectorizer": "words"}, words())]
)
def test_blocks_are_those_of_their_transformers(params, words, encoder):
    hybrid = HybridVectorizer(**params, encoder=encoder, encoder_weight=0.5)
    X = hybrid.fit_transform(TEXTS)
    words = words.fit_transform(TEXTS)
    expected = sparse.hstack([words, 0.5 * encoder.fit_transform(TEXTS)])
    assert isinstance(X, sparse.csr_matrix)
    assert X.dtype == np.float32
    np.testing.assert_allclose(X.toarray(), expected.toarray(), atol=1e-6)
    np.testing.assert_allclose(hybrid.transform(TEXTS[:2]).toarray(), X[:2].toarray(), atol=1e-6)
    names = hybrid.get_feature_names_out()
    assert len(names) == X.shape[1]
    assert names[0] == "invoice"
    assert names[-1] == "sentenceencoder15"


def test_total_variance_is_the_sum_of_the_variances(rng):
    X = rng.rand(20, 5) * (rng.rand(20, 5) < 0.5)
    assert total_variance(X) == pytest.approx(X.var(axis=0).sum())
    assert total_variance(sparse.csr_matrix(X)) == pytest.approx(X.var(axis=0).sum())


@pytest.mark.parametrize("scale", [False, True])
def test_blocks_have_the_same_variance_whatever_the_scale(scale, encoder):
    encoder.set_params(normalize=scale)
    hybrid = HybridVectorizer("count", encoder)
    X = hybrid.fit_transform(TEXTS)
    of_words, of_vectors = total_variance(X[:, :-16]), total_variance(X[:, -16:])
    assert of_vectors == pytest.approx(of_words, rel=1e-4)
    # Other texts are weighed by what was learned.
    assert hybrid.transform(["unseen"])[:, -16:].toarray() == pytest.approx(
        hybrid.encoder_weight_ * hybrid.encoder_.transform(["unseen"]), rel=1e-5
    )


@pytest.mark.parametrize("texts", [["late"], ["late", "late"]])
def test_blocks_that_do_not_vary_weigh_alike(texts, encoder):
    assert HybridVectorizer(encoder=encoder).fit(texts).encoder_weight_ == 1


def test_any_transformers_are_blocks(encoder):
    dense = make_pipeline(TfidfVectorizer(), TruncatedSVD(2, random_state=0))
    X = HybridVectorizer(dense, encoder).fit_transform(TEXTS)
    assert X.shape == (5, 18)
    dense.set_params(truncatedsvd__n_components=3)
    assert HybridVectorizer("hashing", dense).fit_transform(TEXTS).shape[1] == 2**20 + 3


def test_parts_are_set_by_name(tiny_encoder, binary):
    texts, labels = binary
    clf = TfidfTorchClassifier(vectorizer="hybrid", max_epochs=3, random_state=0)
    clf.set_params(
        vectorizer__encoder__model=tiny_encoder("bert", n_positions=512),
        vectorizer__vectorizer__min_df=2,
    )
    clf.fit(texts, labels)
    assert clf.vectorizer_.vectorizer_.min_df == 2
    assert clf.coef_.shape[1] == len(clf.vectorizer_.get_feature_names_out())
    loaded = pickle.loads(pickle.dumps(clf))
    np.testing.assert_array_equal(loaded.predict(texts), clf.predict(texts))
    assert clone(clf).vectorizer.encoder.model == clf.vectorizer.encoder.model


def test_it_takes_multilabel_targets(encoder, multilabel):
    texts, y = multilabel
    clf = TfidfTorchClassifier(vectorizer=HybridVectorizer(encoder=encoder), max_epochs=3)
    assert clf.fit(texts, y).predict(texts).shape == y.shape


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"encoder_weight": 0.0}, "encoder_weight"),
        ({"encoder_weight": "much"}, "encoder_weight"),
        ({"vectorizer": "wrods"}, "did you mean 'words'"),
        ({"encoder": "sentences"}, "did you mean 'sentence'"),
    ],
)
def test_wrong_parameters_are_named(params, message, encoder):
    with pytest.raises(ValueError, match=message):
        HybridVectorizer(encoder=encoder).set_params(**params).fit(TEXTS)


# -- real texts -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real_hybrid(minilm, tmp_path_factory):
    cache = tmp_path_factory.mktemp("vectors")
    return HybridVectorizer("words", encoder=SentenceEncoder(minilm, cache=cache, dtype="bfloat16"))


def linear(hybrid):
    return make_pipeline(hybrid, LinearSVC(class_weight="balanced", random_state=0))


@pytest.mark.slow
def test_words_and_meaning_beat_words_on_messages(real_hybrid, sms):
    texts, labels = np.array(sms[0], dtype=object), sms[1]
    folds = StratifiedKFold(5, shuffle=True, random_state=0).split(texts, labels)
    scores = [
        f1_score(labels[test], linear(clone(real_hybrid)).fit(texts[train], labels[train])
                 .predict(texts[test]), average="macro")
        for train, test in folds
    ]  # fmt: skip
    assert np.mean(scores) >= 0.98, scores  # words alone: 0.964


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sktext.exceptions.TruncationWarning")
def test_words_and_meaning_beat_both_on_questions(real_hybrid, real_texts):
    frame = real_texts("trec")
    train, test = frame[frame["split"] == "train"], frame[frame["split"] == "test"]
    for model in (linear(clone(real_hybrid)), TfidfTorchClassifier(vectorizer=clone(real_hybrid))):
        model.fit(train["text"], train["label"])
        # Words alone: 0.872, the encoder alone: 0.914.
        assert accuracy_score(test["label"], model.predict(test["text"])) >= 0.935
