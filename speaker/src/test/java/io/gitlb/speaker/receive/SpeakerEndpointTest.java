// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.receive;

import static io.gitlb.speaker.receive.LocalSpeaker.reply;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpBody;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.protocol.DesiredDelta;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.ProbeRequest;
import io.gitlb.schema.protocol.ProtocolCodec;
import io.gitlb.schema.protocol.PushReply;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.receive.DesiredStateSink.Source;
import io.gitlb.speaker.store.Samples;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpeakerEndpointTest {

  private static final DesiredState FIRST = Samples.state(1, 1, 2);
  private static final DesiredState SECOND = Samples.state(1, 2, 3);

  @TempDir Path directory;

  @Test
  void aPushedStateIsOnDiskWhenItIsAcknowledgedAndThenApplied() throws IOException {
    try (LocalSpeaker speaker = new LocalSpeaker(directory).start()) {
      HttpAnswer answer = speaker.put(FIRST);

      assertArrayEquals(
          ProtocolCodec.encode(FIRST),
          Files.readAllBytes(directory.resolve("speaker/desired.json")));
      String digest = ProtocolCodec.digest(FIRST);
      assertEquals(200, answer.status());
      assertEquals('"' + digest + '"', answer.header("etag").orElseThrow());
      assertEquals(new PushReply.Stored(FIRST.generation(), digest), reply(answer));
      SpeakerStatus status = speaker.awaitApplied(FIRST);
      assertEquals(Optional.of(FIRST.generation()), status.stored());
      assertEquals(List.of(FIRST.generation()), speaker.sink.applied());
    }
  }

  @Test
  void theSameStateAgainIsAcknowledgedAndNotAppliedAgain() throws IOException {
    try (LocalSpeaker speaker = new LocalSpeaker(directory).start()) {
      speaker.put(FIRST);
      assertInstanceOf(PushReply.Stored.class, reply(speaker.put(FIRST)));
      speaker.put(SECOND);
      speaker.awaitApplied(SECOND);
      List<Generation> applied = speaker.sink.applied();
      assertEquals(applied.stream().distinct().toList(), applied);
    }
  }

  @Test
  void ofTwoReconcilersTheOneWithTheHigherEpochWins() throws IOException {
    DesiredState newLeader = Samples.state(2, 1, 4);
    try (LocalSpeaker speaker = new LocalSpeaker(directory).start()) {
      speaker.put(SECOND);
      assertEquals(200, speaker.put(newLeader).status());
      HttpAnswer late = speaker.put(Samples.state(1, 900, 5));
      assertEquals(409, late.status());
      assertEquals(new PushReply.Stale(newLeader.generation()), reply(late));
      speaker.awaitApplied(newLeader);
    }
  }

  @Test
  void whatIsNotForThisSpeakerIsRefusedAndChangesNothing() throws IOException {
    try (LocalSpeaker speaker = new LocalSpeaker(directory).start()) {
      speaker.put(FIRST);
      refused(speaker.put(Samples.state(1, 1, 9)), 422, "generation 1.1 is stored with other");
      refused(
          speaker.put(
              Samples.state(new NodeName("node-b"), FIRST.clusterUid(), new Generation(5, 5), 1)),
          422,
          "the state is for node node-b");
      refused(
          speaker.put(Samples.state(Samples.NODE, "other", new Generation(5, 5), 1)),
          422,
          "the state is of cluster other");
      refused(
          speaker.put("{\"digest\":7}".getBytes(StandardCharsets.UTF_8)),
          400,
          "/digest (octet 10): here stands a whole number, it must be a text");
      assertEquals(Optional.of(FIRST.generation()), speaker.awaitApplied(FIRST).stored());
    }
  }

  @Test
  void aStateThatCannotBeStoredIsNotAcknowledgedAndThatIsReported() throws IOException {
    try (LocalSpeaker speaker = new LocalSpeaker(directory).start()) {
      speaker.put(FIRST);
      Path obstacle = directory.resolve("speaker/desired.json.next");
      Files.createDirectory(obstacle);
      refused(speaker.put(SECOND), 507, directory.resolve("speaker/desired.json").toString());
      SpeakerStatus status = speaker.awaitApplied(FIRST);
      assertEquals(1, status.problems().size());
      assertEquals(Optional.of(FIRST.generation()), status.stored());

      Files.delete(obstacle);
      assertEquals(200, speaker.put(SECOND).status());
      assertEquals(List.of(), speaker.awaitApplied(SECOND).problems());
    }
  }

  @Test
  void aRestartedSpeakerAppliesWhatIsOnDiskByItself() throws Exception {
    try (LocalSpeaker speaker = new LocalSpeaker(directory).start()) {
      speaker.put(SECOND);
    }
    try (LocalSpeaker speaker = new LocalSpeaker(directory, "boot-2").start()) {
      assertEquals(List.of(SECOND.generation()), speaker.sink.await(1));
      assertEquals("boot-2", speaker.awaitApplied(SECOND).bootId());
      assertEquals(409, speaker.put(FIRST).status());
      assertEquals(List.of(Source.DISK), speaker.sink.sources());
    }
  }

  /// What was on disk counts as told in this run when the reconciler wants nothing else.
  @Test
  void aStateFromDiskIsConfirmedOnce() throws Exception {
    try (LocalSpeaker speaker = new LocalSpeaker(directory).start()) {
      speaker.put(SECOND);
    }
    try (LocalSpeaker speaker = new LocalSpeaker(directory, "boot-2").start()) {
      speaker.sink.await(1);
      assertEquals(200, speaker.put(SECOND).status());
      speaker.sink.await(2);
      assertEquals(200, speaker.put(SECOND).status());
      speaker.awaitApplied(SECOND);
      assertEquals(List.of(Source.DISK, Source.RECONCILER), speaker.sink.sources());
    }
  }

  @Test
  void aDamagedFileIsReportedAndTheNextPushRepairsIt() throws IOException {
    try (LocalSpeaker speaker = new LocalSpeaker(directory).start()) {
      speaker.put(SECOND);
    }
    Files.writeString(directory.resolve("speaker/desired.json"), "{}");
    try (LocalSpeaker speaker = new LocalSpeaker(directory).start()) {
      SpeakerStatus status = speaker.status(HttpCall.get("/v1/status"));
      assertEquals(Optional.empty(), status.stored());
      assertTrue(
          status.problems().getFirst().contains("was put aside as desired.json.damaged"),
          status.toString());
      assertEquals(200, speaker.put(FIRST).status());
      assertEquals(List.of(), speaker.awaitApplied(FIRST).problems());
    }
  }

  @Test
  void theFileOfAnotherNodeIsNotAnnounced() throws IOException {
    Path file = Files.createDirectory(directory.resolve("speaker")).resolve("desired.json");
    DesiredState other = Samples.state(new NodeName("node-b"), "cluster", new Generation(9, 9), 1);
    Files.write(file, ProtocolCodec.encode(other));
    try (LocalSpeaker speaker = new LocalSpeaker(directory).start()) {
      SpeakerStatus status = speaker.status(HttpCall.get("/v1/status"));
      assertEquals(Optional.empty(), status.stored());
      assertTrue(status.problems().getFirst().contains("for node node-b"), status.toString());
      assertEquals(200, speaker.put(FIRST).status());
      speaker.awaitApplied(FIRST);
      assertEquals(List.of(FIRST.generation()), speaker.sink.applied());
    }
  }

  @Test
  void whileOneIsAppliedOnlyTheNewestWaits() throws Exception {
    DesiredState third = Samples.state(1, 3, 1);
    try (LocalSpeaker speaker = new LocalSpeaker(directory).start()) {
      CountDownLatch gate = speaker.sink.shutGate();
      speaker.put(FIRST);
      speaker.sink.await(1);
      speaker.put(SECOND);
      speaker.put(third);
      SpeakerStatus status = speaker.status(HttpCall.get("/v1/status"));
      assertEquals(Optional.of(third.generation()), status.stored());
      assertEquals(Optional.empty(), status.applied());
      assertEquals(503, speaker.health("/readyz").status());
      assertEquals(200, speaker.health("/healthz").status());

      gate.countDown();
      speaker.awaitApplied(third);
      assertEquals(List.of(FIRST.generation(), third.generation()), speaker.sink.applied());
      assertEquals(200, speaker.health("/readyz").status());
    }
  }

  @Test
  void aStateThatFailsToApplyIsReportedAndTheNextOneTried() throws Exception {
    try (LocalSpeaker speaker = new LocalSpeaker(directory).start()) {
      speaker.sink.breakDown();
      long before = speaker.board.current().sequence();
      speaker.put(FIRST);
      speaker.sink.await(1);
      HttpCall poll = HttpCall.get("/v1/status").withQuery("wait", "10s");
      SpeakerStatus status = speaker.status(poll.withQuery("after", Long.toString(before)));
      while (status.problems().isEmpty()) {
        status = speaker.status(poll.withQuery("after", Long.toString(status.sequence())));
      }
      assertEquals(Optional.empty(), status.applied());

      speaker.sink.repair();
      speaker.put(SECOND);
      assertEquals(List.of(), speaker.awaitApplied(SECOND).problems());
    }
  }

  @Test
  void theStoredDocumentIsServedOnceForEachDigest() throws IOException {
    try (LocalSpeaker speaker = new LocalSpeaker(directory).start()) {
      HttpCall get = HttpCall.get("/v1/desired");
      assertEquals(404, speaker.call(get).status());
      speaker.put(FIRST);
      HttpAnswer answer = speaker.call(get);
      assertEquals(HttpBody.of(ProtocolCodec.encode(FIRST)), answer.body());
      String etag = answer.header("etag").orElseThrow();
      HttpAnswer again = speaker.call(get.withHeader("if-none-match", "\"x\", " + etag));
      assertEquals(304, again.status());
      assertEquals(0, again.body().length());
      speaker.put(SECOND);
      assertEquals(200, speaker.call(get.withHeader("if-none-match", etag)).status());
    }
  }

  private static DesiredDelta delta(DesiredState before, DesiredState after) {
    return DesiredDelta.between(before, ProtocolCodec.digest(before), after);
  }

  @Test
  void aDeltaOfWhatIsStoredIsStoredAppliedAndThereAfterARestart() throws Exception {
    DesiredDelta delta = delta(FIRST, SECOND);
    String digest = ProtocolCodec.digest(delta);
    try (LocalSpeaker speaker = new LocalSpeaker(directory).start()) {
      speaker.put(FIRST);
      HttpAnswer answer = speaker.patch(delta.base(), delta);
      assertEquals(200, answer.status());
      assertEquals(new PushReply.Stored(SECOND.generation(), digest), reply(answer));
      assertEquals('"' + digest + '"', answer.header("etag").orElseThrow());
      assertEquals(Optional.of(SECOND.generation()), speaker.awaitApplied(SECOND).stored());
      assertEquals(SECOND, speaker.sink.newest());
      HttpAnswer stored = speaker.call(HttpCall.get("/v1/desired"));
      assertEquals(HttpBody.of(ProtocolCodec.encode(SECOND)), stored.body());
      assertEquals('"' + digest + '"', stored.header("etag").orElseThrow());
    }
    try (LocalSpeaker speaker = new LocalSpeaker(directory, "boot-2").start()) {
      speaker.sink.await(1);
      assertEquals(SECOND, speaker.sink.newest());
      DesiredState third = Samples.state(1, 3, 1);
      assertEquals(
          200, speaker.patch(digest, DesiredDelta.between(SECOND, digest, third)).status());
      speaker.awaitApplied(third);
    }
  }

  @Test
  void aDeltaWhoseAnswerWasLostIsAcknowledgedAgain() throws IOException {
    DesiredDelta delta = delta(FIRST, SECOND);
    PushReply stored = new PushReply.Stored(SECOND.generation(), ProtocolCodec.digest(delta));
    try (LocalSpeaker speaker = new LocalSpeaker(directory).start()) {
      speaker.put(FIRST);
      speaker.patch(delta.base(), delta);
      assertEquals(stored, reply(speaker.patch(delta.base(), delta)));
      assertEquals(stored, reply(speaker.put(SECOND)), "the same state, whole");
      refused(speaker.put(Samples.state(1, 2, 9)), 422, "generation 1.2 is stored with other");
    }
  }

  @Test
  void aDeltaOfSomethingElseIsAnsweredByTheWishForTheWhole() throws IOException {
    DesiredState third = Samples.state(1, 3, 1);
    try (LocalSpeaker speaker = new LocalSpeaker(directory).start()) {
      DesiredDelta delta = delta(FIRST, SECOND);
      refused(speaker.patch(delta.base(), delta), 412, "the whole state is wanted: nothing");
      speaker.put(FIRST);
      DesiredDelta other = delta(SECOND, third);
      refused(speaker.patch(other.base(), other), 412, "the whole state is wanted: stored is ");
      refused(speaker.patch(other.base(), delta), 412, "the whole state is wanted: stored is ");
      HttpCall without =
          HttpCall.patch(
              "/v1/desired", "application/json", HttpBody.of(ProtocolCodec.encode(delta)));
      refused(speaker.call(without), 428, "If-Match names the state");
      speaker.put(third);
      assertEquals(
          new PushReply.Stale(third.generation()), reply(speaker.patch(delta.base(), delta)));
      assertEquals(Optional.of(third.generation()), speaker.awaitApplied(third).stored());
    }
  }

  @Test
  void wrongCallsAreExplained() throws IOException {
    try (LocalSpeaker speaker = new LocalSpeaker(directory).start()) {
      assertEquals(404, speaker.call(HttpCall.get("/v2/desired")).status());
      HttpAnswer notAllowed =
          speaker.call(HttpCall.put("/v1/status", "text/plain", HttpBody.EMPTY));
      assertEquals(405, notAllowed.status());
      assertEquals("GET", notAllowed.header("allow").orElseThrow());
      HttpCall status = HttpCall.get("/v1/status");
      assertEquals(400, speaker.call(status.withQuery("after", "-1")).status());
      assertEquals(400, speaker.call(status.withQuery("wait", "forever")).status());
      assertEquals(404, speaker.health("/v1/desired").status());
    }
  }

  @Test
  void metricsTellTheGenerations() throws IOException {
    try (LocalSpeaker speaker = new LocalSpeaker(directory).start()) {
      speaker.put(SECOND);
      speaker.awaitApplied(SECOND);
      HttpAnswer metrics = speaker.health("/metrics");
      assertEquals(
          "text/plain; version=0.0.4; charset=utf-8", metrics.header("content-type").orElseThrow());
      assertTrue(
          metrics.body().text().contains("gitlb_speaker_generation{kind=\"applied\"} 2\n"),
          metrics.body().text());
    }
  }

  private static void refused(HttpAnswer answer, int status, String beginning) {
    assertEquals(status, answer.status());
    String message = assertInstanceOf(PushReply.Refused.class, reply(answer)).message();
    assertTrue(message.startsWith(beginning), message);
  }

  @Test
  void theReconcilerMayAskWhoUsesAddresses() throws IOException {
    try (LocalSpeaker speaker = new LocalSpeaker(directory).start()) {
      byte[] request = ProtocolCodec.encode(new ProbeRequest(List.of(IpAddress.of("192.0.2.10"))));
      HttpCall call = HttpCall.post("/v1/probes", "application/json", HttpBody.of(request));
      assertEquals(200, speaker.call(call).status());
      assertEquals(405, speaker.call(HttpCall.get("/v1/probes")).status());
    }
  }
}
