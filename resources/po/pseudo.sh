#!/bin/sh
# A made-up language for tests: every text ends in a mark, two fifths longer than it was.
# usage: pseudo.sh POT MO
set -eu
msgen --no-wrap "$1" |
  msgfilter --keep-header perl -0777 -pe 's/(\n?)\z/"·" x (0.4 * length ($_)) . "»$1"/e' |
  sed 's/charset=CHARSET/charset=UTF-8/' | msgfmt -o "$2" -
