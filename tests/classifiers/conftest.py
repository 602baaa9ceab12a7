"""Every classifier, small."""

import pytest
from sklearn.base import clone
from somebodys_network import Somebodys

from sktext import (
    CNNClassifier,
    FastTextClassifier,
    LSTMClassifier,
    SelfAttentionClassifier,
    TextClassifier,
    TfidfTorchClassifier,
)

EVERY = {
    "linear": TfidfTorchClassifier(),
    "hidden": TfidfTorchClassifier(hidden_layer_sizes=(8,), dropout=0.2),
    "lstm": LSTMClassifier(8, embedding_dim=8),
    "gru": LSTMClassifier(8, cell="gru", embedding_dim=8),
    "cnn": CNNClassifier(n_filters=8, n_buckets=500, embedding_dim=8),
    "fasttext": FastTextClassifier(n_buckets=500, embedding_dim=8),
    "self_attention": SelfAttentionClassifier(n_heads=2, hidden_size=8, embedding_dim=8),
    "own": TextClassifier(Somebodys, embedding_dim=8),
}


@pytest.fixture(params=EVERY)
def every(request):
    """Each classifier of texts, small and seeded."""
    return clone(EVERY[request.param]).set_params(random_state=0, max_epochs=2)
