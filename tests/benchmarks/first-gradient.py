"""Opens a network with PyTorch in a fresh process and takes one gradient: what a person waits for
before the first heatmap. MODEL INPUT.npy."""

import sys

import numpy
import torch

from twin import Twin

twin = Twin(sys.argv[1])
x = torch.from_numpy(numpy.load(sys.argv[2])).requires_grad_(True)
score = twin(x).max()
torch.autograd.grad(score, x)
