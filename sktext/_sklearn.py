"""All that is used of scikit-learn's private names: the one file to read on a new version."""

import copy
from contextlib import nullcontext

from sklearn.base import _fit_context as fit_context_of_sklearn
from sklearn.metrics import make_scorer
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


def callback_context(estimator, **task):
    """Make the context of a fit, by which callbacks are told of it."""
    return estimator._init_callback_context(**task)


# -- scorers --------------------------------------------------------------------------


def score_function(scorer):
    """Return the metric that a scorer wraps, or a scorer that wraps none itself."""
    return getattr(scorer, "_score_func", scorer)


def wraps_metric(scorer):
    """Return whether a scorer is one of scikit-learn's around a metric."""
    return hasattr(scorer, "_score_func")


def keywords_of(scorer):
    """Return the keywords that a scorer calls its metric with."""
    return getattr(scorer, "_kwargs", {})


def response_method(scorer):
    """Return what a scorer asks estimators for: "predict" unless it says otherwise."""
    return getattr(scorer, "_response_method", "predict")


def with_keywords(scorer, **keywords):
    """Make a scorer of the same metric with other keywords."""
    keywords = {**scorer._kwargs, **keywords}
    return make_scorer(scorer._score_func, greater_is_better=scorer._sign > 0, **keywords)


def scorers_of(scorer):
    """Return the scorers by name that a scorer of several consists of, or itself."""
    return getattr(scorer, "_scorers", scorer)


# -- searches -------------------------------------------------------------------------


def scorers_of_search(search):
    """Return the scorer of a search, and the name of the score that chooses."""
    return search._get_scorers()


def routed_params(search, params):
    """Return the parameters of ``fit`` of a search, by who gets them."""
    return search._get_routed_params_for_fit(params)


def formatted_results(search, candidates, n_splits, results, columns):
    """Return ``cv_results_`` of a search."""
    return search._format_results(candidates, n_splits, results, columns)


def check_refit(search, scores):
    """Raise if ``refit`` of a search names none of its scores."""
    search._check_refit_for_multimetric(scores)


def best_index(refit, metric, results):
    """Return the place of the best candidate, as searches choose it."""
    return BaseSearchCV._select_best_index(refit, metric, results)


# -- vectorizers ----------------------------------------------------------------------

# Methods of vectorizers that make terms.
NGRAM_METHODS = ("_word_ngrams", "_char_ngrams", "_char_wb_ngrams")


def white_spaces(vectorizer):
    """Return the pattern by which a vectorizer finds runs of white space."""
    return vectorizer._white_spaces


def check_ngram_range(vectorizer):
    """Raise if ``ngram_range`` of a vectorizer is none."""
    vectorizer._validate_ngram_range()


def hasher_of(vectorizer):
    """Make the hasher of a HashingVectorizer."""
    return vectorizer._get_hasher()


def weighting_of(vectorizer):
    """Return the TfidfTransformer inside a vectorizer, or None."""
    return getattr(vectorizer, "_tfidf", None)


def set_weighting(vectorizer, **attributes):
    """Let a copy of the TfidfTransformer inside a vectorizer have other attributes."""
    vectorizer._tfidf = copy.copy(vectorizer._tfidf)
    vars(vectorizer._tfidf).update(attributes)


__all__ = [
    "callback_context",
    "keywords_of",
    "wraps_metric",
    "score_function",
    "response_method",
    "with_keywords",
    "scorers_of",
    "scorers_of_search",
    "routed_params",
    "formatted_results",
    "check_refit",
    "best_index",
    "NGRAM_METHODS",
    "white_spaces",
    "check_ngram_range",
    "hasher_of",
    "weighting_of",
    "set_weighting",
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
