#!/bin/sh
# file-dialog.sh TITLE [X Y]: the row at X Y of GTK's file dialog, if given, and the button that agrees
# in its corner, clicked until the dialog has gone. Nothing there has a name to wait for: clicks that
# come before its files do nothing, and are made again.
set -eu
title=$1
shift

shown() {
  xdotool search --onlyvisible --name "^$title\$"
}

for attempt in 1 2 3 4 5 6; do
  window=$(shown | tail -n 1)
  [ -n "$window" ] || exit 0
  eval "$(xdotool getwindowgeometry --shell "$window")"
  [ $# -eq 0 ] || xdotool mousemove $((X + $1)) $((Y + $2)) click 1
  xdotool mousemove $((X + WIDTH - 50)) $((Y + HEIGHT - 29)) click 1
  for tenth in $(seq 100); do
    [ -n "$(shown)" ] || exit 0
    sleep 0.1
  done
done
echo "\"$title\" does not close" >&2
exit 1
