"""How ``y`` is read: what it means is decided by the first fit, and kept.

The first fit settles the *form* of the labels, by what they are in and by what they hold:

=====================================================  ====================================
``y``                                                  read as
=====================================================  ====================================
2-D array, sparse matrix, data frame, table            indicator matrix, a column per label
the same with a single column                          one label per row, with a warning
rows that are sets or frozensets                       sets of labels
rows that are lists, tuples or arrays, all of one      indicator matrix
length of at least two, with 0, 1 (and -1) alone
all other rows that are lists, tuples or arrays,       sets of labels
also of one entry each
rows that are str, bools, whole numbers, dates         one label per row
=====================================================  ====================================

What the rows are in, such as a list, a tuple, a Series, a column of pyarrow or polars or an
array of objects, changes nothing, nor does whether a row is a list or a tuple. Where the
classes are named (``classes`` of ``partial_fit``, ``labels`` of a metric), lists and tuples of
these alone, none twice in a row, are sets of labels even if they look like an indicator.

All later labels, of ``score``, of validation rows, of further chunks, are read by that form
and never by their own shape:

==========================  ===============================================================
first fit                   later
==========================  ===============================================================
one label per row           one label per row; what is several is refused
sets of labels              lists and tuples of any shape and values are sets; a 2-D array,
                            sparse matrix or data frame has the columns of ``classes_``
indicator matrix            lists and tuples are rows of the matrix; sets, and lists of
                            names of the columns, are sets of labels
==========================  ===============================================================
"""

from sktext._labels._advice import labels_already_read
from sktext._labels._fitted import inside, labels_of
from sktext._labels._labels import TASKS, Labels
from sktext._labels._pairs import read_indicator, read_pair
from sktext._labels._reading import form_of, read_labels
from sktext._labels._single import named_classes
from sktext._labels._targets import splitter_target, target_and_classes, target_of, unambiguous

__all__ = [
    "TASKS",
    "Labels",
    "form_of",
    "inside",
    "labels_already_read",
    "labels_of",
    "named_classes",
    "read_indicator",
    "read_labels",
    "read_pair",
    "splitter_target",
    "target_and_classes",
    "target_of",
    "unambiguous",
]
