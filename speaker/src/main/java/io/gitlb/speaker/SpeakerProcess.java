// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.http.HttpHandler;
import io.gitlb.schema.http.HttpLimits;
import io.gitlb.schema.http.HttpLoops;
import io.gitlb.schema.http.HttpServer;
import io.gitlb.schema.http.HttpServerSettings;
import io.gitlb.schema.http.HttpServerStart;
import io.gitlb.schema.http.PeerNames;
import io.gitlb.schema.http.ServerSecurity;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.speaker.l2.SegmentPort;
import io.gitlb.speaker.pcap.PcapSegments;
import io.gitlb.speaker.receive.ClaimsBoard;
import io.gitlb.speaker.receive.DesiredReceiver;
import io.gitlb.speaker.receive.HealthEndpoint;
import io.gitlb.speaker.receive.SpeakerEndpoint;
import io.gitlb.speaker.receive.StatusBoard;
import io.gitlb.speaker.store.DesiredStore;
import io.gitlb.speaker.watch.StateFetch;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running speaker: all its parts, joined.
///
///     reconciler ═HTTP═► SpeakerEndpoint ─► DesiredReceiver ─► DesiredStore (disk)
///                                                │
///                                                ▼
///                                            Announcer ─► Layer2 ─► wire
///                                                │      └► BgpSpeaker ─► routers
///     reconciler ◄═HTTP═ StatusBoard ◄───────────┘
public final class SpeakerProcess implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SpeakerProcess.class);

  /// Few calls come, and each is handed to a virtual thread.
  private static final int HTTP_THREADS = 1;

  private final HttpLoops loops;
  private final HttpServer api;
  private final HttpServer health;
  private final StatusBoard board;
  private final ClaimsBoard claims;
  private final Announcer announcer;
  private final DesiredReceiver receiver;
  private final Optional<StateFetch> fetch;
  private final CompletableFuture<String> failure;

  private SpeakerProcess(
      HttpLoops loops,
      HttpServer api,
      HttpServer health,
      StatusBoard board,
      ClaimsBoard claims,
      Announcer announcer,
      DesiredReceiver receiver,
      Optional<StateFetch> fetch,
      CompletableFuture<String> failure) {
    this.loops = loops;
    this.api = api;
    this.health = health;
    this.board = board;
    this.claims = claims;
    this.announcer = announcer;
    this.receiver = receiver;
    this.fetch = fetch;
    this.failure = failure;
  }

  /// What came of starting.
  public sealed interface Start {

    /// It announces what it had on disk and listens.
    record Running(SpeakerProcess speaker) implements Start {}

    /// It could not listen; nothing is left running.
    ///
    /// @param message for people, one line
    record Failed(String message) implements Start {}
  }

  /// Announces what is on disk, then listens: the wire does not wait for the API.
  public static Start start(SpeakerSettings settings) {
    return start(settings, new PcapSegments(settings.interfaceNames(), settings.interfaceTypes()));
  }

  static Start start(SpeakerSettings settings, SegmentPort port) {
    return start(settings, port, InstantSource.system());
  }

  /// @param timeOfDay may be set at any time
  static Start start(SpeakerSettings settings, SegmentPort port, InstantSource timeOfDay) {
    LOG.info(
        "speaker of node {}: state in {}, layer 2 on interfaces that match {} of the types {}",
        settings.node(),
        settings.stateDir(),
        settings.interfaceNames(),
        settings.interfaceTypes());
    DesiredStore store = new DesiredStore(settings.stateDir());
    // Beside the capture library and the sockets: an address waits for whichever takes longest.
    CompletableFuture<DesiredStore.Loaded> loaded =
        CompletableFuture.supplyAsync(
            store::load, task -> Thread.ofPlatform().name("load").daemon().start(task));
    String bootId = UUID.randomUUID().toString();
    StatusBoard board = new StatusBoard(settings.node(), bootId);
    ClaimsBoard claims = new ClaimsBoard(settings.node(), bootId);
    CompletableFuture<String> failure = new CompletableFuture<>();
    Announcer announcer =
        new Announcer(settings, port, timeOfDay, board, claims, failure::complete);
    DesiredReceiver receiver = new DesiredReceiver(settings.node(), store, board, announcer);
    receiver.start(loaded.join());
    HttpLoops loops = HttpLoops.open(HTTP_THREADS);
    HttpServerStart api =
        listen(
            loops,
            settings.listen(),
            settings.security(),
            SpeakerEndpoint.LIMITS,
            new SpeakerEndpoint(receiver, board, claims, announcer::probe));
    HttpServerStart health =
        listen(
            loops,
            settings.healthListen(),
            new ServerSecurity.Plaintext(),
            HealthEndpoint.LIMITS,
            new HealthEndpoint(
                board,
                () -> failure.isDone() ? Optional.of(failure.join()) : Optional.empty(),
                new ShowEndpoint(board, announcer::routes, timeOfDay)));
    if (api instanceof HttpServerStart.Listening(HttpServer apiServer)
        && health instanceof HttpServerStart.Listening(HttpServer healthServer)) {
      return new Start.Running(
          new SpeakerProcess(
              loops,
              apiServer,
              healthServer,
              board,
              claims,
              announcer,
              receiver,
              fetch(settings, loops, announcer, receiver),
              failure));
    }
    String message =
        Stream.of(refusal("--listen", api), refusal("--health-listen", health))
            .flatMap(Optional::stream)
            .collect(Collectors.joining("; "));
    stopListening(api);
    stopListening(health);
    receiver.close();
    announcer.close();
    loops.close();
    return new Start.Failed(message);
  }

  private static Optional<StateFetch> fetch(
      SpeakerSettings settings, HttpLoops loops, Announcer announcer, DesiredReceiver receiver) {
    return settings
        .reconciler()
        .map(
            url ->
                StateFetch.start(
                    settings.node(),
                    loops,
                    url,
                    PeerWatch.client(settings.security(), PeerNames.reconciler()),
                    new Fetching(announcer, receiver),
                    announcer.clock()));
  }

  private static HttpServerStart listen(
      HttpLoops loops,
      InetSocketAddress address,
      ServerSecurity security,
      HttpLimits limits,
      HttpHandler handler) {
    return HttpServer.start(loops, new HttpServerSettings(address, security, limits), handler);
  }

  private static Optional<String> refusal(String option, HttpServerStart start) {
    return switch (start) {
      case HttpServerStart.Listening _ -> Optional.empty();
      case HttpServerStart.Refused(String message) -> Optional.of(option + ": " + message);
    };
  }

  private static void stopListening(HttpServerStart start) {
    switch (start) {
      case HttpServerStart.Listening(HttpServer server) -> server.close();
      case HttpServerStart.Refused _ -> {}
    }
  }

  /// What is asked for goes where pushes go.
  private record Fetching(Announcer announcer, DesiredReceiver receiver)
      implements StateFetch.Speaker {

    @Override
    public Optional<Generation> stored() {
      return receiver.generation();
    }

    @Override
    public Optional<Generation> newestOfPeers() {
      return announcer.newestOfPeers();
    }

    @Override
    public Optional<String> take(byte[] json) {
      return receiver.take(json);
    }

    @Override
    public void confirmed() {
      receiver.confirm();
    }

    @Override
    public void cutOff(Optional<String> why) {
      announcer.cutOff(why);
    }
  }

  /// Where the API is listened on, with the port that was found.
  public InetSocketAddress address() {
    return api.address();
  }

  /// Where health is listened on, with the port that was found.
  public InetSocketAddress healthAddress() {
    return health.address();
  }

  /// Waits until a part that cannot be done without has ended, which no speaker gets over: it is to
  /// be closed and started again.
  ///
  /// @return what happened, for people, one line
  public String awaitFailure() throws InterruptedException {
    try {
      return failure.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("it is only ever completed with a message", e);
    }
  }

  /// Whether [#awaitFailure] has something to tell.
  public boolean hasFailed() {
    return failure.isDone();
  }

  /// Takes no more states, hands the links over, ends BGP as a restart does, then lets go of the
  /// callers. What is on disk stays.
  @Override
  public void close() {
    LOG.info(
        "stopping: addresses on links are handed over; peers with graceful restart keep the routes"
            + " for when this speaker is back, but for those that the state has leave, as it does on a"
            + " cordoned node: these are withdrawn");
    fetch.ifPresent(StateFetch::close);
    receiver.close();
    announcer.close();
    board.close();
    claims.close();
    api.close();
    health.close();
    loops.close();
    LOG.info("stopped");
  }
}
