"""Estimates pi with mpi4py: each rank throws darts, the counts are summed."""

import argparse
import json
import os
import random

from mpi4py import MPI

parser = argparse.ArgumentParser()
parser.add_argument("--darts", type=int, default=200_000)
arguments = parser.parse_args()

world = MPI.COMM_WORLD
chance = random.Random(world.rank)
hits = sum(chance.random() ** 2 + chance.random() ** 2 <= 1 for _ in range(arguments.darts))
total = world.allreduce(hits)
pi = 4 * total / (arguments.darts * world.size)
print(f"rank {world.rank} of {world.size} on {os.environ['SM_CURRENT_HOST']}: {hits} hits, pi is about {pi:.4f}")
if world.rank == 0:
    with open(os.path.join(os.environ["SM_MODEL_DIR"], "pi.json"), "w") as file:
        json.dump({"pi": pi, "ranks": world.size}, file)
