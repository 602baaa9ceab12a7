"""Every loss against values computed elsewhere, in extended precision.

``data/golden_losses.json`` holds, for each record, an independent formula evaluated in
long doubles (by ``make_golden.py``) and the public implementation it was checked against.
"""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from make_golden import read
from sklearn.linear_model import LogisticRegression

from sktext.losses import LOSSES, class_weights
from sktext.meta import RebalancedClassifier
from sktext.preprocessing import Hierarchy
from sktext.sampling import prior_shift

RECORDS = read()
SELECTED = set()  # kinds of records that tests have asked for

# Records that tests of another file select by the name of their loss.
ELSEWHERE = {
    "mcm_output": "test_hierarchical_losses.py",
    "recursive_regularization": "test_hierarchical_losses.py",
    "hierarchy_violation": "test_hierarchical_losses.py",
}
# What a record is of, if not the value of a loss.
OTHER_KINDS = (
    "class_weight",
    "bias_init",
    "ldam_margins",
    "resampling_weight",
    "prior_shift",
)
ALIASES = {"poly1_ce": "poly1", "poly1_focal": "poly1", "sigmoid_f1": "soft_f1"}


def name_of(record):
    name = record["loss"].removesuffix(".posterior")
    return ALIASES.get(name, name)


def selected(kind):
    """Records of one kind, as test parameters with a readable name."""
    SELECTED.add(kind)
    return [
        pytest.param(record, id=f"{i}-{record['loss']}-{record['task']}")
        for i, record in enumerate(RECORDS)
        if kind_of(record) == kind
    ]


def kind_of(record):
    if record["loss"] in ELSEWHERE:
        return "elsewhere"
    if record["loss"] in OTHER_KINDS:
        return record["loss"]
    return "posterior" if record["loss"].endswith(".posterior") else "value"


def build(record):
    """Make the loss of a record and bind it to the record's task and counts."""
    params = dict(record["params"])
    counts = params.pop("class_counts", None) or params.pop("label_counts", None)
    n_samples = params.pop("n_samples", None)
    for elsewhere in ("weight", "normalization", "class_reduction"):
        params.pop(elsewhere, None)
    if name_of(record) == "cross_entropy" and "weight" in record["params"]:
        params["weight"] = record["params"]["weight"]
    if record["loss"] == "poly1_ce":
        params["gamma"] = 0.0
    if record["loss"] == "soft_f1":
        assert params.pop("average") == "macro"
    if name_of(record) == "self_adjusting_dice":  # the values are of plain sums
        params.setdefault("square_denominator", False)
    if params.get("A") == "log(1e-4)":
        params["A"] = math.log(1e-4)
    if name_of(record) == "distribution_balanced":
        return build_distribution_balanced(params, counts, n_samples)
    if "descendants" in params:
        params["hierarchy"] = hierarchy_of(params.pop("descendants"))
    margin = params.pop("margin") if params.get("margin") == 0.4 else None  # below the range
    loss = LOSSES[name_of(record)](**params)
    is_flat = record["logits"] is not None and not isinstance(record["logits"][0], list)
    one_label = record["task"] == "multilabel" and is_flat and record["targets"] is not None
    loss.build("binary" if one_label else record["task"], counts, n_samples)
    if margin is not None:
        loss.margin = margin
    return loss


def hierarchy_of(descendants):
    """The hierarchy in which the columns of 1 in a row are below it."""
    below = np.array(descendants) - np.eye(len(descendants), dtype=int)
    return Hierarchy(
        {child: np.flatnonzero(below[:, child]).tolist() for child in range(len(below))}
    )


def build_distribution_balanced(params, counts, n_samples):
    variant = params["variant"].split(" ")[0]
    if variant == "BCE":
        return LOSSES["bce"]().build("multilabel")
    own = {key: params[key] for key in ("kappa", "lam") if key in params}
    loss = LOSSES["distribution_balanced"](variant=variant, **own)
    return loss.build("multilabel", counts, n_samples)


def evaluate(record, loss, logits):
    """The value of a record: its weights enter numerator and denominator."""
    target = torch.tensor(record["targets"])
    weight = torch.ones(len(target), dtype=torch.float64)
    if record.get("sample_weight") is not None:
        weight = torch.tensor(record["sample_weight"], dtype=torch.float64)
    classes = record["params"].get("weight")
    if classes is not None and name_of(record) != "cross_entropy":
        weight = weight * torch.tensor(classes, dtype=torch.float64)[target]
    if loss._level == "batch":
        return loss(logits, target, weight, reduction=record["reduction"])
    values = loss(logits, target, weight, reduction="none")
    if "NOT divided" in str(record["params"].get("variant")):
        values = torch.where(target > 0.5, values, values * loss.lam)
    if record["reduction"] == "none":
        return values
    if record["params"].get("class_reduction") == "sum":
        values = values * logits.shape[1]
    if record["reduction"] == "sum":
        return values.sum()
    per_sample = values.reshape(len(target), -1).mean(dim=1)
    if record["params"].get("normalization") == "batch":
        return per_sample.mean()
    if classes is not None and name_of(record) == "cross_entropy":
        weight = weight * torch.tensor(classes, dtype=torch.float64)[target]
    return per_sample.sum() / weight.sum()


