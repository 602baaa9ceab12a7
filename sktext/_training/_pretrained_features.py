"""Texts as ids of the pieces of a pretrained model."""

from os import PathLike

from sktext._pretrained import load_encoder, load_sentence_settings
from sktext._pretrained._adapted_encoder import AdaptedEncoder
from sktext._pretrained._source import find_source
from sktext._training._token_features import TokenFeatures


class PretrainedFeatures(TokenFeatures):
    """Texts as ids of pieces, truncated to what the model reads.

    Parameters
    ----------
    tokenizer : PretrainedTokenizer
        Not fitted; says where the model is.
    max_length : int or None
        Tokens of a text that are read, special ones included; None is all that the model can.
    truncating : {"right", "left", "middle"}
    in_windows : bool
        Whether longer texts are read in windows; ``max_length`` is then without special tokens.
    fitted : PretrainedTokenizer or None
        That of an earlier fit.
    n_positions : int or None
        Tokens that the encoder of an earlier fit reads at most; None is any number.
    """

    def __init__(
        self, tokenizer, max_length, truncating, in_windows, fitted=None, n_positions=None
    ):
        super().__init__(tokenizer, max_length, truncating, fitted)
        self.in_windows = in_windows
        self.n_positions = n_positions
        self.model = tokenizer.model
        self._encoder = None

    def fit_transform(self, X, target, weight=None):
        self._encoder = load_encoder(self.model, **self._options)
        self.n_positions = self._encoder.max_positions
        self.fitted = self.tokenizer.fit(X[:1])
        if not isinstance(self.model, (str, PathLike)):
            self.fitted.model = type(self._encoder.model).__name__  # or copies would hold it twice
        return self._counted(self.fitted.transform(X))

    def learned(self):
        return super().learned() | {"_n_positions": self.n_positions}

    def offsets(self, X):
        """Return where the tokens that are left of checked texts lie in these.

        Returns
        -------
        offsets : list of list of (int, int)
        """
        return self._left([self.fitted.pieces_.split(text)[1] for text in X])

    # -- the model --------------------------------------------------------------------

    @property
    def _options(self):
        params = self.tokenizer.get_params(deep=False)
        return {name: params[name] for name in params if name != "model"}

    def take_encoder(self, is_named=False):
        """Return an encoder that nobody else has.

        Parameters
        ----------
        is_named : bool, default=False
            Whether its pickle is to name the model instead of holding the weights.
        """
        taken, self._encoder = self._encoder, None
        encoder = taken or load_encoder(self.model, **self._options)
        if not is_named:
            return encoder
        if not isinstance(self.model, (str, PathLike)):
            raise ValueError(
                "store_base=False needs the name or the folder of a model, which can be loaded "
                "again; got objects. Set store_base=True."
            )
        return AdaptedEncoder.of(encoder, find_source(self.model, **self._options))

    def sentence_settings(self):
        """Return how the encoder makes vectors of sentences, or None."""
        return load_sentence_settings(self.model, **self._options)

    @property
    def longest(self):
        """Tokens that model and tokenizer read at most, special ones included; or None."""
        known = [self.n_positions, self.fitted.pieces_.max_length]
        return min((number for number in known if number is not None), default=None)

    # -- truncation -------------------------------------------------------------------

    @property
    def limit(self):
        if self.in_windows:
            return self.max_length
        if None not in (self.max_length, self.n_positions) and self.max_length > self.n_positions:
            raise ValueError(
                f"max_length must be at most {self.n_positions}, the tokens that the model reads, "
                f"special ones included; got {self.max_length}. Lower it, or set "
                "long_texts='windows'."
            )
        longest, n_special = self.max_length or self.longest, self.fitted.pieces_.n_special
        if longest is not None and longest <= n_special:
            raise ValueError(
                f"max_length must be at least {n_special + 1}, as the model puts {n_special} "
                f"special tokens around a text; got {longest}."
            )
        return None if longest is None else longest - n_special

    def _warning(self):
        if self.in_windows:
            return super()._warning()
        longest = self.max_length or self.longest
        can_be_more = self.max_length and (self.longest is None or longest < self.longest)
        raised = "raise max_length, or " if can_be_more else ""
        return (
            f"Texts of more than {longest} tokens, special ones included, are truncated on the "
            f"{self.truncating}; n_truncated_ counts them. To read all, {raised}set "
            "long_texts='windows'."
        )
