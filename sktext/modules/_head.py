"""The output layer of the networks of sequences."""

from torch import nn


class Head(nn.Linear):
    """Linear output layer that starts at zero, so that the bias alone decides at first.

    It maps one vector per text, or one vector per text and output, to logits.
    """

    def reset_parameters(self):
        nn.init.zeros_(self.weight)
        if self.bias is not None:
            nn.init.zeros_(self.bias)

    def forward(self, pooled):
        """Map vectors to logits.

        Parameters
        ----------
        pooled : tensor of shape (n_samples, size) or (n_samples, n_outputs, size)

        Returns
        -------
        logits : tensor of shape (n_samples, n_outputs)
        """
        if pooled.ndim == 2:
            return super().forward(pooled)
        return (pooled * self.weight).sum(dim=2) + self.bias
