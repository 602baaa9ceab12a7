"""Low-rank adapters beside the weights of an encoder, trained in their place and merged."""

import copy

import torch

from sktext._filtered_warnings import filtered_warnings
from sktext._optional import import_optional
from sktext._pretrained._quiet import without_draws

# What ``lora=True`` is; the updates are scaled by twice their rank over the rank.
RANK = 8
SCALE = 2


def lora_config(lora):
    """Return the configuration that a ``lora`` parameter stands for.

    Parameters
    ----------
    lora : True, int or peft.LoraConfig
        A rank adapts all linear layers. A configuration is copied.

    Returns
    -------
    config : peft.LoraConfig
    """
    peft = import_optional("peft", "lora")
    if isinstance(lora, peft.PeftConfig):
        if lora.is_prompt_learning:
            raise ValueError(
                "lora must be a configuration whose adapters are merged into the weights, as "
                f"LoraConfig; got a {type(lora).__name__}. Set lora=True for the usual one."
            )
        return copy.deepcopy(lora)
    rank = RANK if lora is True else int(lora)
    return peft.LoraConfig(r=rank, lora_alpha=SCALE * rank, target_modules="all-linear")


def add_adapters(encoder, config, seed):
    """Add adapters to an encoder; from now on they alone are trainable.

    Parameters
    ----------
    encoder : PretrainedEncoder
        Changed in place.
    config : peft.LoraConfig
        Changed in place, too.
    seed : int
        Decides the start of the adapters, which is without effect on the states.

    Returns
    -------
    adapted : peft.PeftModel
        For ``merge_adapters``.
    """
    peft = import_optional("peft", "lora")
    with (
        without_draws(),
        # Of GPT-2, whose layers keep their weights transposed; peft adapts to it.
        filtered_warnings("ignore", "fan_in_fan_out is set to False"),
        # What peft asks of a model has another name in newer versions of transformers.
        filtered_warnings("ignore", "`is_gradient_checkpointing` is deprecated"),
    ):
        torch.manual_seed(seed)
        try:
            return peft.get_peft_model(encoder.model, config)
        except ValueError as error:
            raise ValueError(
                f"lora must fit to a {type(encoder.model).__name__}; peft says: "
                f"{str(error).rstrip('.')}. Set a peft.LoraConfig whose target_modules are names "
                "of its linear layers, or lora=False."
            ) from error


def merge_adapters(encoder, adapted):
    """Add the adapters to the weights of an encoder and take them out.

    Parameters
    ----------
    encoder : PretrainedEncoder
    adapted : peft.PeftModel
        As ``add_adapters`` returned it.
    """
    forget_adapters(adapted.merge_and_unload()).requires_grad_(True)


def without_adapters(model):
    """Merge the adapters of a model that a user has adapted.

    Parameters
    ----------
    model : peft.PeftModel, or PreTrainedModel with adapters of its own
        Changed in place.

    Returns
    -------
    merged : PreTrainedModel
    """
    peft = import_optional("peft", "lora")
    if hasattr(model, "merge_and_unload"):
        return forget_adapters(model.merge_and_unload())
    if isinstance(model, peft.PeftModel):
        raise TypeError(
            f"model must be a model of transformers, or one of peft whose adapters can be merged; "
            f"those of {model.peft_type} cannot. Use a model with adapters such as LoRA."
        )
    layers = {
        name: layer
        for name, layer in model.named_modules()
        if isinstance(layer, peft.tuners.tuners_utils.BaseTunerLayer)
    }
    for name, layer in layers.items():
        layer.merge()
        parent, _, own = name.rpartition(".")
        setattr(model.get_submodule(parent), own, layer.get_base_layer())
    return forget_adapters(model)


def forget_adapters(model):
    """Remove what peft has written to a model whose adapters were merged, and return it."""
    for name in ("peft_config", "_hf_peft_config_loaded"):
        vars(model).pop(name, None)
    return model


def adapter_weights(adapted):
    """Return the weights of adapters by their names, on the CPU."""
    peft = import_optional("peft", "lora")
    weights = peft.get_peft_model_state_dict(adapted, save_embedding_layers=False)
    return {name: tensor.detach().cpu().clone() for name, tensor in weights.items()}


def merge_weights(encoder, config, weights):
    """Merge adapters that were trained earlier.

    Parameters
    ----------
    encoder : PretrainedEncoder
    config : dict
        As ``plain_config`` returns it.
    weights : dict of {str: tensor}
        As ``adapter_weights`` returns it.
    """
    peft = import_optional("peft", "lora")
    kind = peft.PEFT_TYPE_TO_CONFIG_MAPPING[config["peft_type"]]
    adapted = add_adapters(encoder, kind(**config), seed=0)
    peft.set_peft_model_state_dict(adapted, weights)
    merge_adapters(encoder, adapted)


def plain_config(config):
    """Return a configuration as a dict that names no folder."""
    described = {
        name: sorted(value) if isinstance(value, set) else value
        for name, value in config.to_dict().items()
    }
    return described | {"base_model_name_or_path": None}


class Adapters:
    """The adapters of one run of training.

    Parameters
    ----------
    encoder : PretrainedEncoder
        Gets the adapters.
    lora : True, int or peft.LoraConfig
    seed : int

    Attributes
    ----------
    names : set of str
        Parameters that are trained, by their names in a module whose part ``encoder`` is.
    """

    def __init__(self, encoder, lora, seed):
        self.config = lora_config(lora)
        self.adapted = add_adapters(encoder, self.config, seed)
        named = encoder.named_parameters()
        self.names = {f"encoder.{name}" for name, weights in named if weights.requires_grad}

    def merge(self, encoder):
        """Add the adapters to the weights of the encoder and take them out."""
        encoder.remember(plain_config(self.config), adapter_weights(self.adapted))
        merge_adapters(encoder, self.adapted)
