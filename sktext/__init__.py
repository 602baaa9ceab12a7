"""Text classification in torch with scikit-learn's interface and any loss."""

from sktext.classifiers import TfidfTorchClassifier, TorchClassifier

__version__ = "0.1.0.dev0"

__all__ = ["TfidfTorchClassifier", "TorchClassifier", "__version__"]
