// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.http.ClientSecurity;
import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.http.HttpLimits;
import io.gitlb.schema.http.HttpLoops;
import io.gitlb.schema.http.HttpServer;
import io.gitlb.schema.http.HttpServerSettings;
import io.gitlb.schema.http.HttpServerStart;
import io.gitlb.schema.http.ServerSecurity;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.ProtocolCodec;
import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.ownership.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Against a real server, with faults on demand.
final class ClaimsPollsTest {

  private static final NodeName PEER = new NodeName("node-b");

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final BlockingQueue<HttpCall> calls = new LinkedBlockingQueue<>();
  private final HttpLoops loops = HttpLoops.open(1);
  private final ClaimsPolls polls =
      new ClaimsPolls(loops, _ -> new ClientSecurity.Plaintext(), new Recorder());
  private volatile SpeakerClaims claims = claims(PEER, "boot-1", 1, 1);
  private volatile boolean mute;
  private volatile Runnable whenKnocked = () -> {};
  private final AtomicBoolean listenerIsBroken = new AtomicBoolean();
  private HttpServer server = listen(0);

  private final class Recorder implements ClaimsListener {
    @Override
    public void told(SpeakerClaims told) {
      if (listenerIsBroken.getAndSet(false)) {
        throw new IllegalStateException("made up");
      }
      heard.add("told " + told.bootId() + " " + told.sequence());
    }

    @Override
    public void channel(NodeName peer, Channel channel) {
      heard.add("channel " + channel);
    }
  }

  private static SpeakerClaims claims(NodeName node, String boot, long sequence, long generation) {
    return new SpeakerClaims(
        node,
        boot,
        sequence,
        Optional.of(new Generation(1, generation)),
        SpeakerClaims.Presence.PRESENT,
        List.of(),
        new TreeSet<>(),
        new TreeMap<>(),
        Optional.empty());
  }

  private static SpeakerClaims withKnown(SpeakerClaims one) {
    return new SpeakerClaims(
        one.node(),
        one.bootId(),
        one.sequence(),
        one.stored(),
        one.presence(),
        one.claims(),
        one.unable(),
        one.contacts(),
        Optional.of(new TreeSet<>()));
  }

  private HttpServer listen(int port) {
    HttpServerSettings settings =
        new HttpServerSettings(
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port),
            new ServerSecurity.Plaintext(),
            HttpLimits.DEFAULTS.withGrace(Duration.ofMillis(50)));
    return assertInstanceOf(
            HttpServerStart.Listening.class, HttpServer.start(loops, settings, this::answer))
        .server();
  }

  private HttpAnswer answer(HttpCall call) throws InterruptedException {
    calls.add(call);
    boolean knock = call.queryValue("known").isEmpty() && call.queryValue("after").isEmpty();
    if (knock) {
      whenKnocked.run();
    }
    while (mute && !knock) {
      Thread.sleep(10);
    }
    SpeakerClaims now = claims;
    if (call.queryValue("after").isPresent()) {
      for (int i = 0; i < 20 && now.equals(claims); i++) {
        Thread.sleep(10);
      }
      return HttpAnswer.json(200, ProtocolCodec.encode(claims));
    }
    boolean known = call.queryValue("known").isPresent();
    return HttpAnswer.json(200, ProtocolCodec.encode(known ? withKnown(now) : now));
  }

  private void follow() {
    polls.apply(new TreeSet<>(List.of(new WatchedPeer(PEER, "127.0.0.1", server.port()))));
  }

  private void expect(String... lines) throws InterruptedException {
    for (String line : lines) {
      assertEquals(line, heard.poll(20, TimeUnit.SECONDS));
    }
  }

  // The first connection of a cold process may take longer than one is given: it counts as silence.
  private void followUntilOpen() throws InterruptedException {
    follow();
    assertEquals("told boot-1 1", nextButSilence());
    expect("channel OPEN");
  }

  // The end of a connection, before nobody listens any more, may count as silence.
  private void awaitRefusal() throws InterruptedException {
    assertEquals("channel REFUSED", nextButSilence());
  }

  private @Nullable String nextButSilence() throws InterruptedException {
    String line = heard.poll(20, TimeUnit.SECONDS);
    return Objects.equals(line, "channel SILENT") ? heard.poll(20, TimeUnit.SECONDS) : line;
  }

  private HttpCall call() throws InterruptedException {
    return Objects.requireNonNull(calls.poll(20, TimeUnit.SECONDS), "no call");
  }

  @AfterEach
  void end() {
    mute = false;
    polls.close();
    server.close();
    loops.close();
  }

  @Test
  void changesAreToldOnceAndBeforeTheChannelCountsAsOpen() throws Exception {
    followUntilOpen();
    claims = claims(PEER, "boot-1", 2, 1);
    expect("told boot-1 2");
    claims = claims(PEER, "boot-1", 1, 1);
    Thread.sleep(300);
    claims = claims(PEER, "boot-2", 1, 1);
    expect("told boot-2 1");
  }

  @Test
  void aProcessThatIsGoneIsKnownAtOnceAndItsReturnSoon() throws Exception {
    followUntilOpen();
    int port = server.port();
    server.close();
    awaitRefusal();
    claims = claims(PEER, "boot-2", 1, 1);
    server = listen(port);
    expect("told boot-2 1", "channel OPEN");
  }

  @Test
  void aPeerThatSaysNothingIsSilent() throws Exception {
    followUntilOpen();
    mute = true;
    expect("channel SILENT");
    mute = false;
    expect("channel OPEN");
    claims = claims(PEER, "boot-1", 2, 1);
    expect("told boot-1 2");
  }

  @Test
  void whatADefectKeptFromBeingHeardIsToldAgain() throws Exception {
    listenerIsBroken.set(true);
    follow();
    expect("channel SILENT", "told boot-1 1", "channel OPEN");
  }

  @Test
  void anotherNodesClaimsAndNonsenseAreNoClaims() throws Exception {
    claims = claims(new NodeName("node-c"), "boot-1", 1, 1);
    follow();
    expect("channel SILENT");
    claims = claims(PEER, "boot-1", 1, 1);
    expect("told boot-1 1", "channel OPEN");
  }

  @Test
  void whatIsKnownIsAskedForAnewOnlyWhileItMatters() throws Exception {
    followUntilOpen();
    claims = claims(PEER, "boot-1", 2, 2);
    // Told by the long poll, then asked for whole.
    expect("told boot-1 2", "told boot-1 2");
    polls.askForKnown(false);
    claims = claims(PEER, "boot-1", 3, 3);
    expect("told boot-1 3");
    Thread.sleep(300);
    assertEquals(0, heard.size(), heard.toString());
    assertTrue(call().queryValue("known").isPresent());
  }

  /// From the first poll on the peer is asked now and then for a connection's sake alone.
  @Test
  void aDoubtThatComesWhileThePeerIsAskedForAnotherReasonIsNotLost() throws Exception {
    CountDownLatch lookedAt = new CountDownLatch(1);
    whenKnocked =
        () -> {
          whenKnocked = lookedAt::countDown;
          mute = true; // No poll, and so nothing for a connection's sake.
          polls.doubt(PEER);
        };
    follow();
    assertTrue(lookedAt.await(20, TimeUnit.SECONDS), "the doubt is lost");
  }

  @Test
  void whoIsNotWatchedAnyMoreIsLeftAlone() throws Exception {
    followUntilOpen();
    polls.apply(new TreeSet<>());
    claims = claims(PEER, "boot-1", 2, 1);
    Thread.sleep(500);
    assertEquals(0, heard.size(), heard.toString());
  }
}
