"""Numbers with labels, two classes and three."""

import numpy as np
import pytest
from sklearn.datasets import make_classification, make_multilabel_classification


@pytest.fixture
def labels():
    X, y = make_multilabel_classification(200, n_classes=4, random_state=0)
    y[:, 3] &= np.arange(200) % 4 == 0
    return X, y


@pytest.fixture
def numbers():
    X, y = make_classification(400, weights=[0.85], flip_y=0.1, random_state=0)
    return X, np.array(["no", "yes"])[y]


@pytest.fixture
def classes():
    X, y = make_classification(
        400, n_classes=3, n_informative=6, weights=[0.8, 0.15], flip_y=0.1, random_state=0
    )
    return X, np.array(["a", "b", "c"])[y]
