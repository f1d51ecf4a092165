"""Loads the model out of a model.tar.gz and prints its accuracy on a CSV file.

usage: evaluate.py ARCHIVE CSV
"""

import csv
import io
import sys
import tarfile

import joblib

archive, table = sys.argv[1:]
with tarfile.open(archive) as files:
    model = joblib.load(io.BytesIO(files.extractfile("model.joblib").read()))
with open(table, newline="") as lines:
    rows = list(csv.reader(lines))[1:]
digits = [int(row[0]) for row in rows]
guesses = model.predict([[int(pixel) for pixel in row[1:]] for row in rows])
right = sum(int(guess) == digit for guess, digit in zip(guesses, digits))
print(f"{right} of {len(digits)} digits recognised, accuracy {right / len(digits):.4f}")
