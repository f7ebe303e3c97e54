# shellcheck shell=bash disable=SC2154
# Shared by ./run and ./test: sets root, installs packages, configures and builds.
# Everything is said on standard error, so that standard output holds results alone.

say() {
  printf '%s\n' "$*" >&2
}

die() {
  say "$*"
  exit 1
}

# packages SECTION...: the packages of these sections of packages.txt
packages() {
  local section line wanted=''
  while IFS= read -r line; do
    case $line in
      '' | '#'*) ;;
      '['*']')
        wanted=''
        for section in "$@"; do
          [ "$line" = "[$section]" ] && wanted=yes
        done
        ;;
      *) [ -n "$wanted" ] && printf '%s\n' "$line" ;;
    esac
  done < "$root/packages.txt"
  return 0
}

# missing PACKAGE...: those that are not installed
missing() {
  local package
  for package in "$@"; do
    dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
      printf '%s\n' "$package"
  done
}

# install SECTION...: installs what is missing of these sections
install_packages() {
  local lacking as_root=()
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "This is no Debian system: the equivalents of the packages in packages.txt must be there."
    return 0
  fi
  # shellcheck disable=SC2046
  lacking=$(missing $(packages "$@"))
  [ -n "$lacking" ] || return 0
  lacking=${lacking//$'\n'/ }
  if [ "$(id -u)" != 0 ]; then
    as_root=(sudo)
    # Without a terminal nobody can type a password.
    [ -t 0 ] || as_root=(sudo -n)
    if ! command -v sudo >/dev/null || ! "${as_root[@]}" true; then
      die "Packages are missing, and only root can install them. As root:
  apt-get update && apt-get install -y --no-install-recommends $lacking"
    fi
  fi
  say "Installing $lacking"
  "${as_root[@]}" apt-get update -q >&2 </dev/null || say "apt-get update failed; going on with the old lists."
  # shellcheck disable=SC2086
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y \
    --no-install-recommends $lacking >&2 </dev/null ||
    die "Packages could not be installed: $lacking"
}

# configure FOLDER OPTION...: sets FOLDER up, if that is needed
configure() {
  local folder=$1
  shift
  if [ ! -f "$folder/build.ninja" ]; then
    rm -rf "$folder/meson-private" "$folder/meson-info"
    meson setup "$folder" "$root" "$@" >&2 || die "Configuring failed; see $folder/meson-logs/meson-log.txt"
  elif ! grep -qF "\"source\": \"$root\"" "$folder/meson-info/meson-info.json"; then
    # The folder has been moved.
    meson setup --wipe "$folder" "$root" "$@" >&2 || die "Configuring failed; see $folder/meson-logs/meson-log.txt"
  fi
}

# build FOLDER OPTION...: configures FOLDER if that is needed, and builds
build() {
  configure "$@"
  ninja -C "$1" >&2 || die "Building failed."
}
