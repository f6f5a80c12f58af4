// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static io.gitlb.speaker.announce.DesiredStates.OTHER;
import static io.gitlb.speaker.announce.DesiredStates.SELF;
import static io.gitlb.speaker.announce.DesiredStates.layer2;
import static io.gitlb.speaker.announce.DesiredStates.routed;
import static io.gitlb.speaker.announce.DesiredStates.state;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gitlb.schema.http.ClientSecurity;
import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpBody;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.http.HttpClient;
import io.gitlb.schema.http.HttpClientSettings;
import io.gitlb.schema.http.HttpLoops;
import io.gitlb.schema.http.HttpResult;
import io.gitlb.schema.http.ServerSecurity;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.Decoded;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.PeerPassword;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.ProtocolCodec;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementState;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
import io.gitlb.schema.protocol.SpeakerStatus.Layer2Status;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.Password;
import io.gitlb.schema.value.PeerName;
import io.gitlb.speaker.FakeSegmentPort.FakeSegment;
import io.gitlb.speaker.SpeakerProcess.Start;
import io.gitlb.speaker.announce.Crossings;
import io.gitlb.speaker.bfd.session.LivenessKeys;
import io.gitlb.speaker.cli.ShowCommand;
import io.gitlb.speaker.l2.ArpPacket;
import io.gitlb.speaker.l2.EthernetFrame;
import io.gitlb.speaker.pcap.InterfaceType;
import io.gitlb.speaker.pcap.PcapSegments;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/// The whole speaker in this process: real HTTP and disk, a wire that the test holds.
final class SpeakerProcessTest {

  private static final String PLANTED = "pl4nted-s3cret";
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  @TempDir private Path directory;

  private final FakeSegmentPort port = new FakeSegmentPort();
  private final HttpLoops loops = HttpLoops.open(1);

  /// How far the speaker's time of day is ahead of the machine's.
  private volatile Duration ahead = Duration.ZERO;

  @BeforeEach
  void theNodeHasBeenUp() {
    new StartStamp(directory).write(Instant.now());
  }

  @BeforeEach
  void thereIsALink() {
    port.link("eth0", 2, "02:00:5e:00:53:01", "192.0.2.0/24");
  }

  @AfterEach
  void endTheLoops() {
    loops.close();
  }

  @Test
  void aPushedStateIsAnsweredToldAndReported() {
    try (SpeakerProcess speaker = start()) {
      push(speaker, state(1, List.of(), layer2("192.0.2.10", List.of(SELF))));
      SpeakerStatus status =
          await(speaker, one -> one.announcements().size() == 1 && one.applied().isPresent());
      assertEquals(AnnouncementState.ANNOUNCED, status.announcements().getFirst().state());
      assertEquals(List.of("eth0"), status.announcements().getFirst().interfaces());
      assertEquals("eth0", status.interfaces().getFirst().name());
      assertTrue(answers("192.0.2.10"));
      assertTrue(port.segment("eth0").sent.size() >= 2);
    }
  }

  @Test
  void aRestartedSpeakerAnnouncesFromDiskWithoutBeingTold() {
    try (SpeakerProcess speaker = start()) {
      push(speaker, state(1, List.of(), layer2("192.0.2.10", List.of(SELF))));
    }
    port.segments.clear();
    try (SpeakerProcess speaker = start()) {
      await(speaker, one -> one.announcements().size() == 1);
      assertTrue(answers("192.0.2.10"));
    }
  }

  @Test
  void afterAWeekAwayRoutersAreToldNothingBeforeTheReconcilerConfirmsIt()
      throws InterruptedException {
    try (FakeRouter router = new FakeRouter(0)) {
      DesiredState state =
          state(1, List.of(router(router.port())), routed("192.0.2.11", route("192.0.2.11/32")));
      try (SpeakerProcess speaker = start()) {
        push(speaker, state);
        await(speaker, one -> one.peers().stream().anyMatch(peer -> peer.prefixesSent() == 1));
      }
      router.told = false;
      ahead = Duration.ofDays(8);
      try (SpeakerProcess speaker = start()) {
        assertTellsNothing(speaker, router);
      }
      // Its short run proves nothing of the state.
      try (SpeakerProcess speaker = start()) {
        assertTellsNothing(speaker, router);

        push(speaker, state);
        await(speaker, one -> one.peers().stream().anyMatch(peer -> peer.prefixesSent() == 1));
        assertTrue(router.told);
      }
    }
  }

