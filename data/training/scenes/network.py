"""The scenes classifier, how a picture is prepared for it, and Grad-CAM on it."""

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

SIZE = 128
MEAN, STD = 0.5, 0.5


class Block(nn.Sequential):
    def __init__(self, c, k, kernel=3, stride=1):
        super().__init__(nn.Conv2d(c, k, kernel, stride, kernel // 2, bias=False),
                         nn.BatchNorm2d(k), nn.ReLU())


class Net(nn.Module):
    """Six convolutions down to a 16x16 map, its mean, and one linear layer.

    The mean over the map ties each class score to places in the picture: the share of a place is
    the class's weights times the features there, which is what makes the network fit to teach with.
    """

    def __init__(self, classes):
        super().__init__()
        self.features = nn.Sequential(
            Block(3, 24, 5, 2),                    # 64x64
            nn.MaxPool2d(2),                       # 32x32
            Block(24, 48), Block(48, 48),
            nn.MaxPool2d(2),                       # 16x16
            Block(48, 96), Block(96, 96), Block(96, 128))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classify = nn.Linear(128, classes)

    def forward(self, x):
        return self.classify(self.pool(self.features(x)).flatten(1))


def prepare(images):
    """uint8 [N,H,W,3] of the network's size to the network's input."""
    x = torch.from_numpy(np.array(images)).permute(0, 3, 1, 2).contiguous().float()
    return (x / 255 - MEAN) / STD


def shrink(image, size=SIZE):
    """A picture of any size stretched to the network's: a triangle filter as wide as the step."""
    if image.shape[:2] == (size, size):
        return image
    return np.asarray(Image.fromarray(image).resize((size, size), Image.BILINEAR))


def logits(net, images, batch=100):
    with torch.no_grad():
        return torch.cat([net(prepare(images[i:i + batch]))
                          for i in range(0, len(images), batch)])


def grad_cam(net, images, targets, batch=100):
    """Grad-CAM of the last ReLU, enlarged bilinearly (half-pixel centres): float [N,128,128]."""
    out = []
    for i in range(0, len(images), batch):
        a = net.features(prepare(images[i:i + batch])).detach().requires_grad_()
        y = net.classify(net.pool(a).flatten(1))
        t = torch.as_tensor(targets[i:i + batch])
        g, = torch.autograd.grad(y.gather(1, t[:, None]).sum(), a)
        cam = F.relu((g.mean((2, 3), keepdim=True) * a).sum(1, keepdim=True))
        cam = F.interpolate(cam, size=(SIZE, SIZE), mode='bilinear', align_corners=False)
        out.append(cam[:, 0])
    return torch.cat(out).detach().numpy()
