#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the folder that goes into the image: the distribution, a Java runtime of just the modules it needs, and an
# AOT cache for each long-running program. Called by the Dockerfile and by oci.sh alike.
#
#   assemble.sh DISTRIBUTION TARGET     needs JAVA_HOME of a JDK 25
set -eu
[ $# = 2 ] || { echo "usage: assemble.sh DISTRIBUTION TARGET" >&2; exit 64; }
distribution=$1
target=$2
: "${JAVA_HOME:?must name a JDK 25}"

say() { printf 'image: %s\n' "$*" >&2; }

[ -f "$distribution/gitlb.jar" ] || { echo "no distribution in $distribution; run ./gitlb version once" >&2; exit 1; }
rm -rf "$target"
mkdir -p "$target"
cp -R "$distribution/." "$target/"

# The AOT cache leaves out every class of a signed jar, and JGit comes signed.
say "removing jar signatures"
for jar in "$target"/lib/*.jar; do
  case $("$JAVA_HOME/bin/jar" --list --file "$jar" | grep -cE '^META-INF/[^/]*\.(SF|RSA|DSA|EC)$' || true) in
    0) ;;
    *)
      work=$(mktemp -d)
      (cd "$work" && "$JAVA_HOME/bin/jar" --extract --file "$jar" && rm -f META-INF/*.SF META-INF/*.RSA META-INF/*.DSA META-INF/*.EC)
      cp "$work/META-INF/MANIFEST.MF" "$work.mf"
      rm "$work/META-INF/MANIFEST.MF"
      "$JAVA_HOME/bin/jar" --create --file "$jar" --manifest "$work.mf" --date=2026-01-01T00:00:00Z -C "$work" .
      rm -rf "$work" "$work.mf"
      ;;
  esac
done

# jdk.httpserver is for the API server stand-in, java.sql and java.desktop (java.beans) for the scheduler, java.security.jgss and
# jdk.crypto.* for Git over ssh and https.
say "linking the runtime"
"$JAVA_HOME/bin/jlink" --output "$target/runtime" --strip-debug --no-header-files --no-man-pages --compress zip-6 \
  --add-modules java.base,java.desktop,java.logging,java.management,java.naming,java.net.http,java.rmi,java.security.jgss,java.sql,java.xml,jdk.crypto.cryptoki,jdk.httpserver,jdk.unsupported,jdk.zipfs

# A cache fits jars of one age only, and an archive of the image gives all files the same.
find "$target" -exec touch -h -d @1767225600 {} +

# A training run: started, left alone until it has tried its work once, stopped by signal.
train() {
  program=$1
  shift
  say "training $program"
  mkdir -p "$target/aot"
  state=$(mktemp -d)
  : >"$state/log"
  GITLB_JAVA_OPTS="-XX:AOTCacheOutput=$target/aot/$program.aot" \
    "$target/bin/gitlb" "$program" --state-dir "$state" "$@" >"$state/log" 2>&1 &
  pid=$!
  waited=0
  until [ "$waited" -ge 60 ] || grep -q 'ready\|waiting' "$state/log"; do
    kill -0 "$pid" 2>/dev/null || { cat "$state/log" >&2; exit 1; }
    sleep 0.5
    waited=$((waited + 1))
  done
  sleep 2
  kill -TERM "$pid"
  wait "$pid" || true
  if [ ! -s "$target/aot/$program.aot" ]; then
    cat "$state/log" >&2
    echo "no AOT cache was written for $program" >&2
    exit 1
  fi
  rm -rf "$state"
}
nowhere=$(mktemp -d)
printf 'apiVersion: v1\nkind: Config\nclusters: [{name: none, cluster: {server: "https://127.0.0.1:9"}}]\ncontexts: [{name: none, context: {cluster: none, user: none}}]\ncurrent-context: none\nusers: [{name: none, user: {token: none}}]\n' >"$nowhere/kubeconfig"
say "training speaker"
sh "$target/bin/train" &
speaker=$!
# However this ends, nothing writes to the target afterwards.
trap 'wait "$speaker" || true' EXIT
train reconciler --cluster image --config-repo "file://$nowhere/none.git" --kubeconfig "$nowhere/kubeconfig" --health-listen 127.0.0.1:0 --insecure
trap - EXIT
wait "$speaker"
rm -rf "$nowhere"
du -sh "$target" "$target/runtime" "$target"/aot/* >&2
