"""Classifiers, to import from :mod:`sktext`, and the bases to write others on."""

from sktext.classifiers._base import BaseTorchClassifier
from sktext.classifiers._classifier_dataclass import classifier_dataclass
from sktext.classifiers._cnn_classifier import CNNClassifier
from sktext.classifiers._compress import compress
from sktext.classifiers._compressed_classifier import CompressedTextClassifier
from sktext.classifiers._fast_text_classifier import FastTextClassifier
from sktext.classifiers._few_shot_classifier import FewShotClassifier
from sktext.classifiers._lstm_classifier import LSTMClassifier
from sktext.classifiers._module_classifier import ModuleClassifier
from sktext.classifiers._self_attention_classifier import SelfAttentionClassifier
from sktext.classifiers._sequence_base import BaseSequenceClassifier
from sktext.classifiers._tfidf_torch_classifier import TfidfTorchClassifier
from sktext.classifiers._torch_classifier import TorchClassifier
from sktext.classifiers._transformer_classifier import TransformerClassifier

__all__ = [
    "BaseSequenceClassifier",
    "BaseTorchClassifier",
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
    "classifier_dataclass",
    "compress",
]
