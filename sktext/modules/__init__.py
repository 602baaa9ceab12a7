"""Networks: plain torch modules that know nothing of scikit-learn."""

from sktext.modules._dropout import SeededDropout
from sktext.modules._mlp import MLP
from sktext.modules._sparse_linear import SparseLinear
from sktext.modules._sparse_rows import SparseRows, to_tensor

__all__ = ["MLP", "SeededDropout", "SparseLinear", "SparseRows", "to_tensor"]
