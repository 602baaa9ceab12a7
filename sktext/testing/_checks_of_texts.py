"""Checks of which texts a text classifier takes and which it refuses."""

from importlib.util import find_spec

import numpy as np

from sktext.testing._text_models import (
    assert_refused,
    assert_same,
    assert_same_model,
    error_of,
    fit_takes_weights,
    fitted,
    is_plain,
    make_binary_texts,
    make_texts,
    scores,
    seeded,
    skip_unless,
)

UNSEEN = "Zyxqwv brgltf"
EMOJI = "\U0001f984\U0001f680 \u2764\ufe0f"
ODD_TEXTS = {
    "an empty text": "",
    "whitespace": " \t\n ",
    "emoji": EMOJI,
    "unseen words": UNSEEN,
    "one letter": "a",
    "another script": "\u6211\u7684\u5305\u88f9\u5728\u54ea\u91cc",
    "a zero character": "parcel\x00late",
    "a text of 20 000 words": "The parcel is late. " * 5000,
}
PLACE = 17


def containers(texts):
    """Put texts into every kind of one-dimensional container."""
    spelled = {
        "a tuple": tuple(texts),
        "an object array": np.array(texts, dtype=object),
        "a fixed-width array": np.array(texts),
    }
    if find_spec("pandas"):
        import pandas as pd

        spelled["a Series with an index of its own"] = pd.Series(
            texts, index=range(2 * len(texts), 0, -2)
        )
        spelled["an Index"] = pd.Index(texts)
    if find_spec("polars"):
        import polars as pl

        spelled["a polars Series"] = pl.Series(texts)
    return spelled


def columns(texts):
    """Put texts into every kind of container of one column."""
    spelled = {"an array of shape (n, 1)": np.array(texts, dtype=object)[:, None]}
    if find_spec("pandas"):
        import pandas as pd

        spelled["a one-column DataFrame"] = pd.DataFrame({"text": texts})
    return spelled


def assert_container_does_not_matter(estimator, spell, fit_on):
    """Check that predictions are those for a list, and so is a fit on some container."""
    X, y = make_texts(estimator)
    model = fitted(seeded(estimator), X, y)
    expected = scores(model, X)
    for what, spelled in spell(X).items():
        message = f"{what} of texts must be predicted as a list is"
        assert_same(scores(model, spelled), expected, message)
        if what in fit_on:
            message = f"a fit on {what} must equal one on a list"
            assert_same_model(fitted(seeded(estimator), spelled, y), model, X, message)


def check_container_of_texts_does_not_matter(estimator):
    """Lists, tuples, arrays, Series and the like give the same model."""
    fit_on = ("a fixed-width array", "a Series with an index of its own")
    assert_container_does_not_matter(estimator, containers, fit_on)


def check_column_of_texts_is_a_container(estimator):
    """An array of shape (n, 1) and a DataFrame of one column count as texts."""
    assert_container_does_not_matter(estimator, columns, ("an array of shape (n, 1)",))


def check_odd_texts_are_predicted(estimator):
    """Empty, unknown, foreign and very long texts get finite scores."""
    X, y = make_texts(estimator)
    model = fitted(seeded(estimator), X, y)
    for what, text in ODD_TEXTS.items():
        answer = model.predict([text])
        assert answer.shape == (1,), f"{what} must get one answer; got shape {answer.shape}"
        assert np.isfinite(scores(model, [text])).all(), f"{what} must get finite scores"
    together = scores(model, list(ODD_TEXTS.values()))
    assert np.isfinite(together).all(), "odd texts must get finite scores in one batch, too"


def check_odd_texts_are_fitted(estimator):
    """Empty, unknown, foreign and very long texts among the training texts do no harm."""
    X, y = make_texts(estimator)
    rows = np.arange(len(ODD_TEXTS))
    model = fitted(seeded(estimator), [*X, *ODD_TEXTS.values()], [*y, *y[rows]])
    message = "a model that was fitted on odd texts, too, must give finite scores"
    assert np.isfinite(scores(model, X)).all(), message


