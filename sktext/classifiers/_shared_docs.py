"""What the docstrings of the classifiers say alike, in numpydoc's form.

``{options}`` stands for the strings that a class takes for a parameter, and ``{names}`` for the
names of its parts; with the default, they come from the class.
"""

import inspect
import re

from sktext._validation import StrOptions


def entries(text):
    """Return the entries of a numpydoc section by their names."""
    found = re.split(r"\n(?=\S)", text.strip())
    return {entry.split(" : ")[0]: entry for entry in found}


SHARED_PARAMETERS = entries("""
loss : str or Loss
    What is minimised: a name in ``sktext.losses.LOSSES`` or a loss object, whose
    parameters are searched as ``loss__gamma`` and so on.
class_weight : {options} or dict
    Weight of each class; multiplies the sample weights. For multilabel, of each
    label's positives (a dict) or of both sides of each label (a name).
sampler : str, imbalanced-learn sampler or EpochSampler
    Resamples the training rows, after the validation rows are set aside and the
    features are learned; an ``EpochSampler`` does so in each epoch. A name is one in
    ``sktext.sampling.SAMPLERS``.
reweight : bool
    Whether resampled rows are weighted so that the class proportions stay the original
    ones.
bias_init : {options}
    Where the output bias starts: at the class proportions, at zero, or as the loss says.
optimizer : {options} or callable
    "auto" is "lbfgs", on all rows at once, for a linear model with a smooth loss; else
    "adagrad", also where the weights of "lbfgs" would need more than 4 GiB or most features
    are in no row. ``optimizer_`` names the one that ran; a warning says where the size alone
    was why it is not "lbfgs". A torch optimizer class
    or a partial of one is also accepted.
lr : float or {options}
    Step size, greater than 0. "auto" suits the optimizer.
weight_decay : float or {options}
    Pull of the weights towards zero, at least 0. With "lbfgs" it is the factor of
    half the squared weights next to the mean loss, 1 / (C * n_samples) of scikit-learn;
    else it is the optimizer's own. "auto" tries several with "lbfgs" on linear models, from
    C = 10 on, by the loss of a quarter of the training rows, and then fits all rows; as the
    best one is often a weak one, whose probabilities are too sure, the weights are multiplied
    by the factor that is best for those rows. Of many labels per row, eight of all frequencies
    choose for all; for losses that join labels, as a hierarchy does, it is 1e-6 times the
    ``curvature`` of the loss, and with other optimizers their default. ``weight_decay_`` is
    what was chosen.
lr_schedule : {options} or callable
    How the step size changes over the epochs. "warmup_linear" and "warmup_cosine" let it rise
    for a tenth of the steps, and then decrease to zero. A torch scheduler class or a partial of
    one is also accepted.
max_epochs : int
    Passes over the rows, at least 1. An epoch of "lbfgs" is up to ten iterations; it
    ends early when it has converged.
batch_size : int
    Rows per step, at least 1; "lbfgs" takes all.
early_stopping : bool
    Whether to hold out validation rows, stop when they get no better, and keep the best
    weights.
validation_fraction : float
    Fraction of the rows to hold out, in (0, 1).
n_iter_no_change : int
    Epochs without improvement after which training stops, at least 1.
scoring : str or callable
    What early stopping watches: a scikit-learn scorer. None is the loss, which also
    takes the place of a score that has no value on the validation rows.
callbacks : list or tuple of skorch callbacks
    Copied at each fit.
warm_start : bool
    Whether ``fit`` goes on from the last fit, with its classes and features.
keep_optimizer : bool
    Whether copies and files hold what the optimizer remembers and where the draws are, so
    that ``partial_fit`` goes on from them as it would have here. Files are two to three
    times as large.
device : str or torch.device
    "cpu", "cuda", "cuda:1", ...; "auto" is a CUDA device if there is one.
dtype : {options}
    Precision of the computation.
random_state : int, RandomState instance or None
    Decides everything that is drawn; torch's own generators are left alone.
verbose : int or bool
    1 shows a progress bar, 2 a line per epoch.
net_params : dict
    Additional keyword arguments of ``skorch.NeuralNet``, such as
    ``{"optimizer__betas": (0.9, 0.98)}``, or
    ``{"optimizer__param_groups": [("encoder*", {"lr": 1e-5})]}`` for smaller steps of the
    parameters whose names match; not with "lbfgs".
""")

