"""Self-attention classifier of texts."""

from numbers import Integral, Real

from torch import nn

from sktext._validation import Interval, StrOptions
from sktext.classifiers._attention import AttentionMixin
from sktext.classifiers._sequence_base import BaseSequenceClassifier
from sktext.modules import SelfAttentionEncoder


class SelfAttentionClassifier(AttentionMixin, BaseSequenceClassifier):
    """Small self-attention encoder trained from scratch on raw texts, with any loss.

    Use it where words far apart act together and there are ten thousands of texts. Not on
    few texts: without pretraining it needs more of them than the other networks.


    Parameters
    ----------
    n_heads : int, default=4
        Attention heads, at least 1; a divisor of ``embedding_dim``.
    n_layers : int, default=2
        Layers on top of each other, at least 1.
    hidden_size : int, default=256
        Units of the dense part of each layer, at least 1.
    pooling : {"mean", "max", "attention"}, default="mean"
        What the states of all tokens are summed up to.
    dropout : float, default=0.1
        Share of what goes into each part of a layer that is dropped in training, in [0, 1).
    embedding_dim : int, default=128
        Size of the vector of each token, at least 1; that of ``embedding_init`` if given.
    embedding_init : EmbeddingInit, default=None
        Word vectors to start from.
    tokenizer : {"words", "characters", "bpe", "wordpiece"}, tokenizer or callable, \
            default="words"
        Texts to tokens, learned from the training part. Its parameters are set by
        ``set_params`` and searches, as ``tokenizer__max_features`` and so on; or give an
        object, ``WordTokenizer(max_features=20_000)``. "bpe" and "wordpiece" are parts of
        words, with the extra ``subwords``. A function from a text to a list of str also
        goes.
    max_length : int or None, default=400
        Tokens of a text that are read, at least 1; None is all. Longer texts are counted
        in ``n_truncated_`` and warned about.
    truncating : {"right", "left", "middle"}, default="right"
        Where longer texts lose tokens: "left" keeps the last ones.
    gradient_accumulation_steps : int, default=1
        Batches whose gradients make one step, at least 1: large steps in little memory.
    compile : bool, default=False
        Whether training runs the network through ``torch.compile``, which takes a minute
        and pays in long runs on a CUDA device.
    checkpoint_dir : str or path, default=None
        Folder to save the run in after each epoch. A run that was killed and is started
        again goes on from there and ends as if nothing had been; a finished one leaves no
        file. Needs an int ``random_state``.
    loss : str or Loss, default="cross_entropy"
        What is minimised: a name in ``sktext.losses.LOSSES`` or a loss object, whose
        parameters are searched as ``loss__gamma`` and so on.
    class_weight : {"balanced", "inverse", "effective"} or dict, default=None
        Weight of each class; multiplies the sample weights. For multilabel, of each
        label's positives (a dict) or of both sides of each label (a name).
    sampler : imbalanced-learn sampler, default=None
        Draws the training rows anew, after the held-out rows are set aside and the
        features are learned.
    reweight : bool, default=False
        Whether resampled rows weigh so that the class shares stay the original ones.
    bias_init : {"auto", "prior", "zero"}, default="auto"
        Where the output bias starts: at the class shares, at zero, or as the loss says.
    optimizer : {"auto", "lbfgs", "adagrad", "adamw", "adam", "sgd"} or callable, \
            default="auto"
        "auto" is "lbfgs", on all rows at once, for a linear model of at most three
        million weights with a smooth loss; "adamw" for self-attention, for convolutions
        without hashed pairs and for modules of your own that read tokens; else "adagrad".
        ``optimizer_`` names the one that ran; a warning says where the size alone was why it
        is not "lbfgs". A torch optimizer class or a partial of one also goes.
    lr : float or "auto", default="auto"
        Step size, greater than 0. "auto" suits the optimizer.
    weight_decay : float or "auto", default="auto"
        Pull of the weights towards zero, at least 0. With "lbfgs" it is the factor of
        half the squared weights next to the mean loss, 1 / (C * n_samples) of scikit-learn;
        else it is the optimizer's own. "auto" is 5e-6 with "lbfgs" (1e-6 for multilabel) and
        the optimizer's default otherwise.
    lr_schedule : {"step", "exponential", "cosine", "one_cycle", "plateau"} or callable, \
            default=None
        How the step size changes over the epochs; or a torch scheduler class or partial.
    max_epochs : int, default=5
        Passes over the rows, at least 1. An epoch of "lbfgs" is up to ten iterations; it
        ends early when it has converged.
    batch_size : int, default=32
        Rows per step, at least 1; "lbfgs" takes all.
    early_stopping : bool, default=False
        Whether to hold rows out, stop when they get no better, and keep the best
        weights.
    validation_fraction : float, default=0.1
        Share of the rows to hold out, in (0, 1).
    n_iter_no_change : int, default=5
        Epochs without improvement after which training stops, at least 1.
    scoring : str or callable, default=None
        What early stopping watches: a scikit-learn scorer. None is the loss, which also
        takes the place of a score that has no value on the held-out rows.
    callbacks : list of skorch callbacks, default=None
        Copied at each fit.
    warm_start : bool, default=False
        Whether ``fit`` goes on from the last fit, with its classes and features.
    keep_optimizer : bool, default=False
        Whether copies and files hold what the optimizer remembers and where the draws are, so
        that ``partial_fit`` goes on from them as it would have here. Files are two to three
        times as large.
    device : str, default="auto"
        "cpu", "cuda", "cuda:1", ...; "auto" is a CUDA device if there is one.
    dtype : {"float32", "float64", "bfloat16", "float16"}, default="float32"
        Precision of the computation. The last two are mixed precision, for networks that
        read sequences of tokens on a CUDA device; "float16" is "float32" on a CPU, which
        ``fit`` warns of.
    random_state : int, RandomState instance or None, default=None
        Decides everything that is drawn; torch's own generators are left alone.
    verbose : int, default=0
        1 shows a progress bar, 2 a line per epoch.
    net_params : dict, default=None
        More parameters of the skorch net, such as ``{"optimizer__betas": (0.9, 0.98)}``, or
        ``{"optimizer__param_groups": [("encoder*", {"lr": 1e-5})]}`` for smaller steps of the
        parameters whose names match; not with "lbfgs".

    Attributes
    ----------
    tokenizer_ : tokenizer
        The fitted tokenizer, with its ``vocabulary_``.
    embedding_init_ : EmbeddingInit or None
        The word vectors' ``coverage_`` of the vocabulary.
    n_truncated_ : int
        Training texts that were longer than ``max_length``.
    classes_ : ndarray of shape (n_classes,)
        Sorted labels, or numbers of the label columns.
    class_counts_ : ndarray of shape (n_classes,)
        Training rows (sum of their weights) of each class that the loss was given.
    net_ : NeuralNet
        The fitted skorch net.
    loss_ : Loss
        The fitted loss.
    history_ : skorch.history.History
        Losses, scores and seconds of every epoch.
    optimizer_ : str
        The optimizer that ran: a name that ``optimizer`` takes, or of a torch class.
    n_iter_ : int
        Epochs trained.
    best_validation_score_ : float or None
        Best value of what early stopping watched.

    See Also
    --------
    LSTMClassifier : Reads words in order.
    CNNClassifier : Faster, and blind beyond a few neighbouring words.

    Notes
    -----
    Texts come in batches of like length, padded to the longest of the batch; padding does
    not change what is predicted. A text without a token that training has seen gets the
    class shares. Binary problems have one logit, several classes a softmax, label matrices
    a sigmoid per label.


    References
    ----------
    .. [1] Vaswani et al., Attention Is All You Need, NeurIPS 2017,
       https://arxiv.org/abs/1706.03762

    Examples
    --------
    >>> from sktext import SelfAttentionClassifier
    >>> from sktext.datasets import make_imbalanced_texts
    >>> texts, labels = make_imbalanced_texts(n_samples=300, random_state=0)
    >>> clf = SelfAttentionClassifier(embedding_dim=32, hidden_size=32, random_state=0)
    >>> clf.fit(texts, labels).predict_proba(texts[:2]).shape
    (2, 3)
    """

    _network_params = (
        *BaseSequenceClassifier._network_params,
        "n_heads",
        "n_layers",
        "hidden_size",
        "pooling",
        "dropout",
    )
    _parameter_constraints = {
        **BaseSequenceClassifier._parameter_constraints,
        "n_heads": [Interval(Integral, 1, None, closed="left")],
        "n_layers": [Interval(Integral, 1, None, closed="left")],
        "hidden_size": [Interval(Integral, 1, None, closed="left")],
        "pooling": [StrOptions({"mean", "max", "attention"})],
        "dropout": [Interval(Real, 0, 1, closed="left")],
    }

    def __init__(
        self,
        n_heads=4,
        n_layers=2,
        hidden_size=256,
        pooling="mean",
        dropout=0.1,
        embedding_dim=128,
        embedding_init=None,
        tokenizer="words",
        max_length=400,
        truncating="right",
        gradient_accumulation_steps=1,
        compile=False,
        checkpoint_dir=None,
        *,
        loss="cross_entropy",
        class_weight=None,
        sampler=None,
        reweight=False,
        bias_init="auto",
        optimizer="auto",
        lr="auto",
        weight_decay="auto",
        lr_schedule=None,
        max_epochs=5,
        batch_size=32,
        early_stopping=False,
        validation_fraction=0.1,
        n_iter_no_change=5,
        scoring=None,
        callbacks=None,
        warm_start=False,
        keep_optimizer=False,
        device="auto",
        dtype="float32",
        random_state=None,
        verbose=0,
        net_params=None,
    ):
        self.n_heads = n_heads
        self.n_layers = n_layers
        self.hidden_size = hidden_size
        self.pooling = pooling
        self.dropout = dropout
        self.embedding_dim = embedding_dim
        self.embedding_init = embedding_init
        self.tokenizer = tokenizer
        self.max_length = max_length
        self.truncating = truncating
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self.compile = compile
        self.checkpoint_dir = checkpoint_dir
        self.loss = loss
        self.class_weight = class_weight
        self.sampler = sampler
        self.reweight = reweight
        self.bias_init = bias_init
        self.optimizer = optimizer
        self.lr = lr
        self.weight_decay = weight_decay
        self.lr_schedule = lr_schedule
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.scoring = scoring
        self.callbacks = callbacks
        self.warm_start = warm_start
        self.keep_optimizer = keep_optimizer
        self.device = device
        self.dtype = dtype
        self.random_state = random_state
        self.verbose = verbose
        self.net_params = net_params

    def make_module(
        self, n_tokens: int, n_outputs: int, embedding_dim: int, seed: int
    ) -> nn.Module:
        return SelfAttentionEncoder(
            n_tokens,
            n_outputs,
            embedding_dim=embedding_dim,
            n_heads=self.n_heads,
            n_layers=self.n_layers,
            hidden_size=self.hidden_size,
            pooling=self.pooling,
            dropout=self.dropout,
            seed=seed,
        )