  @Test
  void aFirstStartTellsRoutersNothingWhileTheServiceProxyMayHaveNoRules() throws IOException {
    Files.delete(directory.resolve("ran"));
    try (FakeRouter router = new FakeRouter(0);
        SpeakerProcess speaker = start()) {
      push(
          speaker,
          state(1, List.of(router(router.port())), routed("192.0.2.11", route("192.0.2.11/32"))));
      SpeakerStatus status =
          await(
              speaker,
              one -> one.peers().stream().anyMatch(peer -> peer.state().equals("Established")));
      assertEquals(
          Optional.of("WaitingForServiceProxy"), status.announcements().getFirst().reason());
      assertTable(
          """
          PREFIX         LOCAL PREF  COMMUNITIES  PEERS  NOT TOLD
          192.0.2.11/32  -           -            -      tor (WaitingForServiceProxy)
          """,
          show(speaker, "routes"));
      assertFalse(router.told);
    }
  }

  private void assertTellsNothing(SpeakerProcess speaker, FakeRouter router)
      throws InterruptedException {
    SpeakerStatus status =
        await(
            speaker,
            one ->
                one.peers().stream().anyMatch(peer -> peer.state().equals("Established"))
                    && one.announcements().size() == 1);
    assertEquals(Optional.of("StateTooOld"), status.announcements().getFirst().reason());
    assertTrue(status.problems().stream().anyMatch(one -> one.contains("GLB6019")));
    Thread.sleep(1_500);
    assertFalse(router.told);
  }

  /// Somebody sets the clock of a holder: intervals go by another one.
  @Test
  void theTimeOfDayMayBeSetWhileAnAddressIsHeld() throws InterruptedException {
    try (SpeakerProcess speaker = start()) {
      push(speaker, state(1, List.of(), layer2("192.0.2.10", List.of(SELF))));
      AnnouncementStatus before =
          await(speaker, one -> told(one).isPresent()).announcements().getFirst();
      for (Duration step : List.of(Duration.ofHours(-2), Duration.ofSeconds(90))) {
        ahead = ahead.plus(step);
        // Some ticks, and more than one look at the interfaces.
        for (int i = 0; i < 60; i++) {
          awaitAnswer("192.0.2.10");
          Thread.sleep(20);
        }
        SpeakerStatus status = status(speaker, HttpCall.get("/v1/status"));
        AnnouncementStatus after = status.announcements().getFirst();
        assertEquals(before.state(), after.state(), () -> "a step of " + step);
        assertEquals(before.since(), after.since(), () -> "a step of " + step);
        assertEquals(turn(before), turn(after), () -> "a step of " + step);
        assertEquals(List.of(), status.problems());
      }
      // What begins now begins by the clock that was set.
      push(speaker, state(2, List.of(), layer2("192.0.2.11", List.of(SELF))));
      SpeakerStatus status =
          await(
              speaker,
              one ->
                  told(one).isPresent()
                      && one.announcements().getFirst().address().toString().endsWith(".11"));
      assertNow(status.announcements().getFirst().since());
      assertNow(told(status).orElseThrow());
    }
  }

  private static Optional<Instant> told(SpeakerStatus status) {
    return status.announcements().stream()
        .filter(one -> one.state() == AnnouncementState.ANNOUNCED)
        .flatMap(one -> one.layer2().flatMap(Layer2Status::lastGratuitous).stream())
        .findFirst();
  }

  private static long turn(AnnouncementStatus status) {
    return status.layer2().orElseThrow().turn();
  }

  private void assertNow(Instant moment) {
    Duration off = Duration.between(moment, timeOfDay()).abs();
    assertTrue(off.compareTo(DEADLINE) < 0, () -> off + " off");
  }

  private Instant timeOfDay() {
    return Instant.now().plus(ahead);
  }

  @Test
  void aStateWithoutTheAddressWithdrawsIt() {
    try (SpeakerProcess speaker = start()) {
      push(speaker, state(1, List.of(), layer2("192.0.2.10", List.of(SELF))));
      await(speaker, one -> one.announcements().size() == 1);
      push(speaker, state(2, List.of()));
      await(speaker, one -> one.announcements().isEmpty());
      assertEquals(false, answers("192.0.2.10"));
    }
  }

  @Test
  void theOtherNodesAddressIsLeftToIt() {
    try (SpeakerProcess speaker = start()) {
      push(speaker, state(1, List.of(), layer2("192.0.2.10", List.of(OTHER))));
      SpeakerStatus status = await(speaker, one -> one.announcements().size() == 1);
      assertEquals(AnnouncementState.STANDBY, status.announcements().getFirst().state());
      assertEquals(false, answers("192.0.2.10"));
    }
  }

