#!/bin/sh
# Re-creates data/models/scenes.onnx and scenes.json, data/labels/scenes.txt and data/images/scenes/.
# Options go to train.py, for instance --jobs 2 to draw with two processes.
set -e
cd "$(dirname "$0")"
python=${PYTHON:-/usr/bin/python3}
nice -n 19 "$python" -B train.py "$@"
nice -n 19 "$python" -B samples.py
