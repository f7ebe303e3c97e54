#!/bin/bash
# install.sh BUILD SOURCE: installs into an empty folder and looks at what is there: everything that a
# desktop needs to show and start the program, valid, and a program that runs from there.
set -eu
build=$1 source=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
DESTDIR=$folder meson install -C "$build" --no-rebuild --quiet >/dev/null
prefix=$folder$(meson introspect "$build" --buildoptions |
  python3 -c 'import json, sys; print(next(o["value"] for o in json.load(sys.stdin) if o["name"] == "prefix"))')
id=org.salience.Salience
failed=0

check() {
  local what=$1
  shift
  if out=$("$@" 2>&1); then
    printf 'ok - %s\n' "$what"
  else
    printf 'not ok - %s\n' "$what"
    printf '%s\n' "$out" | sed 's/^/# /'
    failed=1
  fi
}

quiet() {
  local out
  out=$("$@" 2>&1) && [ -z "$out" ] || { printf '%s\n' "$out"; return 1; }
}

have() { command -v "$1" >/dev/null; }

for file in bin/salience bin/salience-cli share/applications/$id.desktop \
  share/metainfo/$id.metainfo.xml share/glib-2.0/schemas/$id.gschema.xml \
  share/icons/hicolor/scalable/apps/$id.svg share/icons/hicolor/symbolic/apps/$id-symbolic.svg \
  share/man/man1/salience.1 share/man/man1/salience-cli.1 share/salience/models/scenes.onnx \
  share/salience/labels/scenes.txt share/salience/images/scenes/butterfly.png; do
  check "$file is installed" test -s "$prefix/$file"
done
have desktop-file-validate &&
  check "the desktop file is valid" quiet desktop-file-validate "$prefix/share/applications/$id.desktop"
have appstreamcli &&
  check "the metainfo is valid, and what it names is there" appstreamcli validate-tree --no-net "$prefix"
for page in salience salience-cli; do
  have groff && check "$page.1 formats without warnings" \
    quiet groff -man -Tutf8 -ww -z "$prefix/share/man/man1/$page.1"
done
for command in $("$prefix/bin/salience-cli" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
  check "salience-cli.1 has $command" grep -q "salience-cli $command" "$prefix/share/man/man1/salience-cli.1"
done
check "the version is that of the man page" grep -qF "\"Salience $("$prefix/bin/salience-cli" --version | sed 's/.* //')\"" \
  "$prefix/share/man/man1/salience.1"
check "the Flatpak manifest fits what is installed" \
  python3 "$source/tests/flatpak.py" "$source/data/$id.flatpak.json" "$source" "$prefix"
check "the installed program explains" "$prefix/bin/salience-cli" explain \
  "$prefix/share/salience/models/scenes.onnx" "$prefix/share/salience/images/scenes/fish.png" --method gradient \
  --overlay "$folder/fish.png"
exit $failed
