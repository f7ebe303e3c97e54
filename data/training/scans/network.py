"""The scans classifier, how a picture is prepared for it, and where its explanations lie."""

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn
from torch.nn import functional as F

MEAN, STD = 0.5, 0.25
LESION = 1


def block(c, k, kernel=3, stride=1):
    return nn.Sequential(nn.Conv2d(c, k, kernel, stride, kernel // 2, bias=False),
                         nn.BatchNorm2d(k), nn.ReLU())


class Net(nn.Module):
    """Five convolutions down to a 16x16 map, its mean, and one linear layer."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            block(1, 12, 5, 2),                  # 64x64
            nn.MaxPool2d(2),                     # 32x32
            block(12, 24), block(24, 32),
            nn.MaxPool2d(2),                     # 16x16
            block(32, 48), block(48, 64))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classify = nn.Linear(64, 2)

    def forward(self, x):
        return self.classify(self.pool(self.features(x)).flatten(1))


def load(path):
    """The network of an exported file, with batch normalisation that changes nothing."""
    weights = {w.name: torch.from_numpy(numpy_helper.to_array(w).copy())
               for w in onnx.load(path).graph.initializer}
    net = Net().eval()
    blocks = [b for b in net.features if isinstance(b, nn.Sequential)]
    with torch.no_grad():
        for i, (conv, norm, _) in enumerate(blocks, 1):
            conv.weight.copy_(weights[f'conv{i}.weight'])
            norm.bias.copy_(weights[f'conv{i}.bias'])
            norm.weight.fill_(1)
            norm.running_mean.fill_(0)
            norm.running_var.fill_(1 - norm.eps)
        net.classify.weight.copy_(weights['gemm1.weight'])
        net.classify.bias.copy_(weights['gemm1.bias'])
    return net


def prepare(images):
    """uint8 [N,H,W] to the network's input."""
    return (torch.from_numpy(np.array(images)).unsqueeze(1).float() / 255 - MEAN) / STD


def answers(net, images, batch=100):
    with torch.no_grad():
        return torch.cat([net(prepare(images[i:i + batch])).argmax(1)
                          for i in range(0, len(images), batch)]).numpy()


def grad_cam(net, images):
    """Grad-CAM of the lesion on the last ReLU, enlarged bilinearly: float [N,H,W]."""
    a = net.features(prepare(images)).detach().requires_grad_()
    score = net.classify(net.pool(a).flatten(1))[:, LESION].sum()
    g, = torch.autograd.grad(score, a)
    cam = F.relu((g.mean((2, 3), keepdim=True) * a).sum(1, keepdim=True))
    return F.interpolate(cam, size=images[0].shape, mode='bilinear',
                         align_corners=False)[:, 0].detach().numpy()


def integrated_gradients(net, images, steps=32):
    """Integrated Gradients of the lesion from a black picture: float [N,H,W]."""
    x = prepare(images)
    black = torch.full_like(x, (0 - MEAN) / STD)
    total = torch.zeros_like(x)
    for i in range(steps):
        at = (black + (i + 0.5) / steps * (x - black)).requires_grad_()
        g, = torch.autograd.grad(net(at)[:, LESION].sum(), at)
        total += g / steps
    return ((x - black) * total)[:, 0].detach().numpy()
