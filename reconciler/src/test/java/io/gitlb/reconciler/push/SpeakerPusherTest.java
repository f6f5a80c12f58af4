// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.loop.Failure;
import io.gitlb.reconciler.loop.SpeakerPort.SpeakerReport;
import io.gitlb.reconciler.push.FakeSpeaker.Mood;
import io.gitlb.schema.http.DevelopmentCertificates;
import io.gitlb.schema.http.HttpLoops;
import io.gitlb.schema.http.PeerNames;
import io.gitlb.schema.http.ServerSecurity;
import io.gitlb.schema.http.TlsIdentity;
import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.Member.Endpoint;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpeakerPusherTest {

  private static final NodeName A = new NodeName("node-a");
  private static final NodeName B = new NodeName("node-b");

  /// As in production, but retries come soon and an answer is waited for longer than a test lasts.
  private static final PushSettings.Timing TIMING =
      new PushSettings.Timing(
          Duration.ofMillis(5),
          Duration.ofMillis(100),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          Duration.ofSeconds(5));

  private final HttpLoops loops = HttpLoops.open(1);
  private final Conditions conditions = new Conditions();

  /// node → where its speaker is
  private final Map<NodeName, URI> urls = new ConcurrentHashMap<>();

  private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();

  @TempDir Path directory;

  @AfterEach
  void closeLoops() {
    loops.close();
  }

  private SpeakerPusher pusher() {
    return pusher(Optional.empty(), TIMING);
  }

  private SpeakerPusher pusher(Optional<TlsIdentity> identity, PushSettings.Timing timing) {
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

  @Test
  void whereASpeakerIsCalledIsToldAsTheOthersDialIt() {
    try (SpeakerPusher pusher = pusher()) {
      assertEquals(Optional.empty(), pusher.endpoint(A), "nobody knows");
      urls.put(A, URI.create("https://192.0.2.7:7001"));
      assertEquals(Optional.of(new Endpoint("192.0.2.7", 7001)), pusher.endpoint(A));
      urls.put(A, URI.create("https://[2001:db8::7]:7002"));
      assertEquals(Optional.of(new Endpoint("2001:db8::7", 7002)), pusher.endpoint(A));
      urls.put(A, URI.create("https://node-a.example"));
      assertEquals(
          Optional.of(new Endpoint("node-a.example", SpeakerEndpoint.DEFAULT_PORT)),
          pusher.endpoint(A),
          "the port that we would call");
      urls.put(A, URI.create("https:opaque"));
      assertEquals(Optional.empty(), pusher.endpoint(A));
    }
  }

  private FakeSpeaker speaker(NodeName node) {
    FakeSpeaker speaker = FakeSpeaker.plain(node, loops, conditions);
    urls.put(node, speaker.url());
    return speaker;
  }

  private static SortedMap<NodeName, DesiredState> states(DesiredState... states) {
    TreeMap<NodeName, DesiredState> byNode = new TreeMap<>();
    List.of(states).forEach(state -> byNode.put(state.node(), state));
    return byNode;
  }

  private static DesiredState state(NodeName node, long epoch, long number) {
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
  private static DesiredState large(NodeName node, long number, int announcements) {
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

  private static Announcement announcement(int address, String record) {
    return new Announcement(
        new Ipv4(address),
        new Announcement.Owner.Services(new TreeSet<>(List.of(new ServiceRef("demo", "web")))),
        record,
        Optional.empty(),
        List.of());
  }

  private static Generation generation(long epoch, long number) {
    return new Generation(epoch, number);
  }

  private static SpeakerReport report(SpeakerPusher pusher, NodeName node) {
    return Optional.ofNullable(pusher.reports().get(node)).orElseThrow();
  }

  private static Optional<String> code(SpeakerPusher pusher, NodeName node) {
    return report(pusher, node).failure().map(Failure::code);
  }

  private void awaitStored(SpeakerPusher pusher, NodeName node, Generation generation)
      throws InterruptedException {
    conditions.await(
        node + " acknowledges " + generation,
        () ->
            report(pusher, node).stored().equals(Optional.of(generation))
                && code(pusher, node).isEmpty());
  }

  private void awaitFailure(SpeakerPusher pusher, NodeName node, PushFailure failure)
      throws InterruptedException {
    conditions.await(
        node + " fails with " + failure,
        () -> code(pusher, node).equals(Optional.of(failure.code())));
  }

  /// Follows the speakers of just these nodes and hands them their states.
  private static void handOver(SpeakerPusher pusher, SortedMap<NodeName, DesiredState> states) {
    pusher.follow(new TreeSet<>(states.keySet()));
    pusher.setDesired(states);
  }

  @Test
  void aStoredStateIsAcknowledgedAndNotSentAgain() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher = pusher()) {
      handOver(pusher, states(state(A, 1, 1)));
      awaitStored(pusher, A, generation(1, 1));
      handOver(pusher, states(state(A, 1, 1)));
      handOver(pusher, states(state(A, 1, 2)));
      awaitStored(pusher, A, generation(1, 2));
      assertEquals(List.of(generation(1, 1), generation(1, 2)), speaker.pushes());
    }
  }

  @Test
  void aSmallDifferenceFromWhatTheSpeakerHasIsSentAlone() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher = pusher()) {
      for (long number = 1; number <= 3; number++) {
        handOver(pusher, states(large(A, number, 20)));
        awaitStored(pusher, A, generation(1, number));
        assertEquals(Optional.of(large(A, number, 20)), speaker.stored());
      }
      assertEquals(List.of(generation(1, 1)), speaker.pushes());
      assertEquals(List.of(generation(1, 2), generation(1, 3)), speaker.patches());
      handOver(pusher, states(large(A, 4, 40)));
      awaitStored(pusher, A, generation(1, 4));
      assertEquals(List.of(generation(1, 1), generation(1, 4)), speaker.pushes());
    }
  }

  @Test
  void aSpeakerThatDoesNotTakeTheDifferenceIsSentTheWholeStateAtOnce() throws InterruptedException {
    for (FakeSpeaker.Deltas how :
        List.of(FakeSpeaker.Deltas.UNKNOWN, FakeSpeaker.Deltas.TOO_MANY)) {
      try (FakeSpeaker speaker = speaker(A);
          SpeakerPusher pusher = pusher()) {
        speaker.treat(how);
        handOver(pusher, states(large(A, 1, 20)));
        awaitStored(pusher, A, generation(1, 1));
        handOver(pusher, states(large(A, 2, 20)));
        awaitStored(pusher, A, generation(1, 2));
        assertEquals(List.of(generation(1, 1), generation(1, 2)), speaker.pushes());
        assertEquals(Optional.of(large(A, 2, 20)), speaker.stored());
      }
    }
  }

  @Test
  void aSpeakerWithAnotherStateThanItAcknowledgedIsSentTheWholeState() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher = pusher()) {
      handOver(pusher, states(large(A, 1, 20)));
      awaitStored(pusher, A, generation(1, 1));
      speaker.store(Optional.of(large(A, 1, 19)));
      handOver(pusher, states(large(A, 2, 20)));
      awaitStored(pusher, A, generation(1, 2));
      assertEquals(Optional.of(large(A, 2, 20)), speaker.stored());
      assertEquals(List.of(generation(1, 1), generation(1, 2)), speaker.pushes());
    }
  }

  @Test
  void aSpeakerIsListenedToBeforeAnythingIsHandedOver() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher = pusher()) {
      speaker.store(Optional.of(state(A, 7, 3)));
      pusher.follow(new TreeSet<>(List.of(A)));
      conditions.await("it is heard", () -> report(pusher, A).status().isPresent());
      assertEquals(Optional.of(generation(7, 3)), report(pusher, A).stored());
      assertEquals(Optional.empty(), report(pusher, A).failure());
      assertEquals(Optional.of(state(A, 7, 3)), report(pusher, A).carried());
      assertEquals(List.of(), speaker.pushes());
    }
  }

  @Test
  void aSpeakerThatMovedIsListenedToWhereItIsNow() throws InterruptedException {
    try (FakeSpeaker before = speaker(A);
        FakeSpeaker after = FakeSpeaker.plain(A, loops, conditions);
        SpeakerPusher pusher = pusher()) {
      pusher.follow(new TreeSet<>(List.of(A)));
      conditions.await("the first is asked", () -> before.polls() > 0);
      urls.put(A, after.url());
      pusher.follow(new TreeSet<>(List.of(A)));
      conditions.await("the second is asked", () -> after.polls() > 0);
    }
  }

  @Test
  void aStaleStateNamesTheNewestGenerationAndAHigherEpochMendsIt() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher = pusher()) {
      speaker.store(Optional.of(state(A, 7, 3)));
      handOver(pusher, states(state(A, 1, 1)));
      awaitFailure(pusher, A, PushFailure.STALE);
      assertEquals(Optional.of(generation(7, 3)), report(pusher, A).stored());
      handOver(pusher, states(state(A, 8, 1)));
      awaitStored(pusher, A, generation(8, 1));
    }
  }

  @Test
  void anotherReconcilersPushIsReported() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher = pusher()) {
      handOver(pusher, states(state(A, 1, 1)));
      awaitStored(pusher, A, generation(1, 1));
      speaker.store(Optional.of(state(A, 2, 5)));
      awaitFailure(pusher, A, PushFailure.STALE);
      assertEquals(Optional.of(generation(2, 5)), report(pusher, A).stored());
    }
  }

  @Test
  void aSlowSpeakerDoesNotDelayTheOther() throws InterruptedException {
    try (FakeSpeaker slow = speaker(A);
        FakeSpeaker _ = speaker(B);
        SpeakerPusher pusher = pusher()) {
      slow.become(Mood.SLOW);
      handOver(pusher, states(state(A, 1, 1), state(B, 1, 1)));
      conditions.await("the push hangs", () -> slow.pushes().size() == 1);
      awaitStored(pusher, B, generation(1, 1));
      handOver(pusher, states(state(A, 1, 2), state(B, 1, 2)));
      handOver(pusher, states(state(A, 1, 3), state(B, 1, 3)));
      awaitStored(pusher, B, generation(1, 3));
      assertEquals(Optional.empty(), slow.storedGeneration());

      slow.become(Mood.WELL);
      awaitStored(pusher, A, generation(1, 3));
      assertEquals(List.of(generation(1, 1), generation(1, 3)), slow.pushes());
    }
  }

  @Test
  void aDeadSpeakerIsTriedAgainAndGetsTheNewestState() throws InterruptedException {
    FakeSpeaker dead = speaker(A);
    dead.close();
    try (SpeakerPusher pusher = pusher()) {
      handOver(pusher, states(state(A, 1, 1)));
      awaitFailure(pusher, A, PushFailure.UNREACHABLE);
      handOver(pusher, states(state(A, 1, 2)));
      handOver(pusher, states(state(A, 1, 3)));
      try (FakeSpeaker alive = dead.reborn()) {
        awaitStored(pusher, A, generation(1, 3));
        List<Generation> pushes = alive.pushes();
        // One that was being sent when it came back may go before; none follows the newest.
        assertEquals(pushes.stream().sorted().distinct().toList(), pushes);
        assertEquals(generation(1, 3), pushes.getLast());
      }
    }
  }

  @Test
  void aNewerStateDoesNotWaitForTheRetryOfAnOlderOne() throws InterruptedException {
    PushSettings.Timing patient =
        new PushSettings.Timing(
            Duration.ofDays(1),
            Duration.ofDays(1),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofSeconds(5));
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher = pusher(Optional.empty(), patient)) {
      speaker.become(Mood.REFUSING);
      handOver(pusher, states(state(A, 1, 1)));
      awaitFailure(pusher, A, PushFailure.REFUSED);
      speaker.become(Mood.WELL);
      handOver(pusher, states(state(A, 1, 2)));
      awaitStored(pusher, A, generation(1, 2));
      assertEquals(List.of(generation(1, 1), generation(1, 2)), speaker.pushes());
    }
  }

  @Test
  void aSpeakerRestartedWithoutItsStateGetsItAgain() throws InterruptedException {
    FakeSpeaker first = speaker(A);
    try (SpeakerPusher pusher = pusher()) {
      handOver(pusher, states(state(A, 1, 1)));
      awaitStored(pusher, A, generation(1, 1));
      conditions.await("it is asked", () -> report(pusher, A).status().isPresent());
      first.close();
      awaitFailure(pusher, A, PushFailure.UNREACHABLE);
      try (FakeSpeaker second = first.reborn()) {
        conditions.await(
            "pushed again", () -> second.storedGeneration().equals(Optional.of(generation(1, 1))));
        awaitStored(pusher, A, generation(1, 1));
      }
    }
  }

  @Test
  void aSpeakerThatLosesItsStateWhileItRunsGetsItAgain() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher = pusher()) {
      handOver(pusher, states(state(A, 1, 2)));
      awaitStored(pusher, A, generation(1, 2));
      speaker.store(Optional.of(state(A, 1, 1)));
      conditions.await("pushed again", () -> speaker.pushes().size() >= 2);
      awaitStored(pusher, A, generation(1, 2));
      assertEquals(Optional.of(generation(1, 2)), speaker.storedGeneration());
    }
  }

  @Test
  void theLongPollBringsEachChangeOfTheStatus() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher = pusher()) {
      handOver(pusher, states(state(A, 1, 1)));
      awaitStored(pusher, A, generation(1, 1));
      for (String problem : List.of("the carrier is lost", "the disk is slow")) {
        speaker.complain(problem);
        conditions.await(
            problem,
            () ->
                report(pusher, A).status().filter(s -> s.problems().contains(problem)).isPresent());
      }
      assertTrue(speaker.polls() <= 6, "polls: " + speaker.polls());
      assertEquals(1, speaker.pushes().size());
    }
  }

  @Test
  void aRefusalIsToldInTheSpeakersWordsAndTriedAgain() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher = pusher()) {
      speaker.become(Mood.REFUSING);
      handOver(pusher, states(state(A, 1, 1)));
      awaitFailure(pusher, A, PushFailure.REFUSED);
      assertEquals(
          "GLB4007 the speaker of node-a at 127.0.0.1 port "
              + speaker.url().getPort()
              + ": it refuses with HTTP status 400: the disk is full",
          report(pusher, A).failure().orElseThrow().toString());
      speaker.become(Mood.WELL);
      awaitStored(pusher, A, generation(1, 1));
    }
  }

  @Test
  void whatIsNoSpeakerIsNotBelieved() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher = pusher()) {
      speaker.become(Mood.BABBLING);
      handOver(pusher, states(state(A, 1, 1)));
      awaitFailure(pusher, A, PushFailure.NOT_UNDERSTOOD);
    }
  }

  @Test
  void anotherNodesSpeakerIsNoticed() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(B);
        SpeakerPusher pusher = pusher()) {
      urls.put(A, speaker.url());
      handOver(pusher, states(state(A, 1, 1)));
      awaitFailure(pusher, A, PushFailure.WRONG_NODE);
    }
  }

  @Test
  void aSpeakerThatDoesNotAnswerInTimeIsReported() throws InterruptedException {
    PushSettings.Timing hasty =
        new PushSettings.Timing(
            Duration.ofMillis(5),
            Duration.ofMillis(100),
            Duration.ofSeconds(30),
            Duration.ofMillis(100),
            Duration.ofSeconds(5));
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher = pusher(Optional.empty(), hasty)) {
      speaker.become(Mood.SLOW);
      handOver(pusher, states(state(A, 1, 1)));
      awaitFailure(pusher, A, PushFailure.TIMED_OUT);
      speaker.become(Mood.WELL);
      awaitStored(pusher, A, generation(1, 1));
    }
  }

  @Test
  void anUnknownUrlIsReportedAndTheSpeakerIsFoundWhenItIsKnown() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher = pusher()) {
      urls.remove(A);
      handOver(pusher, states(state(A, 1, 1)));
      awaitFailure(pusher, A, PushFailure.NO_URL);
      urls.put(A, speaker.url());
      awaitStored(pusher, A, generation(1, 1));
    }
  }

  @Test
  void aSpeakerThatMovedIsFollowed() throws InterruptedException {
    try (FakeSpeaker before = speaker(A);
        FakeSpeaker after = FakeSpeaker.plain(A, loops, conditions);
        SpeakerPusher pusher = pusher()) {
      handOver(pusher, states(state(A, 1, 1)));
      awaitStored(pusher, A, generation(1, 1));
      urls.put(A, after.url());
      handOver(pusher, states(state(A, 1, 1)));
      conditions.await("the new one has it", () -> after.storedGeneration().isPresent());
      awaitStored(pusher, A, generation(1, 1));
      assertEquals(1, before.pushes().size());
    }
  }

  @Test
  void overMutualTlsTheNodesOwnSpeakerIsServed() throws InterruptedException, IOException {
    DevelopmentCertificates certificates =
        DevelopmentCertificates.create(directory.resolve("tls"), Instant.now());
    try (FakeSpeaker speaker = secured(certificates.speaker(A));
        SpeakerPusher pusher = pusher(Optional.of(certificates.reconciler()), TIMING)) {
      urls.put(A, speaker.url());
      handOver(pusher, states(state(A, 1, 1)));
      awaitStored(pusher, A, generation(1, 1));
    }
  }

  @Test
  void aSpeakerWithAnotherNodesCertificateIsRefused() throws InterruptedException, IOException {
    DevelopmentCertificates certificates =
        DevelopmentCertificates.create(directory.resolve("tls"), Instant.now());
    try (FakeSpeaker speaker = secured(certificates.speaker(B));
        SpeakerPusher pusher = pusher(Optional.of(certificates.reconciler()), TIMING)) {
      urls.put(A, speaker.url());
      handOver(pusher, states(state(A, 1, 1)));
      awaitFailure(pusher, A, PushFailure.TLS);
      String message = report(pusher, A).failure().orElseThrow().message();
      assertTrue(message.contains("it must be for node-a.speaker.gitlb"), message);
      assertEquals(List.of(), speaker.pushes());
    }
  }

  @Test
  void aReconcilerOfAnotherAuthorityIsToldThatItsCertificateIsNotTaken()
      throws InterruptedException, IOException {
    TlsIdentity speakers =
        DevelopmentCertificates.create(directory.resolve("tls"), Instant.now()).speaker(A);
    TlsIdentity stranger =
        DevelopmentCertificates.create(directory.resolve("other"), Instant.now()).reconciler();
    TlsIdentity mixed =
        new TlsIdentity(stranger.certificateChain(), stranger.privateKey(), speakers.authorities());
    try (FakeSpeaker speaker = secured(speakers);
        SpeakerPusher pusher = pusher(Optional.of(mixed), TIMING)) {
      urls.put(A, speaker.url());
      handOver(pusher, states(state(A, 1, 1)));
      awaitFailure(pusher, A, PushFailure.TLS);
      assertEquals(List.of(), speaker.pushes());
    }
  }

  private FakeSpeaker secured(TlsIdentity identity) {
    return FakeSpeaker.secured(
        A, loops, conditions, new ServerSecurity.MutualTls(identity, PeerNames.reconciler()));
  }

  @Test
  void aNodeThatIsGoneIsNoLongerTalkedTo() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(A);
        FakeSpeaker _ = speaker(B);
        SpeakerPusher pusher = pusher()) {
      handOver(pusher, states(state(A, 1, 1), state(B, 1, 1)));
      awaitStored(pusher, A, generation(1, 1));
      awaitStored(pusher, B, generation(1, 1));
      handOver(pusher, states(state(B, 1, 1)));
      for (Thread thread : List.copyOf(threads).subList(0, 2)) {
        assertTrue(thread.join(Duration.ofSeconds(20)), "a thread goes on");
      }
      assertEquals(List.of(B), List.copyOf(pusher.reports().keySet()));
      assertEquals(Optional.of(generation(1, 1)), speaker.storedGeneration());
      handOver(pusher, states(state(A, 1, 2), state(B, 1, 1)));
      awaitStored(pusher, A, generation(1, 2));
    }
  }

  @Test
  void closeEndsAllThreadsWithinASecond() throws InterruptedException {
    try (FakeSpeaker hanging = speaker(A)) {
      FakeSpeaker dead = speaker(B);
      dead.close();
      hanging.become(Mood.SLOW);
      SpeakerPusher pusher = pusher();
      handOver(pusher, states(state(A, 1, 1), state(B, 1, 1)));
      conditions.await("the push hangs", () -> hanging.pushes().size() == 1);
      awaitFailure(pusher, B, PushFailure.UNREACHABLE);
      long startNanos = System.nanoTime();
      pusher.close();
      Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
      assertTrue(took.compareTo(Duration.ofSeconds(1)) < 0, "took " + took);
      assertEquals(4, threads.size());
      threads.forEach(thread -> assertFalse(thread.isAlive(), "a thread goes on"));
      handOver(pusher, states(state(A, 1, 2)));
      assertEquals(4, threads.size());
    }
  }

  @Test
  void reportsAreASnapshotOfTheNodesThatWereSet() {
    try (SpeakerPusher pusher = pusher()) {
      assertEquals(Map.of(), pusher.reports());
      handOver(pusher, states(state(A, 1, 1)));
      Map<NodeName, SpeakerReport> reports = pusher.reports();
      handOver(pusher, states());
      assertEquals(1, reports.size());
      assertThrows(UnsupportedOperationException.class, reports::clear);
      assertEquals(Map.of(), pusher.reports());
    }
  }

  @Test
  void aStateForAnotherNodeIsADefect() {
    try (SpeakerPusher pusher = pusher()) {
      TreeMap<NodeName, DesiredState> crossed = new TreeMap<>(Map.of(A, state(B, 1, 1)));
      assertThrows(IllegalArgumentException.class, () -> pusher.setDesired(crossed));
    }
  }

  @Test
  void aListenerThatThrowsStopsNothing() throws InterruptedException {
    try (FakeSpeaker speaker = speaker(A);
        SpeakerPusher pusher =
            new SpeakerPusher(
                loops,
                new PushSettings(
                    node -> Optional.ofNullable(urls.get(node)),
                    Optional.empty(),
                    () -> {
                      throw new IllegalStateException("a listener's defect");
                    },
                    new SplittableRandom(1),
                    TIMING))) {
      handOver(pusher, states(state(A, 1, 1)));
      conditions.await("stored", () -> speaker.storedGeneration().isPresent());
      handOver(pusher, states(state(A, 1, 2)));
      conditions.await(
          "stored", () -> speaker.storedGeneration().equals(Optional.of(generation(1, 2))));
    }
  }
}
