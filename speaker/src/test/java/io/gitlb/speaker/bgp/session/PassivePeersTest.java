// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Password;
import io.gitlb.speaker.bgp.Failure;
import io.gitlb.speaker.bgp.State;
import io.gitlb.speaker.bgp.Transport;
import io.gitlb.speaker.bgp.Transport.Initiative;
import io.gitlb.speaker.bgp.session.ScriptedPeer.Conversation;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Several peers that may call one node: each call is for the one that it is meant for.
class PassivePeersTest {

  @RegisterExtension final SpeakerFixture fixture = new SpeakerFixture();

  private final ScriptedPeer caller = fixture.listen();

  @BeforeEach
  void begin() {
    assumeTrue(Epoll.isAvailable());
  }

  /// Whichever begins to listen first.
  @ParameterizedTest
  @CsvSource({"true", "false"})
  void peersWithAndWithoutASourceAddressShareAPort(boolean plainFirst) throws IOException {
    int port = SpeakerFixture.freePort();
    Transport sourced = sourced("127.0.0.4", "127.0.0.2", port);
    if (plainFirst) {
      add("plain", SpeakerFixture.passive("127.0.0.3", port));
      establish("plain", "127.0.0.3", "127.0.0.1", port);
      add("sourced", sourced);
      establish("sourced", "127.0.0.4", "127.0.0.2", port);
    } else {
      add("sourced", sourced);
      establish("sourced", "127.0.0.4", "127.0.0.2", port);
      add("plain", SpeakerFixture.passive("127.0.0.3", port));
      establish("plain", "127.0.0.3", "127.0.0.1", port);
    }
  }

  @Test
  void aPeerThatCallsAnotherAddressThanItsSessionsIsNotTaken() throws IOException {
    int port = SpeakerFixture.freePort();
    add("plain", SpeakerFixture.passive("127.0.0.3", port));
    add("sourced", sourced("127.0.0.4", "127.0.0.2", port));

    try (Conversation astray = caller.call("127.0.0.4", "127.0.0.1", port)) {
      assertTrue(astray.isClosedByPeer());
    }
    establish("sourced", "127.0.0.4", "127.0.0.2", port);
  }

  @Test
  void thePortTellsPeersAtOneAddressApart() throws IOException {
    int first = SpeakerFixture.freePort();
    add("first", SpeakerFixture.passive("127.0.0.3", first));
    int second = SpeakerFixture.freePort();
    add("second", SpeakerFixture.passive("127.0.0.3", second));

    establish("first", "127.0.0.3", "127.0.0.1", first);
    assertEquals(State.ACTIVE, fixture.status("second").state());
    establish("second", "127.0.0.3", "127.0.0.1", second);
  }

  /// The interface stands for a VRF: a host with the router's address may be in the default one.
  @Test
  void aCallInTheDefaultVrfIsForNoPeerInAnother() throws IOException {
    int port = SpeakerFixture.freePort();
    add("door", SpeakerFixture.passive("127.0.0.9", port));
    int other = SpeakerFixture.freePort();
    add("there", SpeakerFixture.passive("127.0.0.3", other).withDevice("lo"));

    try (Conversation astray = caller.call("127.0.0.3", "127.0.0.1", port)) {
      assertTrue(astray.isClosedByPeer());
    }
    establish("there", "127.0.0.3", "127.0.0.1", other);
  }

  /// Two sessions with one router, each between addresses of its own.
  @Test
  void theAddressThatIsCalledTellsPeersAtOneAddressApart() throws IOException {
    int port = SpeakerFixture.freePort();
    add("anywhere", SpeakerFixture.passive("127.0.0.4", port));
    add("second", sourced("127.0.0.4", "127.0.0.2", port));
    add("third", sourced("127.0.0.4", "127.0.0.3", port));

    establish("third", "127.0.0.4", "127.0.0.3", port);
    establish("second", "127.0.0.4", "127.0.0.2", port);
    establish("anywhere", "127.0.0.4", "127.0.0.1", port);
  }

  /// A listener asks the callers of one address for one key, whichever of ours they call.
  @Test
  void aCallThatIsNotSignedIsForNoPeerWithAPassword() throws IOException {
    int port = SpeakerFixture.freePort();
    add("door", SpeakerFixture.passive("127.0.0.9", port));
    add("plain", sourced("127.0.0.4", "127.0.0.3", port));
    Transport signed =
        sourced("127.0.0.4", "127.0.0.2", SpeakerFixture.freePort())
            .withKey(Password.of("s3cr3t".getBytes(StandardCharsets.UTF_8)));
    add("signed", signed);

    try (Conversation unsigned = caller.call("127.0.0.4", "127.0.0.2", port)) {
      assertTrue(unsigned.isClosedByPeer());
    }
    establish("plain", "127.0.0.4", "127.0.0.3", port);
  }

  @Test
  void aPortThatAnotherProgramHasIsSaidUntilItIsFree() throws IOException {
    int port;
    try (ServerSocket other = new ServerSocket(0)) {
      port = other.getLocalPort();
      add("plain", SpeakerFixture.passive("127.0.0.3", port));
      assertEquals(
          "the peer cannot call on port "
              + port
              + ": Address already in use; tried again every 5 s",
          error(fixture.await("plain", status -> !canCall(status))));
    }
    fixture.await("plain", PassivePeersTest::canCall);
    establish("plain", "127.0.0.3", "127.0.0.1", port);
  }

  @Test
  void anAddressThatIsNotThereIsSaid() throws IOException {
    int port = SpeakerFixture.freePort();
    add("early", sourced("127.0.0.4", "192.0.2.77", port));
    assertEquals(
        "the peer cannot call on port "
            + port
            + " of 192.0.2.77: Cannot assign requested address; tried again every 5 s",
        error(fixture.await("early", status -> !canCall(status))));

    add("early", sourced("127.0.0.4", "127.0.0.2", port));
    fixture.await("early", PassivePeersTest::canCall);
    establish("early", "127.0.0.4", "127.0.0.2", port);
  }

  private static boolean canCall(PeerStatus status) {
    return status
        .lastError()
        .filter(last -> last.failure() instanceof Failure.NotListening)
        .isEmpty();
  }

  private static String error(PeerStatus status) {
    return status.lastError().orElseThrow().failure().describe();
  }

  private static Transport sourced(String address, String source, int port) {
    return new Transport(
            IpAddress.of(address), port, Optional.of(IpAddress.of(source)), Hops.SINGLE)
        .withInitiative(Initiative.PASSIVE);
  }

  /// Beside those that are there.
  private void add(String peer, Transport transport) {
    fixture.peer(SpeakerFixture.config(peer, transport));
    fixture.await(peer, status -> status.state() == State.ACTIVE);
  }

  private void establish(String peer, String from, String to, int port) throws IOException {
    caller.call(from, to, port).establish(ScriptedPeer.open(SpeakerFixture.HOLD));
    fixture.await(peer, status -> status.state() == State.ESTABLISHED);
  }
}
