"""What training goes on from beside the weights: the optimizer's memory and the draws."""

from dataclasses import replace

import torch

from sktext._generators import dropouts, generator_state, set_generator


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
        "optimizer": on_cpu(net.optimizer_.state_dict()) if goes_on else None,
        # The draws of a device are its own.
        "device": net.torch_device.type,
        "dropout": [generator_state(layer) for layer in dropouts(net.module_)],
    }


def restore_training(net, state):
    """Put it back into a net that has been loaded."""
    if state["plan"] is not None:
        net.optimizer, net.goes_on = state["plan"], True
        net._initialize_optimizer()
        net.optimizer_.load_state_dict(state["optimizer"])
    if state["device"] == net.torch_device.type:
        for layer, generator in zip(dropouts(net.module_), state["dropout"], strict=True):
            set_generator(layer, generator, net.torch_device)


def on_cpu(state):
    """Copy nested state to the CPU, so that it can be loaded anywhere."""
    if isinstance(state, torch.Tensor):
        return state.detach().cpu().clone()
    if isinstance(state, dict):
        return {name: on_cpu(value) for name, value in state.items()}
    if isinstance(state, (list, tuple)):
        return type(state)(on_cpu(value) for value in state)
    return state
