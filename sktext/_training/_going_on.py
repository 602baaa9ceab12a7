"""What training goes on from beside the weights: the optimizer's memory and the draws."""

from dataclasses import dataclass, replace

import torch

from sktext._training._generators import dropouts, generator_state, set_generator


def training_state(net):
    """Gather what the next ``partial_fit`` depends on, on the CPU.

    Parameters
    ----------
    net : Net
        That has trained.

    Returns
    -------
    state : dict
    """
    goes_on = net.goes_on and net.optimizer_ is not None
    return {
        "plan": replace(net.optimizer, curvatures=None) if goes_on else None,
        "optimizer": each_tensor(to_file, net.optimizer_.state_dict()) if goes_on else None,
        # The draws of a device are its own.
        "device": net.torch_device.type,
        "dropout": [generator_state(layer) for layer in dropouts(net.module_)],
    }


def restore_training(net, state):
    """Put it back into a net that has been loaded."""
    if state["plan"] is not None:
        net.optimizer, net.goes_on = state["plan"], True
        net._initialize_optimizer()
        net.optimizer_.load_state_dict(each_tensor(from_file, state["optimizer"]))
    if state["device"] == net.torch_device.type:
        for layer, generator in zip(dropouts(net.module_), state["dropout"], strict=True):
            set_generator(layer, generator, net.torch_device)


@dataclass
class FewRows:
    """A matrix most rows of which are zero, as of tables that training has met some rows of."""

    rows: torch.Tensor
    values: torch.Tensor
    n_rows: int


def to_file(tensor):
    """Copy a tensor to the CPU, of a matrix the rows that hold anything."""
    tensor = tensor.detach().cpu()
    if tensor.ndim == 2:
        rows = tensor.any(dim=1).nonzero()[:, 0]
        if 2 * len(rows) < len(tensor):
            return FewRows(rows, tensor[rows], len(tensor))
    return tensor.clone()


def from_file(tensor):
    """Undo ``to_file``, but for the device."""
    if not isinstance(tensor, FewRows):
        return tensor
    whole = tensor.values.new_zeros(tensor.n_rows, tensor.values.shape[1])
    whole[tensor.rows] = tensor.values
    return whole


def each_tensor(change, state):
    """Change all tensors of nested dicts and lists."""
    if isinstance(state, dict):
        return {name: each_tensor(change, value) for name, value in state.items()}
    if isinstance(state, (list, tuple)):
        return type(state)(each_tensor(change, value) for value in state)
    return change(state) if isinstance(state, (torch.Tensor, FewRows)) else state
