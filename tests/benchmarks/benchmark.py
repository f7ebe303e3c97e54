#!/usr/bin/python3
"""Measures explanations of whole networks beside other programs on the same machine, and prints
the tables of README.md as Markdown. What is not installed is left out, and said.

Sides take turns, so that what disturbs the machine disturbs both, and the shortest time of each
counts."""

import argparse
import array
import datetime
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SIZE = 224
NETWORKS = ["vgg-16", "resnet-18", "squeezenet-1.1", "mobilenet-v2", "resnet-50"]
SECTIONS = ["explanations", "forward", "cold", "scaling", "threads", "memory", "accuracy"]

# Arguments of salience-cli, how the peer calls it, passes through the network.
EXPLANATIONS = {
    "IG-50": (["--method", "integrated-gradients", "--steps", "50"], "integrated_gradients", 50),
    "SmoothGrad-50": (["--method", "gradient", "--smooth", "smoothgrad", "--samples", "50"],
                      "smoothgrad", 50),
    "gradient": (["--method", "gradient"], "gradient", 1),
    "Grad-CAM": (["--method", "grad-cam"], "grad_cam", 1),
}
# How many times faster than PyTorch, and the share of sgemm's rate (IG-50).
GOALS = {"vgg-16": (3.7, 2.8), "resnet-18": (2.7, 2.2), "squeezenet-1.1": (2.3, 1.25),
         "mobilenet-v2": (3.2, 0.67), "resnet-50": (1.9, 1.25)}
SINGLE_GOAL = 2.0
ACCURACY_GOAL = 2.0
# What an allocator may make of the same work, done more often.
GROWTH = 1.15
# Programs that accuracy compares, and the error of a gradient that only a switched gate makes.
SIDES = ["salience", "pytorch"]
SWITCHED = 1e-5
MEMORY_GOALS = {"vgg-16": 1.5e9, "mobilenet-v2": 150e6}
BATCHES = [1, 4, 10, 25, 50]
LAYOUTS = ["contiguous", "channels_last"]


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def median(values):
    values = sorted(values)
    return values[len(values) // 2] if values else float("nan")


def milliseconds(seconds):
    return f"{1000 * seconds:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def write_noise(path, seed, shape=(1, 3, SIZE, SIZE)):
    """A NumPy file of normal draws."""
    draws = random.Random(seed)
    n = 1
    for d in shape:
        n *= d
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}"
    header = header.ljust(117) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        array.array("f", [draws.gauss(0, 1) for _ in range(n)]).tofile(file)


