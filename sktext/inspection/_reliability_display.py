"""Picture of probabilities beside how often they came true."""

import numpy as np

from sktext._optional import import_optional
from sktext._reliability import answers_of, answers_of_label, put_in_bins
from sktext._validation import weights_or_ones

MARKERS = "os^Dv"
STRIP = "rows of each point"
STRIP_HEIGHT = 0.22
# So that points at the ends are seen whole.
ENDS = (-0.03, 1.03)


class ReliabilityDisplay:
    """Show how often things come true against the probability that was given.

    Use it to see where probabilities are too high, below the diagonal, or too low: at the
    rare end, or at the sure one; the bars say how far chance goes, and the strip below
    how many rows speak. Not for one number; that is
    :func:`~sktext.metrics.expected_calibration_error`. It needs matplotlib.

    Make it by ``from_estimator`` or ``from_predictions``.

    Parameters
    ----------
    prob_true : ndarray of shape (n_bins,)
        Share that came true in each bin.
    prob_pred : ndarray of shape (n_bins,)
        Mean probability of each bin.
    lower, upper : ndarray of shape (n_bins,)
        Ends of Wilson's confidence interval around each share.
    counts : ndarray of shape (n_bins,), default=None
        Rows in each bin, or the sum of their weights; None draws no strip.
    estimator_name : str, default=None
        Name in the legend.

    Attributes
    ----------
    ax_ : matplotlib Axes
        What was drawn on.
    figure_ : matplotlib Figure
        Where it is.
    line_ : matplotlib Line2D
        The shares.
    bars_ : matplotlib LineCollection
        The confidence intervals.
    strip_ax_ : matplotlib Axes or None
        The strip below, of which all curves on the same axes have one.

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

    def __init__(self, prob_true, prob_pred, lower, upper, *, counts=None, estimator_name=None):
        self.prob_true = prob_true
        self.prob_pred = prob_pred
        self.lower = lower
        self.upper = upper
        self.counts = counts
        self.estimator_name = estimator_name

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        y,
        *,
        label=None,
        n_bins=10,
        strategy="uniform",
        confidence=0.95,
        sample_weight=None,
        name=None,
        ax=None,
        line_kwargs=None,
    ):
        """Draw what a fitted classifier says of rows that it was not fitted on.

        Parameters
        ----------
        estimator : classifier
            Fitted, with ``predict_proba``.
        X : rows as in its ``fit``
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            True labels, an indicator matrix, or sets of labels.
        label : label, default=None
            As in ``from_predictions``.
        n_bins : int, default=10
            Number of bins.
        strategy : {"uniform", "quantile"}, default="uniform"
            Bins of the same width, which show the range in which one decides; or of about as
            many rows each, which may all lie at one end where something is rare.
        confidence : float, default=0.95
            Of the intervals, in (0, 1).
        sample_weight : array-like of shape (n_samples,), default=None
            How much each row counts.
        name : str, default=None
            Name in the legend; None is that of the class.
        ax : matplotlib Axes, default=None
            What to draw on; None makes a new one.
        line_kwargs : dict, default=None
            More for matplotlib's ``plot``.

        Returns
        -------
        display : ReliabilityDisplay
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
        y_true,
        y_proba,
        *,
        labels=None,
        label=None,
        n_bins=10,
        strategy="uniform",
        confidence=0.95,
        sample_weight=None,
        name=None,
        ax=None,
        line_kwargs=None,
    ):
        """Draw given probabilities.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,) or (n_samples, n_labels)
            True labels, an indicator matrix, or sets of labels, if ``labels`` names all.
        y_proba : array-like of shape (n_samples,), (n_samples, n_classes) or \
                (n_samples, n_labels)
            Probabilities as of ``predict_proba``, or for two classes of the second one.
        labels : array-like of shape (n_classes,) or (n_labels,), default=None
            What the columns stand for, such as ``classes_``.
        label : label, default=None
            The class or label to draw. None draws the second of two classes, the likeliest
            one of more classes, and all labels together.
        n_bins, strategy, confidence, sample_weight, name, ax, line_kwargs : object
            As in ``from_estimator``.

        Returns
        -------
        display : ReliabilityDisplay
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

    def plot(self, ax=None, *, name=None, line_kwargs=None):
        """Draw.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            What to draw on; None makes a new one.
        name : str, default=None
            Name in the legend; None is ``estimator_name``.
        line_kwargs : dict, default=None
            More for matplotlib's ``plot``.

        Returns
        -------
        display : ReliabilityDisplay
        """
        if ax is None:
            _, ax = import_optional("matplotlib.pyplot", "plot").subplots()
        n_curves = len(ax.lines[1:])
        if not ax.lines:  # curves of several classifiers share one diagonal
            ax.plot([0, 1], [0, 1], "k:", label="right")
            ax.set(xlabel="Mean probability", ylabel="Share that came true")
            ax.set(xlim=ENDS, ylim=ENDS)
        name = self.estimator_name if name is None else name
        marker = MARKERS[n_curves % len(MARKERS)]  # for who cannot tell the colours
        how = {"marker": marker, "label": name, **(line_kwargs or {})}
        (self.line_,) = ax.plot(self.prob_pred, self.prob_true, **how)
        color = self.line_.get_color()
        self.bars_ = ax.vlines(self.prob_pred, self.lower, self.upper, colors=color, alpha=0.4)
        ax.legend(loc="upper left")
        self.ax_, self.figure_ = ax, ax.figure
        self.strip_ax_ = None if self.counts is None else self._draw_counts(ax)
        return self

    def _draw_counts(self, ax):
        """Draw below each point how many rows it stands for, and return the axes."""
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
