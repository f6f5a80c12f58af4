// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.speaker.health.Gate;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class HealthPollsTest {

  private final BlockingQueue<SortedMap<Integer, Gate>> heard = new LinkedBlockingQueue<>();
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened.reversed()) {
      one.close();
    }
  }

  @Test
  void followsTheAnswersOnOneConnection() throws Exception {
    HealthServer server = opened(HealthServer.start());
    HealthPolls polls = polls();
    polls.apply(ports(server));
    await(server, Gate.OPEN);
    server.says(503);
    await(server, Gate.SHUT);
    server.says(200);
    await(server, Gate.OPEN);
    assertEquals(1, server.connections.get());
  }

  @Test
  void aProxyThatIsAwayIsSilentAndOpensTheGateWhenItIsBack() throws Exception {
    HealthServer server = opened(HealthServer.start());
    HealthPolls polls = polls();
    polls.apply(ports(server));
    await(server, Gate.OPEN);
    server.close();
    await(server, Gate.SILENT);
    HealthServer again =
        opened(new HealthServer(InetAddress.ofLiteral("127.0.0.1"), server.port()));
    await(again, Gate.OPEN);
  }

  @Test
  void aProxyThatTakesQuestionsAndSaysNothingIsSilent() throws Exception {
    HealthServer server = opened(HealthServer.start());
    HealthPolls polls = polls();
    polls.apply(ports(server));
    await(server, Gate.OPEN);
    server.mute = true;
    await(server, Gate.SILENT);
    server.mute = false;
    await(server, Gate.OPEN);
  }

  @Test
  void aServerThatClosesAfterEachAnswerIsAskedAnew() throws Exception {
    HealthServer server = opened(HealthServer.start());
    server.closing = true;
    HealthPolls polls = polls();
    polls.apply(ports(server));
    await(server, Gate.OPEN);
    while (server.questions.get() < 4) {
      Thread.onSpinWait();
    }
    assertTrue(heard.isEmpty(), heard::toString);
    server.says(503);
    await(server, Gate.SHUT);
  }

  @Test
  void aProxyOnTheNodesOwnAddressIsFoundWhenLoopbackRefuses() throws Exception {
    HealthServer server = opened(new HealthServer(InetAddress.ofLiteral("127.0.0.3"), 0));
    HealthPolls polls =
        opened(
            new HealthPolls(
                InstantSource.system(),
                () ->
                    List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("127.0.0.3")),
                heard::add));
    polls.apply(ports(server));
    await(server, Gate.OPEN);
    server.says(503);
    await(server, Gate.SHUT);
  }

  @Test
  void whatIsNotHttpSaysNothing() throws Exception {
    HealthServer server = opened(HealthServer.start());
    HealthPolls polls = polls();
    polls.apply(ports(server));
    await(server, Gate.OPEN);
    server.answer = "nonsense";
    await(server, Gate.SILENT);
    server.answer = "HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n";
    int before = server.questions.get();
    while (server.questions.get() < before + 3) {
      Thread.onSpinWait();
    }
    assertTrue(heard.isEmpty(), heard::toString);
  }

  @Test
  void manyPortsAreAllFollowed() throws Exception {
    List<HealthServer> servers = new ArrayList<>();
    TreeSet<Integer> ports = new TreeSet<>();
    for (int i = 0; i < 200; i++) {
      HealthServer server = opened(HealthServer.start());
      servers.add(server);
      ports.add(server.port());
    }
    HealthPolls polls = polls();
    polls.apply(ports);
    awaitAll(ports, Gate.OPEN);
    servers.forEach(server -> server.says(503));
    awaitAll(ports, Gate.SHUT);
    polls.apply(new TreeSet<>());
    assertEquals(Map.of(), heard.poll(5, TimeUnit.SECONDS));
  }

  private void awaitAll(SortedSet<Integer> ports, Gate gate) throws InterruptedException {
    SortedMap<Integer, Gate> last = heard.take();
    while (!last.keySet().equals(ports) || last.values().stream().anyMatch(one -> one != gate)) {
      last = heard.take();
    }
  }

  private void await(HealthServer server, Gate gate) throws InterruptedException {
    assertEquals(Map.of(server.port(), gate), heard.poll(5, TimeUnit.SECONDS));
  }

  private HealthPolls polls() {
    return opened(
        new HealthPolls(
            InstantSource.system(), () -> List.of(InetAddress.ofLiteral("127.0.0.1")), heard::add));
  }

  private static SortedSet<Integer> ports(HealthServer server) {
    return new TreeSet<>(List.of(server.port()));
  }

  private <T extends AutoCloseable> T opened(T one) {
    opened.add(one);
    return one;
  }
}
