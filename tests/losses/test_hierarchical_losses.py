"""Losses of labels in a hierarchy against formulas over all pairs of labels."""

import pickle

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from make_golden import read
from sklearn.base import clone

from sktext import TorchClassifier
from sktext.losses import LOSSES, BCELoss, CombinedLoss, HierarchicalLoss, MCMLoss
from sktext.modules import MLP
from sktext.preprocessing import Hierarchy

RECORDS = read()
DIAMOND = Hierarchy({"d": ["b", "c"], "b": "a", "a": None, "c": "a", "e": None})


def random_hierarchy(seed, n_labels=7, max_parents=2):
    """A hierarchy whose columns are in any order."""
    rng = np.random.RandomState(seed)
    order = rng.permutation(n_labels)
    parents = {}
    for label in range(n_labels):
        higher = np.flatnonzero(order < order[label])
        n_parents = min(rng.randint(max_parents + 1), len(higher))
        parents[label] = rng.choice(higher, n_parents, replace=False).tolist()
    return Hierarchy(parents)


def batch(hierarchy, seed, n_samples=5):
    rng = np.random.RandomState(seed)
    logits = torch.from_numpy(3 * rng.randn(n_samples, len(hierarchy)))
    target = hierarchy.close(rng.randint(4, size=logits.shape) == 0)
    return logits.requires_grad_(), torch.from_numpy(target.astype(float))


def all_pairs(hierarchy, logits, target):
    """The loss as published: probabilities, masked over every pair of labels."""
    below = torch.from_numpy(hierarchy.above().toarray().T)  # 1 where the column is below the row
    proba = logits.sigmoid()
    highest = (below * proba[:, None]).amax(dim=2)
    of_positives = (below * (target * proba)[:, None]).amax(dim=2)
    return F.binary_cross_entropy(torch.where(target > 0, of_positives, highest), target)


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_mcm_is_the_formula_over_all_pairs_with_its_gradient(seed):
    hierarchy = random_hierarchy(seed)
    logits, target = batch(hierarchy, seed)
    values = [MCMLoss(hierarchy)(logits, target), all_pairs(hierarchy, logits, target)]
    gradients = [torch.autograd.grad(value, logits)[0] for value in values]
    torch.testing.assert_close(*values, rtol=1e-10, atol=1e-12)
    torch.testing.assert_close(*gradients, rtol=1e-7, atol=1e-10)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("hierarchy", [None, Hierarchy(dict.fromkeys(range(7)))])
def test_mcm_of_a_flat_hierarchy_is_bce_to_the_bit(hierarchy, dtype):
    logits, target = batch(random_hierarchy(0), 0)
    logits, target = logits.detach().to(dtype).requires_grad_(), target.to(dtype)
    values = [loss(logits, target) for loss in (MCMLoss(hierarchy), BCELoss())]
    gradients = [torch.autograd.grad(value, logits)[0] for value in values]
    assert torch.equal(*values)
    assert torch.equal(*gradients)


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_mcm_probabilities_never_contradict_the_hierarchy(seed):
    hierarchy = random_hierarchy(seed, max_parents=3)
    logits, _ = batch(hierarchy, seed)
    proba = MCMLoss(hierarchy).build("multilabel").predict_proba(logits.detach())
    assert hierarchy.count_violations(proba.numpy()) == 0
    np.testing.assert_array_equal(proba, hierarchy.max_below(logits.detach().sigmoid().numpy()))


@pytest.mark.parametrize("loss", [MCMLoss(DIAMOND), HierarchicalLoss("mcm", DIAMOND)])
def test_classifier_alone_predicts_no_label_without_those_above_it(loss, rng):
    X = rng.randn(60, 3)
    y = DIAMOND.close(rng.randint(4, size=(60, 5)) == 0).astype(int)
    watch = {"early_stopping": True, "scoring": "f1_micro", "max_epochs": 2, "lr": 1.0}
    for params in ({}, watch):
        clf = TorchClassifier(loss=loss, weight_decay=1e-6, random_state=0, **params).fit(X, y)
        raw = clf.net_.logits(torch.from_numpy(10 * X).float()).numpy()
        assert DIAMOND.count_violations(raw) > 0
        for answer in (clf.predict, clf.decision_function, clf.predict_proba):
            assert DIAMOND.count_violations(answer(10 * X)) == 0
        np.testing.assert_array_equal(clf.predict(10 * X), clf.predict_proba(10 * X) > 0.5)


