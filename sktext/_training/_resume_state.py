"""The state that training resumes from beside the weights: of optimizer and generators."""

from dataclasses import dataclass, replace

import torch

from sktext._training._generators import dropouts, generator_state, set_generator


def training_state(net):
    """Collect the state that the next ``partial_fit`` depends on, on the CPU.

    Parameters
    ----------
    net : Net
        A trained net.

    Returns
    -------
    state : dict
    """
    resumable = net.resumable and net.optimizer_ is not None
    return {
        "plan": replace(net.optimizer, hessian_diagonal=None) if resumable else None,
        "optimizer": each_tensor(to_file, net.optimizer_.state_dict()) if resumable else None,
        # The state of a generator is for one kind of device.
        "device": net.torch_device.type,
        "dropout": [generator_state(layer) for layer in dropouts(net.module_)],
    }


def restore_training(net, state):
    """Restore the state of ``training_state`` in a net that has been unpickled."""
    if state["plan"] is not None:
        net.optimizer, net.resumable = state["plan"], True
        net._initialize_optimizer()
        net.optimizer_.load_state_dict(each_tensor(from_file, state["optimizer"]))
    if state["device"] == net.torch_device.type:
        for layer, generator in zip(dropouts(net.module_), state["dropout"], strict=True):
            set_generator(layer, generator, net.torch_device)


def extend_optimizer(net, weight, n_before):
    """Extend the state of an optimizer that is kept to the new rows of a parameter.

    The state of new rows is that of a new optimizer.

    Parameters
    ----------
    net : Net
    weight : Parameter
    n_before : int
        Number of rows before.
    """
    if not net.resumable or len(weight) == n_before:
        return
    state = net.optimizer_.state[weight]
    new = net.optimizer.make(net.module_).state[weight]
    for name, value in state.items():
        if torch.is_tensor(value) and value.ndim and len(value) == n_before:
            zeros = value.new_zeros(len(weight) - n_before, *value.shape[1:])
            state[name] = torch.cat([value, new[name][n_before:] if name in new else zeros])


@dataclass
class NonzeroRows:
    """A matrix of which most rows are zero, as of tables of which training has read some rows."""

    rows: torch.Tensor
    values: torch.Tensor
    n_rows: int


def to_file(tensor):
    """Copy a tensor to the CPU; of a matrix with few nonzero rows only these."""
    tensor = tensor.detach().cpu()
    if tensor.ndim == 2:
        rows = tensor.any(dim=1).nonzero()[:, 0]
        if 2 * len(rows) < len(tensor):
            return NonzeroRows(rows, tensor[rows], len(tensor))
    return tensor.clone()


def from_file(tensor):
    """Undo ``to_file``, except for the device."""
    if not isinstance(tensor, NonzeroRows):
        return tensor
    whole = tensor.values.new_zeros(tensor.n_rows, tensor.values.shape[1])
    whole[tensor.rows] = tensor.values
    return whole


def each_tensor(function, state):
    """Apply a function to all tensors of nested dicts and lists."""
    if isinstance(state, dict):
        return {name: each_tensor(function, value) for name, value in state.items()}
    if isinstance(state, (list, tuple)):
        return type(state)(each_tensor(function, value) for value in state)
    return function(state) if isinstance(state, (torch.Tensor, NonzeroRows)) else state
