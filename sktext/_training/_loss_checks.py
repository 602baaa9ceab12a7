"""Checks that a loss takes the given labels."""

from sktext.losses import LOSSES


def check_task(loss, task):
    """Raise if a loss does not take labels of a task."""
    if task not in loss.tasks:
        others = [name for name, other in LOSSES.items() if task in other().tasks]
        raise ValueError(
            f"loss={name_of(loss)} takes {' or '.join(loss.tasks)} labels; got {task} ones. "
            f"Losses for {task}: {', '.join(map(repr, others))}."
        )


def check_cells(loss, labels, target):
    """Raise if some labels were not observed and the loss cannot leave them out."""
    if labels.task == "multilabel" and (target < 0).any() and not loss.weighs_labels:
        others = [
            name
            for name, other in LOSSES.items()
            if "multilabel" in other().tasks and other().weighs_labels
        ]
        raise ValueError(
            f"y has -1, labels that were not observed, and loss={name_of(loss)} has one value "
            f"for all labels of a row. Losses that can leave some out: "
            f"{', '.join(map(repr, others))}."
        )


def name_of(loss):
    """Return the short name of a loss with default parameters, else its ``repr``."""
    names = [name for name, kind in LOSSES.items() if type(loss) is kind]
    return repr(names[0]) if names and repr(loss) == repr(LOSSES[names[0]]()) else repr(loss)
