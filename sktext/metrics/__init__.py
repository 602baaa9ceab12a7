"""Metrics of frequent and rare labels, confusions, rankings, hierarchies and calibration."""

from sktext.metrics._calibration_error import expected_calibration_error
from sktext.metrics._confused_pairs import confused_pairs
from sktext.metrics._f1_by_frequency import f1_by_frequency
from sktext.metrics._frequency_f1_scorer import FrequencyF1Scorer
from sktext.metrics._hierarchical import (
    hierarchical_f1_score,
    hierarchical_precision_recall_f1,
    level_scores,
)
from sktext.metrics._label_report import label_report
from sktext.metrics._label_scorer import LabelScorer
from sktext.metrics._ranking import ndcg_at_k, precision_at_k

__all__ = [
    "FrequencyF1Scorer",
    "LabelScorer",
    "confused_pairs",
    "expected_calibration_error",
    "f1_by_frequency",
    "hierarchical_f1_score",
    "hierarchical_precision_recall_f1",
    "label_report",
    "level_scores",
    "ndcg_at_k",
    "precision_at_k",
]
