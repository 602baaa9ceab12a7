"""The SMS Spam Collection."""

from os import PathLike
from typing import Any

from sklearn.utils import Bunch

from sktext._validation import validate_params
from sktext.datasets._archives import read_zip
from sktext.datasets._download import RemoteFile, fetch_file
from sktext.datasets._tables import COMMON, load_columns, names_of, present, take_rows

ARCHIVE = RemoteFile(
    filename="sms_spam_collection.zip",
    url="https://archive.ics.uci.edu/static/public/228/sms+spam+collection.zip",
    sha256="1587ea43e58e82b14ff1f5425c88e17f8496bfcdb67a583dbff9eefaf9963ce3",
    size=203_415,
)
MEMBER = "SMSSpamCollection"
COLUMNS = ["text", "label"]
DESCR = f"""SMS Spam Collection v.1

5,574 English text messages, 4,827 of them wanted (ham) and 747 spam. 403 messages repeat an
earlier one word for word. There is no official split.

Source: https://archive.ics.uci.edu/dataset/228/sms+spam+collection
File: {ARCHIVE.url}
Licence: CC BY 4.0, as the UCI repository states.
Citation: T. A. Almeida, J. M. Gomez Hidalgo, A. Yamakami. Contributions to the Study of SMS Spam
Filtering: New Collection and Results. ACM Symposium on Document Engineering, 2011.
"""


@validate_params({"drop_repeated": ["boolean"], **COMMON}, prefer_skip_nested_validation=True)
def fetch_sms_spam(
    *,
    drop_repeated: bool = False,
    data_home: str | PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Bunch | Any:
    """Load the SMS Spam Collection: 5,574 short messages, ham or spam.

    Use it for a binary task with one rare class (13 % spam) and short, noisy texts; it is
    small enough for a search over many candidates. Do not use it to judge a filter for
    the messages of today: they are from before 2012.

    Parameters
    ----------
    drop_repeated : bool, default=False
        Whether to keep only the first of the messages with the same text: 5,171, of which
        653 are spam. Do so before any split, or the same message is learned and tested.
    data_home : str, path-like or None, default=None
        Folder of downloads; None is that of :func:`sklearn.datasets.get_data_home`. The
        file is kept in its sub-folder ``sktext``. If the environment variable
        ``SKTEXT_DATA`` names a folder with ``sms_spam.csv.gz``, that is read instead.
    download_if_missing : bool, default=True
        Whether to download a missing file, of 0.2 MB; False raises an OSError instead.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` only.
    as_frame : bool, default=False
        Whether to return pandas objects.

    Returns
    -------
    data : Bunch
        With the attributes:

        data : list of str, or Series
            The messages.
        target : ndarray of shape (n_samples,), or Series
            ``"ham"`` or ``"spam"``.
        target_names : list of str
            The classes, sorted.
        frame : DataFrame or None
            The columns text and label, if ``as_frame=True``.
        DESCR : str
            Description, licence and citation.

    (data, target) : tuple
        If ``return_X_y=True``.

    Raises
    ------
    OSError
        If the file is missing and may not or cannot be downloaded.
    ValueError
        If a file is not the published one, or damaged.

    References
    ----------
    .. [1] T. A. Almeida, J. M. Gomez Hidalgo, A. Yamakami. Contributions to the Study of
       SMS Spam Filtering: New Collection and Results. DocEng, 2011.
       https://doi.org/10.1145/2034691.2034742

    Examples
    --------
    >>> from sktext.datasets import fetch_sms_spam
    >>> texts, labels = fetch_sms_spam(  # doctest: +SKIP
    ...     drop_repeated=True, return_X_y=True
    ... )
    """
    columns = load_columns("sms_spam", COLUMNS, from_publisher, data_home, download_if_missing)
    target_names = names_of(columns["label"])
    if drop_repeated:
        columns = take_rows(columns, first_rows(columns["text"]))
    return present(columns, "label", target_names, DESCR, return_X_y=return_X_y, as_frame=as_frame)


def from_publisher(data_home, download_if_missing):
    """Read the columns from the publisher's file."""
    path = fetch_file(ARCHIVE, data_home, download_if_missing)
    return parse_messages(read_zip(path, MEMBER)[MEMBER].decode("utf-8"))


def parse_messages(text):
    """Read lines of a label, a tab and a message."""
    # Not splitlines: a message may hold other characters that end a line.
    rows = [line.partition("\t") for line in text.removesuffix("\n").split("\n")]
    return {"text": [row[2] for row in rows], "label": [row[0] for row in rows]}


def first_rows(texts):
    """Return the rows whose text did not come before."""
    first = {}
    for row, text in enumerate(texts):
        first.setdefault(text, row)
    return list(first.values())
