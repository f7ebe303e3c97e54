"""A tiny vision transformer for the scenes."""

import torch
from torch import nn
from torch.nn import functional as F

SIDE = 8                   # patches in a row
TOKENS = SIDE * SIDE + 1   # and the class token, the first
WIDTH, HEADS, LAYERS = 96, 4, 3


class Layer(nn.Module):
    """Attention, then two linear layers for each token; both are added to what came in."""

    def __init__(self):
        super().__init__()
        self.before = nn.LayerNorm(WIDTH)
        self.query, self.key, self.value, self.out = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.after = nn.LayerNorm(WIDTH)
        self.wide, self.narrow = nn.Linear(WIDTH, 2 * WIDTH), nn.Linear(2 * WIDTH, WIDTH)

    def split(self, x):
        return x.reshape(-1, TOKENS, HEADS, WIDTH // HEADS)

    def forward(self, x):
        y = self.before(x)
        q = self.split(self.query(y)).permute(0, 2, 1, 3)
        k = self.split(self.key(y)).permute(0, 2, 3, 1)
        v = self.split(self.value(y)).permute(0, 2, 1, 3)
        # Spelled out, for explanations read the weights between softmax and product.
        weights = torch.matmul(q * (WIDTH // HEADS) ** -0.5, k).softmax(-1)
        mixed = torch.matmul(weights, v).permute(0, 2, 1, 3).reshape(-1, TOKENS, WIDTH)
        x = x + self.out(mixed)
        return x + self.narrow(F.relu(self.wide(self.after(x))))


class Vit(nn.Module):
    """Three convolutions, 8x8 patches of their 16x16 map with a class token, three layers."""

    def __init__(self, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 24, 5, 2, 2)   # 64x64, then pooled
        self.conv2 = nn.Conv2d(24, 48, 3, 1, 1)  # 32x32
        self.conv3 = nn.Conv2d(48, 48, 3, 1, 1)  # 32x32, then pooled
        self.patch = nn.Conv2d(48, WIDTH, 2, 2)
        self.position = nn.Parameter(0.02 * torch.randn(1, TOKENS, WIDTH))
        self.layers = nn.Sequential(*(Layer() for _ in range(LAYERS)))
        self.norm = nn.LayerNorm(WIDTH)
        self.classify = nn.Linear(WIDTH, classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv3(F.relu(self.conv2(x)))), 2)
        x = self.patch(x).flatten(2).permute(0, 2, 1)
        # The class token starts as zeros; its position is what it learns.
        x = self.layers(F.pad(x, (0, 0, 1, 0)) + self.position)
        return self.classify(self.norm(x)[:, 0])