def check_blank_texts_are_alike(estimator):
    """Texts without a word get the same scores, alone and in a batch of nothing else."""
    X, y = make_texts(estimator)
    model = fitted(seeded(estimator), X, y)
    blank = scores(model, ["", "   ", "\n\t", ""])
    message = "texts without a word must get the same finite scores"
    assert_same(blank, np.repeat(scores(model, [""]), 4, axis=0), message)


def check_empty_text_gets_the_class_shares(estimator):
    """Without known words and weights, probabilities are roughly the class proportions.

    The bias changes while it is trained together with the words, hence the wide tolerance.
    """
    skip_unless(hasattr(estimator, "predict_proba"), "it has no probabilities")
    skip_unless(is_plain(estimator, "class_weight", "sampler"), "it weighs its classes")
    loss = estimator.get_params(deep=False).get("loss", "log_loss")
    proper = isinstance(loss, str) and loss in ("cross_entropy", "log_loss")
    skip_unless(proper, "its loss is not known to be proper")
    X, y = make_texts(estimator)
    model = fitted(seeded(estimator), X, y)
    fractions = np.array([np.mean(y == label) for label in model.classes_])
    message = "the probabilities of an empty text must be roughly the class proportions"
    assert_same(model.predict_proba([""])[0], fractions, message, rtol=0, atol=0.3)


def check_non_texts_are_refused_by_place(estimator):
    """None, NaN, bytes and numbers among texts are refused, and the error names their index."""
    X, y = make_texts(estimator)
    model = fitted(seeded(estimator), X, y)
    for what, value in (("None", None), ("nan", np.nan), ("bytes", b"text"), ("3.5", 3.5)):
        texts = [*X[:PLACE], value, *X[PLACE + 1 :]]
        fit = seeded(estimator).fit
        assert_refused(lambda: fit(texts, y), f"{what} in fit", f"X[{PLACE}]", what)  # noqa: B023
        predict = model.predict
        assert_refused(lambda: predict(texts), f"{what} in predict", f"X[{PLACE}]", what)  # noqa: B023


def check_shapes_that_are_no_texts_are_refused(estimator):
    """A single str, no texts at all and a matrix are refused with a clear error."""
    X, y = make_texts(estimator)
    model = fitted(seeded(estimator), X, y)
    for call in (lambda texts: seeded(estimator).fit(texts, y[: len(texts)]), model.predict):
        assert_refused(lambda: call(X[0]), "a single str for X", "str")  # noqa: B023
        assert_refused(lambda: call([]), "an X without texts", "X")  # noqa: B023
        assert_refused(lambda: call(np.zeros((len(X), 3))), "a matrix for X", "3")  # noqa: B023


def check_wrong_lengths_are_refused(estimator):
    """X, y and weights of different lengths are refused, and the error names both lengths."""
    X, y = make_texts(estimator)
    n_samples, short = str(len(X)), str(len(X) - 1)
    fit = seeded(estimator).fit
    assert_refused(lambda: fit(X, y[:-1]), "a y that is too short", n_samples, short)
    assert_refused(lambda: fit(X[:-1], y), "an X that is too short", n_samples, short)
    if fit_takes_weights(estimator):
        weight = np.ones(len(X) - 1)
        assert_refused(
            lambda: fit(X, y, sample_weight=weight), "weights of another length", "sample_weight"
        )


def check_labels_that_are_none_are_refused(estimator):
    """Missing, absent and continuous labels are refused with a clear error."""
    X, y = make_binary_texts()
    fit = seeded(estimator).fit
    missing = y.astype(float)
    missing[PLACE] = np.nan
    assert_refused(lambda: fit(X, missing), "NaN in y", "y", "nan")
    assert_refused(lambda: fit(X, None), "y=None", "y")
    continuous = np.linspace(0, 1, len(X))
    assert_refused(lambda: fit(X, continuous), "a continuous y", "label")


def check_one_class_is_refused_or_answered(estimator):
    """Labels of one class are refused with a clear error, or always predicted."""
    X, _ = make_texts(estimator)
    y, model = ["only"] * len(X), seeded(estimator)
    if error_of(lambda: model.fit(X, y)) is not None:
        assert_refused(lambda: seeded(estimator).fit(X, y), "a y of one class", "class")
        return
    message = "a model of one class must answer with it"
    assert model.predict(X).tolist() == y, message
