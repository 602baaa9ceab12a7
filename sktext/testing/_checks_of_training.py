"""Checks of seeds, weights and partial fits: what a fit may depend on."""

import random
from contextlib import contextmanager

import numpy as np
import torch

from sktext.testing._text_models import (
    assert_refused,
    assert_same_model,
    fit_takes_weights,
    fitted,
    is_plain,
    make_binary_texts,
    make_texts,
    scores,
    seeded,
    skip_unless,
    smooth,
)

WEIGHTS_OF_CLASSES = {False: 1.0, True: 3.0}


def global_states():
    """Return the state of every global generator."""
    return {
        "numpy": np.random.get_state()[1].tolist(),
        "random": random.getstate(),
        "torch": torch.get_rng_state().tolist(),
    }


@contextmanager
def keeping_generators():
    """Restore the global generators on exit."""
    states = np.random.get_state(), random.getstate(), torch.get_rng_state()
    try:
        yield
    finally:
        np.random.set_state(states[0])
        random.setstate(states[1])
        torch.set_rng_state(states[2])


def seed_everything(seed):
    """Seed every global generator."""
    np.random.seed(seed)
    random.seed(seed)
    torch.manual_seed(seed)


def check_seed_decides_everything(estimator):
    """The same seed leads to the same model, whatever the state of the global generators."""
    X, y = make_texts(estimator)
    with keeping_generators():
        seed_everything(1)
        first = fitted(seeded(estimator), X, y)
        seed_everything(2)
        second = fitted(seeded(estimator), X, y)
    message = "two fits with the same random_state must be the same, whatever the global seeds"
    assert_same_model(first, second, X, message)


def check_global_generators_are_left_alone(estimator):
    """Neither fit nor predict draws from the global generators or seeds them."""
    X, y = make_texts(estimator)
    with keeping_generators():
        seed_everything(5)
        before = global_states()
        model = fitted(seeded(estimator), X, y)
        after_fit = global_states()
        scores(model, X)
        after = global_states()
    for name in before:
        message = f"must leave the global generator of {name} as it is"
        assert after_fit[name] == before[name], f"fit {message}"
        assert after[name] == before[name], f"predictions {message}"


def check_second_fit_forgets_the_first(estimator):
    """A fit after a fit on other texts and labels is the same as a first one."""
    skip_unless(is_plain(estimator, "warm_start"), "it goes on from the last fit by intent")
    X, y = make_texts(estimator)
    model = fitted(seeded(estimator), X, y)
    others, labels = make_binary_texts()
    again = fitted(fitted(seeded(estimator), others[::-1], labels), X, y)
    message = "fit must start anew; it depends on an earlier fit"
    assert_same_model(again, model, X, message)
    assert again.classes_.tolist() == model.classes_.tolist(), message


def check_bad_weights_are_refused(estimator):
    """Weights that are negative, NaN or all zero are refused with a clear error."""
    skip_unless(fit_takes_weights(estimator), "fit takes no sample_weight")
    X, y = make_texts(estimator)
    for what, value in (("a negative weight", -1.0), ("a weight of NaN", np.nan)):
        weight = np.ones(len(X))
        weight[17] = value
        fit = seeded(estimator).fit
        assert_refused(lambda: fit(X, y, sample_weight=weight), what, "sample_weight")  # noqa: B023
    fit, weight = seeded(estimator).fit, np.zeros(len(X))
    assert_refused(lambda: fit(X, y, sample_weight=weight), "weights that are all zero", "zero")


def check_scale_of_weights_does_not_matter(estimator):
    """Weights a thousand times as large lead to the same model."""
    skip_unless(fit_takes_weights(estimator), "fit takes no sample_weight")
    X, y = make_texts(estimator)
    weight = np.random.RandomState(0).uniform(0.5, 1.5, size=len(X))
    small = fitted(smooth(estimator), X, y, sample_weight=weight)
    large = fitted(smooth(estimator), X, y, sample_weight=1024 * weight)
    assert_same_model(large, small, X, "the scale of sample_weight must not matter")


def check_weights_matter(estimator):
    """Unequal weights of rows lead to another model."""
    skip_unless(fit_takes_weights(estimator), "fit takes no sample_weight")
    X, y = make_texts(estimator)
    weight = np.random.RandomState(0).uniform(0.1, 1.9, size=len(X))
    plain = fitted(smooth(estimator), X, y)
    weighted = fitted(smooth(estimator), X, y, sample_weight=weight)
    change = np.abs(scores(weighted, X) - scores(plain, X)).max()
    assert change > 1e-6, "fit takes sample_weight, but it changes nothing"


def check_weight_zero_is_a_row_left_out(estimator):
    """A row of weight zero has no effect, not even on the vocabulary."""
    skip_unless(fit_takes_weights(estimator), "fit takes no sample_weight")
    skip_unless(is_plain(estimator, "sampler"), "a sampler draws other rows")
    X, y = make_texts(estimator)
    X = [*X[:-3], *(f"{text} Quokkas yodel {text}" for text in X[-3:])]
    weight = np.r_[np.ones(len(X) - 3), np.zeros(3)]
    weighted = fitted(smooth(estimator), X, y, sample_weight=weight)
    without = fitted(smooth(estimator), X[:-3], y[:-3])
    message = "a row of weight zero must leave no trace, in the vocabulary either"
    assert "quokkas" not in vocabulary_of(weighted), message
    assert_same_model(weighted, without, X, message, rtol=1e-4, atol=1e-5)


