// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.speaker.bgp.RouteAttributes;
import io.gitlb.speaker.bgp.State;
import io.gitlb.speaker.bgp.session.ScriptedPeer.Conversation;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What the status says that a peer has.
class ToldTest {

  private static final String TOR = "tor-1";

  /// Each in an UPDATE of its own: more than the kernel takes for a peer that does not read.
  private static final int MANY = 30_000;

  @RegisterExtension final SpeakerFixture ours = new SpeakerFixture();

  private final ScriptedPeer tor = ours.listen();

  @BeforeEach
  void start() {
    ours.peer(SpeakerFixture.config(TOR, tor));
  }

  @Test
  void whatTheConnectionHasNotTakenIsNotCounted() throws IOException {
    Conversation conversation = tor.establish(SpeakerFixture.HOLD);
    ours.await(TOR, s -> s.state() == State.ESTABLISHED);
    Map<IpPrefix, RouteAttributes> routes = new TreeMap<>();
    for (int i = 0; i < MANY; i++) {
      routes.put(
          IpPrefix.host(new Ipv4(0x0A64_0000 + i)),
          new RouteAttributes(100, List.of(new Community.Standard(i))));
    }

    ours.routes(routes);

    PeerStatus status = ours.await(TOR, s -> s.traffic().messagesOut() > MANY);
    assertEquals(0, status.prefixesSent());
    conversation.readUntil(routes.keySet());
    ours.await(TOR, s -> s.prefixesSent() == MANY);
  }

  @Test
  void aRouteThatIsTakenBackIsNotCounted() throws IOException {
    tor.establish(SpeakerFixture.HOLD);
    ours.routes(SpeakerFixture.hosts(0, 3));
    ours.await(TOR, s -> s.prefixesSent() == 3);
    ours.routes(SpeakerFixture.hosts(1, 1));
    PeerStatus status = ours.await(TOR, s -> s.prefixesSent() == 1);
    assertEquals(SpeakerFixture.hosts(1, 1), status.told());
  }

  /// A session that ends takes all with it.
  @Test
  void withoutASessionThePeerHasNothing() throws IOException {
    Conversation conversation = tor.establish(SpeakerFixture.HOLD);
    ours.routes(SpeakerFixture.hosts(0, 3));
    ours.await(TOR, s -> s.prefixesSent() == 3);
    conversation.close();
    ours.await(TOR, s -> s.state() != State.ESTABLISHED && s.prefixesSent() == 0);
  }
}
