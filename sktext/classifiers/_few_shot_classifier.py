"""Classifier of texts that learns from a few texts of each class."""

from dataclasses import KW_ONLY
from numbers import Real
from os import PathLike
from typing import Any, Literal

from torch import nn

from sktext._pretrained import ModelOfFile
from sktext._training._network import Network
from sktext._training._vectorized_features import VectorizedFeatures
from sktext._validation import Interval, StrOptions
from sktext.classifiers._classifier_dataclass import classifier_dataclass
from sktext.classifiers._given_weights import GivenWeightsMixin
from sktext.classifiers._shared_docs import FEW_SHOT_PARAMETERS
from sktext.classifiers._text_base import BaseTextClassifier
from sktext.features import ContrastiveEncoder
from sktext.modules import MLP

# The parameters of the feature step; two have other names there.
OF_ENCODER = (
    *("model", "n_steps", "texts_per_class", "classes_per_batch", "temperature", "pooling"),
    *("prompt", "max_length", "truncating", "revision", "local_files_only"),
    *("trust_remote_code", "random_state", "verbose"),
)


@classifier_dataclass
class FewShotClassifier(GivenWeightsMixin, BaseTextClassifier):
    """Pretrained encoder tuned by contrast on a few texts of each class, and a linear model.

    Use it where there are some 4 to 100 labelled texts of each class: the encoder learns which
    texts belong together, and then a linear model with any loss is fitted on its vectors. With
    the extra ``pretrained``.

    Do not use it where there are hundreds of labelled texts of each class or more:
    :class:`TransformerClassifier` trains the same encoder for its loss, and
    :class:`TfidfTorchClassifier` takes a second. For another classifier on the same vectors, put
    :class:`sktext.features.ContrastiveEncoder` into a ``Pipeline``.

    Parameters
    ----------
    model : str, path or (model, tokenizer)
        The encoder: a name on the hub, a folder, or objects of transformers, which are copied
        at each fit, and of which the file of a fitted classifier holds the tuned copy only:
        give them again to fit what was loaded anew. Models of sentence-transformers start
        nearest to the goal.
    n_steps : int, default=60
        Steps of the contrast, at least 1, each on one batch.
    texts_per_class : int, default=4
        Texts of each class in a batch of the contrast, at least 2.
    classes_per_batch : int, default=16
        Of more classes, so many are drawn for each batch of the contrast, at least 2.
    temperature : float, default=0.1
        That of the contrast, greater than 0. With a lower one, the nearest texts of other
        classes count most; with a higher one, all do.
    encoder_lr : float or "auto", default="auto"
        Largest step size of the contrast, greater than 0. "auto" is 5e-5 for encoders with
        states of up to 384 numbers, and 2e-5 above.
    pooling : {"auto", "mean", "cls", "max", "last", "mean_sqrt_len", "weighted_mean"}, \
            default="auto"
        How the states of the tokens become one vector. "auto" is what the folder says, and the
        mean if it says nothing.
    prompt : str or None, default="auto"
        Written before each text, as of :class:`sktext.features.SentenceEncoder`.
    max_length : int or None, default=None
        Tokens of a text that are read, at least 1, special ones and the prompt included; None is
        as many as the model was made for.
    truncating : {"right", "left", "middle"}, default="right"
        Where longer texts are truncated; "middle" keeps their beginning and their end.
    revision : str or None, default=None
        Branch, tag or commit on the hub.
    local_files_only : bool, default=False
        Whether only what was downloaded earlier is used.
    trust_remote_code : bool, default=False
        Whether code that comes with the model is run.
    {inherited_parameters}

    Attributes
    ----------
    encoder_ : ContrastiveEncoder
        The tuned encoder. Its ``model_`` goes into ``TransformerClassifier(model=...)``, which
        trains it on.
    coef_ : ndarray of shape (n_outputs, n_features)
        Weights of the linear model, one row for two classes.
    coef_names_ : ndarray of shape (n_features,)
        Names of the columns of ``coef_``.
    intercept_ : ndarray of shape (n_outputs,)
        Biases of the linear model.
    {column_attributes}
    {shared_attributes}

    See Also
    --------
    sktext.features.ContrastiveEncoder : The feature step alone.
    TransformerClassifier : For more texts.
    TfidfTorchClassifier : Takes the feature step as its ``vectorizer``, and samplers such as SMOTE.

    Notes
    -----
    The contrast has as many texts of each class in a batch, weighs them by ``sample_weight``,
    and does not depend on loss, sampler and ``class_weight``, so that a search over these tunes
    the encoder once per fold. ``warm_start`` and ``partial_fit`` go on with the linear model, and
    leave the encoder as it is. ``early_stopping`` is that of the linear model.

    The dropout of encoders draws from torch's global generators. While the encoder is tuned,
    these are seeded from ``random_state``, and put back at the end; fits in several threads
    wait for one another.
    {shared_notes}

    References
    ----------
    .. [1] Khosla et al., Supervised Contrastive Learning, NeurIPS 2020,
       https://arxiv.org/abs/2004.11362
    .. [2] Tunstall et al., Efficient Few-Shot Learning Without Prompts, 2022, for contrast
       first and a linear model then, https://arxiv.org/abs/2209.11055

    Examples
    --------
    >>> import tempfile
    >>> from sktext import FewShotClassifier
    >>> from sktext.testing import make_tiny_encoder
    >>> texts = ["My refund!", "Refund me", "Where is my parcel?", "No parcel came"]
    >>> labels = ["money", "money", "parcel", "parcel"]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     model = make_tiny_encoder(folder, words=["refund", "parcel"])
    ...     clf = FewShotClassifier(model, n_steps=20, encoder_lr=0.01, random_state=0)
    ...     clf = clf.fit(texts, labels)
    >>> clf.predict(["refund"])
    array(['money'], dtype='<U6')
    """

    model: str | PathLike | tuple[Any, Any]
    n_steps: int = 60
    texts_per_class: int = 4
    classes_per_batch: int = 16
    temperature: float = 0.1
    encoder_lr: float | Literal["auto"] = "auto"
    pooling: Literal["auto", "mean", "cls", "max", "last", "mean_sqrt_len", "weighted_mean"] = (
        "auto"
    )
    prompt: str | None = "auto"
    max_length: int | None = None
    truncating: Literal["right", "left", "middle"] = "right"
    revision: str | None = None
    local_files_only: bool = False
    trust_remote_code: bool = False
    _: KW_ONLY
    weight_decay: float | str = 1e-3

    _given_weights = "model"
    _parameter_texts = {**BaseTextClassifier._parameter_texts, **FEW_SHOT_PARAMETERS}
    _parameter_constraints = {
        **BaseTextClassifier._parameter_constraints,
        **{
            name: constraint
            for name, constraint in ContrastiveEncoder._parameter_constraints.items()
            if name in OF_ENCODER
        },
        "dtype": [StrOptions({"float32", "float64", "bfloat16"})],
        "encoder_lr": [Interval(Real, 0, None, closed="neither"), StrOptions({"auto"})],
    }

    def _make_features(self):
        encoder = ContrastiveEncoder(
            lr=self.encoder_lr,
            device=str(self.device),
            dtype="bfloat16" if self.dtype == "bfloat16" else "float32",
            **{name: getattr(self, name) for name in OF_ENCODER},
        )
        return VectorizedFeatures(encoder, None, getattr(self, "encoder_", None), "encoder")

    def _make_network(self):
        return Network(self.make_module, "float64" if self.dtype == "float64" else "float32")

    def make_module(self, n_features: int, n_outputs: int, row_norm: float, seed: int) -> nn.Module:
        """Make the network behind the encoder; override it for a network of your own.

        Parameters
        ----------
        n_features : int
            Length of the vectors of texts.
        n_outputs : int
            Number of logits; one for two classes.
        row_norm : float
            Norm of the vectors, which is one.
        seed : int
            Seed of all random numbers.

        Returns
        -------
        module : Module
            Maps a tensor of shape (n_samples, n_features) to logits of shape
            (n_samples, n_outputs). A last layer named ``head`` gets the start bias;
            ``is_linear = True`` lets "auto" choose L-BFGS.
        """
        return MLP(n_features, n_outputs, (), 0.0, row_norm, seed)

    def _stand_in(self):
        is_pair = isinstance(self.model, (tuple, list))
        return ModelOfFile(type(self.model[0]).__name__) if is_pair else None
