"""Computes and times explanations with PyTorch's autograd: the peer of benchmark.py, which starts
this as a process of its own and gives it one command a line, as JSON; the answer is one line too.

Parameters are frozen, so that autograd takes no gradients that nobody wants. Times are of one
explanation as a whole, as a person would write it."""

import json
import sys
import time

import numpy
import torch

from twin import Twin

NOISE = 0.15


class Peer:
    def __init__(self):
        self.path = None
        self.twins = {}

    def open(self, path):
        self.path = path
        self.twins = {}

    def twin(self, layout, dtype=torch.float32):
        key = layout, dtype
        if key not in self.twins:
            # One at a time: the layouts of a large network need not fit side by side.
            self.twins = {key: Twin(self.path, dtype, layout == "channels_last")}
        return self.twins[key]

    @staticmethod
    def gradients(twin, x, target):
        x.requires_grad_(True)
        score = twin(x)[:, target].sum()
        return torch.autograd.grad(score, x)[0]

    def forward(self, twin, x, batch):
        with torch.no_grad():
            return twin(x)

    def gradient(self, twin, x, batch):
        return self.gradients(twin, x.detach().clone(), self.target)

    def pass_of(self, twin, x, batch):
        """The unit of which the best batch is chosen."""
        return self.gradients(twin, x.expand(batch, -1, -1, -1).clone(), self.target)

    def integrated_gradients(self, twin, x, batch, steps=50):
        nodes, weights = numpy.polynomial.legendre.leggauss(steps)
        alphas = torch.from_numpy((nodes + 1) / 2).to(twin.dtype).view(-1, 1, 1, 1)
        weights = torch.from_numpy(weights / 2).to(twin.dtype).view(-1, 1, 1, 1)
        total = torch.zeros_like(x)
        for i in range(0, steps, batch):
            points = (alphas[i:i + batch] * x).contiguous(memory_format=twin.format)
            g = self.gradients(twin, points, self.target)
            total += (g * weights[i:i + batch]).sum(0, keepdim=True)
        return total * x

    def smoothgrad(self, twin, x, batch, samples=50):
        deviation = NOISE * (x.max() - x.min())
        total = torch.zeros_like(x)
        for i in range(0, samples, batch):
            n = min(batch, samples - i)
            points = (x + deviation * torch.randn(n, *x.shape[1:])).contiguous(
                memory_format=twin.format)
            total += self.gradients(twin, points, self.target).sum(0, keepdim=True)
        return total / samples

    def grad_cam(self, twin, x, batch):
        layer = self.layer
        with torch.no_grad():
            values = twin.run({twin.input: x}, until=layer)
        activation = values[layer].requires_grad_(True)
        score = twin.run(values, after=layer)[twin.output][0, self.target]
        g = torch.autograd.grad(score, activation)[0]
        with torch.no_grad():
            cam = torch.relu((g.mean((2, 3), keepdim=True) * activation).sum(1, keepdim=True))
            return torch.nn.functional.interpolate(cam, x.shape[2:], mode="bilinear")

    def prepare(self, layout, threads, input, target):
        torch.set_num_threads(threads)
        twin = self.twin(layout)
        self.target = target
        x = torch.from_numpy(numpy.load(input)).contiguous(memory_format=twin.format)
        self.layer = twin.last_spatial(x.shape[-1])
        return twin, x

    def time(self, explanation, layout, threads, batch, input, target, repeat=1, warm=True):
        twin, x = self.prepare(layout, threads, input, target)
        compute = getattr(self, explanation)
        # What is set up at first use is not counted.
        if warm:
            self.pass_of(twin, x, batch)
        seconds = []
        for _ in range(repeat):
            start = time.perf_counter()
            compute(twin, x, batch)
            seconds.append(time.perf_counter() - start)
        return {"seconds": min(seconds)}

    def accuracy(self, inputs, outputs):
        """Relative errors of float32 against float64, PyTorch's own and another program's.
        `outputs` holds for each input the other's logits and gradient."""
        rows = []
        f32 = [self.compute(torch.float32, i, numpy.load(logits).argmax())
               for i, (logits, _) in zip(inputs, outputs)]
        for i, own, (logits, gradient) in zip(inputs, f32, outputs):
            other = numpy.load(logits), numpy.load(gradient)
            exact = self.compute(torch.float64, i, other[0].argmax())
            rows.append({"pytorch": [error(a, b) for a, b in zip(own, exact)],
                         "salience": [error(a, b) for a, b in zip(other, exact)]})
        return {"rows": rows}

    def compute(self, dtype, input, target):
        twin = self.twin("contiguous", dtype)
        x = torch.from_numpy(numpy.load(input)).to(dtype).requires_grad_(True)
        logits = twin(x)
        gradient = torch.autograd.grad(logits[0, target], x)[0]
        return logits.detach().numpy(), gradient.numpy()


def error(a, b):
    a = a.astype(numpy.float64).ravel()
    b = b.astype(numpy.float64).ravel()
    return float(numpy.linalg.norm(a - b) / numpy.linalg.norm(b))


def main():
    peer = Peer()
    for line in sys.stdin:
        command = json.loads(line)
        try:
            answer = getattr(peer, command.pop("do"))(**command) or {}
        except (RuntimeError, MemoryError) as e:
            answer = {"error": str(e)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