def vocabulary_of(model):
    """Return the vocabulary of a model; empty if it has none to show."""
    parts = [getattr(model, name, None) for name in ("vectorizer_", "tokenizer_")]
    return next((part.vocabulary_ for part in parts if hasattr(part, "vocabulary_")), ())


def check_weight_two_equals_two_copies(estimator):
    """A row of weight two counts as two copies do, except where documents are counted."""
    skip_unless_weights_are_exact(estimator)
    X, y = make_texts(estimator)
    repeats = np.random.RandomState(0).randint(1, 3, size=len(X))
    weighted = fitted(smooth(estimator), X, y, sample_weight=repeats.astype(float))
    rows = np.repeat(np.arange(len(X)), repeats)
    copied = fitted(smooth(estimator), [X[row] for row in rows], y[rows])
    message = "a row of weight two must equal two copies of it"
    assert_same_model(weighted, copied, X, message, rtol=1e-4, atol=1e-4)


def check_weights_of_copies_add_up(estimator):
    """Weights of 1.5 and 0.5 on two copies of a row are the same as one on each."""
    skip_unless_weights_are_exact(estimator)
    X, y = make_texts(estimator)
    part = np.random.RandomState(0).uniform(0.2, 1.8, size=len(X))
    twice, labels = [*X, *X], np.r_[y, y]
    divided = fitted(smooth(estimator), twice, labels, sample_weight=np.r_[part, 2 - part])
    even = fitted(smooth(estimator), twice, labels)
    message = "the weights of copies must add up"
    assert_same_model(divided, even, X, message, rtol=1e-4, atol=1e-4)


def skip_unless_weights_are_exact(estimator):
    """Skip checks of weights that hold only if all rows are in one batch."""
    skip_unless(fit_takes_weights(estimator), "fit takes no sample_weight")
    batch_size = estimator.get_params(deep=False).get("batch_size")
    skip_unless(isinstance(batch_size, int), "its batches cannot be set")
    skip_unless(is_plain(estimator, "sampler"), "a sampler draws other rows")


def check_class_weights_are_sample_weights(estimator):
    """A dict of class weights equals the same weights of the rows of those classes."""
    own = estimator.get_params(deep=False)
    skip_unless(
        "class_weight" in own and fit_takes_weights(estimator), "it weighs no classes or rows"
    )
    skip_unless(is_plain(estimator, "sampler"), "a sampler draws other rows")
    X, y = make_binary_texts()
    by_class = smooth(estimator).set_params(class_weight=WEIGHTS_OF_CLASSES)
    by_class = fitted(by_class, X, y)
    weight = np.array([WEIGHTS_OF_CLASSES[label] for label in y.tolist()])
    by_row = smooth(estimator).set_params(class_weight=None)
    by_row = fitted(by_row, X, y, sample_weight=weight)
    message = "class_weight must equal the same weights as sample_weight"
    assert_same_model(by_class, by_row, X, message, rtol=1e-3, atol=1e-3)


def check_partial_fit_goes_on(estimator):
    """``partial_fit`` trains one model, with the classes of its first call."""
    skip_unless(hasattr(estimator, "partial_fit"), "it has no partial_fit")
    by_name = isinstance(estimator.get_params(deep=False).get("class_weight"), str)
    skip_unless(not by_name, "its class weights need all labels at once")
    X, y = make_texts(estimator)
    rare, classes = y == y[np.argmin([np.sum(y == label) for label in y])], np.unique(y)
    common = [text for text, is_rare in zip(X, rare, strict=True) if not is_rare]
    model = seeded(estimator, early_stopping=False)
    assert model.partial_fit(common, y[~rare], classes=classes) is model
    assert model.classes_.tolist() == classes.tolist(), "classes_ must be the classes= given"
    before = scores(model, X)
    model.partial_fit(X, y)
    after = scores(model, X)
    assert after.shape == before.shape, "a second chunk must not change the classes"
    assert not np.array_equal(after, before), "a second chunk must train the model on"


def check_held_out_words_are_unknown(estimator):
    """The validation rows of early stopping add nothing to the vocabulary."""
    skip_unless("early_stopping" in estimator.get_params(deep=False), "it does not stop early")
    X, y = make_texts(estimator)
    letters = "abcdefghij"
    words = ["mark" + "".join(letters[int(digit)] for digit in f"{i:03d}") for i in range(len(X))]
    marked = [f"{text} {word}" for text, word in zip(X, words, strict=True)]
    model = fitted(seeded(estimator, early_stopping=True), marked, y)
    known = vocabulary_of(model)
    n_known = sum(word in known for word in words)
    skip_unless(n_known, "it has no vocabulary that shows every word")
    message = "the vocabulary must be learned without the validation rows of early stopping"
    assert n_known < len(words), message
