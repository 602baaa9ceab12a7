"""Text classification in torch with scikit-learn's interface and any loss."""

from sktext.classifiers import (
    CNNClassifier,
    FastTextClassifier,
    LSTMClassifier,
    SelfAttentionClassifier,
    TextClassifier,
    TfidfTorchClassifier,
    TorchClassifier,
)

__version__ = "0.1.0.dev0"

__all__ = [
    "CNNClassifier",
    "FastTextClassifier",
    "LSTMClassifier",
    "SelfAttentionClassifier",
    "TextClassifier",
    "TfidfTorchClassifier",
    "TorchClassifier",
    "__version__",
]
