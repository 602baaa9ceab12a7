"""A fit that is interrupted leaves a meta-estimator as it was."""

import pytest
from sklearn.exceptions import NotFittedError

from sktext import TfidfTorchClassifier
from sktext.meta import (
    BalancedTextBagging,
    CalibratedClassifier,
    HierarchicalClassifier,
    LocalHierarchicalClassifier,
    RebalancedClassifier,
    TunedThresholdsClassifier,
)

MODELS = {
    "bagging": BalancedTextBagging,
    "calibrated": CalibratedClassifier,
    "rebalanced": RebalancedClassifier,
    "thresholds": TunedThresholdsClassifier,
    "hierarchy": HierarchicalClassifier,
    "local hierarchy": LocalHierarchicalClassifier,
}


class Interrupted(TfidfTorchClassifier):
    """Classifier whose fit the user interrupts, once some have come to their end."""

    n_left = 0

    def make_module(self, *args):
        Interrupted.n_left -= 1
        if Interrupted.n_left < 0:
            raise KeyboardInterrupt
        return super().make_module(*args)


SEVERAL_FITS = ("bagging", "calibrated", "thresholds")
CASES = [(name, 0) for name in MODELS] + [(name, 1) for name in SEVERAL_FITS]


@pytest.mark.parametrize(("name", "n_whole"), CASES)
def test_nothing_is_half_fitted(name, n_whole, multiclass):
    texts, labels = multiclass
    y = [("all", label) for label in labels] if "hierarchy" in name else labels
    others = [(*path, "more") for path in y] if "hierarchy" in name else [f"new {k}" for k in y]
    clf = MODELS[name](Interrupted(max_epochs=1, random_state=0))
    Interrupted.n_left = n_whole
    with pytest.raises(KeyboardInterrupt):
        clf.fit(texts, y)
    with pytest.raises(NotFittedError):
        clf.predict(texts)
    Interrupted.n_left = 1000
    before = dict(vars(clf.fit(texts, y)))
    Interrupted.n_left = n_whole
    with pytest.raises(KeyboardInterrupt):
        clf.fit(texts, others)
    assert vars(clf) == before
