"""Trains a random forest on the UCI handwritten digits.

Hyperparameters come as arguments, the channels and the model directory as SM_ variables.
"""

import argparse
import csv
import os
import pathlib

import joblib
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, f1_score


def read(channel):
    """Reads every CSV file of a channel: the digit, then its 64 pixels of 0 to 16."""
    pixels, digits = [], []
    for path in sorted(pathlib.Path(channel).glob("*.csv")):
        with path.open(newline="") as lines:
            rows = csv.reader(lines)
            next(rows)
            for digit, *row in rows:
                digits.append(int(digit))
                pixels.append([int(pixel) for pixel in row])
    return pixels, digits


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--n_estimators", type=int, default=100)
    parser.add_argument("--max_depth", type=int, default=None)
    parser.add_argument("--bootstrap", type=lambda text: text.lower() == "true", default=True)
    parser.add_argument("--random_state", type=int, default=0)
    parser.add_argument("--train", default=os.environ.get("SM_CHANNEL_TRAIN"))
    parser.add_argument("--test", default=os.environ.get("SM_CHANNEL_TEST"))
    parser.add_argument("--model_dir", default=os.environ.get("SM_MODEL_DIR"))
    arguments = parser.parse_args()

    pixels, digits = read(arguments.train)
    model = RandomForestClassifier(
        n_estimators=arguments.n_estimators,
        max_depth=arguments.max_depth,
        bootstrap=arguments.bootstrap,
        random_state=arguments.random_state,
        n_jobs=int(os.environ.get("SM_NUM_CPUS", "1")),
    )
    model.fit(pixels, digits)

    pixels, digits = read(arguments.test)
    guesses = model.predict(pixels)
    # one metric a line, so that a metric definition such as 'accuracy=([0-9.]+);' finds each of them
    print(f"accuracy={accuracy_score(digits, guesses):.4f};")
    print(f"f1_macro={f1_score(digits, guesses, average='macro'):.4f};")

    joblib.dump(model, pathlib.Path(arguments.model_dir) / "model.joblib")


if __name__ == "__main__":
    main()
