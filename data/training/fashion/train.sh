#!/bin/sh
# Re-creates data/models/fashion.onnx and fashion.json and the pictures of data/images/fashion/.
set -e
cd "$(dirname "$0")"
python=${PYTHON:-/usr/bin/python3}
nice -n 19 "$python" -B train.py "$@"
nice -n 19 "$python" -B samples.py
