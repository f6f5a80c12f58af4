// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import io.gitlb.demo.Distribution;
import io.gitlb.demo.git.BareRepository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A stand-in and whoever serves the Services in it: a reconciler of the distribution with its
/// repositories on the same disk, or the bare client.
final class Installed implements AutoCloseable {

  private static final String CLUSTER = "bench";

  /// Released addresses are free at once, so that each round finds what the one before it found.
  private static final String CONFIGURATION =
      """
      apiVersion: gitlb.io/v1
      kind: IPAddressPool
      metadata: {name: bench}
      spec: {addresses: [10.64.0.0/12], retain: 0s, reuseDelay: 0s}
      ---
      apiVersion: metallb.io/v1beta1
      kind: L2Advertisement
      metadata: {name: bench}
      spec: {ipAddressPools: [bench]}
      """;

  private static final Duration LIMIT = Duration.ofMinutes(4);

  private final Path directory;
  private final ChildProcess server;
  private final ChildProcess servant;
  private final ApiUser user;

  private Installed(Path directory, ChildProcess server, ChildProcess servant, ApiUser user) {
    this.directory = directory;
    this.server = server;
    this.servant = servant;
    this.user = user;
  }

  /// With the reconciler.
  static Installed reconciler(Path directory, Distribution distribution) {
    ChildProcess server = start(directory);
    try (BareRepository remote =
        BareRepository.create(
            directory.resolve("remote.git"),
            new TreeMap<>(Map.of("clusters/" + CLUSTER + "/bench.yaml", CONFIGURATION)))) {
      List<String> command =
          distribution.command(
              List.of(
                  "reconciler",
                  "--cluster",
                  CLUSTER,
                  "--config-repo",
                  remote.url(),
                  "--kubeconfig",
                  kubeconfig(directory).toString(),
                  "--state-dir",
                  directory.resolve("state").toString(),
                  "--health-listen",
                  "127.0.0.1:0",
                  "--insecure"));
      return new Installed(
          directory,
          server,
          ChildProcess.start(directory, "reconciler", command, distribution.environment()),
          ApiUser.begin(kubeconfig(directory)));
    }
  }

  /// With the bare client.
  static Installed bareClient(Path directory) {
    ChildProcess server = start(directory);
    return new Installed(
        directory,
        server,
        ChildProcess.bareClient(directory, kubeconfig(directory)),
        ApiUser.begin(kubeconfig(directory)));
  }

  private static ChildProcess start(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ChildProcess.server(directory, "apiserver", kubeconfig(directory));
  }

  private static Path kubeconfig(Path directory) {
    return directory.resolve("kubeconfig");
  }

  Path kubeconfig() {
    return kubeconfig(directory);
  }

  Path directory() {
    return directory;
  }

  ApiUser user() {
    return user;
  }

  /// The reconciler's process or the bare client's.
  ChildProcess servant() {
    return servant;
  }

  /// Processor time of the stand-in since its start.
  Duration serverCpu() {
    return server.cpu();
  }

  /// API writes since the stand-in's start, those of the benchmark itself too.
  long writes() {
    return Long.parseLong(server.ask("writes"));
  }

  /// Waits until all these Services have an address.
  void awaitServed(List<String> names) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    int next = 0;
    while (next < names.size()) {
      if (user.servedAt(names.get(next)) != 0) {
        next++;
      } else {
        if (System.nanoTime() > deadline) {
          throw servant.failure(
              "has given addresses to only %d Services after %s"
                  .formatted(user.servedCount(), LIMIT));
        }
        servant.check();
        pause(Duration.ofMillis(1));
      }
    }
  }

  /// Waits until the servant has done nothing worth mentioning for a second.
  void awaitQuiet() {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    Duration cpu = servant.cpu();
    long writes = writes();
    while (true) {
      pause(Duration.ofSeconds(1));
      servant.check();
      Duration cpuNow = servant.cpu();
      long writesNow = writes();
      if (writesNow == writes && cpuNow.minus(cpu).toMillis() <= 30) {
        return;
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("no rest within " + LIMIT);
      }
      cpu = cpuNow;
      writes = writesNow;
    }
  }

  static void pause(Duration time) {
    try {
      TimeUnit.NANOSECONDS.sleep(time.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// How many addresses have a record in the reconciler's own ledger.
  long records() {
    return BareRepository.open(directory.resolve("state/ledger.git"))
        .map(
            ledger -> {
              try (ledger) {
                return ledger.files("allocations/" + CLUSTER).keySet().stream()
                    .filter(path -> path.startsWith("v4/"))
                    .count();
              }
            })
        .orElse(0L);
  }

  /// Every file that holds Git objects, in the reconciler's repositories and in the remote.
  SortedSet<String> gitObjects() {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(Files::isRegularFile)
          .map(Path::toString)
          .filter(path -> path.contains(".git/objects/"))
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    servant.close();
    user.close();
    server.close();
  }
}
