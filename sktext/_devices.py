"""Devices by name, and the way to them."""

import torch
from torch import Tensor

# Above this many bytes a copy is waited for: pinned memory is kept for the next copy, and what
# is this large travels once.
MAX_PINNED = 2**26


def find_device(device: str) -> torch.device:
    """Turn the ``device`` parameter into a device that is there.

    Parameters
    ----------
    device : {"auto", "cpu", "cuda", "cuda:0", ...}

    Returns
    -------
    device : torch.device

    Raises
    ------
    ValueError
        If torch does not know the name or does not see the device.
    """
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        found = torch.device(device)
    except RuntimeError as exc:
        raise ValueError(
            f"device={device!r} is not known to torch; use 'auto', 'cpu' or 'cuda'."
        ) from exc
    if found.type == "cuda" and not torch.cuda.is_available():
        raise ValueError(
            f"device={device!r}, but torch sees no CUDA device; use device='auto' or 'cpu'."
        )
    try:
        torch.zeros(1, device=found).item()
    except (RuntimeError, AssertionError, NotImplementedError) as exc:
        raise ValueError(
            f"device={device!r} cannot be used here; use device='auto' or 'cpu'."
        ) from exc
    return found


def move(tensor: Tensor, device: torch.device | str) -> Tensor:
    """Move a tensor; through pinned memory to a CUDA device, so that nobody waits.

    Parameters
    ----------
    tensor : tensor
    device : torch.device or str

    Returns
    -------
    tensor : tensor of the same shape
        The same one if it is there.
    """
    to_cuda = torch.device(device).type == "cuda" and tensor.device.type == "cpu"
    if to_cuda and tensor.numel() * tensor.element_size() <= MAX_PINNED:
        return tensor.pin_memory().to(device, non_blocking=True)
    return tensor.to(device)
