#!/bin/sh
# own-picture.sh FOLDER PICTURE COMMAND...: runs COMMAND as somebody whose pictures are in FOLDER, made
# anew, and who has but one there.
set -eu
folder=$1 picture=$2
shift 2
rm -rf "$folder"
mkdir -p "$folder"
cp "$picture" "$folder/mine.png"
printf 'XDG_PICTURES_DIR="%s"\n' "$folder" >"$XDG_CONFIG_HOME/user-dirs.dirs"
exec "$@"
