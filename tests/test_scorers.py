"""Whether a scorer takes the weights of the rows."""

from functools import partial

import pytest
from sklearn.metrics import f1_score, get_scorer, make_scorer

from sktext._scorers import takes_weights
from sktext.metrics import LabelScorer


def plain(estimator, X, y):
    return 1.0


def weighted(estimator, X, y, sample_weight=None):
    return 1.0


def open_to_all(estimator, X, y, **params):
    return 1.0


@pytest.mark.parametrize(
    "scorer",
    [
        weighted,
        open_to_all,
        get_scorer("f1_macro"),
        make_scorer(partial(f1_score, average="macro")),
        make_scorer(lambda y_true, y_pred, **params: 1.0),
        LabelScorer("f1_macro"),
    ],
)
def test_scorers_take_weights_by_name_or_among_any_keywords(scorer):
    assert takes_weights(scorer)


@pytest.mark.parametrize("scorer", [plain, make_scorer(lambda y_true, y_pred: 1.0), max])
def test_other_scorers_take_none(scorer):
    assert not takes_weights(scorer)
