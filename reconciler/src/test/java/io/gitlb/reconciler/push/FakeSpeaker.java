// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.push;

import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.http.HttpLimits;
import io.gitlb.schema.http.HttpLoops;
import io.gitlb.schema.http.HttpMethod;
import io.gitlb.schema.http.HttpServer;
import io.gitlb.schema.http.HttpServerSettings;
import io.gitlb.schema.http.HttpServerStart;
import io.gitlb.schema.http.ServerSecurity;
import io.gitlb.schema.protocol.Decoded;
import io.gitlb.schema.protocol.DeltaDocument;
import io.gitlb.schema.protocol.DesiredDocument;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.ProbeRequest;
import io.gitlb.schema.protocol.ProtocolCodec;
import io.gitlb.schema.protocol.PushReply;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// A speaker as far as the protocol goes, on a real loopback socket, with knobs for what can go
/// wrong.
final class FakeSpeaker implements AutoCloseable {

  /// How it treats deltas.
  enum Deltas {
    TAKEN,
    /// As a version without them does.
    UNKNOWN,
    /// As one does that has kept enough of them.
    TOO_MANY
  }

  /// How it treats a push.
  enum Mood {
    WELL,
    /// Holds pushes back until the mood changes.
    SLOW,
    REFUSING,
    /// Answers what is no answer of our protocol.
    BABBLING
  }

  private final NodeName node;
  private final HttpLoops loops;
  private final Conditions conditions;
  private final String scheme;
  private final HttpServer server;

  // Below: guarded by this.
  private Mood mood = Mood.WELL;
  private Deltas deltas = Deltas.TAKEN;
  private Optional<DesiredState> stored = Optional.empty();
  private String digest = "";
  private final List<Generation> patches = new ArrayList<>();
  private final List<Generation> pushes = new ArrayList<>();
  private List<String> problems = List.of();
  private long sequence = 1;
  private HttpAnswer probeAnswer = HttpAnswer.text(404, "no such path");
  private List<SpeakerStatus.InterfaceStatus> interfaces = List.of();
  private int polls;

  private FakeSpeaker(
      NodeName node, HttpLoops loops, Conditions conditions, int port, ServerSecurity security) {
    this.node = node;
    this.loops = loops;
    this.conditions = conditions;
    scheme = security instanceof ServerSecurity.Plaintext ? "http" : "https";
    HttpServerSettings settings =
        new HttpServerSettings(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            security,
            HttpLimits.DEFAULTS.withGrace(Duration.ofMillis(20)));
    server =
        switch (HttpServer.start(loops, settings, this::handle)) {
          case HttpServerStart.Listening(HttpServer listening) -> listening;
          case HttpServerStart.Refused(String message) -> throw new AssertionError(message);
        };
  }

  static FakeSpeaker plain(NodeName node, HttpLoops loops, Conditions conditions) {
    return new FakeSpeaker(node, loops, conditions, 0, new ServerSecurity.Plaintext());
  }

  static FakeSpeaker secured(
      NodeName node, HttpLoops loops, Conditions conditions, ServerSecurity security) {
    return new FakeSpeaker(node, loops, conditions, 0, security);
  }

  /// Another run on the same port, with an empty disk. This one has to be closed.
  FakeSpeaker reborn() {
    return new FakeSpeaker(node, loops, conditions, server.port(), new ServerSecurity.Plaintext());
  }

  URI url() {
    return URI.create(scheme + "://127.0.0.1:" + server.port());
  }

  synchronized void become(Mood newMood) {
    mood = newMood;
    notifyAll();
  }

  synchronized void treat(Deltas how) {
    deltas = how;
  }

  synchronized void store(Optional<DesiredState> state) {
    digest = state.map(ProtocolCodec::digest).orElse("");
    stored = state;
    statusChanged();
  }

  synchronized void complain(String problem) {
    problems = List.of(problem);
    statusChanged();
  }

  synchronized Optional<Generation> storedGeneration() {
    return stored.map(DesiredState::generation);
  }

  synchronized Optional<DesiredState> stored() {
    return stored;
  }

  /// The generations of all deltas that came, in order.
  synchronized List<Generation> patches() {
    return List.copyOf(patches);
  }

  /// The generations of all whole states that came, in order.
  synchronized List<Generation> pushes() {
    return List.copyOf(pushes);
  }

  /// How often it was asked for its status.
  synchronized int polls() {
    return polls;
  }

  private void statusChanged() {
    sequence++;
    notifyAll();
    conditions.changed();
  }

  private HttpAnswer asked() {
    return stored()
        .map(state -> HttpAnswer.json(200, ProtocolCodec.encode(state)))
        .orElseGet(() -> HttpAnswer.text(404, "nothing is stored"));
  }

