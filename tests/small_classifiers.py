"""Every classifier of texts, small."""

from somebodys_network import Somebodys

from sktext import (
    CNNClassifier,
    FastTextClassifier,
    LSTMClassifier,
    ModuleClassifier,
    SelfAttentionClassifier,
    TfidfTorchClassifier,
    TransformerClassifier,
)

EVERY = {
    "linear": TfidfTorchClassifier(),
    "hidden": TfidfTorchClassifier(hidden_layer_sizes=(8,), dropout=0.2),
    "lstm": LSTMClassifier(8, embedding_dim=8, max_epochs=4),
    "gru": LSTMClassifier(8, cell="gru", embedding_dim=8, max_epochs=4),
    "cnn": CNNClassifier(n_filters=8, n_buckets=500, embedding_dim=8, max_epochs=5),
    "fasttext": FastTextClassifier(n_buckets=500, embedding_dim=8, max_epochs=10),
    "self_attention": SelfAttentionClassifier(
        n_heads=2, hidden_size=8, embedding_dim=8, max_epochs=5
    ),
    # Of an encoder that the fixture ``every`` makes.
    "transformer": TransformerClassifier("tiny", lr=0.01, head_lr=0.05),
    "own": ModuleClassifier(Somebodys, embedding_dim=8),
}
