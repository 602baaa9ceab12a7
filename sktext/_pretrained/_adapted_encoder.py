"""An encoder whose pickle names the model that it was adapted from, instead of its weights."""

from dataclasses import asdict
from typing import Any

from sktext._pretrained._adapters import merge_weights
from sktext._pretrained._encoder import PretrainedEncoder
from sktext._pretrained._loading import load_from
from sktext._pretrained._source import Source
from sktext._pretrained._weights_fingerprint import weights_fingerprint


class AdaptedEncoder(PretrainedEncoder):
    """An encoder that differs from a model of the hub or of a folder by adapters only.

    Its pickle is small: it holds the adapters, and loads the model again.

    Parameters
    ----------
    model : PreTrainedModel
    is_part, sees_padding : bool
    source : Source
        Where the model came from.
    fingerprint : str
        Of the weights before they were adapted.
    learned : list of (dict, dict), default=()
        Configuration and weights of each of the adapters that were merged.
    """

    def __init__(self, model, is_part, sees_padding, source, fingerprint, learned=()):
        super().__init__(model, is_part, sees_padding)
        self.source = source
        self.fingerprint = fingerprint
        self.learned = list(learned)

    @classmethod
    def of(cls, encoder, source):
        """Wrap an encoder as it was loaded."""
        own = encoder.model, encoder.is_part, encoder.sees_padding
        return cls(*own, source, weights_fingerprint(encoder))

    def remember(self, config, weights):
        """Keep adapters that are about to be merged."""
        self.learned.append((config, weights))

    def copy_with(self, model):
        own = model, self.is_part, self.sees_padding
        return type(self)(*own, self.source, self.fingerprint, self.learned)

    def __getstate__(self) -> dict[str, Any]:
        return {
            "source": asdict(self.source),
            "fingerprint": self.fingerprint,
            "learned": self.learned,
            "training": self.training,
        }

    def __setstate__(self, state):
        source = Source(**state["source"])
        encoder = load_from(source)
        if weights_fingerprint(encoder) != state["fingerprint"]:
            raise ValueError(
                f"model={source.name!r} must have the weights that this classifier was fitted "
                "from, and has others. Put the same version there, or fit with store_base=True, "
                "which keeps all weights in the file."
            )
        own = encoder.model, encoder.is_part, encoder.sees_padding
        self.__init__(*own, source, state["fingerprint"])
        for config, weights in state["learned"]:
            merge_weights(self, config, weights)
            self.remember(config, weights)
        self.train(state["training"])
