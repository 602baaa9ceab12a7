"""The state of a pickled net: what predicts and, on request, what training resumes from."""

import copy

import torch

from sktext._training._resume_state import restore_training, training_state

# Attributes that a pickled net keeps beside network, loss and history.
KEPT = (
    "n_classes",
    "half",
    "compiles",
    "n_forgotten",
    "optimizer_name",
    "weight_decay",
    "class_counts",
    "prior_logits",
    "best_validation_score",
    "shrinkage",
)


def net_state(net):
    """Return network and loss, on the CPU, and the history per epoch.

    Parameters
    ----------
    net : Net

    Returns
    -------
    state : dict
    """
    history = copy.copy(net.history_)
    history[:] = [{**epoch, "batches": []} for epoch in net.history_]
    return {name: getattr(net, name) for name in KEPT} | {
        "module": on_cpu(net.module_),
        "criterion": on_cpu(net.criterion_),
        "device": str(net.device),
        "history": history,
        "training": training_state(net) if net.keeps_optimizer else None,
    }


def restore_net(net, state):
    """Initialize a net with the state of ``net_state``, on a device that exists here."""
    device = torch.device(state["device"])
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        device = "cuda" if torch.cuda.is_available() else "cpu"
    net.__init__(
        state["module"],
        criterion=state["criterion"],
        n_classes=state["n_classes"],
        device=str(device),
    )
    net.initialize()
    for name in KEPT:
        setattr(net, name, state[name])
    net.history_ = state["history"]
    if state["training"] is not None:
        restore_training(net, state["training"])


def on_cpu(module):
    """Return the module itself if it is on the CPU, else a copy on the CPU."""
    tensors = [*module.parameters(), *module.buffers()]
    if all(tensor.device.type == "cpu" for tensor in tensors):
        return module
    return copy.deepcopy(module).cpu()
