// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.cluster.NodeView.Network;
import io.gitlb.reconciler.cluster.NodeView.Readiness;
import io.gitlb.reconciler.cluster.NodeView.Scheduling;
import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.git.BotIdentity;
import io.gitlb.reconciler.git.GitCli;
import io.gitlb.reconciler.git.GitCredentials;
import io.gitlb.reconciler.git.GitLedgerStore;
import io.gitlb.reconciler.git.GitRemote;
import io.gitlb.reconciler.git.RemoteRepository;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The whole loop with a real ledger: a bare repository as the remote, another one as the local
/// copy. The cluster and the speakers are fakes that outlive the process.
final class LedgerStory implements AutoCloseable {

  private static final ClusterName CLUSTER = new ClusterName("lab");
  static final String BRANCH = "allocations/lab";
  private static final String LAN = LoopStory.LAN.replace("10.77.0.103", "10.77.0.199");

  final List<String> trace = new ArrayList<>();
  final FakeDefinitionSource definitions = new FakeDefinitionSource();
  final FakeCluster cluster = new FakeCluster(trace::add);
  final FakeSpeakers speakers = new FakeSpeakers(trace::add, "n1", "n2");
  final Path temp;
  final RemoteRepository remote;
  Instant now = Instant.parse("2026-01-01T00:00:00Z");
  LedgerConduct conduct = LedgerConduct.DEFAULT;
  Boundaries boundaries = Boundaries.NONE;
  private Path state;
  private GitLedgerStore store;
  private Reconciler reconciler;

  LedgerStory(Path temp) {
    this.temp = temp;
    this.remote = RemoteRepository.create(temp.resolve("remote.git"));
    this.state = temp.resolve("state");
    cluster.server().node("n1").node("n2");
    definitions.commit(LAN);
    start();
  }

  private void start() {
    store =
        new GitLedgerStore(
            GitRemote.of(remote.url(), BRANCH, GitCredentials.NONE),
            BotIdentity.of(CLUSTER),
            state,
            step -> boundaries.reached(step));
    reconciler =
        new Reconciler(
            definitions,
            store,
            cluster,
            StatusPort.oneAfterTheOther(cluster),
            speakers,
            LoopSettings.DEFAULT.withPushes(Duration.ofSeconds(1), 100).with(conduct));
  }

  /// A node is in trouble, which only speakers have to know.
  LedgerStory unready(String node) {
    cluster
        .server()
        .node(
            new NodeView(
                new NodeName(node),
                new TreeMap<>(),
                List.of(),
                List.of(),
                Readiness.NOT_READY,
                Network.AVAILABLE,
                Scheduling.SCHEDULABLE));
    return this;
  }

  /// The process ends and comes back.
  LedgerStory restart() {
    store.close();
    start();
    return this;
  }

  /// Where the local copy is from the next start on.
  LedgerStory stateAt(Path other) {
    state = other;
    return this;
  }

  /// The process ends, its disk is lost.
  LedgerStory restartWithoutDisk() {
    store.close();
    delete(state);
    start();
    return this;
  }

  Path local() {
    return state.resolve("ledger.git");
  }

  GitCli localGit() {
    return GitCli.in(local());
  }

  static void delete(Path root) {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void remoteAway() {
    move("remote.git", "away.git");
  }

  void remoteBack() {
    move("away.git", "remote.git");
  }

  private void move(String from, String to) {
    try {
      Files.move(temp.resolve(from), temp.resolve(to));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  LedgerStory service(String... refs) {
    for (String ref : refs) {
      cluster.server().service(ServiceBuilder.service(ref)).endpoints(ref, "n1", "n2");
    }
    return this;
  }

  Outcome pass() {
    Outcome outcome = reconciler.pass(now, ConfigPoll.DUE);
    now = now.plusMillis(100);
    return outcome;
  }

  /// Passes over some time, as often as the loop asks for.
  LedgerStory run(Duration time) {
    Instant end = now.plus(time);
    for (int i = 0; i < 500 && now.isBefore(end); i++) {
      Instant next = pass().next().orElse(end);
      now = next.isAfter(now) ? (next.isBefore(end) ? next : end) : now;
    }
    return this;
  }

  LedgerStory settle() {
    return run(Duration.ofSeconds(20));
  }

  LoopState state() {
    return reconciler.state().orElseThrow();
  }

  /// Service → the addresses that its status shows
  SortedMap<ServiceRef, List<IpAddress>> shown() {
    SortedMap<ServiceRef, List<IpAddress>> shown = new TreeMap<>();
    for (ServiceView service : cluster.server().build().services().values()) {
      if (!service.statusAddresses().isEmpty()) {
        shown.put(service.ref(), service.statusAddresses());
      }
    }
    return shown;
  }

  /// The codes of what does not work, or did not lately.
  Set<String> codes() {
    Set<String> codes = new TreeSet<>();
    state().failures().forEach(failure -> codes.add(failure.code()));
    return codes;
  }

  /// No address twice, each in the ledger as its Service's, speakers carry them, Git is content.
  LedgerStory assertSound() {
    Set<IpAddress> seen = new HashSet<>();
    for (var entry : shown().entrySet()) {
      for (IpAddress address : entry.getValue()) {
        assertTrue(seen.add(address), () -> address + " is given twice");
        AllocationRecord record = state().ledger().records().find(address).orElseThrow();
        assertTrue(
            record.holders().stream().anyMatch(h -> h.service().equals(entry.getKey())),
            () -> address + " is recorded for " + record.holders());
      }
    }
    assertTrue(
        speakers.carried().containsAll(seen), () -> speakers.carried() + " is not all of " + seen);
    assertEquals("", localGit().run("fsck", "--strict", "--no-dangling"));
    return this;
  }

  /// And the remote has it all.
  LedgerStory assertPushed() {
    assertSound();
    assertEquals(state().ledgerCommit(), remote.head(BRANCH));
    assertEquals("", remote.git().run("fsck", "--strict", "--no-dangling"));
    return this;
  }

  /// The subjects of the remote's branch, newest first.
  List<String> log() {
    return remote.git().run("log", "--format=%s", BRANCH).lines().toList();
  }

  @Override
  public void close() {
    store.close();
  }
}
