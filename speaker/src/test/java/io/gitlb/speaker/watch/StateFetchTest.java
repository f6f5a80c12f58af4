// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.http.ClientSecurity;
import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpLimits;
import io.gitlb.schema.http.HttpLoops;
import io.gitlb.schema.http.HttpServer;
import io.gitlb.schema.http.HttpServerSettings;
import io.gitlb.schema.http.HttpServerStart;
import io.gitlb.schema.http.ServerSecurity;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.value.NodeName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Asks a reconciler that answers as it is told; its clock is the test's.
@Timeout(60)
final class StateFetchTest {

  private static final HttpAnswer REFUSED = HttpAnswer.text(500, "out of order");

  private final AtomicReference<HttpAnswer> answer = new AtomicReference<>(REFUSED);
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final AtomicInteger questions = new AtomicInteger();
  private final Node node = new Node();
  private final HttpLoops loops = HttpLoops.open(1);
  private HttpServer server;
  private StateFetch fetch;

  /// Has generation 1.1; each look at its peers finds them one further.
  private static final class Node implements StateFetch.Speaker {

    private final AtomicLong looks = new AtomicLong();
    private final AtomicInteger confirmed = new AtomicInteger();
    private final List<Optional<String>> cuts = new CopyOnWriteArrayList<>();

    @Override
    public Optional<Generation> stored() {
      return Optional.of(new Generation(1, 1));
    }

    @Override
    public Optional<Generation> newestOfPeers() {
      return Optional.of(new Generation(1, 1 + looks.incrementAndGet()));
    }

    @Override
    public Optional<String> take(byte[] json) {
      return Optional.empty();
    }

    @Override
    public void confirmed() {
      confirmed.incrementAndGet();
    }

    @Override
    public void cutOff(Optional<String> why) {
      cuts.add(why);
    }
  }

  @BeforeEach
  void start() {
    server =
        assertInstanceOf(
                HttpServerStart.Listening.class,
                HttpServer.start(
                    loops,
                    new HttpServerSettings(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        new ServerSecurity.Plaintext(),
                        HttpLimits.DEFAULTS),
                    _ -> {
                      questions.incrementAndGet();
                      return Objects.requireNonNull(answer.get());
                    }))
            .server();
    fetch =
        StateFetch.start(
            new NodeName("node-a"),
            loops,
            URI.create("http://127.0.0.1:" + server.port()),
            new ClientSecurity.Plaintext(),
            node,
            now::get);
  }

  @AfterEach
  void close() {
    fetch.close();
    server.close();
    loops.close();
  }

  /// Lets it look as often at moments that are five seconds apart.
  private void looks(int times) throws InterruptedException {
    for (int i = 0; i < times; i++) {
      long before = node.looks.get();
      while (node.looks.get() == before) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
      now.updateAndGet(instant -> instant.plus(Duration.ofSeconds(5)));
    }
  }

  @Test
  void aCutIsToldOfOnceUntilItsReasonIsAnotherOrItEnds() throws InterruptedException {
    looks(8);
    assertEquals(1, node.cuts.size(), () -> node.cuts.toString());
    String why = node.cuts.getFirst().orElseThrow();
    assertTrue(why.startsWith(StateFetch.CODE) && why.endsWith("500: out of order"), why);
    answer.set(HttpAnswer.text(500, "still out of order"));
    looks(4);
    assertEquals(2, node.cuts.size(), () -> node.cuts.toString());
    assertEquals(0, node.confirmed.get());
    answer.set(HttpAnswer.empty(304));
    looks(4);
    assertTrue(node.confirmed.get() > 0, "the reconciler has nothing newer");
    assertEquals(3, node.cuts.size(), () -> node.cuts.toString());
    assertEquals(Optional.empty(), node.cuts.getLast());
  }

  @Test
  void whoIsAskedToComeAgainDoesAndIsNotCutOff() throws InterruptedException {
    answer.set(HttpAnswer.text(503, "busy").withHeader("retry-after", "3"));
    looks(10);
    assertTrue(questions.get() >= 3, () -> questions + " questions");
    assertEquals(List.of(), node.cuts);
    answer.set(HttpAnswer.text(503, "nothing is decided yet"));
    looks(5);
    assertEquals(1, node.cuts.size(), () -> node.cuts.toString());
  }
}
