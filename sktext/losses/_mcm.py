"""Binary cross-entropy that knows which label implies which."""

from typing import Self

import torch
import torch.nn.functional as F
from numpy.typing import ArrayLike
from torch import Tensor

from sktext._labels._hierarchy import Hierarchy
from sktext.losses._base import Loss


class MCMLoss(Loss):
    """Binary cross-entropy of labels in a hierarchy, whose probabilities cannot contradict it.

    Use it where one label implies others, as ``"animal"`` implies ``"entity"``: the score
    of a label is the highest of its own and of all below it, so a child is never more
    probable than its parent, nor predicted without it, and what a child has learned, its
    parents know.

    Do not use it without a hierarchy, where it is ``bce``. Do not use it on labels that
    are not closed upward: a child without its parent asks for opposite things;
    :class:`HierarchyEncoder` and :class:`HierarchicalClassifier` close them.

    Parameters
    ----------
    hierarchy : Hierarchy, default=None
        Which label is above which, in the order of the columns. None is no label above
        another. :class:`HierarchicalClassifier` sets it where it is None.

    See Also
    --------
    HierarchicalLoss : A penalty for contradictions next to any loss.

    Notes
    -----
    Formula: ``-y log max_{b below, y_b = 1} p_b - (1 - y) log(1 - max_{b below} p_b)``,
    where each label is below itself.

    References
    ----------
    .. [1] Giunchiglia and Lukasiewicz, "Coherent Hierarchical Multi-Label Classification
       Networks", NeurIPS 2020. https://arxiv.org/abs/2010.10151

    Examples
    --------
    >>> import torch
    >>> from sktext.losses import MCMLoss
    >>> from sktext.preprocessing import Hierarchy
    >>> loss = MCMLoss(Hierarchy({"entity": None, "animal": "entity"}))
    >>> loss.build("multilabel").predict_proba(torch.tensor([[-2.0, 0.0]]))
    tensor([[0.5000, 0.5000]])
    """

    tasks = ("multilabel",)
    starts_at_prior = True
    _parameter_constraints = {"hierarchy": [Hierarchy, None]}

    def __init__(self, hierarchy: Hierarchy | None = None) -> None:
        super().__init__()
        self.hierarchy = hierarchy

    def build(
        self, task: str, class_counts: ArrayLike | None = None, n_samples: float | None = None
    ) -> Self:
        """Bind the loss to its hierarchy; as in ``Loss.build``.

        Raises
        ------
        ValueError
            If there are class counts of other labels than the hierarchy has.
        """
        if class_counts is not None:
            check_n_labels(self.hierarchy, len(torch.as_tensor(class_counts)))
        return super().build(task, class_counts, n_samples)

    def per_label(self, logits: Tensor, target: Tensor) -> Tensor:
        check_n_labels(self.hierarchy, logits.shape[1])
        of_positives = max_below(self.hierarchy, logits.masked_fill(target == 0, -torch.inf))
        coherent = torch.where(target > 0, of_positives, max_below(self.hierarchy, logits))
        return F.binary_cross_entropy_with_logits(coherent, target, reduction="none")

    def final_logits(self, logits: Tensor) -> Tensor:
        """Raise every logit to the highest of its own and of all below it.

        Parameters
        ----------
        logits : tensor of shape (n_samples, n_labels)
            Outputs of the network.

        Returns
        -------
        logits : tensor of shape (n_samples, n_labels)
            No child's above its parent's.
        """
        return max_below(self.hierarchy, logits)

    def predict_proba(self, logits: Tensor) -> Tensor:
        """Turn logits into probabilities, no child's above its parent's.

        Parameters
        ----------
        logits : tensor of shape (n_samples, n_labels)
            As for ``forward``.

        Returns
        -------
        proba : tensor of shape (n_samples, n_labels)
        """
        # In this order: equal logits may differ in the last digit of their sigmoids.
        return max_below(self.hierarchy, logits.sigmoid())


def max_below(hierarchy, logits):
    """Raise each logit to the highest of its own and of all labels below it.

    Parameters
    ----------
    hierarchy : Hierarchy or None
    logits : tensor of shape (n_samples, n_labels)

    Returns
    -------
    logits : tensor of shape (n_samples, n_labels)
    """
    if hierarchy is None:
        return logits
    for edges in reversed(hierarchy.edges_by_level):  # what is deepest reaches the top
        parents, children = torch.from_numpy(edges).to(logits.device).T
        index = parents.expand(len(logits), -1)  # (n_samples, n_edges of the level)
        logits = logits.scatter_reduce(1, index, logits[:, children], "amax")
    return logits


def check_n_labels(hierarchy, n_labels):
    """Raise if the columns are not those of the hierarchy."""
    if hierarchy is not None and len(hierarchy) != n_labels:
        raise ValueError(
            f"The hierarchy has {len(hierarchy)} labels and there are {n_labels} columns of "
            "labels; write them with HierarchyEncoder, or give the hierarchy an entry for each."
        )
