"""Whoever debugs a gradient finds its way: few frames lie between ``fit`` and the loss."""

import traceback
from pathlib import Path

import sktext
from sktext.losses import CrossEntropyLoss

PACKAGE = Path(sktext.__file__).parent


class Traced(CrossEntropyLoss):
    """Cross-entropy that remembers from where it is called."""

    stacks = []

    def __call__(self, *args, **kwargs):
        Traced.stacks.append([Path(frame.filename) for frame in traceback.extract_stack()[:-1]])
        return super().__call__(*args, **kwargs)


def test_fit_reaches_the_loss_in_seven_frames_of_three_files(every, multiclass):
    Traced.stacks.clear()
    every.set_params(loss=Traced(), optimizer="adagrad", max_epochs=1).fit(*multiclass)
    frames = [path for path in Traced.stacks[-1] if path.is_relative_to(PACKAGE)]
    assert len(frames) <= 7
    assert len(set(frames)) <= 3
