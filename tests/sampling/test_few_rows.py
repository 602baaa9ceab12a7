"""Samplers that look for neighbours name the class that has too few rows."""

import numpy as np
import pytest
from imblearn.combine import SMOTEENN, SMOTETomek
from imblearn.over_sampling import (
    ADASYN,
    SMOTE,
    SMOTEN,
    SMOTENC,
    SVMSMOTE,
    BorderlineSMOTE,
    KMeansSMOTE,
)
from sklearn.linear_model import LogisticRegression

from sktext import TfidfTorchClassifier, TorchClassifier
from sktext.meta import RebalancedClassifier

CURES = {
    SMOTE(): "k_neighbors={}",
    SMOTE(k_neighbors=6): "k_neighbors={}",
    SVMSMOTE(): "k_neighbors={}",
    ADASYN(): "n_neighbors={}",
    SMOTEN(): "k_neighbors={}",
    SMOTENC([0]): "k_neighbors={}",
    SMOTEENN(): r"smote=SMOTE\(k_neighbors={}\)",
    SMOTETomek(smote=SMOTE(k_neighbors=5)): "smote__k_neighbors={}",
}


def rows_with_a_rare_class(n_rare, rng):
    y = np.repeat(["often", "some", "rare"], [60, 40, n_rare])
    X = rng.normal(size=(len(y), 4))
    X[:, 0] = X[:, 0] > 0
    return X, y


@pytest.mark.parametrize("n_rare", [1, 2, 5])
@pytest.mark.parametrize("sampler", CURES, ids=repr)
@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::FutureWarning")
def test_class_with_too_few_rows_is_named_with_the_cure(sampler, n_rare, rng):
    X, y = rows_with_a_rare_class(n_rare, rng)
    rows = "1 row" if n_rare == 1 else f"{n_rare} rows"
    cure = f"set {CURES[sampler].format(n_rare - 1)}" if n_rare > 1 else "copy its rows"
    for clf in (
        TorchClassifier(sampler=sampler, max_epochs=1),
        RebalancedClassifier(LogisticRegression(), sampler=sampler),
    ):
        with pytest.raises(ValueError, match=rf"too few has 'rare' \({rows}\).*{cure}"):
            clf.fit(X, y)


def test_borderline_rows_and_clusters_are_too_few(rng):
    X, y = rows_with_a_rare_class(5, rng)
    for sampler, message in (
        (BorderlineSMOTE(), r"'rare' \(5 rows\)"),
        (KMeansSMOTE(), r"no cluster with enough rows of the class 'rare' \(5 rows\)"),
    ):
        with pytest.raises(ValueError, match=message):
            TorchClassifier(sampler=sampler).fit(X, y)


def test_cure_works(rng):
    X, y = rows_with_a_rare_class(3, rng)
    clf = TorchClassifier(sampler=SMOTE(k_neighbors=2), max_epochs=1).fit(X, y)
    assert clf.classes_.tolist() == ["often", "rare", "some"]


def test_class_of_texts_is_named(multiclass):
    texts, y = multiclass
    y = np.where(np.arange(len(y)) == 3, "rare", y)
    with pytest.raises(ValueError, match=r"too few has 'rare' \(1 row\)"):
        TfidfTorchClassifier(sampler=SMOTE()).fit(texts, y)
