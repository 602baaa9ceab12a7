"""Write the parts of the pages that are made from the code; ``make docs`` runs it.

``docs/losses.md`` is made whole. In other pages, what stands between
``<!-- begin NAME -->`` and ``<!-- end -->`` is replaced: the table of losses, or a file.
"""

import inspect
import re
from pathlib import Path

from sktext.losses import LOSSES

DOCS = Path(__file__).parent
ROOT = DOCS.parent
PAGES = [ROOT / "README.md", DOCS / "extending.md"]
PROBABILITIES = {
    "proper": "those of the data",
    "invertible": "through `posterior`",
    "heuristic": "a ranking",
    "none": "none",
}


def paragraph(doc, start):
    """Return the paragraph of a docstring that starts with some words, on one line."""
    found = next(text for text in doc.split("\n\n") if text.startswith(start))
    return re.sub(r"``(.+?)``", r"`\1`", " ".join(found.split()))


def describe(name):
    """Collect what the docstring and the class say of a loss."""
    Loss = LOSSES[name]
    doc = inspect.getdoc(Loss)
    formula = re.search(r"Formula: (.*?)(?:\n\n|$)", doc, re.DOTALL).group(1)
    reference = re.search(r"\[1\] (.*?)(https?://\S+)", doc, re.DOTALL)
    title = " ".join(reference.group(1).split()).rstrip(".")
    loss = Loss()
    return {
        "name": name,
        "class": Loss.__name__,
        "summary": doc.split("\n")[0],
        "formula": re.sub(r"``(.+?)``", r"`\1`", " ".join(formula.split())),
        "tasks": ", ".join(loss.tasks),
        "learns": ", ".join(f"`{value}`" for value in Loss.learns) or "nothing",
        "probabilities": PROBABILITIES[loss.proba],
        "use": paragraph(doc, "Use it"),
        "not": paragraph(doc, "Do not use it"),
        "reference": f"[{title}]({reference.group(2)})",
    }


def loss_section(name):
    """Write the section of a loss on the page of losses."""
    row = describe(name)
    return f"""## `{name}`

`sktext.losses.{row["class"]}`: {row["summary"]}

{row["use"]}

{row["not"]}

| | |
|---|---|
| Formula | {row["formula"].replace("|", chr(92) + "|")} |
| Tasks | {row["tasks"]} |
| Learns from the data | {row["learns"]} |
| Probabilities | {row["probabilities"]} |
| Reference | {row["reference"]} |
"""


def loss_table():
    """Write the short table of losses: name, tasks, what it is."""
    lines = ["| loss | tasks | what it is |", "|---|---|---|"]
    for name in LOSSES:
        row = describe(name)
        lines.append(f"| [`{name}`](docs/losses.md#{name}) | {row['tasks']} | {row['summary']} |")
    return "\n".join(lines)


def losses_page():
    """Write the page of losses."""
    table = loss_table().replace("(docs/losses.md#", "(#")
    sections = "\n".join(loss_section(name) for name in LOSSES)
    return f"""# The losses

*This page is made from the code by `make docs`.*

Every loss works on logits, in any classifier of the package, in plain torch and in plain
skorch. Give its name, or an object with other parameters:
`loss="focal"`, `loss=FocalLoss(gamma=1.0)`. *p* is the predicted probability, *y* the right
class, *t* a target of 0 or 1, *x* a logit. "Learns from the data" is what `build` finds in
the class counts of each `fit`. "Probabilities" says what `predict_proba` is worth:
those of the data, a ranking, or made so by the `posterior` of the loss.

{table}

{sections}"""


def fill(text):
    """Fill the marked parts of a page."""

    def content(match):
        name = match.group(1)
        if name == "losses":
            return f"<!-- begin losses -->\n{loss_table()}\n<!-- end -->"
        code = (ROOT / name).read_text(encoding="utf-8").rstrip()
        return f"<!-- begin {name} -->\n```python\n{code}\n```\n<!-- end -->"

    return re.sub(r"<!-- begin (\S+) -->.*?<!-- end -->", content, text, flags=re.DOTALL)


def pages():
    """Return every page that is made, with its text."""
    made = {page: fill(page.read_text(encoding="utf-8")) for page in PAGES}
    return made | {DOCS / "losses.md": losses_page()}


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
