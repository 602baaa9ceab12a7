"""Texts as the vectors of a pretrained encoder, tuned on a few labelled ones by contrast."""

import copy
from numbers import Integral, Real
from os import PathLike
from typing import Any, Literal, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from sktext._component import MAX_SEED
from sktext._labels import Labels, labels_already_read, read_labels
from sktext._pretrained import POOLINGS, ModelOfFile
from sktext._texts import Texts
from sktext._token_rows import TRUNCATING
from sktext._typing import LabelsLike
from sktext._validation import (
    Interval,
    StrOptions,
    check_numbers,
    check_same_length,
    check_texts,
    fit_context,
    weights_or_ones,
)
from sktext.features._class_batches import class_batches
from sktext.features._contrastive_training import TextReader, train_by_contrast
from sktext.features._sentence_encoder import SentenceEncoder

# The largest states of encoders that bear a step size: measured for small ones, and the usual
# advice for the others.
STEP_SIZES = ((384, 5e-5), (float("inf"), 2e-5))


class ContrastiveEncoder(SentenceEncoder):
    """Write texts as vectors of a pretrained encoder that learned the classes from a few texts.

    Use it where there are some 4 to 100 labelled texts of each class: texts of one class are
    pulled together and others pushed apart, before any classifier behind it is fitted. It goes
    into a ``Pipeline``, and as ``vectorizer`` into :class:`sktext.TfidfTorchClassifier`, with any
    loss and sampler. :class:`sktext.FewShotClassifier` is both in one. With the extra
    ``pretrained``.

    Do not use it where there are thousands of labelled texts, where
    :class:`sktext.TransformerClassifier` is better, nor where there are none, where
    :class:`SentenceEncoder` needs no labels and can keep its vectors.

    Parameters
    ----------
    model : str, path or (model, tokenizer), \
            default="sentence-transformers/all-MiniLM-L6-v2"
        A folder, a name on the hub, or objects of transformers, which are copied, and of which
        a file holds the tuned copy alone: set them again to fit what was loaded. Models of
        sentence-transformers start nearest to the goal.
    n_steps : int, default=60
        Steps of training, at least 1, each on one batch.
    texts_per_class : int, default=4
        Texts of each class in a batch, at least 2.
    classes_per_batch : int, default=16
        Of more classes, so many are drawn for each batch, at least 2.
    temperature : float, default=0.1
        Greater than 0. With a lower one, the nearest texts of other classes count most; with a
        higher one, all do.
    lr : float or "auto", default="auto"
        Largest step size, greater than 0. It rises for a tenth of the steps, and then decreases
        to zero. "auto" is 5e-5 for encoders with states of up to 384 numbers, and 2e-5 above.
    weight_decay : float, default=0.01
        Pull of the weights towards zero, at least 0, of AdamW.
    pooling : {"auto", "mean", "cls", "max", "last", "mean_sqrt_len", "weighted_mean"}, \
            default="auto"
        How the states of the tokens become one vector. "auto" is what the folder says, with
        several poolings side by side and dense layers behind them; the mean if it says nothing.
    prompt : str or None, default="auto"
        Written before each text, as of :class:`SentenceEncoder`.
    max_length : int or None, default=None
        Tokens of a text that are read, special ones and the prompt included; None is as many as
        the model was made for.
    truncating : {"right", "left", "middle"}, default="right"
        Where longer texts are truncated; "middle" keeps their beginning and their end.
    batch_tokens : int or "auto", default="auto"
        Tokens that ``transform`` encodes at once, padding included, at least 1. "auto" is 2,048
        on a CPU, where more are slower, and 32,768 on a CUDA device.
    revision : str or None, default=None
        Branch, tag or commit on the hub.
    local_files_only : bool, default=False
        Whether only what was downloaded earlier is used.
    trust_remote_code : bool, default=False
        Whether code that comes with the model is run.
    device : str, default="auto"
        "cpu", "cuda", "cuda:1" and so on; "auto" takes a CUDA device if there is one.
    dtype : {"float32", "bfloat16"}, default="float32"
        Precision that the encoder computes in. "bfloat16" is faster where the hardware has it.
        Weights and vectors are of float32.
    random_state : int, RandomState or None, default=None
        Seed of the draw of the batches and of the dropout of the encoder.
    verbose : int, default=0
        From 1 on, a progress bar.

    Attributes
    ----------
    encoder_ : SentenceNetwork
        The tuned encoder with its pooling.
    pieces_ : Pieces
        The tokenizer, in a copy of its own.
    loss_curve_ : list of float
        The contrast of the batch of each step.
    prompt_ : str
        What is written before each text.
    max_length_ : int or None
        Tokens of a text that are read; None is any number.
    n_truncated_ : int
        Number of training texts that were longer.

    Raises
    ------
    OSError
        If the model, or a network to fetch it, is not there.

    See Also
    --------
    sktext.FewShotClassifier : This step with a linear classifier behind it.
    SentenceEncoder : The same without training.

    Notes
    -----
    The loss is supervised contrast [1]_: for each text, the cross-entropy of finding the texts of
    its class among the others of the batch. A batch has equally many texts of each class, so that
    rare classes count as much as frequent ones, and there is no list of pairs [2]_, which grows
    with the square of the number of texts. The only text of a class meets itself in another draw
    of the dropout.

    Of several labels per text, two texts are alike by the labels that both have, as a fraction of
    those that either has. A text of weight two counts as two in each batch; weight zero leaves it
    out.

    Embeddings of pieces stay as they are, gradients are clipped at norm 1. The dropout of encoders
    draws from torch's global generators: while the encoder is trained, these are seeded from
    ``random_state``, and put back at the end; fits in several threads wait for one another.

    The vectors of the training texts are nearer to their classes than those of new texts, so
    that a classifier behind it looks better on them than it is.

    References
    ----------
    .. [1] Khosla et al., "Supervised Contrastive Learning", NeurIPS 2020. :arxiv:`2004.11362`
    .. [2] Tunstall et al., "Efficient Few-Shot Learning Without Prompts", 2022 (SetFit).
       :arxiv:`2209.11055`

    Examples
    --------
    >>> import tempfile
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from sktext.features import ContrastiveEncoder
    >>> from sktext.testing import make_tiny_encoder
    >>> texts = ["My refund!", "Refund me", "Where is my parcel?", "No parcel came"]
    >>> labels = ["money", "money", "parcel", "parcel"]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     model = make_tiny_encoder(folder, words=["refund", "parcel"])
    ...     encoder = ContrastiveEncoder(model, n_steps=20, lr=0.01, random_state=0)
    ...     classifier = make_pipeline(encoder, LogisticRegression()).fit(texts, labels)
    >>> classifier.predict(["refund"])
    array(['money'], dtype='<U6')
    """

    # What the encoder without training leaves open.
    normalize = True
    truncate_dim = None
    cache = None

    _parameter_constraints = {
        "model": "no_validation",  # a message of its own says what is missing
        "n_steps": [Interval(Integral, 1, None, closed="left")],
        "texts_per_class": [Interval(Integral, 2, None, closed="left")],
        "classes_per_batch": [Interval(Integral, 2, None, closed="left")],
        "temperature": [Interval(Real, 0, None, closed="neither")],
        "lr": [Interval(Real, 0, None, closed="neither"), StrOptions({"auto"})],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "pooling": [StrOptions({"auto", *POOLINGS})],
        "prompt": [str, None],
        "max_length": [Interval(Integral, 1, None, closed="left"), None],
        "truncating": [StrOptions(set(TRUNCATING))],
        "batch_tokens": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "revision": [str, None],
        "local_files_only": ["boolean"],
        "trust_remote_code": ["boolean"],
        "device": [str],
        "dtype": [StrOptions({"float32", "bfloat16"})],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        model: str | PathLike | tuple[Any, Any] = "sentence-transformers/all-MiniLM-L6-v2",
        *,
        n_steps: int = 60,
        texts_per_class: int = 4,
        classes_per_batch: int = 16,
        temperature: float = 0.1,
        lr: float | Literal["auto"] = "auto",
        weight_decay: float = 0.01,
        pooling: Literal[
            "auto", "mean", "cls", "max", "last", "mean_sqrt_len", "weighted_mean"
        ] = "auto",
        prompt: str | None = "auto",
        max_length: int | None = None,
        truncating: Literal["right", "left", "middle"] = "right",
        batch_tokens: int | Literal["auto"] = "auto",
        revision: str | None = None,
        local_files_only: bool = False,
        trust_remote_code: bool = False,
        device: str = "auto",
        dtype: Literal["float32", "bfloat16"] = "float32",
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 0,
    ) -> None:
        self.model = model
        self.n_steps = n_steps
        self.texts_per_class = texts_per_class
        self.classes_per_batch = classes_per_batch
        self.temperature = temperature
        self.lr = lr
        self.weight_decay = weight_decay
        self.pooling = pooling
        self.prompt = prompt
        self.max_length = max_length
        self.truncating = truncating
        self.batch_tokens = batch_tokens
        self.revision = revision
        self.local_files_only = local_files_only
        self.trust_remote_code = trust_remote_code
        self.device = device
        self.dtype = dtype
        self.random_state = random_state
        self.verbose = verbose

    @fit_context(prefer_skip_nested_validation=True)
    def fit(  # type: ignore[override]  # it is tuned by the labels
        self, texts: Texts, y: LabelsLike, sample_weight: ArrayLike | None = None
    ) -> Self:
        """Load the encoder, and tune it.

        Parameters
        ----------
        texts : array-like of str of shape (n_texts,)
            Texts in any container, or one column of them. Those that are too long are counted.
        y : array-like of shape (n_texts,) or (n_texts, n_labels)
            Labels of any type; or several per row, as an indicator matrix, in which -1 stands
            for not observed, or as sets of labels.
        sample_weight : array-like of shape (n_texts,), default=None
            Weights of the texts; those of weight zero are left out.

        Returns
        -------
        self : object

        Raises
        ------
        OSError
            If the model, or a network to fetch it, is not there.
        ValueError, TypeError
            If a parameter, a text or a label is not what it must be; if all texts have the
            same labels; if training diverged.
        """
        check_numbers(self)
        checked = check_texts(texts, "texts")
        target = read_target(y, len(checked))
        weight = weights_or_ones(sample_weight, checked)
        with torch.inference_mode(False):  # of the caller, who may fit within one
            self._load()
            rows = self._reader.encode(checked)
            self._count_truncated(checked)
            # A model without special tokens reads nothing of an empty text.
            read = np.flatnonzero((weight > 0) & (rows.lengths + self.pieces_.n_special > 0))
            refuse_alike(target[read])
            self._train(self._reader.truncated(rows)[read], target[read], weight[read])
        return self

    @property
    def model_(self) -> tuple[Any, Any]:
        """The tuned model and its tokenizer, as ``TransformerClassifier(model=...)`` takes them."""
        check_is_fitted(self, "encoder_")
        return self.encoder_.encoder.model, self.pieces_.backend

    def _train(self, rows, target, weight):
        rng = check_random_state(self.random_state)
        draw = self.n_steps, self.texts_per_class, self.classes_per_batch
        batches = list(class_batches(target, *draw, rng))
        size = self.encoder_.encoder.hidden_size
        lr = next(lr for largest, lr in STEP_SIZES if size <= largest)
        half = self.dtype == "bfloat16"
        self.loss_curve_ = train_by_contrast(
            self.encoder_,
            TextReader(rows, self.pieces_, target, weight / weight.mean(), half),
            batches,
            lr=lr if self.lr == "auto" else self.lr,
            weight_decay=self.weight_decay,
            temperature=self.temperature,
            seed=int(rng.randint(MAX_SEED)),
            verbose=self.verbose,
        )

    # -- copies and pickles -----------------------------------------------------------

    def __getstate__(self):
        state = super().__getstate__()
        if "encoder_" in state and isinstance(self.model, (tuple, list)):
            state["model"] = ModelOfFile(type(self.model[0]).__name__)
        return state

    def __deepcopy__(self, memo):
        """Copy the given weights as well, which a pickle leaves out to be small."""
        twin = memo[id(self)] = type(self).__new__(type(self))
        vars(twin).update(copy.deepcopy(vars(self), memo))
        return twin

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags


def read_target(y: LabelsLike, n_texts: int) -> NDArray[Any]:
    """Read labels as numbers of classes, or as an indicator with -1 for not observed."""
    rows = read_labels(y)
    check_same_length(n_texts, rows.values, "y", "texts")
    with labels_already_read():
        return Labels.learn(rows).encode(rows)


def refuse_alike(target):
    """Raise if there are no two texts with different labels."""
    if not len(target) or (target == target[0]).all():
        raise ValueError(
            "y must have at least two classes, which are contrasted with one another; all texts of "
            "a weight greater than zero have the same labels. Add texts of another class, or use "
            "SentenceEncoder, which needs no labels."
        )
