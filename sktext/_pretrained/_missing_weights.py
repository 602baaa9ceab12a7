"""Parameters of a network that a file has no weights for, and which are random therefore."""

from sktext._user_warnings import warn


def warn_of_random_weights(source, loaded, encoder, missing):
    """Warn of parameters of an encoder that its file has no weights for.

    Parameters
    ----------
    source : Source
    loaded : PreTrainedModel
        All that was loaded.
    encoder : PretrainedEncoder
        The part that is used: what a decoder or a pooler lacks does not matter.
    missing : iterable of str
        Names of parameters of ``loaded``.
    """
    used = {id(weights) for weights in encoder.parameters()}
    named = dict(loaded.named_parameters(remove_duplicate=False))
    names = [name for name in sorted(missing) if name in named and id(named[name]) in used]
    names = [name for name in names if "pooler" not in name.split(".")]
    if names:
        warn(
            f"model={source.name!r} has no weights for {len(names)} of the {len(used)} parameters "
            f"of its {type(encoder.model).__name__}, {names[0]} among them; they start at random. "
            "Check that its weights are those of its config.json."
        )