# What classifiers of texts have in common.
TEXT_PARAMETERS = entries("""
columns : {options}, list of str, transformer or None
    What is read beside the texts, if X is a data frame of several columns. "auto" takes the one
    column of strings that are no categories for the texts, and all others beside them: numbers are
    scaled, and a missing one is the median; booleans, categories, and strings of at most 50 values
    that recur have a column for each value that two rows have; dates are a number, the hour and
    the weekday. A list names the columns that stand beside the texts, which are the single other
    one. A transformer, as a ``ColumnTransformer``, makes a matrix of them, and its parameters are
    searched as ``columns__...``. None reads texts alone. All is learned from the training rows.
""")

# Those of sequences alone, and what else the shared ones are for sequences.
SEQUENCE_PARAMETERS = TEXT_PARAMETERS | entries("""
embedding_dim : int
    Size of the vector of each token, at least 1; that of ``embedding_init`` if given.
embedding_init : EmbeddingInit
    Word vectors to start from.
tokenizer : {names}, tokenizer or callable
    Texts to tokens, learned from the training rows. "words" takes all words, and "auto" those
    that at least two texts have, as nothing is learned of others but what they add to
    "unknown"; with ``embedding_init``, which knows them, all. Its parameters are set by
    ``set_params`` and searches, as ``tokenizer__max_features`` and so on; or give an
    object, ``WordTokenizer(max_features=20_000)``. "bpe" and "wordpiece" are parts of
    words, with the extra ``subwords``. A function from a text to a list of str is also
    accepted.
max_length : int or None
    Tokens of a text that are read, at least 1; None is all. Longer texts are counted
    in ``n_truncated_`` and warned about.
truncating : {options}
    Where longer texts lose tokens: "left" keeps the last ones.
gradient_accumulation_steps : int
    Batches whose gradients make one step, at least 1: large steps in little memory.
compile : bool
    Whether training runs the network through ``torch.compile``, which takes a minute
    and pays in long runs on a CUDA device.
checkpoint_dir : str or path
    Folder to save the run in after each epoch. A run that was killed and is started
    again goes on from there and ends as if nothing had been; a finished one leaves no
    file. Needs an int ``random_state``.
optimizer : {options} or callable
    "auto" is "adagrad" for networks that read a few rows of their weights for each batch,
    which are recurrent ones, averaged embeddings and convolutions with hashed pairs;
    "adamw" for self-attention, other convolutions and modules of your own; and "lbfgs", on
    all rows at once, for modules with ``is_linear = True`` that are not too large for it
    and a smooth loss. ``optimizer_`` names the one that ran. A torch optimizer class or a
    partial of one is also accepted.
dtype : {options}
    Precision of the computation. "bfloat16" is mixed precision, for CUDA devices and for
    processors that compute with it; "float16" is that for CUDA devices alone, and "float32"
    on a CPU, which ``fit`` warns of.
""")

# What they are where all weights are trained from the start.
SCRATCH_PARAMETERS = entries("""
lr_schedule : {options}, callable or None
    How the step size changes; with "warmup_linear" and "warmup_cosine" it rises for a tenth of
    the steps, and then decreases to zero. A torch scheduler class or a partial of one is also
    accepted; None is a constant one.
max_epochs : int or {options}
    Passes over the rows, at least 1. "auto" is a few for many rows, and more the fewer steps an
    epoch has and the more classes there are; ``n_iter_`` is what it was. With
    ``early_stopping=True`` it is the most.
""")

# What some of them are for pretrained encoders.
PRETRAINED_PARAMETERS = entries("""
max_length : int or None
    Tokens of a text that are read, at least 1 beside the special ones, which count as well; None
    is all that the encoder can, which is also the most. With ``long_texts="windows"`` those of
    all windows together, without special tokens, and None is all. Longer texts are counted in
    ``n_truncated_`` and warned about.
optimizer : {options} or callable
    "auto" is "adamw". ``optimizer_`` names the one that ran. A torch optimizer class or a
    partial of one is also accepted.
lr : float or {options}
    Step size of the encoder, greater than 0. "auto" suits "adamw": 2e-4 for encoders with
    states of up to 384 numbers, 5e-5 up to 768, as of "base" models, and 2e-5 above.
lr_schedule : {options}, callable or None
    How the step size changes; with "warmup_linear" and "warmup_cosine" it rises for a tenth of
    the steps, and then decreases to zero. A torch scheduler class or a partial of one is also
    accepted.
""")

