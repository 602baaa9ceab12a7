"""Weights of tokens by attention pooling."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from sktext._threads import choosing_threads
from sktext._training._batches import in_prediction_order
from sktext._training._net import Net
from sktext._training._network_input import to_network_input
from sktext._typing import RowsLike


def _weighs_tokens(classifier):
    if hasattr(classifier, "net_"):
        weighs = classifier.net_.module_.pooling.scorer is not None
    else:
        weighs = classifier.pooling in ("attention", "label_attention")
    if not weighs:
        raise AttributeError(
            "Weights of tokens need a pooling that learns them; fit with pooling='attention'."
        )
    return True


class AttentionMixin:
    """Attention weights of a classifier of token sequences."""

    net_: Net
    _features: Any

    @available_if(_weighs_tokens)
    @choosing_threads()
    def attention(self, X: RowsLike) -> list[NDArray[np.float32]]:
        """Compute the weight of each token of a text; available if pooling is by attention.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Texts.

        Returns
        -------
        weights : list of ndarray of shape (n_tokens,) or (n_labels, n_tokens)
            One array per text, with a weight for each token that ``tokenize`` returns. The
            weights of a text sum to one, together with those of the special tokens that
            pretrained encoders read beside it.
        """
        check_is_fitted(self)
        module = self.net_.module_.eval()
        features = self._features()
        x = to_network_input(features.transform(features.check(X)), self.net_.dtype)
        lengths = x.lengths.tolist()
        found: list[Any] = [None] * len(x)
        with torch.inference_mode():
            for rows, batch in in_prediction_order(x, self.net_.n_tokens_at_once):
                weights = module.attention(batch.to(self.net_.torch_device).padded())
                for row, weight in zip(rows.tolist(), weights.cpu().numpy(), strict=True):
                    found[row] = weight[..., : lengths[row]].copy()
        return found
