"""Trains a softmax regression on the UCI handwritten digits, with nothing but Python itself.

Written as the script of a container of one's own: it reads hyperparameters.json by itself, where every value is a
string, and takes nothing from the environment or from its arguments. All it knows is the shape of /opt/ml, in which it
lies as code/train.py.
"""

import csv
import json
import math
import pathlib
import random

BASE = pathlib.Path(__file__).resolve().parent.parent


def read(channel):
    rows = []
    for path in sorted((BASE / "input" / "data" / channel).glob("*.csv")):
        with path.open(newline="") as lines:
            for row in list(csv.reader(lines))[1:]:
                # a constant input of 1 carries the bias
                rows.append((int(row[0]), [int(pixel) / 16 for pixel in row[1:]] + [1.0]))
    return rows


def scores(weights, pixels):
    return [sum(w * x for w, x in zip(row, pixels)) for row in weights]


def probabilities(weights, pixels):
    values = scores(weights, pixels)
    highest = max(values)
    powers = [math.exp(value - highest) for value in values]
    return [power / sum(powers) for power in powers]


def main():
    given = json.loads((BASE / "input" / "config" / "hyperparameters.json").read_text())
    epochs = int(given["epochs"])
    rate = float(given["learning_rate"])
    shuffled = random.Random(int(given["seed"]))

    examples = read("train")
    weights = [[0.0] * 65 for _ in range(10)]
    for epoch in range(1, epochs + 1):
        shuffled.shuffle(examples)
        loss = 0.0
        for digit, pixels in examples:
            guess = probabilities(weights, pixels)
            loss -= math.log(guess[digit])
            for number in range(10):
                step = rate * ((number == digit) - guess[number])
                weights[number] = [w + step * x for w, x in zip(weights[number], pixels)]
        print(f"epoch={epoch}; loss={loss / len(examples):.4f};", flush=True)

    unseen = read("test")
    right = 0
    for digit, pixels in unseen:
        values = scores(weights, pixels)
        right += values.index(max(values)) == digit
    print(f"accuracy={right / len(unseen):.4f};")

    model = BASE / "model"
    model.mkdir(exist_ok=True)
    (model / "model.json").write_text(json.dumps({"hyperparameters": given, "weights": weights}))


if __name__ == "__main__":
    main()
