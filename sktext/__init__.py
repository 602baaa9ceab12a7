"""Text classification in torch with scikit-learn's interface and any loss."""

from sktext import _metadata_requests  # noqa: F401 (before any estimator makes a request)
from sktext.classifiers import (
    CNNClassifier,
    CompressedTextClassifier,
    FastTextClassifier,
    FewShotClassifier,
    LSTMClassifier,
    ModuleClassifier,
    SelfAttentionClassifier,
    TfidfTorchClassifier,
    TorchClassifier,
    TransformerClassifier,
    compress,
)
from sktext.model_selection import AutoTextClassifier

__version__ = "0.1.0.dev0"

__all__ = [
    "AutoTextClassifier",
    "CNNClassifier",
    "CompressedTextClassifier",
    "FastTextClassifier",
    "FewShotClassifier",
    "LSTMClassifier",
    "SelfAttentionClassifier",
    "ModuleClassifier",
    "TfidfTorchClassifier",
    "TorchClassifier",
    "TransformerClassifier",
    "__version__",
    "compress",
]
