"""Weights and the mean."""

from sktext._sums import stable_mean, stable_sum


def reduce(values, sample_weight, reduction):
    """Weight the values of a loss and take their mean or sum.

    Parameters
    ----------
    values : tensor of shape (n_samples,) or (n_samples, n_labels)
    sample_weight : tensor of shape (n_samples,) or (n_samples, n_labels) or None
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    loss : tensor
    """
    if sample_weight is not None:
        if sample_weight.ndim > values.ndim:
            raise ValueError(
                "Weights per sample and label need a loss with one value per label; this "
                "loss has one per sample. Give sample_weight of shape (n_samples,)."
            )
        if sample_weight.ndim < values.ndim:
            sample_weight = sample_weight[:, None]
        values = values * sample_weight
    if reduction == "none":
        return values
    if reduction == "sum":
        return stable_sum(values.flatten())
    if reduction == "mean":
        return stable_mean(values)
    raise ValueError(f"reduction must be 'mean', 'sum' or 'none'; got {reduction!r}.")
