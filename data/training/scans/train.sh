#!/bin/sh
# Re-creates scan-honest and scan-shortcut in data/models/ and the pictures of data/images/scans/.
set -e
cd "$(dirname "$0")"
python=${PYTHON:-/usr/bin/python3}
nice -n 19 "$python" -B train.py scan-honest
nice -n 19 "$python" -B train.py scan-shortcut
nice -n 19 "$python" -B samples.py