# What they are where the encoder is tuned first.
FEW_SHOT_PARAMETERS = entries("""
dtype : {options}
    Precision of the computation. "bfloat16" is mixed precision of the encoder, for CUDA devices
    and for processors that compute with it; "float64" is that of the linear model alone.
lr : float or {options}
    Step size of the linear model, greater than 0. "auto" suits the optimizer.
weight_decay : float or {options}
    Pull of the weights of the linear model towards zero, at least 0. With "lbfgs" it is the factor
    of half the squared weights next to the mean loss, 1 / (C * n_samples) of scikit-learn;
    else it is the optimizer's own. The texts that the encoder was tuned on look easier than
    others, so that far less would lead to overconfident probabilities.
verbose : int or bool
    1 shows a progress bar, of the contrast as well, 2 a line per epoch.
""")

SHARED_TEXTS = {
    "{shared_attributes}": """
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
weight_decay_ : float
    The weight decay, which "auto" has chosen.
best_validation_score_ : float or None
    Best value of what early stopping watched.
""",
    "{column_attributes}": """
columns_ : object or None
    What was learned of the columns beside the texts, with ``text``, the name of the column of
    texts, and ``get_feature_names_out()``. None of texts alone.
n_features_in_ : int
    Number of columns of X, where it was a data frame of several.
feature_names_in_ : ndarray of shape (n_features_in_,)
    Their names.
""",
    "{sequence_attributes}": """
tokenizer_ : tokenizer
    The fitted tokenizer, with its ``vocabulary_``.
embedding_init_ : EmbeddingInit or None
    The word vectors' ``coverage_`` of the vocabulary.
n_truncated_ : int
    Training texts that were longer than ``max_length``.
""",
    "{shared_notes}": """
Binary problems have one logit, several classes a softmax, label matrices a sigmoid per
label. Sample weights are scaled once to average one over the training rows.
""",
    "{sequence_notes}": """
Texts come in batches of like length, padded to the longest of the batch. A text without
a token that training has seen gets the class proportions.
""",
}


def complete(doc, cls, inherited):
    """Return the docstring of a class with all that it shares with others.

    Parameters
    ----------
    doc : str
        ``{inherited_parameters}`` on a line of its own stands for the parameters of the
        bases, ``{all_parameters}`` for all that have a text here, and each key of
        ``SHARED_TEXTS`` for its text.
    cls : class
        Says by ``_parameter_constraints``, ``_parts`` and its fields what it accepts, and by
        ``_parameter_texts`` what else the shared parameters are for it.
    inherited : list of str
        Names of the parameters of its bases.

    Returns
    -------
    doc : str
    """
    texts = SHARED_TEXTS | {
        "{inherited_parameters}": "\n".join(describe(name, cls) for name in inherited),
        "{all_parameters}": "\n".join(
            describe(name, cls)
            for name in inspect.signature(cls).parameters
            if name in table_of(cls)
        ),
    }
    lines = inspect.cleandoc(doc).splitlines()
    return "\n".join(texts[line].strip() if line in texts else line for line in lines) + "\n"


def describe(name, cls):
    """Return the numpydoc entry of an inherited parameter, with what this class accepts."""
    head, text = table_of(cls)[name].split("\n", 1)
    default = getattr(cls, name)
    head = head.replace("{options}", one_of(options_of(cls._parameter_constraints[name], default)))
    head = head.replace("{names}", one_of(cls._parts.get(name, ())))
    return f"{head}, default={literal(default)}\n{text}"


def table_of(cls):
    """Return the texts of the parameters that a class shares with others."""
    return SHARED_PARAMETERS | cls._parameter_texts


def options_of(constraints, default):
    """Return the strings that constraints let through, the default first."""
    found = [
        option for kind in constraints if isinstance(kind, StrOptions) for option in kind.options
    ]
    return sorted(found, key=lambda option: (option != default, option))


def one_of(names):
    """Write the names that a parameter takes as numpydoc does; a single one without braces."""
    shown = ", ".join(map(literal, names))
    return shown if len(names) == 1 else f"{{{shown}}}"


def literal(value):
    """Write a value as the source code does."""
    return repr(value).replace("'", '"')
