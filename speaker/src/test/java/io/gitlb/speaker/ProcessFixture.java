// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static io.gitlb.speaker.announce.DesiredStates.SELF;
import static io.gitlb.speaker.announce.DesiredStates.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.ProtocolCodec;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementState;
import io.gitlb.schema.protocol.SpeakerStatus.Layer2Status;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.PeerName;
import io.gitlb.speaker.SpeakerProcess.Start;
import io.gitlb.speaker.announce.DesiredStates;
import io.gitlb.speaker.announce.PeerDraft;
import io.gitlb.speaker.bfd.session.LivenessKeys;
import io.gitlb.speaker.cli.ShowCommand;
import io.gitlb.speaker.pcap.InterfaceType;
import io.gitlb.speaker.pcap.PcapSegments;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import picocli.CommandLine;

/// Whole speakers in this process, on a wire with one link, and who calls them; what they hold is
/// given back after each test.
final class ProcessFixture implements AfterEachCallback {

  static final Duration DEADLINE = Duration.ofSeconds(20);

  final FakeSegmentPort port = new FakeSegmentPort();

  /// How far the speaker's time of day is ahead of the machine's.
  volatile Duration ahead = Duration.ZERO;

  private final HttpLoops loops = HttpLoops.open(1);

  ProcessFixture() {
    port.link("eth0", 2, "02:00:5e:00:53:01", "192.0.2.0/24");
  }

  @Override
  public void afterEach(ExtensionContext context) {
    loops.close();
  }

  Instant timeOfDay() {
    return Instant.now().plus(ahead);
  }

  static Optional<Instant> told(SpeakerStatus status) {
    return status.announcements().stream()
        .filter(one -> one.state() == AnnouncementState.ANNOUNCED)
        .flatMap(one -> one.layer2().flatMap(Layer2Status::lastGratuitous).stream())
        .findFirst();
  }

  static PeerSettings router(int port) {
    return router("tor", "127.0.0.1", port);
  }

  static PeerSettings router(String name, String address, int port) {
    return PeerDraft.of(DesiredStates.peer(name, address))
        .port(port)
        .connectTime(Duration.ofSeconds(1))
        .settings();
  }

  static BgpRoute route(String prefix) {
    return route(prefix, "tor");
  }

  static BgpRoute route(String prefix, String peer) {
    return new BgpRoute(
        IpPrefix.of(prefix),
        OptionalLong.empty(),
        List.of(),
        new TreeSet<>(List.of(new PeerName(peer))));
  }

  /// Starts one whose state is in a directory; its time of day is [#ahead].
  SpeakerProcess start(Path directory) {
    return assertInstanceOf(
            Start.Running.class,
            SpeakerProcess.start(settings(directory, 0), port, this::timeOfDay))
        .speaker();
  }

  SpeakerSettings settings(Path directory, int listenPort) {
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

  void push(SpeakerProcess speaker, DesiredState state) {
    HttpAnswer answer =
        call(
            speaker.address(),
            HttpCall.put(
                "/v1/desired", "application/json", HttpBody.of(ProtocolCodec.encode(state))));
    assertEquals(200, answer.status(), answer.body().text());
  }

  SpeakerStatus await(SpeakerProcess speaker, Predicate<SpeakerStatus> condition) {
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

  SpeakerStatus status(SpeakerProcess speaker, HttpCall call) {
    return switch (ProtocolCodec.decodeStatus(call(speaker.address(), call).body().octets())) {
      case Decoded.Value<SpeakerStatus>(SpeakerStatus status) -> status;
      case Decoded.Malformed<SpeakerStatus>(String message) -> throw new AssertionError(message);
    };
  }

  HttpAnswer get(InetSocketAddress address, String path) {
    return call(address, HttpCall.get(path));
  }

  HttpAnswer call(InetSocketAddress address, HttpCall call) {
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

  static String show(SpeakerProcess speaker, String... arguments) {
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

  /// Whatever the time is.
  static void assertTable(String expected, String shown) {
    assertEquals(expected, shown.replaceAll("\\d\\d:\\d\\d:\\d\\d", "TIME"));
  }
}
