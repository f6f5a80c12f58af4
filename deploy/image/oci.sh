#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes an OCI image as a tar archive without an engine: the folder of assemble.sh, the shared libraries that it
# needs from this machine, and a shell for the start script.
#
#   oci.sh DISTRIBUTION ARCHIVE.tar     needs JAVA_HOME of a JDK 25, Linux with glibc and libpcap0.8
set -eu
[ $# = 2 ] || { echo "usage: oci.sh DISTRIBUTION ARCHIVE.tar" >&2; exit 64; }
distribution=$1
archive=$2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root/opt" "$root/etc" "$root/tmp" "$root/bin" "$root/proc" "$root/var/lib/gitlb"
chmod 1777 "$root/tmp"
"$here/assemble.sh" "$distribution" "$root/opt/gitlb"

# A library goes to the path under which the loader found it here.
copy_with_libraries() {
  for library in $(ldd "$1" | sed -n 's/.*=> \(\/[^ ]*\).*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) (.*/\1/p' | sort -u); do
    [ -e "$root$library" ] || { mkdir -p "$root$(dirname "$library")"; cp -L "$library" "$root$library"; }
  done
}
cp -L /bin/sh "$root/bin/sh"
copy_with_libraries /bin/sh
pcap=$(ldconfig -p | sed -n 's/.*libpcap\.so\.0\.8 .*=> //p' | head -n 1)
[ -n "$pcap" ] || { echo "libpcap0.8 is not installed here; the speaker needs it in the image" >&2; exit 1; }
mkdir -p "$root$(dirname "$pcap")"
cp -L "$pcap" "$root$pcap"
copy_with_libraries "$pcap"
for library in "$root"/opt/gitlb/runtime/bin/java "$root"/opt/gitlb/runtime/lib/*.so "$root"/opt/gitlb/runtime/lib/server/*.so; do
  copy_with_libraries "$library"
done
# The runtime's libraries name each other by a path inside the runtime; those copies are not wanted.
rm -rf "${root:?}$work"
# JNA asks for the library by its plain name.
ln -sf libpcap.so.0.8 "$root$(dirname "$pcap")/libpcap.so"
# libgcc is opened by the runtime only when a thread ends in a hurry, so no list names it.
for library in $(ldconfig -p | sed -n 's/.*libgcc_s\.so\.1 .*=> //p' | head -n 1); do
  mkdir -p "$root$(dirname "$library")"; cp -L "$library" "$root$library"
done
printf 'root:x:0:0:root:/:/bin/sh\ngitlb:x:65532:65532:gitlb:/tmp:/bin/sh\n' >"$root/etc/passwd"
printf 'root:x:0:\ngitlb:x:65532:\n' >"$root/etc/group"
printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"

# --- the OCI layout ----------------------------------------------------------------------------------------
layout=$work/layout
blobs=$layout/blobs/sha256
mkdir -p "$blobs"
store() { # FILE: moves it under its digest and prints the digest
  digest=$(sha256sum "$1" | cut -d' ' -f1)
  mv "$1" "$blobs/$digest"
  printf '%s' "$digest"
}
size() { wc -c <"$blobs/$1" | tr -d ' '; }
case $(uname -m) in
  x86_64) architecture=amd64 ;;
  aarch64) architecture=arm64 ;;
  *) architecture=$(uname -m) ;;
esac
tar --create --file "$work/layer.tar" --directory "$root" --sort=name --mtime=@1767225600 --owner=0 --group=0 --numeric-owner .
content=$(sha256sum "$work/layer.tar" | cut -d' ' -f1)
gzip -n -6 "$work/layer.tar"
layer=$(store "$work/layer.tar.gz")
printf '{"architecture":"%s","os":"linux","config":{"User":"65532:65532","Entrypoint":["/opt/gitlb/bin/gitlb"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
  "$architecture" "$content" >"$work/config.json"
config=$(store "$work/config.json")
printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":%s},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"sha256:%s","size":%s}]}' \
  "$config" "$(size "$config")" "$layer" "$(size "$layer")" >"$work/manifest.json"
manifest=$(store "$work/manifest.json")
printf '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%s","size":%s,"platform":{"architecture":"%s","os":"linux"},"annotations":{"org.opencontainers.image.ref.name":"gitlb"}}]}' \
  "$manifest" "$(size "$manifest")" "$architecture" >"$layout/index.json"
printf '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
tar --create --file "$archive" --directory "$layout" --sort=name --mtime=@1767225600 --owner=0 --group=0 --numeric-owner oci-layout index.json blobs
ls -l "$archive" >&2
