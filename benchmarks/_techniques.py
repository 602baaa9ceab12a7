"""What people do about imbalance, each as the parameters that any of the classifiers takes."""

from imblearn.over_sampling import RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler

from sktext.losses import FocalLoss

OVER, UNDER = RandomOverSampler(), RandomUnderSampler()

# Those of an article of 2023 on a fine-tuned RoBERTa, in its order.
ARTICLE = {
    "cross-entropy": {"bias_init": "zero"},
    "bias at the class proportions": {"bias_init": "prior"},
    "down-sample, up-weight": {"sampler": UNDER, "reweight": True},
    "up-sample, down-weight": {"sampler": OVER, "reweight": True},
    "focal loss, gamma 2, alpha 0.25": {"loss": FocalLoss(gamma=2.0, alpha=0.25)},
    "inverse-frequency weights": {"class_weight": "balanced"},
    "weights ham 0.576, spam 10": {"class_weight": {"ham": 0.576, "spam": 10.0}},
    "up-sample": {"sampler": OVER},
    "down-sample": {"sampler": UNDER},
}
TECHNIQUES = ARTICLE | {
    "balanced batches": {"sampler": "balanced_batches"},
    "balanced batches, reweighted": {"sampler": "balanced_batches", "reweight": True},
    "focal loss, gamma 2": {"loss": "focal"},
    "logit adjustment": {"loss": "logit_adjustment"},
    "margin-gated cross-entropy": {"loss": "margin_ce"},
    "hinge loss": {"loss": "hinge"},
    "hinge loss, balanced": {"loss": "hinge", "class_weight": "balanced"},
    "hinge loss, up-sample": {"loss": "hinge", "sampler": OVER},
}
