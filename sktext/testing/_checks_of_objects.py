"""Checks that a text classifier follows the conventions of scikit-learn estimators."""

import copy
import inspect
import io
import pickle

import joblib
import numpy as np
from sklearn import config_context
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags

from sktext.testing._text_models import (
    assert_same,
    assert_same_model,
    fit_takes_weights,
    fitted,
    is_plain,
    make_texts,
    scores,
    seeded,
    skip_unless,
)

# Written so that no analyser keeps it whole.
SENTENCE = "Quixotic, ZEPPELIN; marmalade (of) Yesteryear!"
LONGEST_REPR = 1000
SEARCHED = {"max_epochs": [1, 2], "max_iter": [50, 100], "C": [0.5, 5.0], "alpha": [0.1, 1.0]}


def check_constructor_only_stores(estimator):
    """The constructor stores each parameter as it is, and nothing else."""
    kinds = {p.kind for p in inspect.signature(type(estimator).__init__).parameters.values()}
    message = "the constructor must spell out its parameters, without **kwargs"
    assert inspect.Parameter.VAR_KEYWORD not in kinds, message
    given = {name: object() for name in estimator.get_params(deep=False)}
    try:
        built = type(estimator)(**given)
    except Exception as error:
        raise AssertionError(
            f"the constructor must store any value and leave it to fit to check it; got "
            f"{type(error).__name__}: {error}"
        ) from error
    stored = vars(built)
    changed = sorted(name for name in given if stored.get(name) is not given[name])
    assert not changed, f"the constructor must store {changed} as they are given"
    assert stored.keys() == given.keys(), (
        f"the constructor must store parameters only; got {sorted(stored.keys() - given.keys())}"
    )


def check_clone_has_the_parameters_only(estimator):
    """A clone of a fitted classifier has equal parameters and no memory of the fit."""
    X, y = make_texts(estimator)
    model = fitted(seeded(estimator), X, y)
    twin = clone(model)
    params, expected = twin.get_params(deep=False), model.get_params(deep=False)
    assert repr(params) == repr(expected), "a clone must have equal parameters"
    learned = [name for name in vars(twin) if name.endswith("_") and not name.endswith("__")]
    assert not learned, f"a clone must have learned nothing; got {learned}"


def check_parameters_can_be_set_as_they_are_got(estimator):
    """``set_params`` takes what ``get_params`` gives, and changes nothing by it."""
    twin = clone(estimator)
    before = repr(twin.get_params())
    assert twin.set_params(**twin.get_params()) is twin, "set_params must return self"
    assert repr(twin.get_params()) == before, "set_params(**get_params()) must change nothing"


def check_fit_leaves_its_arguments_alone(estimator):
    """``fit`` changes neither its parameters nor X, y and the weights."""
    X, y = make_texts(estimator)
    X, labels = np.array(X, dtype=object), y.copy()
    texts, weight = X.copy(), np.ones(len(X))
    model = seeded(estimator)
    given, written = model.get_params(deep=False), repr(model.get_params())
    fitted(model, X, labels, **({"sample_weight": weight} if fit_takes_weights(model) else {}))
    scores(model, X)
    kept = model.get_params(deep=False)
    changed = [name for name in given if kept[name] is not given[name]]
    assert not changed, f"fit must not replace the parameters {changed}"
    assert repr(model.get_params()) == written, "fit must not write to its parameters"
    for what, after, before in (("X", X, texts), ("y", labels, y), ("sample_weight", weight, 1.0)):
        assert (after == before).all(), f"fit and predict must not write to {what}"


def check_repr_is_short(estimator):
    """The repr is the name and the parameters, and a fit does not change it."""
    X, y = make_texts(estimator)
    model = seeded(estimator)
    before = repr(model)
    assert before.startswith(type(estimator).__name__), f"repr must start with the name: {before}"
    message = f"repr must have at most {LONGEST_REPR} characters; got {len(before)}"
    assert len(before) <= LONGEST_REPR, message
    assert repr(fitted(model, X, y)) == before, "fit must not change the repr"


def by_joblib(model):
    """Write a model with joblib and read it back."""
    buffer = io.BytesIO()
    joblib.dump(model, buffer)
    buffer.seek(0)
    return joblib.load(buffer)


def check_copies_predict_the_same(estimator):
    """Pickle, joblib and deepcopy keep a fitted model as it is."""
    X, y = make_texts(estimator)
    model = fitted(seeded(estimator), X, y)
    copies = {
        "pickle": pickle.loads(pickle.dumps(model)),
        "joblib": by_joblib(model),
        "deepcopy": copy.deepcopy(model),
    }
    for way, twin in copies.items():
        assert_same_model(twin, model, X, f"a copy by {way} must predict the same")
        assert twin.predict(X).tolist() == model.predict(X).tolist()


