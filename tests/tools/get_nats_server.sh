#!/bin/sh
# Puts the nats-server of Debian trixie into DIRECTORY/nats-server, on any Debian: what the machine has
# may be of bookworm, whose nats-server is refused. Nothing of the system is changed, and nothing
# installed; the package is checked with the keys that the machine has.
#
# Usage: tests/tools/get_nats_server.sh DIRECTORY
set -eu
target=${1:?a directory}
own=$(mktemp -d)
trap 'rm -rf "$own"' EXIT
mkdir -p "$target" "$own/parts" "$own/lists/partial" "$own/cache/archives/partial" "$own/x"
# From where the machine has its Debian, which may be a mirror.
uri=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
  sed -nE 's#^(URIs: *|deb .*)(https?://[^ ]*/debian)/?( .*|$)#\2#p' | head -n 1)
cat >"$own/parts/trixie.sources" <<SOURCES
Types: deb
URIs: ${uri:-http://deb.debian.org/debian}
Suites: trixie
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
SOURCES
private() {
  apt-get -qq -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$own/parts" \
    -o Dir::State::lists="$own/lists" -o Dir::Cache="$own/cache" -o APT::Sandbox::User=root "$@"
}
private update
(cd "$own" && private download nats-server)
dpkg-deb -x "$own"/nats-server_*.deb "$own/x"
mv "$own/x/usr/sbin/nats-server" "$target/nats-server"
"$target/nats-server" --version
