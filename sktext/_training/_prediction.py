"""Logits of rows by a trained net, those that are already known included."""

from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np
import torch

from sktext._token_rows import N_RESERVED, TokenRows
from sktext._torch_defaults import on_cpu_by_default
from sktext._training._parts import to_rows

_known = ContextVar("known logits", default=(None, {}))


def predict_logits(net, features, X):
    """Compute the logits of unchecked rows.

    Parameters
    ----------
    net : Net
    features : Features
        Fitted.
    X : array-like

    Returns
    -------
    logits : tensor of shape (n_samples, n_outputs), float64
        Before the loss makes them final.
    """
    rows, by_net = _known.get()
    if rows is not None and X is rows and id(net) in by_net:
        return by_net[id(net)]
    return logits_of(net, features.transform(features.check(X)))


def logits_of(net, matrix):
    """Compute the logits of rows whose features are known.

    Parameters
    ----------
    net : Net
    matrix : ndarray, sparse matrix or TokenRows

    Returns
    -------
    logits : tensor of shape (n_samples, n_outputs), float64
    """
    with on_cpu_by_default():
        logits = net.logits(to_rows(matrix, net.dtype)).double()
        if net.prior_logits is None or not isinstance(matrix, TokenRows):
            return logits
        # Of a text without a token that training has seen, nothing but the prior is known.
        of_text = np.repeat(np.arange(len(matrix)), matrix.lengths)
        n_known = np.bincount(of_text[matrix.ids >= N_RESERVED], minlength=len(matrix))
        return torch.where(torch.from_numpy(n_known > 0)[:, None], logits, net.prior_logits)


@contextmanager
def known_logits(X, logits_by_net):
    """Let predictions of some rows be looked up, while many classifiers are scored on them.

    Parameters
    ----------
    X : array-like
        The very object that will be predicted.
    logits_by_net : dict of {Net: tensor}
    """
    token = _known.set((X, {id(net): logits for net, logits in logits_by_net.items()}))
    try:
        yield
    finally:
        _known.reset(token)
