"""A short text that tells the weights of one encoder from those of another."""

import hashlib
import json

import torch


def weights_fingerprint(encoder):
    """Hash the configuration and the weights of an encoder.

    Parameters
    ----------
    encoder : PretrainedEncoder

    Returns
    -------
    digest : str
        The same on every machine; folders and versions have no effect.
    """
    config = encoder.config
    description = {"model_type": config.model_type, "hidden_size": encoder.hidden_size}
    digest = hashlib.blake2b(json.dumps(description, sort_keys=True).encode(), digest_size=16)
    for name, weights in sorted(encoder.model.state_dict().items()):
        digest.update(f"{name} {tuple(weights.shape)}".encode())
        flat = weights.detach().cpu().contiguous().flatten()
        digest.update(flat.view(torch.uint8).numpy().data)
    return digest.hexdigest()
