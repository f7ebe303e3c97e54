import json

import torch
from torch import nn

# Your own network in place of this one, trained.
net = nn.Sequential(nn.Conv2d(3, 8, 5, stride=4), nn.ReLU(), nn.AdaptiveAvgPool2d(1),
                    nn.Flatten(), nn.Linear(8, 2))

net.eval()  # or dropout and batch normalisation are exported as they are in training
torch.onnx.export(net, torch.zeros(1, 3, 224, 224), "mine.onnx", opset_version=13,
                  input_names=["input"], output_names=["logits"],
                  dynamic_axes={"input": {0: "N"}, "logits": {0: "N"}})

with open("mine.txt", "w") as f:
    f.write("cat\ndog\n")
with open("mine.json", "w") as f:
    json.dump({"labels": "mine.txt",
               "input": {"shape": ["N", 3, 224, 224], "channel_order": "RGB",
                         "value_range": [0, 1],
                         "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225],
                         "resize": {"size": 224, "default": "crop"}},
               "output": {"kind": "logits"}}, f)
