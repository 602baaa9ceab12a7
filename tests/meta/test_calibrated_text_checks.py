"""The checks of text classifiers, around a classifier that passes them."""

import pytest
from sklearn import config_context

from sktext import TfidfTorchClassifier
from sktext.meta import CalibratedClassifier
from sktext.testing import text_classifier_checks


def around_texts():
    with config_context(enable_metadata_routing=True):
        asking = TfidfTorchClassifier().set_fit_request(sample_weight=True)
    return CalibratedClassifier(asking, cv=2)


@pytest.mark.slow
@pytest.mark.parametrize(
    "check",
    [
        pytest.param(check, id=name)
        for name, check in text_classifier_checks(around_texts(), slow=False)
    ],
)
def test_passes_the_checks_of_text_classifiers(check):
    check(around_texts())
