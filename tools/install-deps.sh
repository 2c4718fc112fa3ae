#!/bin/sh
# Install the Debian packages that building and testing need; those that are there already are left alone.
# This list is the only one: README and .ci/run call this script.
#   --import   also what `osso_ik import` and its tests need
#   --clients  also the programs that read what we write, for the tests that run them
#   --lint     also what `make lint` and `make fuzz` need
#   --list     print the list and install nothing
set -eu

packages="gcc make pkg-config libc6-dev libsuitesparse-dev libnlopt-dev libzip-dev libjansson-dev
libopenblas-dev liblapacke-dev libqhull-dev libcmocka-dev libjs-three libpng-dev"

list_only=
for option in "$@"; do
    case "$option" in
    --import) packages="$packages python3-numpy python3-scipy" ;;
    --clients) packages="$packages blender chromium libmujoco-dev liburdfdom-tools libxml2-utils python3-minimal" ;;
    --lint) packages="$packages clang clang-tidy libclang-rt-14-dev python3-minimal" ;;
    --list) list_only=1 ;;
    *) echo "install-deps: unknown option $option; there are --import, --clients, --lint and --list" >&2; exit 2 ;;
    esac
done
if [ -n "$list_only" ]; then
    echo $packages
    exit 0
fi

missing=
for package in $packages; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo > /dev/null; then
        echo "install-deps: needs root or sudo to install:$missing" >&2
        exit 1
    fi
    as_root=sudo
fi
$as_root apt-get update -q
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