  @Test
  void whereNothingCanBeCapturedTheSpeakerRunsAndSaysWhy() {
    port.refusal = Optional.of("Operation not permitted");
    try (SpeakerProcess speaker = start()) {
      push(speaker, state(1, List.of(), layer2("192.0.2.10", List.of(SELF))));
      SpeakerStatus status =
          await(speaker, one -> one.announcements().size() == 1 && !one.problems().isEmpty());
      assertEquals(AnnouncementState.NOT_ANNOUNCED, status.announcements().getFirst().state());
      assertEquals(Optional.of("NoCapture"), status.announcements().getFirst().reason());
      assertEquals(
          List.of("capture: not possible on {eth0=Operation not permitted}"), status.problems());
      assertTrue(
          show(speaker, "bgp")
              .endsWith("\n\nPROBLEMS\ncapture: not possible on {eth0=Operation not permitted}\n"));
    }
  }

  @Test
  void atTheEndNothingIsAnswered() {
    FakeSegment eth0;
    try (SpeakerProcess speaker = start()) {
      push(speaker, state(1, List.of(), layer2("192.0.2.10", List.of(SELF))));
      await(speaker, one -> one.announcements().size() == 1);
      eth0 = port.segment("eth0");
    }
    assertTrue(eth0.closed);
    assertEquals(false, eth0.answers(request("192.0.2.10")));
  }

  @Test
  void aPortThatIsTakenIsToldAndNothingIsLeftRunning() {
    try (SpeakerProcess first = start()) {
      SpeakerSettings second = settings(first.address().getPort());
      String message =
          assertInstanceOf(Start.Failed.class, SpeakerProcess.start(second, port)).message();
      assertTrue(message.startsWith("--listen: cannot listen on "), message);
    }
  }

  @Test
  void healthAndReadinessAreServed() {
    try (SpeakerProcess speaker = start()) {
      assertEquals(200, get(speaker.healthAddress(), "/healthz").status());
      await(speaker, one -> one.stored().equals(one.applied()));
      assertEquals(200, get(speaker.healthAddress(), "/readyz").status());
    }
  }

  @Test
  void anErrorThatEndsTheOwnerOfLayer2ShowsInHealthAndFencesEveryAnswer() throws Exception {
    try (SpeakerProcess speaker = start()) {
      push(speaker, state(1, List.of(), layer2("192.0.2.10", List.of(SELF))));
      await(speaker, one -> one.announcements().size() == 1);
      assertEquals(false, speaker.hasFailed());
      port.fault = Optional.of(new OutOfMemoryError("made up"));
      assertEquals(
          "layer 2 has ended: java.lang.OutOfMemoryError: made up", speaker.awaitFailure());
      assertEquals(503, get(speaker.healthAddress(), "/healthz").status());
      Thread.sleep(Fence.LEASE.plusMillis(1));
      assertEquals(false, answers("192.0.2.10"));
    }
  }

  @Test
  void anAddressThatGoesToBgpIsAnsweredUntilARouterHasItAndComesBackWithoutAGap()
      throws InterruptedException {
    int bgp = FakeRouter.freePort();
    List<PeerSettings> peers = List.of(router(bgp));
    try (SpeakerProcess speaker = start()) {
      push(speaker, state(1, List.of(), layer2("192.0.2.10", List.of(SELF))));
      await(speaker, one -> one.announcements().size() == 1);
      push(speaker, state(2, peers, routed("192.0.2.10", route("192.0.2.10/32"))));
      Thread.sleep(Crossings.LINGER.plusMillis(500));
      awaitAnswer("192.0.2.10");

      try (FakeRouter router = new FakeRouter(bgp)) {
        await(speaker, one -> one.announcements().getFirst().interfaces().isEmpty());
        assertTrue(router.told);
        assertEquals(false, answers("192.0.2.10"));

        push(speaker, state(3, List.of(), layer2("192.0.2.10", List.of(SELF))));
        awaitAnswer("192.0.2.10");
        assertEquals(false, router.ended);
        await(speaker, one -> one.peers().isEmpty());
        awaitAnswer("192.0.2.10");
      }
    }
  }

