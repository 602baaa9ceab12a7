"""Few texts of each class: contrast first, a linear model then."""

import copy
import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from transformers import AutoModel, AutoTokenizer

from sktext import FewShotClassifier, TransformerClassifier
from sktext.features import ContrastiveEncoder
from sktext.losses import LOSSES
from sktext.meta import TunedThresholdsClassifier
from sktext.model_selection import LossSearchCV
from sktext.testing import text_classifier_checks

MONEY = ["my refund is late", "a refund not a parcel", "the payment", "invoice the refund"]
PARCEL = ["my parcel is late", "a parcel not the payment", "the parcel", "parcel the late"]
TEXTS = MONEY + PARCEL
LABELS = np.repeat(["money", "parcel"], 4)
TOPICS = np.repeat([[1, 0, 1], [0, 1, 1]], 4, axis=0)

# What a step that draws batches, and weighs the texts within them, cannot promise.
DRAWS = "texts are drawn in batches, in which a copy is another text"
EXPECTED = {
    "check_weight_two_equals_two_copies": DRAWS,
    "check_weights_of_copies_add_up": DRAWS,
    "check_class_weights_are_sample_weights": "the contrast has weights of texts, not of classes",
    "check_empty_text_gets_the_class_shares": "an encoder has a vector of an empty text, too",
}
CHECKS = text_classifier_checks(FewShotClassifier("a/name"), expected_failed_checks=EXPECTED)


@pytest.fixture
def clf(tiny_encoder):
    return FewShotClassifier(
        tiny_encoder(), n_steps=30, encoder_lr=0.01, device="cpu", random_state=0
    )


@pytest.mark.slow
@pytest.mark.parametrize("check", [check for _, check in CHECKS], ids=[name for name, _ in CHECKS])
def test_it_passes_the_check_of_text_classifiers(check, encoder_of_texts):
    check(FewShotClassifier(encoder_of_texts, n_steps=2, encoder_lr=0.01, device="cpu"))


@pytest.mark.slow
@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_is_learned(loss, clf):
    y = LABELS if "binary" in LOSSES[loss]().tasks else TOPICS
    clf.set_params(loss=loss).fit(TEXTS, y)
    assert np.mean(clf.predict(TEXTS) == y) > 0.8


def test_vectors_are_those_of_the_feature_step(clf):
    clf.fit(TEXTS, LABELS)
    step = ContrastiveEncoder(clf.model, n_steps=30, lr=0.01, device="cpu", random_state=0)
    vectors = step.fit_transform(TEXTS, LABELS)
    np.testing.assert_array_equal(clf.encoder_.transform(TEXTS), vectors)
    logits = vectors @ clf.coef_[0] + clf.intercept_
    np.testing.assert_allclose(clf.decision_function(TEXTS), logits, rtol=1e-4)


@pytest.mark.parametrize("dtype", ["float64", "bfloat16"])
def test_precisions_differ_little(dtype, clf):
    clf.set_params(n_steps=2, weight_decay=0.1)
    plain = clone(clf).fit(TEXTS, LABELS).predict_proba(TEXTS)
    other = clf.set_params(dtype=dtype).fit(TEXTS, LABELS).predict_proba(TEXTS)
    np.testing.assert_allclose(other, plain, atol=0.05)
    assert other.dtype == np.float64


@pytest.mark.slow
def test_several_labels_have_their_thresholds(clf):
    clf.set_params(n_steps=60)
    assert clf.fit(TEXTS, TOPICS).score(TEXTS, TOPICS) == 1
    tuned = TunedThresholdsClassifier(clf, cv=2).fit(TEXTS, TOPICS)
    assert tuned.predict(TEXTS).shape == TOPICS.shape


def test_search_over_losses_tunes_the_encoder_once_per_fold(clf, monkeypatch):
    fits, fit = [], ContrastiveEncoder.fit
    monkeypatch.setattr(
        ContrastiveEncoder, "fit", lambda *args, **kwargs: fits.append(1) or fit(*args, **kwargs)
    )
    LossSearchCV(clf, {"loss": ["cross_entropy", "focal", "hinge"]}, cv=2).fit(TEXTS, LABELS)
    assert len(fits) == 3  # two folds and all texts


@pytest.mark.slow
def test_grid_search_over_parameters_of_the_contrast(clf):
    search = GridSearchCV(clf, {"temperature": [0.1, 1.0], "n_steps": [1, 5]}, cv=2)
    assert search.fit(TEXTS, LABELS).best_params_["n_steps"] in (1, 5)


def test_linear_model_goes_on_and_the_encoder_stays(clf):
    clf.fit(TEXTS, LABELS)
    before = clf.encoder_.transform(TEXTS)
    clf.set_params(warm_start=True).fit(TEXTS, LABELS)
    clf.partial_fit(TEXTS, LABELS)
    np.testing.assert_array_equal(clf.encoder_.transform(TEXTS), before)


def test_tuned_encoder_goes_on_in_a_transformer_classifier(clf):
    clf.fit(TEXTS, LABELS)
    further = TransformerClassifier(clf.encoder_.model_, max_epochs=2, lr=1e-4, random_state=0)
    assert further.fit(TEXTS, LABELS).score(TEXTS, LABELS) == 1


def test_files_of_given_objects_hold_weights_once(clf):
    size = len(pickle.dumps(clf.fit(TEXTS, LABELS)))
    given = AutoModel.from_pretrained(clf.model), AutoTokenizer.from_pretrained(clf.model)
    clf.set_params(model=given).fit(TEXTS, LABELS)
    file = pickle.dumps(clf)
    assert len(file) < 1.1 * size
    assert clf.model is given
    loaded = pickle.loads(file)
    np.testing.assert_array_equal(loaded.predict_proba(TEXTS), clf.predict_proba(TEXTS))
    with pytest.raises(ValueError, match=r"set_params\(model=\(model, tokenizer\)\)"):
        loaded.fit(TEXTS, LABELS)
    assert copy.deepcopy(clf).fit(TEXTS, LABELS).score(TEXTS, LABELS) == 1


def test_one_class_is_refused_with_advice(clf):
    with pytest.raises(ValueError, match="class"):
        clf.fit(TEXTS, ["money"] * 8)


@pytest.mark.slow
def test_eight_texts_of_each_class_of_trec(real_texts, minilm):
    frame = real_texts("trec")
    train, test = (frame[frame["split"] == split] for split in ("train", "test"))
    scores = []
    for seed in range(3):
        some = train.groupby("label").sample(8, random_state=seed)
        clf = FewShotClassifier(minilm, dtype="bfloat16", random_state=seed)
        clf.fit(some["text"].tolist(), some["label"].to_numpy())
        scores.append(clf.score(test["text"].tolist(), test["label"].to_numpy()))
    assert np.mean(scores) >= 0.78
