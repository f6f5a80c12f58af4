// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.push;

import io.gitlb.reconciler.loop.Failure;
import io.gitlb.reconciler.loop.SpeakerPort.SpeakerReport;
import io.gitlb.schema.http.HttpLoops;
import io.gitlb.schema.http.TlsIdentity;
import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/// A pusher and the speakers that it finds, all in this process.
abstract class PusherFixture {

  static final NodeName A = new NodeName("node-a");
  static final NodeName B = new NodeName("node-b");

  /// As in production, but retries come soon and an answer is waited for longer than a test lasts.
  static final PushSettings.Timing TIMING =
      new PushSettings.Timing(
          Duration.ofMillis(5),
          Duration.ofMillis(100),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          Duration.ofSeconds(5));

  final HttpLoops loops = HttpLoops.open(1);
  final Conditions conditions = new Conditions();

  /// node → where its speaker is
  final Map<NodeName, URI> urls = new ConcurrentHashMap<>();

  final Queue<Thread> threads = new ConcurrentLinkedQueue<>();

  @TempDir Path directory;

  @AfterEach
  void closeLoops() {
    loops.close();
  }

  SpeakerPusher pusher() {
    return pusher(Optional.empty(), TIMING);
  }

  SpeakerPusher pusher(Optional<TlsIdentity> identity, PushSettings.Timing timing) {
    return new SpeakerPusher(
        loops,
        new PushSettings(
            node -> Optional.ofNullable(urls.get(node)),
            identity,
            conditions::changed,
            new SplittableRandom(1),
            timing),
        task -> {
          Thread thread = Thread.ofVirtual().unstarted(task);
          threads.add(thread);
          return thread;
        });
  }

  FakeSpeaker speaker(NodeName node) {
    FakeSpeaker speaker = FakeSpeaker.plain(node, loops, conditions);
    urls.put(node, speaker.url());
    return speaker;
  }

  static SortedMap<NodeName, DesiredState> states(DesiredState... states) {
    TreeMap<NodeName, DesiredState> byNode = new TreeMap<>();
    List.of(states).forEach(state -> byNode.put(state.node(), state));
    return byNode;
  }

  static DesiredState state(NodeName node, long epoch, long number) {
    return new DesiredState(
        node,
        "uid-of-cluster",
        generation(epoch, number),
        "1".repeat(40),
        "2".repeat(40),
        List.of(),
        List.of());
  }

  /// With as many addresses, of which the last differs from number to number.
  static DesiredState large(NodeName node, long number, int announcements) {
    return new DesiredState(
        node,
        "uid-of-cluster",
        generation(1, number),
        "1".repeat(40),
        "2".repeat(40),
        IntStream.rangeClosed(1, announcements)
            .mapToObj(i -> announcement(i, i == announcements ? "record " + number : "record"))
            .toList(),
        List.of());
  }

  static Announcement announcement(int address, String record) {
    return new Announcement(
        new Ipv4(address),
        new Announcement.Owner.Services(new TreeSet<>(List.of(new ServiceRef("demo", "web")))),
        record,
        Optional.empty(),
        List.of());
  }

  static Generation generation(long epoch, long number) {
    return new Generation(epoch, number);
  }

  static SpeakerReport report(SpeakerPusher pusher, NodeName node) {
    return Optional.ofNullable(pusher.reports().get(node)).orElseThrow();
  }

  static Optional<String> code(SpeakerPusher pusher, NodeName node) {
    return report(pusher, node).failure().map(Failure::code);
  }

  void awaitStored(SpeakerPusher pusher, NodeName node, Generation generation)
      throws InterruptedException {
    conditions.await(
        node + " acknowledges " + generation,
        () ->
            report(pusher, node).stored().equals(Optional.of(generation))
                && code(pusher, node).isEmpty());
  }

  void awaitFailure(SpeakerPusher pusher, NodeName node, PushFailure failure)
      throws InterruptedException {
    conditions.await(
        node + " fails with " + failure,
        () -> code(pusher, node).equals(Optional.of(failure.code())));
  }

  /// Follows the speakers of just these nodes and hands them their states.
  static void handOver(SpeakerPusher pusher, SortedMap<NodeName, DesiredState> states) {
    pusher.follow(new TreeSet<>(states.keySet()));
    pusher.setDesired(states);
  }
}
