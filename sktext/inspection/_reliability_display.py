"""Reliability diagram: probabilities against observed frequencies."""

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator

from sktext._optional import import_optional
from sktext._reliability import answers_of, answers_of_label, put_in_bins
from sktext._typing import LabelsLike, RowsLike
from sktext._validation import weights_or_ones

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKERS = "os^Dv"
STRIP = "rows of each point"
STRIP_HEIGHT = 0.22
# So that points at the ends are seen whole.
ENDS = (-0.03, 1.03)


class ReliabilityDisplay:
    """Plot the fraction of positives against the predicted probability.

    Use it to see where probabilities are too high, below the diagonal, or too low, above it.
    The bars are confidence intervals, and the strip below has the number of rows of each
    point. It is not one number; that is
    :func:`~sktext.metrics.expected_calibration_error`. It needs matplotlib.

    Make it by ``from_estimator`` or ``from_predictions``.

    Parameters
    ----------
    prob_true : ndarray of shape (n_bins,)
        Fraction of positives of each bin.
    prob_pred : ndarray of shape (n_bins,)
        Mean probability of each bin.
    lower, upper : ndarray of shape (n_bins,)
        Ends of Wilson's confidence interval of each fraction.
    counts : ndarray of shape (n_bins,), default=None
        Number of rows in each bin, or the sum of their weights; None draws no strip.
    estimator_name : str, default=None
        Name in the legend.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes with the curve.
    figure_ : matplotlib Figure
        Figure of the axes.
    line_ : matplotlib Line2D
        The fractions of positives.
    bars_ : matplotlib LineCollection
        The confidence intervals.
    strip_ax_ : matplotlib Axes or None
        The strip below, which all curves on the same axes share.

    See Also
    --------
    sklearn.calibration.CalibrationDisplay : For two classes, without intervals.

    Examples
    --------
    >>> from sktext.inspection import ReliabilityDisplay
    >>> display = ReliabilityDisplay.from_predictions(
    ...     [0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.2, 0.7, 0.8, 0.9], n_bins=2
    ... )
    >>> display.prob_true.round(2)
    array([0.33, 0.67])
    """

    def __init__(
        self,
        prob_true: NDArray,
        prob_pred: NDArray,
        lower: NDArray,
        upper: NDArray,
        *,
        counts: NDArray | None = None,
        estimator_name: str | None = None,
    ) -> None:
        self.prob_true = prob_true
        self.prob_pred = prob_pred
        self.lower = lower
        self.upper = upper
        self.counts = counts
        self.estimator_name = estimator_name

    @classmethod
    def from_estimator(
        cls,
        estimator: BaseEstimator,
        X: RowsLike,
        y: LabelsLike,
        *,
        label: Any = None,
        n_bins: int = 10,
        strategy: str = "uniform",
        confidence: float = 0.95,
        sample_weight: ArrayLike | None = None,
        name: str | None = None,
        ax: "Axes | None" = None,
        line_kwargs: dict[str, Any] | None = None,
    ) -> Self:
        """Plot the probabilities of a fitted classifier for rows that it was not fitted on.

        Parameters
        ----------
        estimator : classifier
            Fitted, with ``predict_proba``.
        X : sequence of n_samples rows
            As in ``fit``.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            True labels, an indicator matrix, or sets of labels.
        label : label, default=None
            As in ``from_predictions``.
        n_bins : int, default=10
            Number of bins.
        strategy : {"uniform", "quantile"}, default="uniform"
            Bins of the same width, which cover the whole range; or with about the same number
            of rows, which may all lie at one end if positives are rare.
        confidence : float, default=0.95
            Level of the intervals, in (0, 1).
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows.
        name : str, default=None
            Name in the legend; None is the name of the class.
        ax : matplotlib Axes, default=None
            Axes to plot on; None makes new ones.
        line_kwargs : dict, default=None
            Additional keyword arguments of matplotlib's ``plot``.

        Returns
        -------
        display : ReliabilityDisplay
            With the artists that were drawn.
        """
        return cls.from_predictions(
            y,
            estimator.predict_proba(X),
            labels=estimator.classes_,
            label=label,
            n_bins=n_bins,
            strategy=strategy,
            confidence=confidence,
            sample_weight=sample_weight,
            name=type(estimator).__name__ if name is None else name,
            ax=ax,
            line_kwargs=line_kwargs,
        )

    @classmethod
    def from_predictions(
        cls,
        y_true: LabelsLike,
        y_proba: ArrayLike,
        *,
        labels: ArrayLike | None = None,
        label: Any = None,
        n_bins: int = 10,
        strategy: str = "uniform",
        confidence: float = 0.95,
        sample_weight: ArrayLike | None = None,
        name: str | None = None,
        ax: "Axes | None" = None,
        line_kwargs: dict[str, Any] | None = None,
    ) -> Self:
        """Plot given probabilities.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,) or (n_samples, n_labels)
            True labels, an indicator matrix, or sets of labels, if ``labels`` is given.
        y_proba : array-like of shape (n_samples,), (n_samples, n_classes) or \
                (n_samples, n_labels)
            Probabilities as of ``predict_proba``, or for two classes of the second one.
        labels : array-like of shape (n_classes,) or (n_labels,), default=None
            Class or label of each column, such as ``classes_``.
        label : label, default=None
            The class or label to plot. None plots the second of two classes, the most
            probable one of more classes, and all labels together.
        n_bins, strategy, confidence, sample_weight, name, ax, line_kwargs : object
            As in ``from_estimator``.

        Returns
        -------
        display : ReliabilityDisplay
            With the artists that were drawn.
        """
        if label is None:
            proba, truth = answers_of(y_true, y_proba, labels)
        else:
            proba, truth = answers_of_label(y_true, y_proba, labels, label)
        weight = np.repeat(weights_or_ones(sample_weight, proba), proba.shape[1])
        bins = put_in_bins(proba.ravel(), truth.ravel(), weight, n_bins, strategy)
        ends = bins.wilson(confidence)
        shown = bins.prob_true, bins.prob_pred, *ends
        display = cls(*shown, counts=bins.mass, estimator_name=name)
        return display.plot(ax=ax, line_kwargs=line_kwargs)

    def plot(
        self,
        ax: "Axes | None" = None,
        *,
        name: str | None = None,
        line_kwargs: dict[str, Any] | None = None,
    ) -> Self:
        """Plot the curve.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to plot on; None makes new ones.
        name : str, default=None
            Name in the legend; None is ``estimator_name``.
        line_kwargs : dict, default=None
            Additional keyword arguments of matplotlib's ``plot``.

        Returns
        -------
        display : ReliabilityDisplay
            With the artists that were drawn.
        """
        if ax is None:
            _, ax = import_optional("matplotlib.pyplot", "plot").subplots()
        n_curves = len(ax.lines[1:])
        if not ax.lines:  # curves of several classifiers share one diagonal
            ax.plot([0, 1], [0, 1], "k:", label="Perfectly calibrated")
            ax.set(xlabel="Mean predicted probability", ylabel="Fraction of positives")
            ax.set(xlim=ENDS, ylim=ENDS)
        name = self.estimator_name if name is None else name
        marker = MARKERS[n_curves % len(MARKERS)]  # colours alone do not tell curves apart
        how = {"marker": marker, "label": name, **(line_kwargs or {})}
        self.line_ = ax.plot(self.prob_pred, self.prob_true, **how)[0]
        color = self.line_.get_color()
        self.bars_ = ax.vlines(self.prob_pred, self.lower, self.upper, colors=color, alpha=0.4)
        ax.legend(loc="upper left")
        self.ax_, self.figure_ = ax, ax.figure
        self.strip_ax_ = None if self.counts is None else self._draw_counts(ax)
        return self

    def _draw_counts(self, ax):
        """Plot the number of rows of each point in a strip below, and return its axes."""
        strips = [child for child in ax.child_axes if child.get_label() == STRIP]
        if strips:
            (strip,) = strips
        else:
            # Inside the axes, so that it is within the figure whatever the layout.
            strip = ax.inset_axes([0, 0, 1, STRIP_HEIGHT], sharex=ax, label=STRIP)
            height = (ENDS[1] - ENDS[0]) / (1 - STRIP_HEIGHT)
            ax.set_ylim(ENDS[1] - height, ENDS[1])
            ax.set_yticks(np.linspace(0, 1, 6))
            strip.set(ylabel="Rows", yscale="log")
            strip.yaxis.tick_right()
            strip.yaxis.set_label_position("right")
            strip.tick_params(bottom=False, labelbottom=False)
        how = {"marker": self.line_.get_marker(), "color": self.line_.get_color()}
        strip.plot(self.prob_pred, self.counts, markersize=4, linewidth=1, **how)
        return strip
