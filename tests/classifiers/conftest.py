"""Every classifier, small."""

import pytest
from sklearn.base import clone
from torch import nn

from sktext import (
    CNNClassifier,
    FastTextClassifier,
    LSTMClassifier,
    SelfAttentionClassifier,
    TextClassifier,
    TfidfTorchClassifier,
)


class Own(nn.Module):
    """Somebody's network, which draws from torch's global generator."""

    def __init__(self, n_tokens, n_outputs, embedding_dim):
        super().__init__()
        self.embedding = nn.Embedding(n_tokens, embedding_dim, padding_idx=0)
        self.dropout = nn.Dropout(0.3)
        self.head = nn.Linear(embedding_dim, n_outputs)

    def forward(self, ids):
        return self.head(self.dropout(self.embedding(ids).sum(dim=1)))


EVERY = {
    "linear": TfidfTorchClassifier(),
    "hidden": TfidfTorchClassifier(hidden_layer_sizes=(8,), dropout=0.2),
    "lstm": LSTMClassifier(8, embedding_dim=8),
    "gru": LSTMClassifier(8, cell="gru", embedding_dim=8),
    "cnn": CNNClassifier(n_filters=8, n_buckets=500, embedding_dim=8),
    "fasttext": FastTextClassifier(n_buckets=500, embedding_dim=8),
    "self_attention": SelfAttentionClassifier(n_heads=2, hidden_size=8, embedding_dim=8),
    "own": TextClassifier(Own, embedding_dim=8),
}


@pytest.fixture(params=EVERY)
def every(request):
    """Each classifier of texts, small and seeded."""
    return clone(EVERY[request.param]).set_params(random_state=0, max_epochs=2)
