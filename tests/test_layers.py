"""Imports point down the list of floors only."""

import ast
from pathlib import Path

import sktext

PACKAGE = Path(sktext.__file__).parent
# From the ground up; parts of one floor may not import each other.
FLOORS = [
    {"_sklearn"},
    {
        "_accuracy",
        "_beside_texts",
        "_characters",
        "_buckets",
        "_class_weights",
        "_component",
        "_devices",
        "exceptions",
        "_filtered_warnings",
        "_fingerprint",
        "_frames",
        "_global_draws",
        "_loss_hints",
        "_masked_pooling",
        "_metadata_requests",
        "_negations",
        "_optional",
        "_out_of_memory",
        "_overrides",
        "_parameter_errors",
        "_rows",
        "_sampling_strategy",
        "_scorers",
        "_sums",
        "_texts",
        "_threads",
        "_token_rows",
        "_tokenizers_threads",
        "_torch_defaults",
        "_typing",
        "_user_warnings",
        "_validation",
    },
    {"_labels", "_pretrained"},
    {"_reliability", "_vectors"},
    {"losses", "features", "preprocessing", "sampling", "datasets"},
    {"modules"},
    {"_training"},
    {"classifiers"},
    {"metrics", "meta"},
    {"model_selection"},
    {"inspection", "testing"},
]
# Parts of the ground that others of the ground may use.
FOUNDATION = {
    "_beside_texts",
    "_parameter_errors",
    "_rows",
    "_sums",
    "_texts",
    "_token_rows",
    "_tokenizers_threads",
    "_torch_defaults",
    "_typing",
}
# Who may import private names of a package: scikit-learn's one file, skorch's and torch's one room.
KNOWS_PRIVATES = {"sklearn": "_sklearn", "skorch": "_training", "torch": "_training"}


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


def names_imported(path):
    """Dotted names of all that a file imports, down to the name itself."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def has_private_part(name):
    return any(part.startswith("_") for part in name.split("."))


def test_private_names_of_other_packages_have_one_place_each():
    for path in modules():
        for name in names_imported(path):
            package = name.split(".")[0]
            if package in KNOWS_PRIVATES and has_private_part(name):
                assert part_of(path) == KNOWS_PRIVATES[package], f"{path} imports {name}"


# What scikit-learn's objects are asked for under private names.
PRIVATE_ATTRIBUTES = {
    *("_score_func", "_kwargs", "_sign", "_response_method", "_scorers", "_tfidf"),
    *("_white_spaces", "_validate_ngram_range", "_get_hasher", "_init_callback_context"),
    *("_get_scorers", "_get_routed_params_for_fit", "_format_results", "_select_best_index"),
    *("_check_refit_for_multimetric", "_word_ngrams", "_char_ngrams", "_char_wb_ngrams"),
}


def test_private_attributes_of_scikit_learn_are_read_in_one_file():
    for path in modules():
        if part_of(path) == "_sklearn":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            read = node.attr if isinstance(node, ast.Attribute) else None
            read = node.value if isinstance(node, ast.Constant) else read
            assert not isinstance(read, str) or read not in PRIVATE_ATTRIBUTES, f"{path}: {read}"


def test_no_package_imports_a_private_name_of_a_public_one():
    public = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name[0] != "_"}
    for path in modules():
        for name in names_imported(path):
            package, *rest = name.split(".")
            if package == "sktext" and rest[0] in public - {part_of(path)}:
                assert not has_private_part(".".join(rest)), f"{path} imports {name}"


def test_skorch_is_known_to_the_training_only():
    for path in modules():
        if any(name.split(".")[0] == "skorch" for name in imported(path)):
            assert part_of(path) == "_training", path


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
