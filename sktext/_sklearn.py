"""All that is used of scikit-learn's private names: the one file to read on a new version."""

from contextlib import nullcontext

from sklearn.base import _fit_context as fit_context_of_sklearn
from sklearn.metrics._scorer import _MultimetricScorer as MultimetricScorer
from sklearn.model_selection._search import BaseSearchCV
from sklearn.model_selection._split import _validate_shuffle_split as shuffle_split_sizes
from sklearn.model_selection._validation import _score as score_of
from sklearn.model_selection._validation import (
    _warn_or_raise_about_fit_failures as warn_or_raise_about_fit_failures,
)
from sklearn.utils import _safe_indexing as safe_indexing
from sklearn.utils._metadata_requests import MetadataRequest, MethodMetadataRequest
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    InvalidParameterError,
    Options,
    RealNotInt,
    StrOptions,
    validate_parameter_constraints,
    validate_params,
)
from sklearn.utils.metaestimators import _BaseComposition as BaseComposition
from sklearn.utils.metaestimators import _safe_split as safe_split
from sklearn.utils.sparsefuncs_fast import (
    inplace_csr_row_normalize_l1,
    inplace_csr_row_normalize_l2,
)
from sklearn.utils.validation import _check_method_params as check_method_params
from sklearn.utils.validation import _check_sample_weight as check_sample_weight_of_sklearn
from sklearn.utils.validation import _num_samples as num_samples

try:
    from sklearn.callback import CallbackSupportMixin
    from sklearn.callback._callback_support import callback_management_context
except ImportError:  # scikit-learn before 1.9 has no callbacks

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Stands for scikit-learn's: there is nobody to tell of a fit and its tasks."""

        def _init_callback_context(self, **task):
            return SilentContext()

    def callback_management_context(estimator):
        """Return a context that manages nothing."""
        return nullcontext()


class SilentContext:
    """Stands for scikit-learn's context of a task, and calls no callbacks."""

    def subcontext(self, **task):
        """Return the context of a subtask."""
        return self

    def call_on_fit_task_begin(self, **told):
        """Return itself."""
        return self

    def call_on_fit_task_end(self, **told):
        """Return that nothing is to stop."""
        return False

    def propagate_callback_context(self, estimator):
        """Return a context in which the estimator has no other callbacks than its own."""
        return nullcontext()


__all__ = [
    "BaseComposition",
    "BaseSearchCV",
    "CallbackSupportMixin",
    "HasMethods",
    "Interval",
    "InvalidParameterError",
    "MetadataRequest",
    "MethodMetadataRequest",
    "MultimetricScorer",
    "Options",
    "RealNotInt",
    "StrOptions",
    "callback_management_context",
    "check_method_params",
    "check_sample_weight_of_sklearn",
    "fit_context_of_sklearn",
    "inplace_csr_row_normalize_l1",
    "inplace_csr_row_normalize_l2",
    "num_samples",
    "safe_indexing",
    "safe_split",
    "score_of",
    "shuffle_split_sizes",
    "validate_parameter_constraints",
    "validate_params",
    "warn_or_raise_about_fit_failures",
]