  private HttpAnswer handle(HttpCall call) throws InterruptedException {
    return switch (call.path()) {
      case "/v1/desired" ->
          call.method() == HttpMethod.GET
              ? asked()
              : call.method() == HttpMethod.PATCH ? patch(call) : push(call);
      case "/v1/status" -> status(call);
      case "/v1/probes" -> probe(call);
      default -> HttpAnswer.text(404, "no such path");
    };
  }

  /// What it answers to probes: a status and a body.
  synchronized void probes(HttpAnswer answer) {
    probeAnswer = answer;
  }

  /// It has a NIC that reaches the prefix.
  synchronized void onLink(String prefix) {
    interfaces =
        List.of(
            new SpeakerStatus.InterfaceStatus(
                "eth0",
                MacAddress.of("02:00:5e:00:53:0a"),
                Collections.emptySortedSet(),
                new TreeSet<>(Set.of(IpPrefix.of(prefix)))));
    statusChanged();
  }

  private synchronized HttpAnswer probe(HttpCall call) {
    if (call.method() != HttpMethod.POST
        || !(ProtocolCodec.decodeProbeRequest(call.body().octets())
            instanceof Decoded.Value<ProbeRequest>)) {
      throw new AssertionError("no probe request: " + call);
    }
    return probeAnswer;
  }

  private synchronized HttpAnswer push(HttpCall call) throws InterruptedException {
    DesiredState state =
        switch (ProtocolCodec.decodeDesired(call.body().octets())) {
          case Decoded.Value<DesiredDocument>(DesiredDocument document) -> document.state();
          case Decoded.Malformed<DesiredDocument>(String message) ->
              throw new AssertionError(message);
        };
    pushes.add(state.generation());
    conditions.changed();
    while (mood == Mood.SLOW) {
      wait();
    }
    return switch (mood) {
      case WELL, SLOW -> take(state);
      case REFUSING -> reply(400, new PushReply.Refused("the disk is full"));
      case BABBLING -> HttpAnswer.text(200, "hello");
    };
  }

  private synchronized HttpAnswer patch(HttpCall call) {
    DeltaDocument delta =
        switch (ProtocolCodec.decodeDelta(call.body().octets())) {
          case Decoded.Value<DeltaDocument>(DeltaDocument document) -> document;
          case Decoded.Malformed<DeltaDocument>(String message) ->
              throw new AssertionError(message);
        };
    patches.add(delta.delta().generation());
    conditions.changed();
    if (deltas == Deltas.UNKNOWN) {
      return HttpAnswer.text(405, "allowed are GET, PUT");
    }
    String base = call.header("if-match").orElse("").replace("\"", "");
    if (deltas == Deltas.TOO_MANY || !base.equals(digest) || !delta.delta().base().equals(base)) {
      return reply(412, new PushReply.Refused("the whole state is wanted"));
    }
    stored = Optional.of(delta.delta().applyTo(stored.orElseThrow()));
    digest = delta.digest();
    statusChanged();
    return reply(200, new PushReply.Stored(delta.delta().generation(), digest));
  }

  private HttpAnswer take(DesiredState state) {
    Optional<Generation> newest = storedGeneration();
    if (newest.filter(has -> has.compareTo(state.generation()) > 0).isPresent()) {
      return reply(409, new PushReply.Stale(newest.orElseThrow()));
    }
    stored = Optional.of(state);
    digest = ProtocolCodec.digest(state);
    statusChanged();
    return reply(200, new PushReply.Stored(state.generation(), digest));
  }

  private static HttpAnswer reply(int status, PushReply reply) {
    return HttpAnswer.json(status, ProtocolCodec.encode(reply));
  }

  private String bootId() {
    return "run-" + System.identityHashCode(this);
  }

  private synchronized HttpAnswer status(HttpCall call) throws InterruptedException {
    polls++;
    conditions.changed();
    long after = Long.parseLong(call.queryValue("after").orElseThrow());
    String wait = call.queryValue("wait").orElseThrow();
    long deadlineNanos =
        System.nanoTime()
            + Duration.ofSeconds(Long.parseLong(wait.substring(0, wait.length() - 1))).toNanos();
    boolean sameRun = call.queryValue("boot").filter(bootId()::equals).isPresent();
    while (after == sequence && sameRun) {
      long leftMillis = Duration.ofNanos(deadlineNanos - System.nanoTime()).toMillis();
      if (leftMillis <= 0) {
        break;
      }
      wait(leftMillis);
    }
    SpeakerStatus status =
        new SpeakerStatus(
            node,
            bootId(),
            sequence,
            storedGeneration(),
            storedGeneration(),
            List.of(),
            List.of(),
            interfaces,
            List.of(),
            Collections.emptySortedMap(),
            problems);
    return HttpAnswer.json(200, ProtocolCodec.encode(status));
  }

  @Override
  public void close() {
    server.close();
  }
}
