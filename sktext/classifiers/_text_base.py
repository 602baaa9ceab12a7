"""The base of the classifiers of texts, which read other columns beside them."""

from dataclasses import KW_ONLY

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from sktext._training._features_with_columns import FeaturesWithColumns
from sktext._validation import HasMethods, StrOptions
from sktext.classifiers._base import BaseTorchClassifier
from sktext.classifiers._classifier_dataclass import classifier_dataclass
from sktext.classifiers._shared_docs import TEXT_PARAMETERS


@classifier_dataclass
class BaseTextClassifier(BaseTorchClassifier):
    """Base of the classifiers of texts, alone or beside other columns of a data frame.

    Use it for a family of classifiers with features of their own of texts, which
    ``_make_features`` makes: columns beside the texts are added to these. Do not use it for
    networks of tokens; :class:`BaseSequenceClassifier` is for these.

    Parameters
    ----------
    {all_parameters}

    See Also
    --------
    TfidfTorchClassifier : The shortest of its subclasses.

    Examples
    --------
    >>> from sktext import TfidfTorchClassifier
    >>> from sktext.classifiers._text_base import BaseTextClassifier
    >>> issubclass(TfidfTorchClassifier, BaseTextClassifier)
    True
    """

    _: KW_ONLY
    columns: str | list[str] | BaseEstimator | None = "auto"

    # By no name, so that a message says why columns__... cannot be set.
    _parts = {**BaseTorchClassifier._parts, "columns": {}}
    _parameter_texts = TEXT_PARAMETERS
    _network_params = (*BaseTorchClassifier._network_params, "columns")
    _parameter_constraints = {
        **BaseTorchClassifier._parameter_constraints,
        "columns": [
            StrOptions({"auto"}),
            list,
            HasMethods(["fit_transform", "transform"]),
            None,
        ],
    }

    def _features(self):
        return FeaturesWithColumns(
            self._make_features(), self.columns, getattr(self, "columns_", None)
        )

    @property
    def coef_names_(self) -> NDArray[np.object_]:
        """Names of the columns of ``coef_``, of shape (n_features,)."""
        self._linear_layer("coef_names_")
        return self._features().names()

    def _checked_texts(self, X):
        """Return the features of the texts alone, and the checked texts of some rows."""
        features = self._features()
        rows = features.check(X)
        return features.texts, getattr(rows, "texts", rows)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags
