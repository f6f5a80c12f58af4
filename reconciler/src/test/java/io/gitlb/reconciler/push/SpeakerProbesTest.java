// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gitlb.reconciler.conflict.ProbeKeeper.Ask;
import io.gitlb.reconciler.conflict.Verdict;
import io.gitlb.reconciler.loop.ProbePort.Answer;
import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpLoops;
import io.gitlb.schema.protocol.ProbeReply;
import io.gitlb.schema.protocol.ProbeReply.ProbeResult;
import io.gitlb.schema.protocol.ProbeReply.ProbeVerdict;
import io.gitlb.schema.protocol.ProtocolCodec;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// `POST /v1/probes` over HTTP.
class SpeakerProbesTest {

  private static final NodeName NODE = new NodeName("node-a");
  private static final IpAddress A = IpAddress.of("192.0.2.1");
  private static final IpAddress B = IpAddress.of("192.0.2.2");
  private static final IpAddress C = IpAddress.of("192.0.2.3");
  private static final MacAddress MAC = MacAddress.of("02:00:5e:00:53:01");

  private final HttpLoops loops = HttpLoops.open(1);
  private final Conditions conditions = new Conditions();
  private final FakeSpeaker speaker = FakeSpeaker.plain(NODE, loops, conditions);
  private final SpeakerPusher pusher =
      new SpeakerPusher(
          loops,
          new PushSettings(
              _ -> Optional.<URI>of(speaker.url()),
              Optional.empty(),
              conditions::changed,
              new SplittableRandom(1),
              PushSettings.Timing.DEFAULTS));
  private final List<Answer> answers = new ArrayList<>();

  /// Only who was heard is asked, and the time for an answer is short: none of it goes into loading
  /// what speaks HTTP.
  @BeforeEach
  void follow() throws InterruptedException {
    pusher.follow(new TreeSet<>(Set.of(NODE)));
    conditions.await(
        "it is heard",
        () -> Optional.ofNullable(pusher.reports().get(NODE)).orElseThrow().status().isPresent());
  }

  @AfterEach
  void close() {
    pusher.close();
    speaker.close();
    loops.close();
  }

  private Answer ask(NodeName node) throws InterruptedException {
    pusher.probe(new Ask(node, 7, new TreeSet<>(List.of(A, B, C))));
    conditions.await(
        "an answer",
        () -> {
          answers.addAll(pusher.probed());
          return !answers.isEmpty();
        });
    return answers.getFirst();
  }

  @Test
  void whatTheSpeakerFoundOutIsTold() throws InterruptedException {
    speaker.probes(
        HttpAnswer.json(
            200,
            ProtocolCodec.encode(
                new ProbeReply(
                    List.of(
                        new ProbeResult(A, ProbeVerdict.TAKEN, List.of(MAC), Optional.empty()),
                        new ProbeResult(B, ProbeVerdict.OWN_NODE, List.of(MAC), Optional.empty()),
                        new ProbeResult(
                            C, ProbeVerdict.UNPROBED, List.of(), Optional.of("NotOnLink")),
                        new ProbeResult(
                            IpAddress.of("192.0.2.9"),
                            ProbeVerdict.FREE,
                            List.of(),
                            Optional.empty()))))));
    Answer.Told told = assertInstanceOf(Answer.Told.class, ask(NODE));
    assertEquals(7, told.number());
    assertEquals(
        Map.of(
            A, new Verdict.Taken(MAC), B, new Verdict.Free(), C, new Verdict.Unprobed("NotOnLink")),
        told.verdicts());
  }

  @Test
  void aSpeakerThatCannotProbeSaysSoAtOnce() throws InterruptedException {
    assertEquals(new Answer.Unasked(7, "node node-a answers with HTTP status 404"), ask(NODE));
  }

  @Test
  void nonsenseIsNoVerdict() throws InterruptedException {
    speaker.probes(HttpAnswer.text(200, "hello"));
    assertInstanceOf(Answer.Unasked.class, ask(NODE));
  }

  @Test
  void aNodeWithoutASpeakerIsNotAsked() throws InterruptedException {
    assertEquals(new Answer.Unasked(7, "node node-z has no speaker"), ask(new NodeName("node-z")));
  }

  @Test
  void onlyWhoHasTheAddressOnLinkIsAsked() throws InterruptedException {
    speaker.onLink("192.0.2.0/24");
    conditions.await("its NIC", () -> pusher.probers(A).equals(List.of(NODE)));
    assertEquals(List.of(), pusher.probers(IpAddress.of("198.51.100.1")));
  }
}
