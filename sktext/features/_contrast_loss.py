"""Supervised contrast of a batch: like texts are pulled together, all others pushed apart."""

import torch
from torch import Tensor


def label_similarity(target: Tensor) -> Tensor:
    """Compute how much of their labels texts have in common.

    Parameters
    ----------
    target : int tensor of shape (n_texts,) or (n_texts, n_labels)
        Numbers of classes, or an indicator in which -1 stands for not observed.

    Returns
    -------
    similarity : tensor of shape (n_texts, n_texts), in [0, 1]
        1 for the same class and 0 for another one. Of several labels, those that both texts have
        as a fraction of those that either has, among labels that were observed in both.
    """
    if target.ndim == 1:
        return (target[:, None] == target[None, :]).float()
    has, seen = (target > 0).float(), (target >= 0).float()
    common = has @ has.T
    either = has @ seen.T + seen @ has.T - common
    return common / either.clamp(min=1)


def contrast_loss(
    vectors: Tensor, similarity: Tensor, weight: Tensor, temperature: float
) -> Tensor:
    """Compute the mean supervised contrast of a batch.

    For each text it is the cross-entropy of finding its like among the other texts, of which one
    of weight two counts as two. A text without its like only pushes the others apart.

    Parameters
    ----------
    vectors : tensor of shape (n_texts, n_features)
        Of length one.
    similarity : tensor of shape (n_texts, n_texts)
        As of ``label_similarity``.
    weight : tensor of shape (n_texts,)
        Greater than 0, with a mean of one over all texts.
    temperature : float

    Returns
    -------
    loss : tensor of shape ()
    """
    itself = torch.eye(len(vectors), dtype=torch.bool, device=vectors.device)
    logits = vectors @ vectors.T / temperature
    others = (logits + weight.log()).masked_fill(itself, -torch.inf).logsumexp(dim=1)
    log_p = logits - others[:, None]
    pull = (similarity * weight).masked_fill(itself, 0)
    total = pull.sum(dim=1)
    per_text = -(pull * log_p).sum(dim=1) / total.where(total > 0, 1)
    return (per_text * weight).sum() / (total > 0).sum().clamp(min=1)
