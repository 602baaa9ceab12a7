"""The base of the classifiers that read texts as tokens."""

from dataclasses import KW_ONLY
from numbers import Integral
from os import PathLike

from sklearn.utils.validation import check_is_fitted

from sktext._training._net import HALF
from sktext._typing import RowsLike
from sktext._validation import Interval, StrOptions
from sktext.classifiers._classifier_dataclass import classifier_dataclass
from sktext.classifiers._shared_docs import SEQUENCE_PARAMETERS
from sktext.classifiers._text_base import BaseTextClassifier


@classifier_dataclass
class BaseTokenClassifier(BaseTextClassifier):
    """Base of the classifiers that read tokens, wherever these and their vectors come from.

    Use it for a family of classifiers with tokens of its own, as pretrained encoders have. Do
    not use it where the tokens are learned from the texts; :class:`BaseSequenceClassifier` is
    for these.

    Parameters
    ----------
    {all_parameters}

    See Also
    --------
    BaseSequenceClassifier : With a tokenizer and vectors that are learned.

    Examples
    --------
    >>> from sktext import LSTMClassifier
    >>> from sktext.classifiers._token_base import BaseTokenClassifier
    >>> issubclass(LSTMClassifier, BaseTokenClassifier)
    True
    """

    _: KW_ONLY
    max_length: int | None = 400
    truncating: str = "right"
    gradient_accumulation_steps: int = 1
    compile: bool = False
    checkpoint_dir: str | PathLike | None = None
    max_epochs: int = 5
    batch_size: int = 32

    _parameter_texts = SEQUENCE_PARAMETERS
    _parameter_constraints = {
        **BaseTextClassifier._parameter_constraints,
        "max_length": [Interval(Integral, 1, None, closed="left"), None],
        "truncating": [StrOptions({"left", "right", "middle"})],
        "gradient_accumulation_steps": [Interval(Integral, 1, None, closed="left")],
        "compile": ["boolean"],
        "checkpoint_dir": [str, PathLike, None],
        "dtype": [StrOptions({"float32", "float64", *HALF})],
    }

    def tokenize(self, X: RowsLike) -> list[list[str]]:
        """Split texts into the tokens that the network reads, after truncation.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Texts.

        Returns
        -------
        tokens : list of list of str
            The tokens of each text.
        """
        check_is_fitted(self)
        features, texts = self._checked_texts(X)
        return features.tokenize(texts)