  @Test
  void whatItDoesIsShownInTables() {
    try (SpeakerProcess speaker = start();
        FakeRouter router = new FakeRouter(0)) {
      push(
          speaker,
          state(
              1,
              List.of(router(router.port())),
              layer2("192.0.2.10", List.of(SELF)),
              routed("192.0.2.11", route("192.0.2.11/32"))));
      await(
          speaker,
          one ->
              one.peers().stream().anyMatch(peer -> peer.prefixesSent() == 1)
                  && one.announcements().size() == 2
                  && one.announcements().stream()
                      .allMatch(address -> address.state() == AnnouncementState.ANNOUNCED)
                  && told(one).isPresent());
      assertTable(
          """
          PEER  NEIGHBOUR  AS     LOCAL AS  STATE        SINCE     HOLD  PREFIXES  MSGS IN  MSGS OUT  FLAPS  LAST ERROR
          tor   127.0.0.1  64513  64512     Established  TIME  90s   1         2        3         0      -
          """,
          show(speaker, "bgp"));
      assertTable(
          """
          PREFIX         LOCAL PREF  COMMUNITIES  PEERS  NOT TOLD
          192.0.2.11/32  -           -            tor    -
          """,
          show(speaker, "routes"));
      assertTable(
          """
          ADDRESS     OWNER   STATE      SINCE     INTERFACES  LAST GRATUITOUS  CONFLICT
          192.0.2.10  node-a  announced  TIME  eth0        TIME ago     -
          """,
          show(speaker, "l2"));
      assertTable("node node-a has no BFD session\n", show(speaker, "bfd"));
      assertTrue(show(speaker, "bgp", "-o", "json").contains("\"peerAsn\":64513"));
      assertTrue(
          show(speaker, "routes", "-o", "json")
              .endsWith("\"routes\":[{\"prefix\":\"192.0.2.11/32\",\"peers\":[\"tor\"]}]}\n"));
    }
  }

