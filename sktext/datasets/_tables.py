"""What the fetchers share: ready files, subsets, and the form of the answer."""

import csv
import gzip
import os
import zlib
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from sklearn.utils import Bunch

from sktext._optional import import_optional
from sktext._validation import StrOptions
from sktext.datasets._download import READY_VARIABLE

SUBSET = {"subset": [StrOptions({"train", "test", "all"})]}
COMMON = {
    "data_home": [str, os.PathLike, None],
    "download_if_missing": ["boolean"],
    "return_X_y": ["boolean"],
    "as_frame": ["boolean"],
}
# A newsgroup post can be longer than the 131,072 characters that csv takes by default.
LONGEST_FIELD = 1 << 24


def load_columns(name, columns, from_publisher, data_home, download_if_missing):
    """Load a data set from the folder of ready files, or else from its publisher.

    Parameters
    ----------
    name : str
        Name of the ready file, without ``.csv.gz``.
    columns : list of str
        Its columns.
    from_publisher : callable
        Takes ``data_home`` and ``download_if_missing`` and gives the same columns.
    data_home : str, path-like or None
    download_if_missing : bool

    Returns
    -------
    columns : dict of str to list
    """
    path = find_ready(name)
    if path is None:
        return from_publisher(data_home, download_if_missing)
    return read_ready(path, columns)


def find_ready(name):
    """Return the path of a ready file, or None where there is none."""
    folder = os.environ.get(READY_VARIABLE)
    if not folder:
        return None
    if not Path(folder).is_dir():
        raise NotADirectoryError(
            f"The environment variable {READY_VARIABLE} must name a folder of ready data sets; got "
            f"{folder!r}. Correct it, or unset it to download from the publishers."
        )
    path = Path(folder) / f"{name}.csv.gz"
    return path if path.exists() else None


def read_ready(path, columns):
    """Read columns of a gzipped csv file; what is empty or says NA stays a text."""
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file, long_fields():
            header, *rows = csv.reader(file, strict=True)
    except (EOFError, ValueError, csv.Error, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path} cannot be read as gzipped csv: {error}. Replace it.") from error
    missing = [name for name in columns if name not in header]
    if missing or any(len(row) != len(header) for row in rows):
        raise ValueError(
            f"{path} must have the columns {', '.join(columns)} in every row; got "
            f"{', '.join(header)}. Replace it, or unset {READY_VARIABLE}."
        )
    return {name: [row[header.index(name)] for row in rows] for name in columns}


@contextmanager
def long_fields():
    """Raise csv's limit of the field length, which is one for the whole process, for a while."""
    before = csv.field_size_limit(LONGEST_FIELD)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def take_rows(columns, rows):
    """Take some rows of every column."""
    return {name: [column[row] for row in rows] for name, column in columns.items()}


def take_subset(columns, subset):
    """Take the rows of a subset; all is train, then test."""
    splits = ("train", "test") if subset == "all" else (subset,)
    rows = [row for split in splits for row, own in enumerate(columns["split"]) if own == split]
    return take_rows(columns, rows)


def names_of(column):
    """Return the different values of a column, sorted."""
    return sorted(set(column))


def present(columns, target, target_names, descr, *, return_X_y, as_frame):
    """Return a data set in the form that the user asked for.

    Parameters
    ----------
    columns : dict of str to list
        With a column ``"text"``.
    target : str or ndarray of shape (n_samples, n_labels)
        Name of a column, or an indicator matrix.
    target_names : list of str
    descr : str
        The description.
    return_X_y, as_frame : bool

    Returns
    -------
    bunch : Bunch or tuple (data, target)
    """
    if as_frame:
        data, y, frame = to_frames(columns, target, target_names)
    else:
        y = np.array(columns[target]) if isinstance(target, str) else target
        data, frame = columns["text"], None
    if return_X_y:
        return data, y
    return Bunch(data=data, target=y, target_names=target_names, frame=frame, DESCR=descr)


def to_frames(columns, target, target_names):
    """Convert a data set to pandas: texts, target, and the frame of everything."""
    pandas = import_optional("pandas", "frame")
    frame = pandas.DataFrame(columns)
    if isinstance(target, str):
        return frame["text"], frame[target], frame
    labels = pandas.DataFrame(target, columns=target_names)
    frame = pandas.concat([frame[["text"]], labels, frame.drop(columns="text")], axis=1)
    return frame["text"], labels, frame
