"""A linear layer that reads dense rows and sparse ones."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sktext._sums import BLOCK, stable_sum
from sktext.modules._slim_rows import SlimRows
from sktext.modules._sparse_rows import SparseRows


class SparseLinear(SlimRows):
    """Linear layer on dense or sparse rows.

    Use it as the first layer of a network on bags of words: a batch reads only the weights
    of the words it has.

    Do not use it between other layers, where rows are dense: ``nn.Linear`` does the same
    there.

    Parameters
    ----------
    n_inputs, n_outputs : int
        Length of a row, before and after.

    Attributes
    ----------
    weight : Parameter of shape (n_inputs, n_outputs)
        Transposed against ``nn.Linear``, so that a feature's weights lie together and a
        batch reads only the rows of the features it has.
    bias : Parameter of shape (n_outputs,)
    sparse_gradient : bool
        Whether the gradient of ``weight`` holds only the rows a sparse batch has. Set by
        training, where the optimizer can use it.

    Examples
    --------
    >>> import torch
    >>> from scipy import sparse
    >>> from sktext.modules import SparseLinear, SparseRows
    >>> rows = SparseRows.from_csr(sparse.csr_array([[0.0, 2.0], [1.0, 0.0]]), torch.float32)
    >>> SparseLinear(2, 3)(rows).shape
    torch.Size([2, 3])
    """

    # Told to whoever reads the weights of a last layer.
    transposed = True

    def __init__(self, n_inputs: int, n_outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(n_inputs, n_outputs))
        self.bias = nn.Parameter(torch.zeros(n_outputs))
        self.sparse_gradient = False

    def forward(self, x: Tensor | SparseRows) -> Tensor:
        """Map rows to outputs.

        Parameters
        ----------
        x : tensor of shape (n_samples, n_inputs) or SparseRows
            Rows of numbers.

        Returns
        -------
        out : tensor of shape (n_samples, n_outputs)
        """
        if not isinstance(x, SparseRows):
            if len(x) > BLOCK:
                return DenseProduct.apply(x, self.weight, self.bias)
            return torch.addmm(self.bias, x, self.weight)
        if x.transposed is not None:
            return FullBatchProduct.apply(self.weight, self.bias, x)
        offsets, indices, values = x.bag()
        if self.sparse_gradient:  # torch's sparse gradients are indexed by int64 only
            offsets, indices = offsets.long(), indices.long()
        product = F.embedding_bag(
            indices,
            self.weight,
            offsets,
            mode="sum",
            per_sample_weights=values,
            sparse=self.sparse_gradient and self.training,
        )
        return product + self.bias


class DenseProduct(torch.autograd.Function):
    """Product of many dense rows with the weights, its gradient summed in fixed blocks.

    Left alone, the sum over rows is split over threads and rounds differently.
    """

    @staticmethod
    def forward(ctx, x, weight, bias):
        ctx.save_for_backward(x, weight)
        return torch.addmm(bias, x, weight)

    @staticmethod
    def backward(ctx, gradient):
        x, weight = ctx.saved_tensors
        by_weight = torch.zeros_like(weight)
        for rows, part in zip(x.split(BLOCK), gradient.split(BLOCK), strict=True):
            by_weight.addmm_(rows.T, part)
        by_x = gradient @ weight.T if ctx.needs_input_grad[0] else None
        return by_x, by_weight, stable_sum(gradient)


class FullBatchProduct(torch.autograd.Function):
    """Product of all rows with the weights; its gradient is read by columns.

    torch's own gradient scatters every value; with the columns at hand it is a second
    product, several times faster and the same for any number of threads.
    """

    @staticmethod
    def forward(ctx, weight, bias, x):
        ctx.x = x
        return x @ weight + bias

    @staticmethod
    def backward(ctx, gradient):
        return ctx.x.transposed @ gradient.contiguous(), stable_sum(gradient), None
