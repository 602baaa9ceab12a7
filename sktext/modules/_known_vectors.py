"""Vectors of texts that need not be computed again in each epoch."""

import torch

from sktext._token_rows import PADDING


class KnownVectors:
    """Look up vectors that do not change while a network is trained.

    Rows are known by their ids, whatever order, batch or padding they come with. The vector of a
    row is the one of the batch in which it came first; in others it would differ by rounding.
    """

    def __init__(self):
        self.vectors = {}

    def __call__(self, ids, compute):
        """Return the vectors of rows, of which only those not yet known are computed.

        Parameters
        ----------
        ids : int tensor of shape (n_samples, length)
            Padded on the right with 0.
        compute : callable
            From ids to vectors.

        Returns
        -------
        vectors : tensor of shape (n_samples, size)
        """
        keys = [row[row != PADDING].tobytes() for row in ids.cpu().numpy()]
        new = {key: i for i, key in enumerate(keys) if key not in self.vectors}
        if new:
            with torch.no_grad():
                found = compute(ids[list(new.values())])
            self.vectors.update(zip(new, found, strict=True))
        return torch.stack([self.vectors[key] for key in keys])

    def __reduce__(self):
        return type(None), ()  # copies and files are not in training
