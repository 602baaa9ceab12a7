"""Scores of several labels per row, frequent and rare."""

from sktext.metrics._f1_by_frequency import f1_by_frequency
from sktext.metrics._frequency_f1_scorer import FrequencyF1Scorer
from sktext.metrics._label_report import label_report
from sktext.metrics._ranking import ndcg_at_k, precision_at_k

__all__ = [
    "FrequencyF1Scorer",
    "f1_by_frequency",
    "label_report",
    "ndcg_at_k",
    "precision_at_k",
]