@pytest.mark.parametrize("record", selected("value"))
def test_loss_has_the_golden_value(record):
    logits = torch.tensor(record["logits"], dtype=torch.float64, requires_grad=True)
    value = evaluate(record, build(record), logits)
    expected = torch.tensor(record["expected"], dtype=torch.float64)
    torch.testing.assert_close(value, expected, atol=record["tol"], rtol=record["tol"])
    if "expected_grad" in record:
        value.sum().backward()
        expected = torch.tensor(record["expected_grad"], dtype=torch.float64)
        torch.testing.assert_close(logits.grad, expected, atol=record["tol"], rtol=0)


EXTREMES = [p for p in selected("value") if "extreme" in p.values[0].get("note", "")]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
@pytest.mark.parametrize("record", EXTREMES)
def test_extreme_logits_reach_their_limit_in_every_precision(record, dtype):
    logits = torch.tensor(record["logits"], dtype=dtype, requires_grad=True)
    value = evaluate(record, build(record), logits)
    value.sum().backward()
    expected = torch.tensor(record["expected"], dtype=torch.float64)
    # bfloat16 itself rounds 10000 to 9984.
    tolerance = 2e-3 if dtype == torch.bfloat16 else 1e-5
    torch.testing.assert_close(value.double(), expected, atol=tolerance, rtol=tolerance)
    assert logits.grad.isfinite().all()


@pytest.mark.parametrize("record", selected("posterior"))
def test_posterior_has_the_golden_value(record):
    loss = build(record)
    logits = torch.tensor(record["logits"], dtype=torch.float64)
    if record["task"] == "multiclass":
        weight = record["params"].get("weight") if name_of(record) != "cross_entropy" else None
        proba = loss.posterior(logits[None], class_weight=weight)[0]
    else:
        proba = loss.posterior(logits)[:, 1]
    expected = torch.tensor(record["expected"], dtype=torch.float64)
    torch.testing.assert_close(proba, expected, atol=record["tol"], rtol=0)


@pytest.mark.parametrize("record", selected("class_weight"))
def test_class_weights_have_the_golden_value(record):
    params = record["params"]
    if params["scheme"] == "balanced":
        weights = class_weights(params["counts"], "balanced")
    else:
        weights = class_weights(params["counts"], "effective", beta=params["beta"])
        weights = weights * len(weights) / weights.sum()  # the figures sum to the classes
    np.testing.assert_allclose(weights, record["expected"], atol=record["tol"])


@pytest.mark.parametrize("record", selected("bias_init"))
def test_start_bias_has_the_golden_value(record):
    params = dict(record["params"])
    loss = LOSSES[params.pop("loss", "cross_entropy")]
    if record["task"] == "multiclass":
        counts = torch.tensor(params["counts"], dtype=torch.float64)
        bias = loss().build("multiclass").init_bias(counts / counts.sum()).log_softmax(dim=0)
    else:
        prior = torch.tensor([params.pop("prior")], dtype=torch.float64)
        bias = loss(**params).build("binary").init_bias(prior)[0]
    expected = torch.tensor(record["expected"], dtype=torch.float64)
    torch.testing.assert_close(bias, expected, atol=record["tol"], rtol=0)


@pytest.mark.parametrize("record", selected("ldam_margins"))
def test_ldam_margins_have_the_golden_value(record):
    loss = LOSSES["ldam"](max_m=record["params"]["max_m"])
    margins = loss.build("multiclass", record["params"]["class_counts"]).margins_
    np.testing.assert_allclose(margins, record["expected"], atol=record["tol"])


class Recorder(LogisticRegression):
    """Remembers the weights it was fitted with."""

    def fit(self, X, y, sample_weight=None):
        type(self).seen = np.asarray(y), sample_weight
        return super().fit(X, y, sample_weight)


@pytest.mark.parametrize("record", selected("resampling_weight"))
def test_weights_after_resampling_have_the_golden_value(record):
    params = record["params"]
    y = np.repeat([0, 1], params["counts"])
    sampler = "under" if params["mode"] == "downsample+upweight" else "over"
    clf = RebalancedClassifier(Recorder(), sampler=sampler, reweight=True, random_state=0)
    clf.fit(np.zeros((len(y), 1)), y)
    drawn, weight = Recorder.seen
    assert np.bincount(drawn).tolist() == params["resampled"]
    expected = np.array(record["expected"])[drawn]
    np.testing.assert_allclose(weight, expected, rtol=0, atol=record["tol"])


@pytest.mark.parametrize("record", selected("prior_shift"))
def test_shifted_probabilities_have_the_golden_value(record):
    params = record["params"]
    proba = prior_shift([params["proba"]], params["source_prior"], params["target_prior"])
    np.testing.assert_allclose(proba[0], record["expected"], atol=record["tol"])


def test_every_kind_of_golden_record_is_tested():
    assert {kind_of(record) for record in RECORDS} - {"elsewhere"} == SELECTED


@pytest.mark.parametrize("name", ELSEWHERE)
def test_golden_record_of_another_test_is_used_there(name):
    assert any(record["loss"] == name for record in RECORDS)
    assert f'"{name}"' in (Path(__file__).parent / ELSEWHERE[name]).read_text(encoding="utf-8")


def test_every_loss_has_a_golden_value():
    without = set(LOSSES) - {name_of(record) for record in RECORDS}
    # What these two add has a record of its own, or is a sum of losses that have.
    assert without == {"hierarchical", "combined"}