def check_model_keeps_no_training_text(estimator):
    """A pickle of the model does not give away what it was fitted on."""
    X, y = make_texts(estimator)
    data = pickle.dumps(fitted(seeded(estimator), [f"{SENTENCE} {text}" for text in X], y))
    for encoding in ("utf-8", "utf-32-le", "utf-16-le"):
        message = f"a fitted model must keep no training text; found one as {encoding}"
        assert SENTENCE.encode(encoding) not in data, message


def check_tags_tell_of_texts(estimator):
    """The tags say that X holds texts, and no fit counts their columns."""
    tags = get_tags(estimator)
    assert tags.estimator_type == "classifier", "estimator_type must be 'classifier'"
    assert tags.input_tags.string, "input_tags.string must be True"
    assert not tags.input_tags.two_d_array, "input_tags.two_d_array must be False"
    X, y = make_texts(estimator)
    model = fitted(seeded(estimator), X, y)
    assert not hasattr(model, "n_features_in_"), "texts have no n_features_in_"


def check_pipeline_of_one_step_changes_nothing(estimator):
    """As the last step of a Pipeline it gives the same model."""
    X, y = make_texts(estimator)
    model = fitted(seeded(estimator), X, y)
    pipeline = fitted(Pipeline([("clf", seeded(estimator))]), X, y)
    assert_same_model(pipeline, model, X, "a Pipeline of one step must give the same model")


def check_weights_are_routed_on_request(estimator):
    """With metadata routing, a Pipeline passes weights on that the classifier asks for."""
    skip_unless(fit_takes_weights(estimator), "fit takes no sample_weight")
    X, y = make_texts(estimator)
    weight = np.linspace(0.5, 1.5, len(X))
    with config_context(enable_metadata_routing=True):
        asking = seeded(estimator).set_fit_request(sample_weight=True)
        pipeline = fitted(Pipeline([("clf", asking)]), X, y, sample_weight=weight)
    direct = fitted(seeded(estimator), X, y, sample_weight=weight)
    assert_same_model(pipeline, direct, X, "weights that are asked for must reach the classifier")


def check_cross_validation(estimator):
    """Each fold is fitted and scored on its own."""
    X, y = make_texts(estimator)
    found = cross_val_score(seeded(estimator), X, y, cv=2, error_score="raise")
    assert np.isfinite(found).all(), "cross_val_score must find finite scores"


def check_calibration_and_freezing(estimator):
    """A frozen model stays what it is, and probabilities can be calibrated on texts."""
    X, y = make_texts(estimator)
    model = fitted(seeded(estimator), X, y)
    frozen = FrozenEstimator(model)
    message = "a frozen model must stay what it is"
    assert_same_model(fitted(frozen, X[:20], y[:20]), model, X, message)
    has_scores = hasattr(model, "predict_proba") or hasattr(model, "decision_function")
    skip_unless(has_scores, "it has no scores to calibrate")
    for calibrated in (frozen, seeded(estimator)):
        proba = fitted(CalibratedClassifierCV(calibrated, cv=2), X, y).predict_proba(X)
        message = "calibrated probabilities must sum to one"
        assert_same(proba.sum(axis=1), np.ones(len(X)), message)


def check_one_versus_rest(estimator):
    """A classifier of each class against the rest can be made of it."""
    params = estimator.get_params(deep=False)
    skip_unless(not isinstance(params.get("class_weight"), dict), "its weights name other classes")
    X, y = make_texts(estimator)
    answers = fitted(OneVsRestClassifier(seeded(estimator)), X, y).predict(X)
    assert set(answers) <= set(y), "one-versus-rest must answer with the labels that were given"


def check_search_in_processes(estimator):
    """A grid search in two processes finds what it finds in one."""
    skip_unless(is_plain(estimator, "warm_start"), "it goes on from the last fit by intent")
    params = estimator.get_params()
    names = [name for key in SEARCHED for name in params if name.split("__")[-1] == key]
    skip_unless(names, f"it has none of the parameters {sorted(SEARCHED)}")
    X, y = make_texts(estimator)
    grid = {names[0]: SEARCHED[names[0].split("__")[-1]]}
    found = [
        fitted(
            GridSearchCV(seeded(estimator), grid, cv=2, n_jobs=n_jobs, error_score="raise"), X, y
        )
        for n_jobs in (1, 2)
    ]
    alone, together = (search.cv_results_["mean_test_score"] for search in found)
    assert_same(together, alone, "a search must not depend on n_jobs")
