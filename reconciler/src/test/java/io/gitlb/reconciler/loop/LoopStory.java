// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.reconciler.cluster.ServiceBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The whole loop between fakes, which write down every effect in its order.
final class LoopStory {

  /// One pool and an L2Advertisement for all.
  static final String LAN =
      """
      apiVersion: gitlb.io/v1
      kind: IPAddressPool
      metadata: {name: lan}
      spec:
        addresses: ["10.77.0.100-10.77.0.103"]
      ---
      apiVersion: gitlb.io/v1
      kind: L2Advertisement
      metadata: {name: lan}
      spec: {}
      """;

  final List<String> trace = new ArrayList<>();
  final FakeDefinitionSource definitions = new FakeDefinitionSource();
  final FakeLedgerStore ledger = new FakeLedgerStore(trace::add);
  final FakeCluster cluster = new FakeCluster(trace::add);
  final FakeSpeakers speakers;
  Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private Reconciler reconciler;

  /// Two nodes, each with a speaker.
  LoopStory() {
    speakers = new FakeSpeakers(trace::add, "n1", "n2");
    cluster.server().node("n1").node("n2");
    reconciler = start();
  }

  private Reconciler start() {
    return new Reconciler(
        definitions,
        ledger,
        cluster,
        StatusPort.oneAfterTheOther(cluster),
        speakers,
        LoopSettings.DEFAULT.withFacts(Duration.ZERO));
  }

  /// The process dies and comes back; what is on disk and outside stays.
  LoopStory restart() {
    cluster.server().forgetDeletions();
    speakers.forgetQuestions();
    reconciler = start();
    return this;
  }

  Reconciler reconciler() {
    return reconciler;
  }

  LoopStory config(String yaml) {
    definitions.commit(yaml);
    return this;
  }

  /// A plain Service with an endpoint on both nodes.
  LoopStory service(String ref) {
    return service(ref, ServiceBuilder.service(ref));
  }

  LoopStory service(String ref, ServiceBuilder service) {
    cluster.server().service(service).endpoints(ref, "n1", "n2");
    return this;
  }

  LoopStory delete(String ref) {
    cluster.server().without(ref);
    return this;
  }

  LoopStory after(Duration time) {
    now = now.plus(time);
    return this;
  }

  /// One pass; its outcome ends the trace of it.
  LoopStory pass(ConfigPoll poll) {
    Outcome outcome = reconciler.pass(now, poll);
    now = now.plusMillis(100);
    trace.add(
        switch (outcome) {
          case Outcome.Done _ -> "done";
          case Outcome.Waiting waiting -> "waiting for " + waiting.what();
          case Outcome.Failed failed -> "failed " + failed.cause().code();
          case Outcome.Stalled stalled -> "stalled " + stalled.cause().code();
        });
    return this;
  }

  LoopStory pass() {
    return pass(ConfigPoll.NOT_DUE);
  }

  LoopStory poll() {
    return pass(ConfigPoll.DUE);
  }

  /// Passes until nothing happens any more, which is what the loop's shell does; forgets the trace.
  LoopStory settle() {
    for (int i = 0; i < 10; i++) {
      trace.clear();
      poll();
    }
    assertEquals(List.of("done"), trace);
    trace.clear();
    return this;
  }

  /// Compares what happened since the last time.
  LoopStory expect(String effects) {
    assertEquals(effects.strip(), String.join("\n", trace));
    trace.clear();
    return this;
  }
}
