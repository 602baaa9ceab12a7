"""Classifiers of texts read the columns of a data frame beside them."""

import copy
import datetime
import pickle
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from imblearn.over_sampling import SMOTE, RandomOverSampler
from sklearn import config_context
from sklearn.base import clone
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.preprocessing import OneHotEncoder, StandardScaler, TargetEncoder
from small_classifiers import EVERY

from sktext import (
    FastTextClassifier,
    FewShotClassifier,
    ModuleClassifier,
    TfidfTorchClassifier,
    compress,
)
from sktext._training._checkpoints import Checkpoint
from sktext._training._held_out_rows import as_if_learned_apart
from sktext.meta import (
    BalancedTextBagging,
    CalibratedClassifier,
    HierarchicalClassifier,
    LocalHierarchicalClassifier,
    RebalancedClassifier,
    TunedThresholdsClassifier,
)
from sktext.model_selection import LossSearchCV
from sktext.modules import SparseRows
from sktext.sampling import VectorizedSampler

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
BESIDE = ["price", "channel", "hour", "vip"]


def tickets(n=160, seed=0):
    """Tickets whose class is in the columns: price and channel depend on it, words do not."""
    rng = np.random.RandomState(seed)
    y = rng.randint(0, 2, n)
    words = ["refund", "parcel", "late", "invoice", "payment", "my", "the", "is"]
    text = [" ".join(rng.choice(words, 4)) + f" t{i % 40}" for i in range(n)]
    channel = np.where(rng.rand(n) < 0.9, np.array(["mail", "phone"])[y], "chat")
    X = pd.DataFrame(
        {
            "price": rng.normal(size=n) + 3 * y,
            "text": text,
            "channel": channel,
            "hour": rng.randint(0, 24, n),
            "vip": rng.rand(n) < 0.5,
        }
    )
    return X, np.array(["billing", "delivery"])[y]


X, y = tickets()
X_NEW, y_NEW = tickets(60, seed=1)


@pytest.fixture(params=[*EVERY, "few_shot"])
def small(request):
    """Each classifier of texts, with a tuned encoder, too."""
    if request.param != "few_shot":
        made = clone(EVERY[request.param]).set_params(random_state=0, max_epochs=8)
        if request.param in ("self_attention", "own"):
            made.set_params(lr=0.02)
        if request.param == "transformer":
            made.set_params(model=request.getfixturevalue("tiny_encoder")())
        return made
    return FewShotClassifier(request.getfixturevalue("tiny_encoder")(), n_steps=2, random_state=0)


# -- every classifier -----------------------------------------------------------------


def test_every_classifier_learns_from_the_columns(small):
    clf = clone(small).fit(X, y)
    assert clf.score(X_NEW, y_NEW) > 0.75
    assert clf.score(X_NEW, y_NEW) > clone(small).fit(X["text"], y).score(X_NEW["text"], y_NEW)
    assert clf.feature_names_in_.tolist() == list(X)
    assert clf.n_features_in_ == 5
    assert (clf.columns_.text, clf.columns_.beside) == ("text", BESIDE)


def test_predictions_depend_neither_on_neighbours_nor_on_the_order_of_columns(small):
    clf = clone(small).fit(X, y)
    proba = clf.predict_proba(X_NEW)
    np.testing.assert_allclose(clf.predict_proba(X_NEW[20:27]), proba[20:27], atol=1e-6)
    shuffled = X_NEW[["vip", "text", "hour", "channel", "price"]].assign(more="ignored")
    np.testing.assert_array_equal(clf.predict_proba(shuffled), proba)


@pytest.mark.slow
@pytest.mark.parametrize("container", [pl.from_pandas, pa.Table.from_pandas], ids=["pl", "pa"])
def test_package_of_the_data_frame_does_not_matter(container, small):
    expected = clone(small).fit(X, y).predict_proba(X_NEW)
    clf = clone(small).fit(container(X), y)
    np.testing.assert_array_equal(clf.predict_proba(container(X_NEW)), expected)


