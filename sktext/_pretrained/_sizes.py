"""Sizes of a model of transformers, which each family calls by other names."""


def n_layers(config):
    """Return the number of layers that a configuration names."""
    for name in ("num_hidden_layers", "n_layers", "n_layer", "num_layers", "encoder_layers"):
        if isinstance(getattr(config, name, None), int):
            return getattr(config, name)
    return -1


def max_positions(model):
    """Return how many tokens a model reads at most; None if it says nothing.

    Families that number positions from the id of padding on, as RoBERTa does, lose as many as
    stand before the first one.
    """
    n_positions = getattr(model.config, "max_position_embeddings", None)
    if not isinstance(n_positions, int) or n_positions <= 0:
        return None
    for name, module in model.named_modules():
        padding = getattr(module, "padding_idx", None)  # of a table, quantized or not
        if name.endswith("position_embeddings") and padding is not None:
            return n_positions - padding - 1
    return n_positions


def n_ids(model):
    """Return for how many ids a model has vectors; None if it says nothing."""
    try:
        return getattr(model.get_input_embeddings(), "num_embeddings", None)
    except NotImplementedError:
        return None
