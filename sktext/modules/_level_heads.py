"""An output layer for each level of a hierarchy."""

import torch
from torch import Tensor, nn

from sktext._labels._hierarchy import Hierarchy
from sktext.modules._head import Head


class LevelHeads(nn.Module):
    """One output layer for each level of a hierarchy, their outputs side by side.

    Use it as the ``head`` of a network whose labels lie on several levels: with
    ``chained=True`` a level also sees the logits of the level above. Do not use it with
    ``chained=False`` for its own sake, where it computes what one layer for all labels
    does; then it only keeps the levels apart, to look at or to train by themselves.

    Parameters
    ----------
    n_inputs : int
        Length of the vector of a text.
    hierarchy : Hierarchy
        Which label is above which; the outputs come in the order of its labels.
    chained : bool, default=False
        Whether a level is given the logits of the level above next to the vector.

    Attributes
    ----------
    levels : ModuleList of Linear
        From the top down, without biases. They start at zero.
    bias : Parameter of shape (n_labels,)
        In the order of the hierarchy.

    References
    ----------
    .. [1] Wehrmann, Cerri and Barros, "Hierarchical Multi-Label Classification Networks",
       ICML 2018. https://proceedings.mlr.press/v80/wehrmann18a.html

    Examples
    --------
    >>> import torch
    >>> from sktext.modules import LevelHeads
    >>> from sktext.preprocessing import Hierarchy
    >>> heads = LevelHeads(8, Hierarchy.from_paths(["a:x", "a:y", "b"]))
    >>> heads(torch.ones(2, 8)).shape
    torch.Size([2, 4])
    >>> [head.out_features for head in heads.levels]
    [2, 2]
    """

    place: Tensor

    def __init__(self, n_inputs: int, hierarchy: Hierarchy, chained: bool = False) -> None:
        super().__init__()
        if not isinstance(hierarchy, Hierarchy):
            raise TypeError(f"hierarchy must be a Hierarchy; got {type(hierarchy).__name__}.")
        levels = torch.from_numpy(hierarchy.levels)
        sizes = torch.bincount(levels).tolist()
        above = [0, *sizes[:-1]] if chained else [0] * len(sizes)
        self.chained = chained
        self.levels = nn.ModuleList(
            Head(n_inputs + extra, size, bias=False)
            for extra, size in zip(above, sizes, strict=True)
        )
        self.bias = nn.Parameter(torch.zeros(len(hierarchy)))
        by_level = torch.argsort(levels, stable=True)
        self.columns = by_level.split(sizes)
        self.register_buffer("place", torch.argsort(by_level), persistent=False)

    @property
    def weight(self) -> Tensor:
        """Weights of the features of the vector, of shape (n_labels, n_inputs)."""
        n_inputs = self.levels[0].in_features
        return torch.cat([layer.weight[:, :n_inputs] for layer in self.levels])[self.place]

    def forward(self, pooled: Tensor) -> Tensor:
        """Map vectors to logits.

        Parameters
        ----------
        pooled : tensor of shape (n_samples, n_inputs)
            The vector of each text.

        Returns
        -------
        logits : tensor of shape (n_samples, n_labels)
        """
        logits = []
        for layer, columns in zip(self.levels, self.columns, strict=True):
            sees_above = self.chained and logits
            seen = torch.cat([pooled, logits[-1]], dim=1) if sees_above else pooled
            logits.append(layer(seen) + self.bias[columns])
        return torch.cat(logits, dim=1)[:, self.place]
