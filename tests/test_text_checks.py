"""Every text classifier passes the public checks."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from torch import nn

from sktext import (
    AutoTextClassifier,
    CNNClassifier,
    FastTextClassifier,
    LSTMClassifier,
    ModuleClassifier,
    SelfAttentionClassifier,
    TfidfTorchClassifier,
)
from sktext.losses import FocalLoss
from sktext.testing import text_classifier_checks

HASHING = HashingVectorizer(n_features=4096, dtype=np.float32)
DOCUMENTS = {
    "check_weight_two_equals_two_copies": "document frequencies count documents, not weights"
}
TOKENS = {"check_weight_two_equals_two_copies": "tokens are numbered by their count in the texts"}
CHARACTERS = TOKENS | {"check_blank_texts_are_alike": "a space is a character like any other"}
SCIKIT_LEARN = {
    "check_column_of_texts_is_a_container": "vectorizers of scikit-learn take one dimension",
    "check_non_texts_are_refused_by_place": "its vectorizers do not say where",
    "check_shapes_that_are_no_texts_are_refused": "its vectorizers speak of the vocabulary",
    "check_fit_leaves_its_arguments_alone": "a Pipeline copies its list of steps",
    "check_tags_tell_of_texts": "a Pipeline passes no tag of texts on",
}


class Bag(nn.Module):
    """Somebody's own network."""

    def __init__(self, n_tokens, n_outputs, embedding_dim):
        super().__init__()
        self.embedding = nn.Embedding(n_tokens, embedding_dim, padding_idx=0)
        self.head = nn.Linear(embedding_dim, n_outputs)

    def forward(self, ids):
        return self.head(self.embedding(ids).sum(dim=1))


# Each with the checks that it is known to fail, and why.
CLASSIFIERS = [
    (TfidfTorchClassifier(), DOCUMENTS),
    (TfidfTorchClassifier(loss=FocalLoss(gamma=1.0), optimizer="adagrad", max_epochs=2), DOCUMENTS),
    (TfidfTorchClassifier(HASHING, sampler="over", max_epochs=2), {}),
    (
        TfidfTorchClassifier(
            class_weight="balanced", early_stopping=True, optimizer="adam", max_epochs=2
        ),
        DOCUMENTS,
    ),
    (make_pipeline(TfidfVectorizer(), LogisticRegression()), SCIKIT_LEARN),
    (LSTMClassifier(8, embedding_dim=8, max_epochs=2), TOKENS),
    (CNNClassifier(n_filters=8, embedding_dim=8, max_epochs=2), TOKENS),
    (FastTextClassifier(n_buckets=500, embedding_dim=8, max_epochs=2), TOKENS),
    (ModuleClassifier(Bag, embedding_dim=8, max_epochs=2), TOKENS),
]
# Others of the same classes, checked by the slow suite.
VARIANTS = [
    (TfidfTorchClassifier(vectorizer="count", max_epochs=2), {}),
    # With time for one candidate only, which is always the same.
    (AutoTextClassifier(time_limit=1e-3, cv=2), {}),
    (TfidfTorchClassifier(hidden_layer_sizes=(8,), dropout=0.2, max_epochs=2), DOCUMENTS),
    (TfidfTorchClassifier(loss="hinge", optimizer="adagrad", max_epochs=2), DOCUMENTS),
    (TfidfTorchClassifier(HASHING, optimizer="adamw", max_epochs=2), {}),
    (LSTMClassifier(8, cell="gru", embedding_dim=8, pooling="attention", max_epochs=2), TOKENS),
    (CNNClassifier(n_filters=8, n_layers=2, embedding_dim=8, max_epochs=2), TOKENS),
    (SelfAttentionClassifier(n_heads=2, hidden_size=8, embedding_dim=8, max_epochs=2), TOKENS),
    (LSTMClassifier(8, tokenizer="characters", embedding_dim=8, max_epochs=1), CHARACTERS),
    (FastTextClassifier(tokenizer="bpe", n_buckets=500, embedding_dim=8, max_epochs=2), TOKENS),
]


def pairs(classifiers, *, slow):
    return [
        pytest.param(clf, check, id=f"{number}-{type(clf).__name__}-{name}")
        for number, (clf, expected) in enumerate(classifiers)
        for name, check in text_classifier_checks(clf, expected_failed_checks=expected)
        if slow == (name == "check_search_in_processes")
    ]


@pytest.mark.parametrize(("clf", "check"), pairs(CLASSIFIERS, slow=False))
def test_classifier_passes_the_check(clf, check):
    check(clf)


@pytest.mark.slow
@pytest.mark.parametrize(("clf", "check"), pairs(VARIANTS, slow=False))
def test_variant_passes_the_check(clf, check):
    check(clf)


@pytest.mark.slow
@pytest.mark.parametrize(("clf", "check"), pairs(CLASSIFIERS + VARIANTS, slow=True))
def test_classifier_passes_the_slow_check(clf, check):
    check(clf)