def test_copies_and_pickles_predict_alike(small):
    clf = clone(small).fit(X, y)
    for copied in (pickle.loads(pickle.dumps(clf)), copy.deepcopy(clf)):
        np.testing.assert_array_equal(copied.predict_proba(X_NEW), clf.predict_proba(X_NEW))


@pytest.mark.slow
def test_later_calls_use_what_the_first_has_learned(small):
    clf = clone(small).partial_fit(X, y)
    before = clf.columns_
    clf.partial_fit(X_NEW.assign(price=1000.0, channel="fax"), y_NEW)
    assert clf.columns_ is before
    assert "channel_fax" not in before.get_feature_names_out()
    warm = clone(small).set_params(warm_start=True).fit(X, y)
    before = warm.columns_
    assert warm.fit(X_NEW, y_NEW).columns_ is before


def test_validation_rows_have_no_part_in_what_is_learned(small):
    odd = X_NEW.assign(price=1e6, channel="fax")
    clf = clone(small).fit(X, y, X_val=odd, y_val=y_NEW)
    np.testing.assert_array_equal(
        clf.predict_proba(X_NEW), clone(small).fit(X, y).predict_proba(X_NEW)
    )
    assert "valid_loss" in clf.history_[-1]


def test_rows_held_out_for_early_stopping_have_no_part_either():
    clf = TfidfTorchClassifier(early_stopping=True, validation_fraction=0.3, random_state=0)
    once = X.assign(price=2.0 ** np.arange(len(X)), channel=[f"c{i // 2}" for i in range(len(X))])
    clf.set_params(columns=BESIDE).fit(once, y)
    names = clf.columns_.get_feature_names_out()
    # Of 80 channels with two rows, those that lost one to the validation rows are rare.
    assert sum(name.startswith("channel_c") for name in names) < 60
    assert clf.columns_.encoder.center_[0] != pytest.approx(once["price"].mean(), rel=1e-6)


@pytest.mark.slow
def test_multilabel_targets_have_columns_beside_texts(small):
    both = np.column_stack([y == "billing", X["hour"] > 11]).astype(int)
    clf = clone(small).fit(X, both)
    assert clf.predict_proba(X_NEW).shape == (60, 2)


@pytest.mark.slow
def test_tokens_are_those_of_the_column_of_texts(small):
    clf = clone(small).fit(X, y)
    if hasattr(clf, "tokenize"):
        assert clf.tokenize(X_NEW) == clone(small).fit(X["text"], y).tokenize(X_NEW["text"])


@pytest.mark.slow
@pytest.mark.parametrize("sampler", ["over", "under", "balanced_batches", "word_swap"])
def test_rows_that_a_sampler_picks_keep_their_columns(sampler, small):
    if sampler == "balanced_batches" and isinstance(small, FewShotClassifier):
        pytest.skip("the encoder is tuned in batches of its own")
    few = np.r_[np.flatnonzero(y == "billing"), np.flatnonzero(y == "delivery")[:25]]
    clf = clone(small).set_params(sampler=sampler)
    assert clf.fit(X.iloc[few], y[few]).score(X_NEW, y_NEW) > 0.6


@pytest.mark.slow
def test_a_text_without_known_tokens_is_told_by_its_columns(small):
    clf = clone(small).set_params(max_epochs=10).fit(X, y)
    unknown = X_NEW.assign(text="")
    assert clf.score(unknown, y_NEW) > 0.7


# -- networks of tokens ---------------------------------------------------------------


def test_training_starts_at_the_class_proportions(small):
    if not hasattr(small, "tokenize"):
        pytest.skip("it reads no tokens")
    rare = np.r_[np.flatnonzero(y == "billing"), np.flatnonzero(y == "delivery")[:20]]
    clf = clone(small).set_params(lr=1e-9, max_epochs=1)
    if "head_lr" in clf.get_params():
        clf.set_params(head_lr=1e-9)
    if isinstance(small, ModuleClassifier):
        pytest.skip("its output layer need not start at zero")
    clf.fit(X.iloc[rare], y[rare])
    proportion = 20 / len(rare)
    np.testing.assert_allclose(clf.predict_proba(X_NEW)[:, 1], proportion, atol=0.01)


