"""Sampling of texts: in a Pipeline, or as a classifier's ``sampler``."""

from sktext.sampling._balanced_batches import BalancedBatches, EpochSampler
from sktext.sampling._imbalance_report import imbalance_report
from sktext.sampling._prior_shift import estimate_prior, prior_shift
from sktext.sampling._random_text_over_sampler import RandomTextOverSampler
from sktext.sampling._random_text_under_sampler import RandomTextUnderSampler
from sktext.sampling._vectorized_sampler import VectorizedSampler
from sktext.sampling._word_deletion_over_sampler import WordDeletionOverSampler
from sktext.sampling._word_replacement_over_sampler import WordReplacementOverSampler
from sktext.sampling._word_swap_over_sampler import WordSwapOverSampler

# A new sampler is its import above and its row here.
SAMPLERS = {
    "over": RandomTextOverSampler,
    "under": RandomTextUnderSampler,
    "word_deletion": WordDeletionOverSampler,
    "word_swap": WordSwapOverSampler,
    "word_replacement": WordReplacementOverSampler,
    "balanced_batches": BalancedBatches,
}

__all__ = [
    "SAMPLERS",
    "BalancedBatches",
    "EpochSampler",
    "RandomTextOverSampler",
    "RandomTextUnderSampler",
    "VectorizedSampler",
    "WordDeletionOverSampler",
    "WordReplacementOverSampler",
    "WordSwapOverSampler",
    "estimate_prior",
    "imbalance_report",
    "prior_shift",
]