def test_scoring_of_early_stopping_sees_the_labels_that_are_predicted(rng):
    hierarchy = Hierarchy({"top": None, "child": "top"})
    X, contradictions = rng.randn(60, 3), []

    def scoring(clf, X, y):
        contradictions.append(hierarchy.count_violations(clf.predict(X)))
        return 0.0

    y = np.column_stack([np.arange(60) % 2, X[:, 0] > 0]).astype(int)
    TorchClassifier(
        loss=MCMLoss(hierarchy), early_stopping=True, scoring=scoring, random_state=0
    ).fit(X, y)
    assert set(contradictions) == {0}


def test_mcm_probabilities_have_the_golden_value():
    (record,) = [record for record in RECORDS if record["loss"] == "mcm_output"]
    below = np.array(record["params"]["descendants"]) - np.eye(4, dtype=int)
    hierarchy = Hierarchy({j: np.flatnonzero(below[:, j]).tolist() for j in range(4)})
    proba = MCMLoss(hierarchy).predict_proba(torch.tensor(record["logits"], dtype=torch.float64))
    expected = torch.tensor(record["expected"], dtype=torch.float64)
    torch.testing.assert_close(proba, expected, atol=record["tol"], rtol=0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_extreme_logits_of_a_hierarchy_stay_finite(dtype):
    logits, target = batch(DIAMOND, 0)
    extreme = (1e4 * logits.detach().sign()).to(dtype).requires_grad_()
    value = MCMLoss(DIAMOND)(extreme, target)
    value.backward()
    assert value.isfinite()
    assert extreme.grad.isfinite().all()


def test_ties_share_the_gradient():
    hierarchy = Hierarchy({"top": None, "x": "top", "y": "top"})
    logits = torch.tensor([[-1.0, 2.0, 2.0]], requires_grad=True)
    MCMLoss(hierarchy)(logits, torch.zeros(1, 3), reduction="sum").backward()
    assert logits.grad[0, 1] == logits.grad[0, 2]
    assert logits.grad.sum().item() == pytest.approx(3 * torch.tensor(2.0).sigmoid().item())


def test_start_at_the_shares_has_no_mean_gradient():
    hierarchy = Hierarchy({"top": None, "x": "top", "y": "top"})
    target = torch.from_numpy(hierarchy.close(np.eye(3)[[0, 1, 1, 1, 2]])).double()
    target = torch.cat([target, torch.zeros(5, 3, dtype=torch.float64)])
    loss = MCMLoss(hierarchy).build("multilabel", target.sum(dim=0), len(target))
    bias = loss.init_bias(target.mean(dim=0)).requires_grad_()
    loss(bias.expand(len(target), -1), target).backward()
    torch.testing.assert_close(bias.grad, torch.zeros(3, dtype=torch.float64), rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "use",
    [
        lambda loss: loss.build("multilabel", [1, 2], 3),
        lambda loss: loss(torch.zeros(3, 2), torch.zeros(3, 2)),
    ],
)
def test_columns_of_another_hierarchy_are_refused(use):
    with pytest.raises(ValueError, match="hierarchy has 5 labels and there are 2 columns"):
        use(MCMLoss(DIAMOND))


def test_loss_is_cloned_and_pickled_with_its_hierarchy():
    logits, target = batch(DIAMOND, 3)
    loss = MCMLoss(DIAMOND).build("multilabel")
    for twin in (clone(loss), pickle.loads(pickle.dumps(loss))):
        assert torch.equal(twin(logits, target), loss(logits, target))


# -- what is added to other losses ---------------------------------------------------------


def of_edges(edges):
    """The hierarchy of labels 0 to 3 with some edges."""
    return Hierarchy({child: [a for a, c in edges if c == child] for child in range(4)})


@pytest.mark.parametrize("record", [r for r in RECORDS if r["loss"] == "hierarchy_violation"])
@pytest.mark.parametrize("base", ["bce", "zlpr", "hinge"])
def test_penalty_of_violations_has_the_golden_value_next_to_any_loss(record, base):
    logits = torch.tensor(record["logits"], dtype=torch.float64)
    hierarchy = of_edges(record["params"]["edges"])
    loss = HierarchicalLoss(base, hierarchy, violation=record["params"]["penalty"])
    added = loss(logits, torch.ones_like(logits)) - LOSSES[base]()(logits, torch.ones_like(logits))
    assert added.item() == pytest.approx(record["expected"], abs=record["tol"])


@pytest.mark.parametrize("record", [r for r in RECORDS if r["loss"] == "recursive_regularization"])
@pytest.mark.parametrize("transposed", [False, True])
def test_penalty_of_weights_has_the_golden_value(record, transposed):
    weight = torch.tensor(record["params"]["weight_matrix"])
    hierarchy = of_edges(record["params"]["edges"])
    module = torch.nn.Module()
    module.head = MLP(*weight.T.shape).head if transposed else torch.nn.Linear(*weight.T.shape)
    module.head.weight = torch.nn.Parameter(weight.T if transposed else weight)
    penalty = HierarchicalLoss(hierarchy=hierarchy, recursive=1.0).penalty(module)
    assert penalty.item() == pytest.approx(record["expected"], abs=record["tol"])
    both = CombinedLoss([("a", HierarchicalLoss(hierarchy=hierarchy, recursive=1.0))], weights=[2])
    assert both.penalty(module).item() == pytest.approx(2 * record["expected"], abs=record["tol"])


def test_nothing_is_added_without_a_hierarchy_or_to_coherent_probabilities():
    logits, target = batch(DIAMOND, 0)
    assert torch.equal(HierarchicalLoss()(logits, target), BCELoss()(logits, target))
    coherent = torch.from_numpy(DIAMOND.max_below(logits.detach().numpy()))
    loss = HierarchicalLoss(hierarchy=DIAMOND, violation=5.0)
    assert torch.equal(loss(coherent, target), BCELoss()(coherent, target))


def test_weights_of_levels_weigh_the_columns_of_each_level():
    logits, target = batch(DIAMOND, 0)
    loss = HierarchicalLoss("focal", DIAMOND, violation=0.0, level_weights=[1, 2, 0])
    values = LOSSES["focal"]()(logits, target, reduction="none")
    expected = values * torch.tensor([0, 2, 1, 2, 1])  # the columns are d, b, a, c, e
    torch.testing.assert_close(loss(logits, target, reduction="none"), expected)


def test_recursive_penalty_pulls_a_rare_child_to_its_parent(rng):
    hierarchy = Hierarchy({"top": None, "rare": "top"})
    X = rng.randn(80, 6)
    y = np.column_stack([X[:, 0] > 0, (X[:, 0] > 0) & (np.arange(80) < 6)]).astype(int)

    def distance(recursive):
        loss = HierarchicalLoss(hierarchy=hierarchy, recursive=recursive)
        parent, child = TorchClassifier(loss=loss, random_state=0).fit(X, y).coef_
        return np.linalg.norm(parent - child)

    assert distance(0.1) < 0.5 * distance(0.0)


def test_inner_loss_without_a_hierarchy_is_given_it():
    logits, target = batch(DIAMOND, 1)
    loss = HierarchicalLoss("mcm", DIAMOND, violation=0.0)
    for built in (loss, clone(loss).build("multilabel")):
        assert torch.equal(built(logits, target), MCMLoss(DIAMOND)(logits, target))
    assert DIAMOND.count_violations(loss.predict_proba(logits.detach()).numpy()) == 0


def test_parameters_of_the_inner_loss_are_searched():
    loss = HierarchicalLoss("focal").set_params(loss__gamma=5.0)
    assert clone(loss).get_params()["loss__gamma"] == 5.0
    assert not hasattr(HierarchicalLoss("hinge"), "posterior")
    assert HierarchicalLoss("hinge").proba == "none"


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (HierarchicalLoss("dice"), "adds to a value per sample"),
        (HierarchicalLoss(hierarchy=DIAMOND, level_weights=[1]), "each of the 3 levels; got 1"),
        (HierarchicalLoss("ldam"), "LDAMLoss takes binary or multiclass"),
        (HierarchicalLoss(violation=-1.0), "violation"),
    ],
)
def test_what_cannot_be_built_is_refused(loss, message):
    with pytest.raises(ValueError, match=message):
        loss.build("multilabel", [1] * 5, 9)


def test_recursive_penalty_needs_a_head():
    with pytest.raises(ValueError, match="layer named head, which Linear has not"):
        HierarchicalLoss(hierarchy=DIAMOND, recursive=1.0).penalty(torch.nn.Linear(2, 5))
