"""Networks with their default settings on IMDB: test accuracy and seconds."""

import argparse
import warnings

from _report import print_machine, read_halves, seconds

from sktext import CNNClassifier, FastTextClassifier, LSTMClassifier

WANTED = {LSTMClassifier: 0.88, CNNClassifier: 0.90, FastTextClassifier: 0.905}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=[cls.__name__ for cls in WANTED])
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    print_machine()
    train, test = read_halves("imdb")
    warnings.filterwarnings("ignore", message=".*max_length")
    for cls, wanted in WANTED.items():
        if cls.__name__ not in options.names:
            continue
        for seed in range(options.seeds):
            clf = cls(random_state=seed)
            took = seconds(lambda clf=clf: clf.fit(*train))
            accuracy = clf.score(*test)
            print(
                f"{cls.__name__:20} seed {seed}: test accuracy {accuracy:.4f} (wanted {wanted}), "
                f"fit {took:.0f} s, {clf.n_iter_} epochs",
                flush=True,
            )
