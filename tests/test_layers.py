"""Imports point down the list of floors only."""

import ast
from pathlib import Path

import sktext

PACKAGE = Path(sktext.__file__).parent
# From the ground up; parts of one floor may not import each other.
FLOORS = [
    {
        "_sums",
        "_characters",
        "_rows",
        "_texts",
        "_threads",
        "_class_weights",
        "_component",
        "_negations",
        "_validation",
        "_parameter_errors",
        "_metadata_requests",
        "_user_warnings",
        "_optional",
        "_fingerprint",
        "_devices",
        "_token_rows",
        "_torch_defaults",
        "_scorers",
    },
    {"_labels"},
    {"losses", "features", "preprocessing", "sampling", "datasets"},
    {"modules"},
    {"_buckets", "_lbfgs", "_generators"},
    {"_batches", "_going_on"},
    {"_epochs", "_divergence"},
    {"_steps"},
    {"_net"},
    {"_optimizers"},
    {"classifiers"},
    {"metrics", "model_selection", "meta"},
    {"inspection", "report", "testing"},
]
# Parts of the ground that others of the ground may use.
FOUNDATION = {"_parameter_errors", "_rows", "_sums", "_texts"}
SKORCH = {"_net", "_epochs", "classifiers"}


def floor_of(part):
    return next(i for i, parts in enumerate(FLOORS) if part in parts)


def part_of(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def modules():
    return [path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py"]


def imported(path):
    """Names of the modules a file imports, with names imported from the package itself."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            if node.module == "sktext":
                yield from (f"sktext.{alias.name}" for alias in node.names)
            else:
                yield node.module


def test_every_module_has_a_floor():
    for path in modules():
        floor_of(part_of(path))


def test_imports_point_down_only():
    for path in modules():
        own = part_of(path)
        for name in imported(path):
            if not name.startswith("sktext."):
                continue
            part = name.split(".")[1]
            allowed = part == own or part in FOUNDATION or floor_of(part) < floor_of(own)
            assert allowed, f"{path.relative_to(PACKAGE)} imports {name}"


def test_skorch_is_known_to_the_net_and_the_classifiers_only():
    for path in modules():
        if any(name.split(".")[0] == "skorch" for name in imported(path)):
            assert part_of(path) in SKORCH, path


def test_only_one_class_subclasses_a_skorch_net():
    subclasses = [
        (path.name, node.name)
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
        and any("NeuralNet" in ast.unparse(base) for base in node.bases)
    ]
    assert subclasses == [("_net.py", "Net")]


def test_importing_the_package_needs_no_extra():
    extras = {"matplotlib", "pandas", "polars", "pyarrow", "transformers"}
    extras |= {"spacy", "spacy_lookups_data", "nltk", "tokenizers", "gensim"}
    for path in modules():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        top = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
        for node in top:
            name = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
            assert name.split(".")[0] not in extras, f"{path}: {name}"
