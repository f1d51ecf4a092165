"""A small framework in the manner of Keras, on NumPy, and the one function that makes it a training container."""

import os
from typing import Any, List, Sequence

import numpy

from container_runtime import Checkpoints, Environment, MetricsWriter


def train_fn(user_module: Any, training_environment: Environment) -> None:
    """Trains what the user's train(training_dir, hyperparameters) returns, and saves it: all that the author wrote."""
    training_dir = training_environment.channel_input_dirs["training"]
    model = user_module.train(training_dir, training_environment.hyperparameters)
    if not isinstance(model, Sequential):
        raise TypeError("train() has to return a keras_like.Sequential, not %s" % type(model).__name__)
    model.save(os.path.join(training_environment.model_dir, "model.npz"))


class Dense:
    """A layer: activation(x · weights + bias)."""

    def __init__(self, inputs: int, outputs: int, activation: str = "linear") -> None:
        if activation not in ("linear", "relu"):
            raise ValueError('activation "%s" is not known; expected linear or relu' % activation)
        self.activation = activation
        random = numpy.random.default_rng(inputs * 1000 + outputs)
        self.weights = random.normal(0, (2 / inputs) ** 0.5, (inputs, outputs))
        self.bias = numpy.zeros(outputs)

    def forward(self, x: Any) -> Any:
        self.x = x
        self.z = x @ self.weights + self.bias
        return numpy.maximum(self.z, 0) if self.activation == "relu" else self.z

    def backward(self, gradient: Any, rate: float) -> Any:
        gradient = gradient * (self.z > 0) if self.activation == "relu" else gradient
        before = gradient @ self.weights.T
        self.weights -= rate * self.x.T @ gradient
        self.bias -= rate * gradient.sum(axis=0)
        return before


class Sequential:
    """Layers one after the other; classes by softmax and cross-entropy, trained by gradient descent."""

    def __init__(self, layers: Sequence[Dense]) -> None:
        self.layers: List[Dense] = list(layers)

    def predict(self, x: Any) -> Any:
        """Returns the probability of each class."""
        for layer in self.layers:
            x = layer.forward(x)
        powers = numpy.exp(x - x.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    def evaluate(self, x: Any, y: Any) -> float:
        """Returns the part of the samples that are classified rightly."""
        return float((self.predict(x).argmax(axis=1) == y).mean())

    def fit(self, x: Any, y: Any, epochs: int, batch_size: int = 16, rate: float = 0.2, keep: int = 3) -> None:
        """Trains, from the newest checkpoint if there is one; a checkpoint and metrics after each epoch."""
        checkpoints, order = Checkpoints(), numpy.random.default_rng(1)
        first, newest = 0, checkpoints.newest()
        if newest is not None:
            first = self.load(newest) + 1
            print("resumed from %s" % os.path.basename(newest))
        with MetricsWriter() as metrics:
            for epoch in range(first, epochs):
                losses = []
                for rows in numpy.array_split(order.permutation(len(x)), max(1, len(x) // batch_size)):
                    probabilities = self.predict(x[rows])
                    losses.append(-numpy.log(probabilities[numpy.arange(len(rows)), y[rows]] + 1e-12).mean())
                    probabilities[numpy.arange(len(rows)), y[rows]] -= 1
                    gradient = probabilities / len(rows)
                    for layer in reversed(self.layers):
                        gradient = layer.backward(gradient, rate)
                metrics.log("train:loss", float(numpy.mean(losses)), iteration=epoch)
                with checkpoints.save("epoch-%d.npz" % epoch) as path:
                    self.save(path, epoch)
                checkpoints.keep(keep)
                print("epoch %d: loss=%.4f;" % (epoch, numpy.mean(losses)))

    def save(self, path: str, epoch: int = -1) -> None:
        """Writes the weights."""
        arrays = {"epoch": numpy.array(epoch)}
        for number, layer in enumerate(self.layers):
            arrays["weights_%d" % number], arrays["bias_%d" % number] = layer.weights, layer.bias
        # An open file, since savez would add .npz to another name.
        with open(path, "wb") as file:
            numpy.savez(file, **arrays)

    def load(self, path: str) -> int:
        """Reads the weights, and returns the epoch that they are of."""
        with numpy.load(path) as arrays:
            for number, layer in enumerate(self.layers):
                layer.weights, layer.bias = arrays["weights_%d" % number], arrays["bias_%d" % number]
            return int(arrays["epoch"])
