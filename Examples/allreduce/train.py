"""Distributed data parallel training of a small model, with torchrun and gloo or NCCL.

Each rank fits y = 3x + 1 on data of its own; the gradients are averaged by all-reduce, so that all ranks end with the same
model. The first rank saves it.
"""

import argparse
import os
import sys

import torch
import torch.distributed as dist
from torch.distributed.elastic.multiprocessing.errors import record


@record  # so that a failure's exception reaches the failure file
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--lr", type=float, default=0.1)
    arguments = parser.parse_args()

    dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    rank, world = dist.get_rank(), dist.get_world_size()
    torch.manual_seed(rank)
    model = torch.nn.Linear(1, 1)
    for parameter in model.parameters():
        dist.broadcast(parameter.data, src=0)
    optimizer = torch.optim.SGD(model.parameters(), lr=arguments.lr)
    inputs = torch.rand(256, 1)
    targets = 3 * inputs + 1
    for _ in range(arguments.epochs):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        for parameter in model.parameters():
            dist.all_reduce(parameter.grad)
            parameter.grad /= world
        optimizer.step()

    total = loss.detach().clone()
    dist.all_reduce(total)
    line = f"rank {rank} of {world}: weight {model.weight.item():.3f}, mean loss {total.item() / world:.5f}\n"
    # One write: print makes two of it, between which another rank of this host may print.
    sys.stdout.write(line)
    if rank == 0:
        torch.save(model.state_dict(), os.path.join(os.environ["SM_MODEL_DIR"], "model.pt"))
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