class Peer:
    """PyTorch in a process of its own, which sleeps while the other side is measured."""

    def __init__(self, python):
        self.missing = None
        try:
            check = subprocess.run([python, "-c", "import torch, onnx; print(torch.__version__)"],
                                   capture_output=True, text=True, check=False)
        except OSError as error:
            self.missing = str(error)
            return
        if check.returncode != 0:
            self.missing = (check.stderr.strip().splitlines() or ["it does not start"])[-1]
            return
        self.version = check.stdout.strip()
        self.process = subprocess.Popen([python, os.path.join(HERE, "peer.py")], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, command, **arguments):
        self.process.stdin.write(json.dumps({"do": command, **arguments}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the PyTorch process has ended")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer

    def close(self):
        if self.missing is None:
            self.process.stdin.close()
            self.process.wait()


class Benchmark:
    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.lines = []
        self.failures = []
        self.noise = os.path.join(folder, "noise.npy")
        write_noise(self.noise, 0)
        self.peer = Peer(options.python)
        if self.peer.missing is not None:
            say(f"PyTorch is left out: {self.peer.missing}")

    def put(self, line=""):
        self.lines.append(line)
        print(line, flush=True)

    def table(self, head, rows):
        self.put("| " + " | ".join(head) + " |")
        self.put("|" + " --- |" * len(head))
        for row in rows:
            self.put("| " + " | ".join(row) + " |")
        self.put()

    def network(self, name):
        os.makedirs(self.options.networks_dir, exist_ok=True)
        path = os.path.join(self.options.networks_dir, name + ".onnx")
        maker = self.options.make_networks
        if not os.path.exists(path) or os.path.getmtime(path) < os.path.getmtime(maker):
            say(f"making {name}")
            subprocess.run([maker, self.options.networks_dir, name], check=True)
        return path

    def salience(self, path, *arguments, repeat=1):
        command = [self.options.cli, "bench", path, "--json", "-", "--repeat", str(repeat)]
        command += [*arguments, *self.options.extra]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        return json.loads(done.stdout)

    # Explanations beside PyTorch's.

    def best_passes(self, target):
        """The batch, threads and layout at which PyTorch needs least time for a sample."""
        best = None
        for layout in LAYOUTS:
            for batch in self.options.batches:
                for threads in self.options.peer_threads:
                    try:
                        answer = self.peer.ask(
                            "time", explanation="pass_of", layout=layout, threads=threads,
                            batch=batch, input=self.noise, target=target,
                            repeat=1 if batch > 4 else 3, warm=batch <= 4)
                    except RuntimeError as error:
                        say(f"  PyTorch, batch {batch}: {error}")
                        continue
                    seconds = answer["seconds"] / batch
                    say(f"  PyTorch {layout}, batch {batch}, {threads} threads: "
                        f"{milliseconds(seconds)} a sample")
                    if best is None or seconds < best[0]:
                        best = seconds, {"layout": layout, "batch": batch, "threads": threads}
        return best[1]

    def best_single(self, call, target):
        best = None
        for layout in LAYOUTS:
            for threads in self.options.peer_threads:
                answer = self.peer.ask("time", explanation=call, layout=layout, threads=threads,
                                       batch=1, input=self.noise, target=target, repeat=3)
                if best is None or answer["seconds"] < best[0]:
                    best = answer["seconds"], {"layout": layout, "batch": 1, "threads": threads}
        return best[1]

    def alternate(self, path, arguments, call, how, single):
        """Best seconds of both sides, GFLOP/s, and the share of sgemm's rate: each round's best
        against what sgemm reaches in that round, the median of them."""
        own = other = None
        operations = 0
        repeat, shares = 20 if single else 3, []
        for _ in range(self.options.rounds):
            result = self.salience(path, *arguments, repeat=repeat)
            operations = result["gflops"] * result["seconds"]
            shares.append(operations / result["best_seconds"] / result["sgemm_gflops"])
            own = min(own or result["best_seconds"], result["best_seconds"])
            if how is not None:
                answer = self.peer.ask("time", explanation=call, input=self.noise, target=0,
                                       repeat=repeat, **how)
                other = min(other or answer["seconds"], answer["seconds"])
        return own, other, operations / own, median(shares)

    def explanations(self):
        rows = []
        for name in self.options.networks:
            path = self.network(name)
            passes = None
            if self.peer.missing is None:
                self.peer.ask("open", path=path)
            for explanation, (arguments, call, n) in EXPLANATIONS.items():
                if explanation not in self.options.explanations:
                    continue
                how = None
                if self.peer.missing is None:
                    if n > 1 and passes is None:
                        say(f"{name}: PyTorch's best batch")
                        passes = self.best_passes(0)
                    how = passes if n > 1 else self.best_single(call, 0)
                say(f"{name}: {explanation}")
                own, other, gflops, share = self.alternate(path, arguments, call, how, n == 1)
                goal, share_goal = GOALS[name] if n > 1 else (SINGLE_GOAL, None)
                shown_goal = f"{share_goal:.0%}" if share_goal and explanation == "IG-50" else ""
                rows.append([name, explanation, milliseconds(own),
                             milliseconds(other) if other else "",
                             "B{batch} T{threads} {layout}".format(**how) if how else "",
                             f"**{other / own:.2f}×**" if other else "", f"{goal}×",
                             f"{gflops:.0f}", f"{share:.0%}", shown_goal])
        bundled = self.options.bundled
        if bundled:
            for explanation, (arguments, _, n) in EXPLANATIONS.items():
                if explanation in self.options.explanations:
                    own, _, gflops, share = self.alternate(bundled, arguments, None, None, True)
                    rows.append([os.path.basename(bundled), explanation, milliseconds(own), "", "",
                                 "", "", f"{gflops:.0f}", f"{share:.0%}", ""])
        self.put("Explanations. PyTorch's batch (B), threads (T) and memory layout are its best; "
                 "GFLOP/s count every convolution as direct.")
        self.put()
        self.table(["network", "explanation", "Salience", "PyTorch", "how", "ratio", "goal",
                    "GFLOP/s", "of sgemm", "goal"], rows)

    # A forward pass in one thread.

    def onnxruntime(self, path):
        done = subprocess.run(["node", os.path.join(HERE, "onnxruntime.js"),
                               self.options.onnxruntime, "1", path],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            say("ONNX Runtime:", done.stderr.strip().splitlines()[-1])
            return None
        return float(done.stdout) / 1000

    def forward(self):
        rows = []
        for name in self.options.networks:
            path = self.network(name)
            how = {}
            say(f"{name}: forward pass")
            if self.peer.missing is None:
                self.peer.ask("open", path=path)
            for _ in range(self.options.rounds):
                result = self.salience(path, "--forward", "--threads", "1", repeat=30)
                how.setdefault("Salience", []).append(result["best_seconds"])
                if self.options.onnxruntime:
                    seconds = self.onnxruntime(path)
                    if seconds is not None:
                        how.setdefault("ONNX Runtime", []).append(seconds)
                for layout in LAYOUTS if self.peer.missing is None else []:
                    how.setdefault("PyTorch", []).append(self.peer.ask(
                        "time", explanation="forward", layout=layout, threads=1, batch=1,
                        input=self.noise, target=0, repeat=10)["seconds"])
            best = {side: min(seconds) for side, seconds in how.items()}
            row = [name, milliseconds(best["Salience"])]
            for side in ["ONNX Runtime", "PyTorch"]:
                row += [milliseconds(best[side]), f"{best[side] / best['Salience']:.2f}×"] \
                    if side in best else ["", ""]
            rows.append(row)
        self.put("A forward pass alone, one thread, one picture.")
        self.put()
        self.table(["network", "Salience", "ONNX Runtime", "ratio", "PyTorch", "ratio"], rows)

    # From nothing to the first heatmap.

    def cold(self):
        rows = []
        for name in ["mobilenet-v2"]:
            path = self.network(name)
            heatmap = os.path.join(self.folder, "heatmap.png")
            sides = {"Salience": [self.options.cli, "explain", path, "--method", "gradient",
                                  "--input", self.noise, "--heatmap", heatmap]}
            if self.peer.missing is None:
                sides["PyTorch"] = [self.options.python, os.path.join(HERE, "first-gradient.py"),
                                    path, self.noise]
            best = {}
            say(f"{name}: cold start")
            for _ in range(5):
                for side, command in sides.items():
                    start = time.perf_counter()
                    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
                    seconds = time.perf_counter() - start
                    best[side] = min(best.get(side, seconds), seconds)
            rows.append([name, milliseconds(best["Salience"]),
                         milliseconds(best["PyTorch"]) if "PyTorch" in best else "",
                         f"**{best['PyTorch'] / best['Salience']:.1f}×**"
                         if "PyTorch" in best else "", "5×"])
        self.put("From the start of the process to the first heatmap: the model opened, one gradient.")
        self.put()
        self.table(["network", "Salience", "PyTorch", "ratio", "goal"], rows)

    # How the time grows.

    def fit(self, what, unit, points):
        """Least squares of seconds = a + b · n, weighted so that relative errors count."""
        s = [sum(w * v for w, v in [(1 / t ** 2, x) for n, t in points for x in [f(n, t)]])
             for f in [lambda n, t: 1, lambda n, t: n, lambda n, t: n * n, lambda n, t: t,
                       lambda n, t: n * t]]
        slope = (s[0] * s[4] - s[1] * s[3]) / (s[0] * s[2] - s[1] ** 2)
        offset = (s[3] - slope * s[1]) / s[0]
        worst = max(abs(offset + slope * n - t) / t for n, t in points)
        return [what, ", ".join(f"{n:g}: {milliseconds(t)}" for n, t in points),
                f"{1000 * offset:.1f} ms + {1000 * slope:.3g} ms · {unit}", f"{worst:.1%}"]

    def least(self, path, *arguments):
        return min(self.salience(path, *arguments)["best_seconds"]
                   for _ in range(self.options.rounds))

    def scaling(self):
        rows = []
        for name in ["resnet-18", "mobilenet-v2"]:
            path = self.network(name)
            say(f"{name}: scaling")
            for what, unit, arguments in [
                    ("IG steps", "step", ["--method", "integrated-gradients", "--steps"]),
                    ("SmoothGrad samples", "sample", ["--smooth", "smoothgrad", "--samples"])]:
                points = [(n, self.least(path, *arguments, str(n))) for n in [20, 40, 80, 160]]
                rows.append([name] + self.fit(what, unit, points))
        for name in ["resnet-18", "squeezenet-1.1"]:
            say(f"{name}: pixels")
            points = [(size * size / 1e3, self.least(self.network(f"{name}@{size}"), "--smooth",
                                                     "smoothgrad", "--samples", "40"))
                      for size in [160, 224, 320, 448]]
            rows.append([name] + self.fit("thousand pixels, SmoothGrad-40", "thousand", points))
        self.put("Time against work, with the straight line through it and the farthest point's "
                 "distance from that.")
        self.put()
        self.table(["network", "what grows", "seconds", "fit", "farthest"], rows)

    def threads(self):
        rows = []
        for name in self.options.networks:
            path = self.network(name)
            say(f"{name}: threads")
            best = {}
            for _ in range(self.options.rounds):
                for threads in ["1", "2"]:
                    seconds = self.salience(path, *EXPLANATIONS["IG-50"][0], "--threads",
                                            threads)["best_seconds"]
                    best[threads] = min(best.get(threads, seconds), seconds)
            rows.append([name, milliseconds(best["1"]), milliseconds(best["2"]),
                         f"{best['1'] / best['2']:.2f}×", "1.8×"])
        self.put("IG-50 with one thread and with two.")
        self.put()
        self.table(["network", "1 thread", "2 threads", "ratio", "goal"], rows)

    def memory(self):
        rows = []
        for name in self.options.networks:
            path = self.network(name)
            say(f"{name}: memory")
            row = [name, f"{os.path.getsize(path) / 1e6:.0f} MB"]
            goal = MEMORY_GOALS.get(name)
            for what, method, count in [("IG", "integrated-gradients", "--steps"),
                                        ("SmoothGrad", "gradient", "--samples")]:
                peaks = []
                for n in [10, 50, 100]:
                    smooth = ["--smooth", "smoothgrad"] if what == "SmoothGrad" else []
                    peak = self.salience(path, "--method", method, *smooth, count,
                                         str(n))["peak_memory_bytes"]
                    row.append(f"{peak / 1e6:.0f} MB")
                    peaks.append(peak)
                    if goal and what == "IG" and peak > goal:
                        self.failures.append(f"{name}: {what}-{n} takes {peak / 1e6:.0f} MB")
                # The shortest may end before all memory is in use.
                if peaks[-1] > GROWTH * peaks[1]:
                    self.failures.append(f"{name}: {what}'s memory grows with its length")
            rows.append(row + [f"{goal / 1e6:.0f} MB" if goal else ""])
        self.put("Most memory that the process held, from opening the model to the explanation.")
        self.put()
        self.table(["network", "its file", "IG-10", "IG-50", "IG-100", "SmoothGrad-10",
                    "SmoothGrad-50", "SmoothGrad-100", "goal"], rows)

    # Errors against float64, gates left free.

    def computed(self, path, input, folder):
        """Files with Salience's logits and gradient."""
        gradient = os.path.join(folder, "gradient.npy")
        subprocess.run([self.options.cli, "run", path, "--input", input, "--output-dir", folder],
                       check=True, stdout=subprocess.DEVNULL)
        logits = os.path.join(folder, os.listdir(folder)[0])
        subprocess.run([self.options.cli, "explain", path, "--method", "gradient", "--input", input,
                        "--attribution", gradient, *self.options.extra],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return logits, gradient

    def accuracy(self):
        if self.peer.missing is not None:
            self.put("Accuracy with free gates: left out, for there is no PyTorch.")
            return
        inputs = []
        for i in range(self.options.inputs):
            inputs.append(os.path.join(self.folder, f"input{i}.npy"))
            write_noise(inputs[-1], 1 + i)
        rows = []
        for name in self.options.networks:
            path = self.network(name)
            say(f"{name}: accuracy")
            outputs = [self.computed(path, input, os.path.join(self.folder, f"{name}-{i}"))
                       for i, input in enumerate(inputs)]
            self.peer.ask("open", path=path)
            errors = self.peer.ask("accuracy", inputs=inputs, outputs=outputs)["rows"]
            row = [name]
            free = {side: median(e[side][1] for e in errors) for side in SIDES}
            calm = [e for e in errors if max(e[side][1] for side in SIDES) <= SWITCHED]
            held = {side: median(e[side][1] for e in calm) for side in SIDES}
            switched = {side: sum(e[side][1] > SWITCHED for e in errors) for side in SIDES}
            for side in SIDES:
                row += [f"{median(e[side][0] for e in errors):.1e}", f"{free[side]:.1e}",
                        f"{switched[side]} of {len(errors)}"]
            row.append(f"{free['salience'] / free['pytorch']:.2f}")
            row.append(f"{held['salience'] / held['pytorch']:.2f}" if calm else "")
            rows.append(row)
            if switched["salience"] > switched["pytorch"] + max(3, len(errors) / 4):
                self.failures.append(f"{name}: gates are switched far more often than in PyTorch")
            if free["salience"] > ACCURACY_GOAL * free["pytorch"]:
                self.failures.append(f"{name}: errors are more than {ACCURACY_GOAL} PyTorch's")
        self.put(f"Errors of float32 against PyTorch's float64 over {self.options.inputs} inputs of "
                 "noise, gates left free: medians of the relative errors of logits and gradient, "
                 f"and inputs with a switched gate (gradient off by more than {SWITCHED:g}); ratio "
                 f"of the gradients' medians, over all inputs (at most {ACCURACY_GOAL:g}) and over "
                 "those where neither program switched one.")
        self.put()
        self.table(["network", "Salience: logits", "gradient", "switched", "PyTorch: logits",
                    "gradient", "switched", "ratio, all", "ratio, unswitched"], rows)

    def describe(self):
        model = "unknown processor"
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                if line.startswith("model name"):
                    model = line.split(":", 1)[1].strip()
        load = os.getloadavg()[0]
        pytorch = self.peer.missing is None and f"PyTorch {self.peer.version}" or "without PyTorch"
        self.put(f"{datetime.date.today().isoformat()}, {os.cpu_count()} cores of {model}, "
                 f"load {load:.1f} at the start, {self.options.rounds} rounds, {pytorch}, "
                 f"{SIZE}×{SIZE} pixels, float32.")
        self.put()


def read_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cli", required=True, help="salience-cli")
    parser.add_argument("--make-networks", required=True, help="the program that writes networks")
    parser.add_argument("--networks-dir", required=True, help="where to")
    parser.add_argument("--bundled", help="a further model, measured without a peer")
    parser.add_argument("--python", default="/usr/bin/python3", help="a Python that has PyTorch")
    parser.add_argument("--onnxruntime", default=os.environ.get("ONNXRUNTIME_NODE_FOLDER"),
                        help="a folder in which onnxruntime-node is installed")
    parser.add_argument("--sections", nargs="+", choices=SECTIONS, default=SECTIONS)
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=NETWORKS)
    parser.add_argument("--explanations", nargs="+", choices=list(EXPLANATIONS),
                        default=list(EXPLANATIONS))
    parser.add_argument("--rounds", type=int, default=3, help="turns of both sides")
    parser.add_argument("--inputs", type=int, default=40, help="for accuracy")
    parser.add_argument("--batches", type=int, nargs="+", default=BATCHES, help="that PyTorch tries")
    parser.add_argument("--peer-threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--output", help="file that receives the tables too")
    parser.add_argument("--extra", nargs=argparse.REMAINDER, default=[],
                        help="further arguments of salience-cli; must come last")
    return parser.parse_args()


def main():
    options = read_options()
    with tempfile.TemporaryDirectory() as folder:
        benchmark = Benchmark(options, folder)
        benchmark.describe()
        for section in options.sections:
            getattr(benchmark, section)()
        benchmark.peer.close()
        if options.output:
            with open(options.output, "w", encoding="utf-8") as file:
                file.write("\n".join(benchmark.lines) + "\n")
        for failure in benchmark.failures:
            say("missed:", failure)
        return 1 if benchmark.failures else 0


if __name__ == "__main__":
    sys.exit(main())
