"""Networks: plain torch modules that know nothing of scikit-learn, and how they start."""

from sktext.modules._dilated_cnn import DilatedCNN
from sktext.modules._dropout import SeededDropout
from sktext.modules._embedding_init import EmbeddingInit
from sktext.modules._fast_text import FastText
from sktext.modules._hashed_ngrams import HashedNgrams
from sktext.modules._level_heads import LevelHeads
from sktext.modules._mlp import MLP
from sktext.modules._ragged_tokens import RaggedTokens
from sktext.modules._self_attention_encoder import SelfAttentionEncoder
from sktext.modules._sparse_linear import SparseLinear
from sktext.modules._sparse_rows import SparseRows, to_tensor
from sktext.modules._text_cnn import TextCNN
from sktext.modules._text_rnn import TextRNN
from sktext.modules._trained_vectors import TrainedVectors
from sktext.modules._transformer_network import TransformerNetwork

__all__ = [
    "MLP",
    "DilatedCNN",
    "EmbeddingInit",
    "FastText",
    "HashedNgrams",
    "LevelHeads",
    "RaggedTokens",
    "SeededDropout",
    "SelfAttentionEncoder",
    "SparseLinear",
    "SparseRows",
    "TextCNN",
    "TextRNN",
    "TrainedVectors",
    "TransformerNetwork",
    "to_tensor",
]
