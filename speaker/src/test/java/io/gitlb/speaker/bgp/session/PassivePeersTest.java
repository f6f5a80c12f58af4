// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.speaker.bgp.State;
import io.gitlb.speaker.bgp.Transport;
import io.gitlb.speaker.bgp.Transport.Initiative;
import io.gitlb.speaker.bgp.session.ScriptedPeer.Conversation;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
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
