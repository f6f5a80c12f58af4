// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.watch;

import io.gitlb.schema.http.ClientSecurity;
import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.http.HttpClient;
import io.gitlb.schema.http.HttpClientSettings;
import io.gitlb.schema.http.HttpLoops;
import io.gitlb.schema.http.HttpResult;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.ProtocolCodec;
import io.gitlb.schema.value.NodeName;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the reconciler for this node's state when peers have a newer one, on a thread of its own.
public final class StateFetch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StateFetch.class);

  /// The permanent code of a state that may be outdated.
  static final String CODE = "GLB6018";

  private static final Duration LOOK = Duration.ofMillis(500);

  /// TLS included.
  private static final Duration CONNECT = Duration.ofSeconds(2);

  /// For the whole state.
  private static final Duration ANSWER = Duration.ofSeconds(5);

  /// For which the reconciler may send somebody away.
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private final NodeName node;
  private final HttpClient client;
  private final Speaker speaker;
  private final InstantSource clock;
  private final CatchUp catchUp = new CatchUp(new SplittableRandom());
  private final Thread thread;

  /// The trouble of the cut that was told of last; empty: none is on.
  private Optional<String> told = Optional.empty();

  private String trouble = "";

  /// What the rest of the speaker does for this; called on the thread of this.
  public interface Speaker {

    /// What is on disk.
    Optional<Generation> stored();

    /// The newest that a peer has told of.
    Optional<Generation> newestOfPeers();

    /// Stores a state as if it had been pushed.
    ///
    /// @return why it was not taken, for people; empty when it is stored, now or before
    Optional<String> take(byte[] json);

    /// The reconciler has nothing newer than what is stored.
    void confirmed();

    /// Told when it begins, when it ends and when the reason is another.
    ///
    /// @param why peers have a newer state, and why the reconciler cannot be asked; empty: it is
    ///   not so
    void cutOff(Optional<String> why);
  }

  private StateFetch(NodeName node, HttpClient client, Speaker speaker, InstantSource clock) {
    this.node = node;
    this.client = client;
    this.speaker = speaker;
    this.clock = clock;
    thread = Thread.ofVirtual().name("fetch").unstarted(this::run);
  }

  /// @param url `http` or `https`, with a host and a port
  /// @param clock monotonic
  public static StateFetch start(
      NodeName node,
      HttpLoops loops,
      URI url,
      ClientSecurity security,
      Speaker speaker,
      InstantSource clock) {
    HttpClientSettings settings =
        new HttpClientSettings(
            url.getHost().replaceAll("[\\[\\]]", ""),
            url.getPort(),
            security,
            Optional.empty(),
            CONNECT,
            ProtocolCodec.MAX_DOCUMENT_BYTES);
    StateFetch fetch = new StateFetch(node, HttpClient.create(loops, settings), speaker, clock);
    fetch.thread.start();
    return fetch;
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        look();
        Thread.sleep(LOOK);
      }
    } catch (InterruptedException _) {
      // Closed.
    }
  }

  private void look() {
    try {
      Optional<Generation> stored = speaker.stored();
      Optional<Generation> peers = speaker.newestOfPeers();
      if (catchUp.isDue(stored, peers, clock.instant())) {
        ask(stored, peers);
      }
      tell(stored, peers);
    } catch (RuntimeException e) {
      LOG.error("asking the reconciler: a defect", e);
      trouble = "a defect here: " + e;
      catchUp.failed(clock.instant());
    }
  }

  private void ask(Optional<Generation> stored, Optional<Generation> peers) {
    HttpCall call = HttpCall.get("/v1/nodes/" + node + "/desired");
    HttpCall conditional =
        stored
            .map(one -> call.withHeader("if-none-match", '"' + one.toString() + '"'))
            .orElse(call);
    Verdict verdict =
        switch (client.send(conditional, ANSWER)) {
          case HttpResult.Answered(HttpAnswer answer) -> judge(answer);
          case HttpResult.Unreachable unreachable -> new Verdict.Failed(unreachable.reason());
          case HttpResult.TimedOut(String reason) -> new Verdict.Failed(reason);
        };
    switch (verdict) {
      case Verdict.Failed(String why) -> {
        trouble = why;
        catchUp.failed(clock.instant());
      }
      case Verdict.Busy(Duration pause) -> catchUp.postponed(pause, clock.instant());
      case Verdict.Current _ -> {
        Optional<Generation> now = speaker.stored();
        if (!now.equals(stored)) {
          LOG.info("fetched {} from the reconciler; a peer had {}", text(now), text(peers));
        }
        catchUp.current(now, peers, clock.instant());
        speaker.confirmed();
      }
    }
  }

  /// What a question came to.
  private sealed interface Verdict {

    /// This node has the reconciler's newest.
    record Current() implements Verdict {}

    /// The reconciler answers others first.
    record Busy(Duration pause) implements Verdict {}

    /// @param why there is no telling what this node is to have
    record Failed(String why) implements Verdict {}
  }

  private Verdict judge(HttpAnswer answer) {
    Optional<Duration> pause = pause(answer);
    if (pause.isPresent()) {
      return new Verdict.Busy(pause.get());
    }
    return switch (answer.status()) {
      case 200 ->
          speaker
              .take(answer.body().octets())
              .<Verdict>map(Verdict.Failed::new)
              .orElseGet(Verdict.Current::new);
      case 304 -> new Verdict.Current();
      default ->
          new Verdict.Failed(
              "status "
                  + answer.status()
                  + ": "
                  + answer.body().text().lines().findFirst().orElse(""));
    };
  }

  /// After which somebody who was turned away shall come again (RFC 9110 section 10.2.3).
  private static Optional<Duration> pause(HttpAnswer answer) {
    return answer
        .header("retry-after")
        .filter(text -> answer.status() == 503 && text.matches("[0-9]{1,6}"))
        .map(text -> Math.clamp(Long.parseLong(text), 1, LONGEST_PAUSE.toSeconds()))
        .map(Duration::ofSeconds);
  }

  private void tell(Optional<Generation> stored, Optional<Generation> peers) {
    Optional<String> now =
        catchUp.isCutOff(clock.instant()) ? Optional.of(trouble) : Optional.empty();
    // Not at each generation that peers get meanwhile.
    if (!now.equals(told)) {
      told = now;
      Optional<String> why = now.map(cause -> cutOff(stored, peers, cause));
      why.ifPresentOrElse(
          text -> LOG.warn("{}", text), () -> LOG.info("not behind the peers any more"));
      speaker.cutOff(why);
    }
  }

  private static String cutOff(
      Optional<Generation> stored, Optional<Generation> peers, String cause) {
    return CODE
        + " a peer has generation "
        + text(peers)
        + ", this node "
        + text(stored)
        + ", and the reconciler (--reconciler-url) cannot be asked: "
        + cause;
  }

  private static String text(Optional<Generation> generation) {
    return generation.map(Generation::toString).orElse("none");
  }

  @Override
  public void close() {
    thread.interrupt();
    client.close();
  }
}
