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

  private final NodeName node;
  private final HttpClient client;
  private final Speaker speaker;
  private final InstantSource clock;
  private final CatchUp catchUp = new CatchUp(new SplittableRandom());
  private final Thread thread;
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

    /// Told whenever it is something else.
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
    Optional<String> refused =
        switch (client.send(conditional, ANSWER)) {
          case HttpResult.Answered(HttpAnswer answer) -> judge(answer);
          case HttpResult.Unreachable unreachable -> Optional.of(unreachable.reason());
          case HttpResult.TimedOut(String reason) -> Optional.of(reason);
        };
    if (refused.isPresent()) {
      trouble = refused.get();
      catchUp.failed(clock.instant());
    } else {
      Optional<Generation> now = speaker.stored();
      if (!now.equals(stored)) {
        LOG.info("fetched {} from the reconciler; a peer had {}", text(now), text(peers));
      }
      catchUp.current(now, peers, clock.instant());
    }
  }

  /// @return why there is no telling what this node is to have
  private Optional<String> judge(HttpAnswer answer) {
    return switch (answer.status()) {
      case 200 -> speaker.take(answer.body().octets());
      case 304 -> Optional.empty();
      default ->
          Optional.of(
              "status "
                  + answer.status()
                  + ": "
                  + answer.body().text().lines().findFirst().orElse(""));
    };
  }

  private void tell(Optional<Generation> stored, Optional<Generation> peers) {
    Optional<String> why =
        catchUp.isCutOff(clock.instant())
            ? Optional.of(
                CODE
                    + " a peer has generation "
                    + text(peers)
                    + ", this node "
                    + text(stored)
                    + ", and the reconciler (--reconciler-url) cannot be asked: "
                    + trouble)
            : Optional.empty();
    if (!why.equals(told)) {
      why.ifPresentOrElse(
          text -> LOG.warn("{}", text), () -> LOG.info("not behind the peers any more"));
      speaker.cutOff(why);
      told = why;
    }
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