def test_a_killed_run_with_columns_ends_as_if_nothing_had_been(tmp_path, monkeypatch):
    make = clone(EVERY["fasttext"]).set_params(random_state=0, max_epochs=4)
    expected = clone(make).fit(X, y).predict_proba(X_NEW)
    clf = clone(make).set_params(checkpoint_dir=tmp_path)
    end = Checkpoint.on_epoch_end

    def killed(self, net, **kwargs):
        end(self, net, **kwargs)
        if net.n_epochs == 2:
            raise RuntimeError("killed")

    monkeypatch.setattr(Checkpoint, "on_epoch_end", killed)
    with pytest.raises(RuntimeError, match="killed"):
        clf.fit(X, y)
    monkeypatch.undo()
    np.testing.assert_array_equal(clf.fit(X, y).predict_proba(X_NEW), expected)
    other = clone(clf).fit(X.assign(price=0.0), y)  # has no file to resume from
    assert other.n_iter_ == 4


# -- linear models --------------------------------------------------------------------


def test_every_weight_of_a_linear_model_has_a_name():
    clf = TfidfTorchClassifier("words").fit(X, y)
    assert clf.coef_.shape == (1, len(clf.coef_names_))
    beside = [name for name in clf.coef_names_ if name.startswith("columns__")]
    assert beside == [
        f"columns__{name}"
        for name in (
            *("price", "hour", "channel_chat", "channel_mail", "channel_phone"),
            *("vip_False", "vip_True"),
        )
    ]
    weights = dict(zip(clf.coef_names_, clf.coef_[0], strict=True))
    assert weights["columns__price"] > 1
    assert weights["columns__channel_phone"] > 0 > weights["columns__channel_mail"]
    names = TfidfTorchClassifier("words").fit(X["text"], y).coef_names_
    assert names.tolist() == clf.vectorizer_.get_feature_names_out().tolist()
    with pytest.raises(AttributeError, match="hidden layers"):
        _ = TfidfTorchClassifier(hidden_layer_sizes=(4,)).fit(X, y).coef_names_


@pytest.mark.parametrize("vectorizer", ["words", "count", "words+pairs"])
def test_both_blocks_are_of_the_same_length(vectorizer):
    seen = []
    make_module = TfidfTorchClassifier.make_module

    class Watched(TfidfTorchClassifier):
        def make_module(self, n_features, n_outputs, row_norm, seed):
            seen.append(row_norm)
            return make_module(self, n_features, n_outputs, row_norm, seed)

    Watched(vectorizer).fit(X, y)
    Watched(vectorizer).fit(X["text"], y)
    assert seen[0] == pytest.approx(2**0.5 * seen[1], rel=1e-4)


def test_columns_that_say_nothing_cost_little(sms):
    texts, labels = sms
    rng = np.random.RandomState(0)
    noise = {f"n{i}": rng.normal(size=1000) for i in range(20)}
    frame = pd.DataFrame({"text": texts[:1000], **noise})
    labels = labels[:1000]
    alone = TfidfTorchClassifier(random_state=0).fit(texts[:600], labels[:600])
    clf = TfidfTorchClassifier(random_state=0).fit(frame[:600], labels[:600])
    assert clf.score(frame[600:], labels[600:]) > (
        alone.score(texts[600:1000], labels[600:]) - 0.01
    )


def test_terms_that_kept_rows_lack_leave_the_norms_of_columns_as_they_are():
    # A row with two terms and two columns beside them, of which the second ones are too rare.
    parts = [0, 4], [0, 1, 2, 3], [3.0, 4.0, 7.0, 1.0]
    kept = SparseRows(*map(torch.tensor, parts), 4)
    made, _ = as_if_learned_apart([kept, kept], np.array([1, 2, 1, 2]), n_beside=2)
    assert made.values.tolist() == [5.0, 0.0, 7.0, 0.0]


def test_least_counts_are_known_for_every_column():
    clf = TfidfTorchClassifier().fit(X, y)
    least = clf._features().least_counts(len(X))
    assert len(least) == clf.coef_.shape[1]
    assert least[-7:].tolist() == [1, 1, 2, 2, 2, 2, 2]


