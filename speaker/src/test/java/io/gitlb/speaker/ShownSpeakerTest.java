// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static io.gitlb.speaker.ProcessFixture.assertTable;
import static io.gitlb.speaker.ProcessFixture.route;
import static io.gitlb.speaker.ProcessFixture.router;
import static io.gitlb.speaker.ProcessFixture.show;
import static io.gitlb.speaker.ProcessFixture.told;
import static io.gitlb.speaker.announce.DesiredStates.SELF;
import static io.gitlb.speaker.announce.DesiredStates.layer2;
import static io.gitlb.speaker.announce.DesiredStates.routed;
import static io.gitlb.speaker.announce.DesiredStates.state;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.PeerPassword;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementState;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Password;
import io.gitlb.speaker.cli.ShowCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/// What a speaker tells people of itself, and what it keeps to itself.
final class ShownSpeakerTest {

  private static final String PLANTED = "pl4nted-s3cret";

  @RegisterExtension final ProcessFixture fixture = new ProcessFixture();

  @TempDir private Path directory;

  @BeforeEach
  void theNodeHasBeenUp() {
    new StartStamp(directory).write(Instant.now());
  }

  @Test
  void whatItDoesIsShownInTables() {
    try (SpeakerProcess speaker = fixture.start(directory);
        FakeRouter router = new FakeRouter(0)) {
      fixture.push(
          speaker,
          state(
              1,
              List.of(router(router.port())),
              layer2("192.0.2.10", List.of(SELF)),
              routed("192.0.2.11", route("192.0.2.11/32"))));
      fixture.await(
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

  /// Nobody listens at the health port, so nobody says whether there is an endpoint here.
  @Test
  void aSessionWithoutEndOfRibSaysWhatItWaitsForUntilItIsTold() {
    Announcement free = routed("192.0.2.11", route("192.0.2.11/32"));
    Announcement gated =
        new Announcement(
            IpAddress.of("192.0.2.12"),
            free.owner(),
            free.record(),
            Optional.empty(),
            List.of(route("192.0.2.12/32")),
            OptionalInt.of(FakeRouter.freePort()));
    try (SpeakerProcess speaker = fixture.start(directory);
        FakeRouter router = new FakeRouter(0)) {
      List<PeerSettings> peers = List.of(router(router.port()));
      fixture.push(speaker, state(1, peers, free, gated));
      fixture.await(speaker, one -> isWaitingFor(one, Optional.of("NoHealthAnswer")));
      String table = show(speaker, "bgp");
      assertTrue(table.endsWith("NO END-OF-RIB YET\ntor: NoHealthAnswer\n"), table);
      assertTrue(
          show(speaker, "bgp", "-o", "json")
              .contains("\"initialUpdateWaitsFor\":\"NoHealthAnswer\""));
      assertTrue(
          fixture
              .get(speaker.healthAddress(), "/metrics")
              .body()
              .text()
              .contains("bgp_initial_update_waits{peer=\"tor\",reason=\"NoHealthAnswer\"} 1"));

      fixture.push(speaker, state(2, peers, free));
      fixture.await(speaker, one -> isWaitingFor(one, Optional.empty()));
      assertFalse(show(speaker, "bgp").contains("END-OF-RIB"));
    }
  }

  /// Of the only session, and of a moment in which it is up.
  private static boolean isWaitingFor(SpeakerStatus status, Optional<String> what) {
    return status.peers().stream()
        .filter(peer -> peer.state().equals("Established"))
        .anyMatch(peer -> peer.session().waitingFor().equals(what));
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
    try (SpeakerProcess speaker = fixture.start(directory)) {
      fixture.push(speaker, desired);
      SpeakerStatus status =
          fixture.await(speaker, one -> one.peers().size() == 2 && one.announcements().size() == 1);
      assertEquals(
          Optional.of("not dialled: there is no Secret leaf"),
          status.peers().getFirst().lastError());
      assertEquals(Optional.of("PeerNotDialled"), status.announcements().getFirst().reason());
      told.add(status.toString());
      told.add(desired.toString());
      for (String path : List.of("/v1/desired", "/v1/status", "/v1/claims")) {
        told.add(fixture.get(speaker.address(), path).body().text());
      }
      for (String path : List.of("/healthz", "/readyz", "/metrics")) {
        told.add(fixture.get(speaker.healthAddress(), path).body().text());
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
}
