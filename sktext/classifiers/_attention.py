"""What attention pooling looked at."""

import torch
from sklearn.utils.validation import check_is_fitted

from sktext._threads import choosing_threads
from sktext._training._batches import in_prediction_order
from sktext._training._network_input import to_network_input


class AttentionMixin:
    """Attention of a classifier of token sequences whose network can tell it."""

    @choosing_threads()
    def attention(self, X):
        """Tell how much each token of a text counted, with attention for ``pooling``.

        Parameters
        ----------
        X : array-like of str
            Texts.

        Returns
        -------
        weights : list of ndarray of shape (n_tokens,) or (n_labels, n_tokens)
            One array per text, with a weight for each token that ``tokenize`` gives; they
            sum to one.

        Raises
        ------
        ValueError
            If ``pooling`` is not one of attention.
        """
        check_is_fitted(self)
        module = self.net_.module_.eval()
        if module.pooling.scorer is None:
            raise ValueError(
                f"pooling={module.pooling.kind!r} gives no weights to tokens; fit with "
                "pooling='attention'."
            )
        features = self._make_features()
        x = to_network_input(features.transform(features.check(X)), self.net_.dtype)
        lengths = x.lengths.tolist()
        found = [None] * len(x)
        with torch.inference_mode():
            for rows, batch in in_prediction_order(x):
                weights = module.attention(batch.to(self.net_.torch_device).padded())
                for row, weight in zip(rows.tolist(), weights.cpu().numpy(), strict=True):
                    found[row] = weight[..., : lengths[row]].copy()
        return found