def test_samplers_that_make_rows_see_terms_and_columns():
    few = np.r_[np.flatnonzero(y == "billing"), np.flatnonzero(y == "delivery")[:25]]
    clf = TfidfTorchClassifier(sampler=SMOTE(), random_state=0)
    assert clf.fit(X.iloc[few], y[few]).score(X_NEW, y_NEW) > 0.75


def test_compress_refuses_columns():
    with pytest.raises(TypeError, match=r"texts alone.*'price'"):
        compress(TfidfTorchClassifier().fit(X, y), max_bytes=10_000)


# -- what columns may be --------------------------------------------------------------


def test_a_list_names_what_stands_beside_the_texts():
    expected = TfidfTorchClassifier().fit(X, y)
    clf = TfidfTorchClassifier(columns=BESIDE).fit(X, y)
    np.testing.assert_array_equal(clf.predict_proba(X_NEW), expected.predict_proba(X_NEW))
    cities = X.assign(text=[f"c{i % 3}" for i in range(len(X))], city=X["text"])
    clf = TfidfTorchClassifier(columns=[*BESIDE, "city"]).fit(cities, y)
    assert clf.columns_.text == "text"
    assert not TfidfTorchClassifier(columns=[]).fit(X[["text"]], y).columns_


TRANSFORMERS = {
    "of two columns": ColumnTransformer(
        [("num", StandardScaler(), ["price"]), ("cat", OneHotEncoder(), ["channel"])]
    ),
    "of all others": ColumnTransformer(
        [("num", StandardScaler(), ["price", "hour"]), ("cat", OneHotEncoder(), ["channel", "vip"])]
    ),
    "of a type": ColumnTransformer([("num", StandardScaler(), make_column_selector("price"))]),
    "with the target": ColumnTransformer(
        [("cat", TargetEncoder(cv=2), ["channel"]), ("num", StandardScaler(), ["price"])]
    ),
}


@pytest.mark.parametrize("name", TRANSFORMERS)
def test_a_transformer_makes_the_columns(name):
    given = TRANSFORMERS[name]
    for clf in (TfidfTorchClassifier(columns=given), FastTextClassifier(columns=given)):
        assert clf.set_params(random_state=0).fit(X, y).score(X_NEW, y_NEW) > 0.65
        assert clf.columns_.text == "text"
        assert clf.columns is given
        assert not hasattr(given, "transformers_")


@pytest.mark.slow
def test_parameters_of_a_transformer_are_searched():
    given = ColumnTransformer([("num", StandardScaler(), ["price"])])
    search = GridSearchCV(
        TfidfTorchClassifier(columns=given), {"columns__num__with_mean": [True, False]}, cv=2
    )
    assert search.fit(X, y).best_score_ > 0.8
    with pytest.raises(ValueError, match="columns='auto' has no parameters"):
        TfidfTorchClassifier().set_params(columns__num__with_mean=True)


