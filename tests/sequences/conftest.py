"""Small networks."""

import pytest
from sklearn.base import clone

from sktext import (
    CNNClassifier,
    FastTextClassifier,
    LSTMClassifier,
    ModuleClassifier,
    SelfAttentionClassifier,
)
from sktext.modules import TextRNN

SMALL = {
    "lstm": LSTMClassifier(8, embedding_dim=8),
    "gru": LSTMClassifier(8, cell="gru", bidirectional=True, embedding_dim=8),
    "cnn": CNNClassifier(n_filters=8, embedding_dim=8),
    "dilated": CNNClassifier(n_filters=8, n_layers=2, dropout=0.1, embedding_dim=8),
    "fasttext": FastTextClassifier(n_buckets=500, embedding_dim=8),
    "self_attention": SelfAttentionClassifier(n_heads=2, hidden_size=8, embedding_dim=8),
    "own": ModuleClassifier(TextRNN, {"hidden_size": 8}, embedding_dim=8),
}


@pytest.fixture(params=SMALL)
def small(request):
    """Each network, small and seeded."""
    return clone(SMALL[request.param]).set_params(random_state=0, max_epochs=3)
