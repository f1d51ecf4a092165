"""Judges a model of the Swift trainer with nothing but Python's standard library: prints its accuracy.

usage: evaluate.py MODEL.TAR.GZ DIGITS.CSV
"""

import array
import csv
import math
import sys
import tarfile


def read(archive):
    with tarfile.open(archive) as opened:
        data = opened.extractfile("network.bin").read()
    sizes = array.array("I", data[:16])
    weights = array.array("f", data[16:])
    if sys.byteorder == "big":
        sizes.byteswap()
        weights.byteswap()
    return sizes[0], sizes[1], sizes[2], weights


def guess(model, pixels):
    inputs, hidden, outputs, weights = model
    rows = [weights[unit * (inputs + 1):(unit + 1) * (inputs + 1)] for unit in range(hidden)]
    activity = [math.tanh(sum(w * x for w, x in zip(row, pixels)) + row[inputs]) for row in rows]
    start = hidden * (inputs + 1)
    rows = [weights[start + unit * (hidden + 1):start + (unit + 1) * (hidden + 1)] for unit in range(outputs)]
    sums = [sum(w * x for w, x in zip(row, activity)) + row[hidden] for row in rows]
    return sums.index(max(sums))


def main():
    model = read(sys.argv[1])
    with open(sys.argv[2], newline="") as lines:
        rows = [[int(field) for field in row] for row in list(csv.reader(lines))[1:]]
    right = sum(guess(model, [pixel / 16 for pixel in pixels]) == digit for digit, *pixels in rows)
    print("accuracy=%.4f" % (right / len(rows)))


if __name__ == "__main__":
    main()