def test_kinds_of_columns():
    n = len(X)
    frame = pd.DataFrame(
        {
            "text": X["text"],
            "float": np.where(np.arange(n) % 5, np.arange(n), np.nan),
            "nullable": pd.array([None, *range(n - 1)], dtype="Int64"),
            "decimal": [Decimal(i) for i in range(n)],
            "constant": 3,
            "empty": np.nan,
            "bool": [True, None] * (n // 2),
            "category": pd.Categorical.from_codes(np.arange(n) % 3, [1, 2, 3]),
            "string": ["a", "b", None, "b"] * (n // 4),
            "rare": ["a"] * (n - 2) + ["b", "c"],
            "date": pd.date_range("2024-01-01 05:00", periods=n, freq="D"),
            "zoned": pd.date_range("2024-01-01", periods=n, freq="h", tz="Europe/Berlin"),
            "day": [datetime.date(2024, 1, 1 + i % 2) for i in range(n)],
        }
    )
    clf = TfidfTorchClassifier().fit(frame, y)
    names = clf.columns_.get_feature_names_out().tolist()
    numbers = ["float", "nullable", "decimal", "constant", "empty", "date", "zoned", "day"]
    assert names[:8] == numbers
    assert names[8:11] == ["float_missing", "nullable_missing", "empty_missing"]
    for name in ("bool_True", "bool_None", "category_3", "string_b", "string_None", "rare_rare"):
        assert name in names
    assert "bool_False" not in names
    assert [name for name in names if name.startswith("date_hour")] == ["date_hour_5"]
    assert sum(name.startswith("zoned_hour") for name in names) == 24
    assert [name for name in names if name.startswith("day_weekday")] == [
        "day_weekday_0",
        "day_weekday_1",
    ]
    unknown = frame.assign(string="new", category="4", float=np.nan, date=pd.NaT)
    assert np.isfinite(clf.predict_proba(unknown)).all()


def test_a_refit_on_texts_forgets_the_columns():
    clf = TfidfTorchClassifier().fit(X, y)
    clf.fit(X["text"], y)
    assert clf.columns_ is None
    assert not hasattr(clf, "feature_names_in_")
    assert not hasattr(clf, "n_features_in_")


@pytest.mark.parametrize("label", [y, (y == "billing") * 7.0], ids=["strings", "numbers"])
def test_labels_among_the_columns_are_warned_of(label):
    with pytest.warns(UserWarning, match=r"\['label'\] of X tell the classes exactly"):
        TfidfTorchClassifier(columns=[*BESIDE, "label"]).fit(X.assign(label=label), y)


def test_settings_of_scikit_learn_change_nothing():
    expected = TfidfTorchClassifier().fit(X, y).predict_proba(X_NEW)
    given = TfidfTorchClassifier(columns=TRANSFORMERS["with the target"])
    with config_context(transform_output="pandas"):
        clf = TfidfTorchClassifier().fit(X, y)
        np.testing.assert_array_equal(clf.predict_proba(X_NEW), expected)
        assert given.fit(X, y).score(X_NEW, y_NEW) > 0.7


# -- around a classifier --------------------------------------------------------------

AROUND = {
    "thresholds": lambda clf: TunedThresholdsClassifier(clf, cv=2),
    "calibration": lambda clf: CalibratedClassifier(clf, cv=2),
    "bagging": lambda clf: BalancedTextBagging(clf, n_estimators=2, random_state=0),
    "rebalanced": lambda clf: RebalancedClassifier(clf, sampler="over"),
    "grid": lambda clf: GridSearchCV(clf, {"columns": ["auto", BESIDE]}, cv=2),
    "losses": lambda clf: LossSearchCV(clf, {"loss": ["cross_entropy", "focal"]}, cv=2),
    "texts of a sampler": lambda clf: clf.set_params(
        sampler=VectorizedSampler(RandomOverSampler(random_state=0))
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["linear", "fasttext"])
@pytest.mark.parametrize("name", AROUND)
def test_what_is_around_a_classifier_takes_a_data_frame(name, kind):
    clf = clone(EVERY[kind]).set_params(random_state=0, max_epochs=10)
    assert AROUND[name](clf).fit(X, y).score(X_NEW, y_NEW) > 0.7
    assert cross_val_score(clf, X, y, cv=2).min() > 0.7


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["linear", "fasttext"])
@pytest.mark.parametrize("around", [HierarchicalClassifier, LocalHierarchicalClassifier])
def test_hierarchies_take_a_data_frame(around, kind):
    paths = np.array([f"{'money' if label == 'billing' else 'way'}:{label}" for label in y])
    clf = clone(EVERY[kind]).set_params(random_state=0, max_epochs=10)
    assert len(around(clf).fit(X, paths).predict(X_NEW)) == len(X_NEW)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["linear", "hidden", "fasttext", "cnn"])
def test_searches_of_losses_score_as_a_grid_does(kind):
    clf = clone(EVERY[kind]).set_params(random_state=0, max_epochs=2)
    grid = {"loss": ["cross_entropy", "focal"], "class_weight": [None, "balanced"]}
    expected = GridSearchCV(clf, grid, cv=2).fit(X, y).cv_results_["mean_test_score"]
    scores = LossSearchCV(clf, grid, cv=2).fit(X, y).cv_results_["mean_test_score"]
    np.testing.assert_allclose(scores, expected)


# -- errors ---------------------------------------------------------------------------

MISSING = [*X["text"][:17], None, *X["text"][18:]]
REFUSED_AT_FIT = {
    "two columns of texts": (
        {},
        X.assign(title=X["text"]),
        r"any of \['text', 'title'\].*columns=",
    ),
    "no column of texts": ({}, X[["price", "hour"]], "none of its columns"),
    "missing text": ({}, X.assign(text=MISSING), r"X\[17\] must be a str; got"),
    "text in numbers": (
        {},
        X.assign(price=[*X["price"][:17], "n/a", *X["price"][18:]]),
        r"X\['price'\]\[17\] must be a number.*got str 'n/a'",
    ),
    "infinite": ({}, X.assign(price=np.inf), r"X\['price'\]\[0\] must be finite"),
    "objects": ({}, X.assign(price=[{}] * len(X)), r"X\['price'\]\[0\] must be a number, a str"),
    "dates and words": (
        {},
        X.assign(hour=[datetime.date(2024, 1, 1)] * (len(X) - 1) + ["soon"]),
        r"X\['hour'\]\[159\] must be a date",
    ),
    "None": ({"columns": None}, X, "columns=None reads texts alone"),
    "columns that are left": ({"columns": ["price"]}, X, r"leaves \['text', 'channel'"),
    "column that is not there": ({"columns": ["prize"]}, X, r"columns has \['prize'\]"),
    "list of texts": ({"columns": ["price"]}, X["text"].tolist(), "needs a data frame"),
    "numbers for names": ({}, pd.DataFrame(X.to_numpy()), "different names of type str"),
    "equal names": ({}, pd.concat([X, X[["hour"]]], axis=1), "different names of type str"),
    "no names": ({}, X.to_numpy(), "give a classifier of texts a data frame"),
    "columns beside a matrix": (
        {"columns": ["price"], "vectorizer": "passthrough"},
        X[["price", "hour"]],
        "stand beside texts, and vectorizer='passthrough'",
    ),
    "unknown option": ({"columns": "all"}, X, "'columns' parameter"),
}


@pytest.mark.parametrize("kind", ["linear", "fasttext"])
@pytest.mark.parametrize("name", REFUSED_AT_FIT)
def test_what_is_refused_by_fit(name, kind):
    params, rows, message = REFUSED_AT_FIT[name]
    if "vectorizer" in params and kind != "linear":
        pytest.skip("it has no vectorizer")
    with pytest.raises((TypeError, ValueError), match=message):
        clone(EVERY[kind]).set_params(**params).fit(rows, y)


REFUSED_AT_PREDICT = {
    "missing column": (X, X_NEW.drop(columns="price"), r"lacks the columns \['price'\]"),
    "texts after a frame": (X, X_NEW["text"], "must be a data frame with the columns"),
    "list after a frame": (X, X_NEW["text"].tolist(), "must be a data frame with the columns"),
    "frame after texts": (X["text"], X_NEW, "must be texts alone, as in fit"),
    "frame after a column": (X[["text"]], X_NEW, "must be texts alone, as in fit"),
    "text in numbers": (X, X_NEW.assign(price="cheap"), r"X\['price'\]\[0\] must be a number"),
    "missing text": (X, X_NEW.assign(text=None), r"X\[0\] must be a str; got"),
}


@pytest.mark.parametrize("kind", ["linear", "fasttext"])
@pytest.mark.parametrize("name", REFUSED_AT_PREDICT)
def test_what_is_refused_by_predict(name, kind):
    train, rows, message = REFUSED_AT_PREDICT[name]
    clf = clone(EVERY[kind]).set_params(max_epochs=1).fit(train, y)
    with pytest.raises((TypeError, ValueError), match=message):
        clf.predict(rows)


def test_validation_rows_are_named_in_messages():
    with pytest.raises(TypeError, match="X_val must be a data frame"):
        TfidfTorchClassifier().fit(X, y, X_val=X_NEW["text"], y_val=y_NEW)
    with pytest.raises(ValueError, match=r"X_val\[0\] must be a str"):
        TfidfTorchClassifier().fit(X, y, X_val=X_NEW.assign(text=None), y_val=y_NEW)
