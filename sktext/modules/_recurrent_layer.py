"""A recurrent layer that is fast on padded texts and blind to the padding."""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from sktext._filtered_warnings import filtered_warnings
from sktext.modules._dropout import SeededDropout
from sktext.modules._start_weights import drawn, drawn_seed

CELLS = {"lstm": nn.LSTM, "gru": nn.GRU}


class RecurrentLayer(nn.Module):
    """One layer of cells that read each text forwards, and backwards if asked to.

    A text that is padded on the right is read in one go: what comes after a position does
    not change its state. To be read backwards, each text is turned round within its own
    length. torch has a fast kernel for padded texts on the CPU, but none for packed ones;
    on CUDA it is the other way round.

    Parameters
    ----------
    cell : {"lstm", "gru"}
    n_inputs, hidden_size : int
    bidirectional : bool
    recurrent_dropout : float
        Fraction of the hidden-to-hidden weights that are dropped for a batch, in [0, 1).
    generator : torch.Generator
        Of the start weights and of dropout's seeds.
    """

    def __init__(self, cell, n_inputs, hidden_size, bidirectional, recurrent_dropout, generator):
        super().__init__()
        if cell not in CELLS:
            raise ValueError(f"cell must be one of {', '.join(CELLS)}; got {cell!r}.")
        self.directions = nn.ModuleList(
            start_remembering(
                drawn(CELLS[cell], n_inputs, hidden_size, batch_first=True, generator=generator)
            )
            for _ in range(1 + bidirectional)
        )
        self.weight_dropouts = nn.ModuleList(
            SeededDropout(recurrent_dropout, drawn_seed(generator)) for _ in self.directions
        )

    def forward(self, x, lengths):
        """Map inputs to states.

        Parameters
        ----------
        x : tensor of shape (n_samples, length, n_inputs)
        lengths : int tensor of shape (n_samples,)

        Returns
        -------
        states : tensor of shape (n_samples, length, n_directions * hidden_size)
            Anything at the padding.
        """
        states = [self._run(0, x, lengths)]
        if len(self.directions) == 2:
            backwards = self._run(1, turn_round(x, lengths), lengths)
            states.append(turn_round(backwards, lengths))
        return torch.cat(states, dim=2)

    def _run(self, i, x, lengths):
        cells = self.directions[i]
        dropped = self.weight_dropouts[i](cells.weight_hh_l0)
        weights = {} if dropped is cells.weight_hh_l0 else {"weight_hh_l0": dropped}
        if x.is_cuda:
            return run_packed(cells, weights, x, lengths)
        return run(cells, weights, x)[0]


def start_remembering(cells):
    """Let an LSTM keep its memory at first, by a forget gate with bias one."""
    if isinstance(cells, nn.LSTM):
        size = cells.hidden_size
        with torch.no_grad():
            cells.bias_ih_l0[size : 2 * size] = 1
            cells.bias_hh_l0[size : 2 * size] = 0
    return cells


def run(cells, weights, x):
    """Run cells, with some of their weights replaced."""
    return torch.func.functional_call(cells, weights, (x,)) if weights else cells(x)


def run_packed(cells, weights, x, lengths):
    """Run cells on the tokens alone; the states at the padding are zero."""
    # Sorted here, so that nobody waits for the device but for the lengths.
    order = lengths.argsort(descending=True)
    sorted_lengths = lengths[order].clamp(min=1).cpu()
    packed = pack_padded_sequence(x.index_select(0, order), sorted_lengths, batch_first=True)
    # Replaced weights do not lie together.
    with filtered_warnings("ignore", "RNN module weights are not part"):
        states, _ = run(cells, weights, packed)
    padded, _ = pad_packed_sequence(states, batch_first=True, total_length=x.shape[1])
    return padded.index_select(0, order.argsort())


def turn_round(x, lengths):
    """Reverse each text within its own length; padding stays where it is.

    Parameters
    ----------
    x : tensor of shape (n_samples, length, size)
    lengths : int tensor of shape (n_samples,)
    """
    places = torch.arange(x.shape[1], device=x.device).expand(len(x), -1)
    mirrored = lengths[:, None] - 1 - places
    source = torch.where(mirrored >= 0, mirrored, places)  # (n_samples, length)
    return x[torch.arange(len(x), device=x.device)[:, None], source]