  /// It is on the disk, for nobody but us, and nowhere else: no answer, no metric, no table, no
  /// line of the log has it, in any spelling.
  @Test
  void thePasswordOfAPeerIsToldToNobody() throws IOException {
    PeerSettings known = router(FakeRouter.freePort());
    PeerSettings unknown = router("leaf", "192.0.2.77", 179);
    DesiredState desired =
        state(
            1,
            List.of(
                signed(known, new PeerPassword.Given(Password.of(PLANTED.getBytes(US_ASCII)))),
                signed(unknown, new PeerPassword.Missing("there is no Secret leaf"))),
            routed("192.0.2.11", route("192.0.2.11/32", "leaf")));
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Logger ours = (Logger) LoggerFactory.getLogger("io.gitlb");
    logged.start();
    root.addAppender(logged);
    ours.setLevel(Level.TRACE);
    List<String> told = new ArrayList<>();
    try (SpeakerProcess speaker = start()) {
      push(speaker, desired);
      SpeakerStatus status =
          await(speaker, one -> one.peers().size() == 2 && one.announcements().size() == 1);
      assertEquals(
          Optional.of("not dialled: there is no Secret leaf"),
          status.peers().getFirst().lastError());
      assertEquals(Optional.of("PeerNotDialled"), status.announcements().getFirst().reason());
      told.add(status.toString());
      told.add(desired.toString());
      for (String path : List.of("/v1/desired", "/v1/status", "/v1/claims")) {
        told.add(get(speaker.address(), path).body().text());
      }
      for (String path : List.of("/healthz", "/readyz", "/metrics")) {
        told.add(get(speaker.healthAddress(), path).body().text());
      }
      for (String what : List.of("bgp", "bfd", "routes", "l2")) {
        told.add(show(speaker, what));
        told.add(show(speaker, what, "-o", "json"));
      }
    } finally {
      root.detachAppender(logged);
      ours.setLevel(null);
    }
    logged.list.forEach(event -> told.add(event.getFormattedMessage()));
    String base64 = Base64.getEncoder().encodeToString(PLANTED.getBytes(US_ASCII));
    for (String text : told) {
      assertFalse(text.contains(PLANTED) || text.contains(base64), text);
    }
    Path file = directory.resolve("desired.json");
    assertTrue(Files.readString(file).contains(base64));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  private static PeerSettings signed(PeerSettings peer, PeerPassword password) {
    return peer.withExtras(peer.extras().withPassword(password));
  }

  @Test
  void aSpeakerThatDoesNotRunCannotBeAsked() {
    StringWriter err = new StringWriter();
    int exit =
        new CommandLine(new ShowCommand())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setErr(new PrintWriter(err, true))
            .execute("bgp", "--health-listen", "127.0.0.1:" + FakeRouter.freePort());
    assertEquals(1, exit);
    assertTrue(err.toString().startsWith("gitlb: speaker show failed: "), err.toString());
  }

  private static void assertTable(String expected, String shown) {
    assertEquals(expected, shown.replaceAll("\\d\\d:\\d\\d:\\d\\d", "TIME"));
  }

  private static String show(SpeakerProcess speaker, String... arguments) {
    StringWriter out = new StringWriter();
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--health-listen", "127.0.0.1:" + speaker.healthAddress().getPort()));
    int exit =
        new CommandLine(new ShowCommand())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setOut(new PrintWriter(out, true))
            .execute(all.toArray(String[]::new));
    assertEquals(0, exit);
    return out.toString();
  }

  private static PeerSettings router(int port) {
    return router("tor", "127.0.0.1", port);
  }

  private static PeerSettings router(String name, String address, int port) {
    return new PeerSettings(
        new PeerName(name),
        new Asn(64_512),
        new Asn(64_513),
        IpAddress.of(address),
        port,
        Duration.ofSeconds(90),
        Optional.empty(),
        Optional.of(Duration.ofSeconds(1)),
        Optional.empty(),
        Optional.empty(),
        Hops.SINGLE);
  }

  private static BgpRoute route(String prefix) {
    return route(prefix, "tor");
  }

  private static BgpRoute route(String prefix, String peer) {
    return new BgpRoute(
        IpPrefix.of(prefix),
        OptionalLong.empty(),
        List.of(),
        new TreeSet<>(List.of(new PeerName(peer))));
  }

  private SpeakerProcess start() {
    return assertInstanceOf(
            Start.Running.class, SpeakerProcess.start(settings(0), port, this::timeOfDay))
        .speaker();
  }

  private SpeakerSettings settings(int listenPort) {
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    return new SpeakerSettings(
        SELF,
        directory,
        new InetSocketAddress(loopback, listenPort),
        new InetSocketAddress(loopback, 0),
        Pattern.compile(PcapSegments.DEFAULT_INTERFACE_REGEX),
        EnumSet.allOf(InterfaceType.class),
        new ServerSecurity.Plaintext(),
        Optional.empty(),
        LivenessKeys.none(),
        Duration.ofDays(7));
  }

  /// The fence is shut for a moment when the machine stalls.
  private void awaitAnswer(String address) {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (!answers(address)) {
      assertTrue(System.nanoTime() < deadline, "nobody answers for " + address);
      Thread.onSpinWait();
    }
  }

  private boolean answers(String address) {
    return port.segment("eth0").answers(request(address));
  }

  private void push(SpeakerProcess speaker, DesiredState state) {
    HttpAnswer answer =
        call(
            speaker.address(),
            HttpCall.put(
                "/v1/desired", "application/json", HttpBody.of(ProtocolCodec.encode(state))));
    assertEquals(200, answer.status(), answer.body().text());
  }

  private SpeakerStatus await(SpeakerProcess speaker, Predicate<SpeakerStatus> condition) {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    SpeakerStatus status = status(speaker, HttpCall.get("/v1/status"));
    while (!condition.test(status)) {
      assertTrue(System.nanoTime() < deadline, "not in time: " + status);
      status =
          status(
              speaker,
              HttpCall.get("/v1/status")
                  .withQuery("after", Long.toString(status.sequence()))
                  .withQuery("wait", "1s"));
    }
    return status;
  }

  private SpeakerStatus status(SpeakerProcess speaker, HttpCall call) {
    return switch (ProtocolCodec.decodeStatus(call(speaker.address(), call).body().octets())) {
      case Decoded.Value<SpeakerStatus>(SpeakerStatus status) -> status;
      case Decoded.Malformed<SpeakerStatus>(String message) -> throw new AssertionError(message);
    };
  }

  private HttpAnswer get(InetSocketAddress address, String path) {
    return call(address, HttpCall.get(path));
  }

  private HttpAnswer call(InetSocketAddress address, HttpCall call) {
    try (HttpClient client =
        HttpClient.create(
            loops,
            HttpClientSettings.of(
                "127.0.0.1", address.getPort(), new ClientSecurity.Plaintext()))) {
      return switch (client.send(call, DEADLINE)) {
        case HttpResult.Answered(HttpAnswer answer) -> answer;
        case HttpResult.Unreachable(String reason, var _) -> throw new AssertionError(reason);
        case HttpResult.TimedOut(String reason) -> throw new AssertionError(reason);
      };
    }
  }

  private static EthernetFrame request(String about) {
    MacAddress asker = MacAddress.of("02:00:5e:00:53:aa");
    return new EthernetFrame(
        MacAddress.BROADCAST,
        asker,
        new ArpPacket(
            ArpPacket.Operation.REQUEST,
            asker,
            new Ipv4(0xC000_024D),
            new MacAddress(0),
            new Ipv4(IpAddress.of(about).toNumber().intValue())));
  }
}
