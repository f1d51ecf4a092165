"""What a user of the framework writes: a function that gets the data's directory and the hyperparameters."""

import os

import numpy

from keras_like import Dense, Sequential


def train(training_dir, hyperparameters):
    data = numpy.loadtxt(os.path.join(training_dir, "iris.csv"), delimiter=",", skiprows=1)
    data = numpy.random.default_rng(7).permutation(data)
    x, y = data[:, :4], data[:, 4].astype(int)
    x = (x - x.mean(axis=0)) / x.std(axis=0)

    model = Sequential([Dense(4, int(hyperparameters.get("width", 16)), activation="relu"),
                        Dense(int(hyperparameters.get("width", 16)), 3)])
    model.fit(x[30:], y[30:], epochs=int(hyperparameters.get("epochs", 30)))
    print("validation accuracy=%.3f;" % model.evaluate(x[:30], y[:30]))
    return model
