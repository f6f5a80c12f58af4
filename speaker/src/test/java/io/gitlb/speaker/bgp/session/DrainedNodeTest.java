// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Outlook;
import io.gitlb.schema.value.WellKnownCommunity;
import io.gitlb.speaker.bgp.PeerConfig;
import io.gitlb.speaker.bgp.RouteAttributes;
import io.gitlb.speaker.bgp.packet.Notification;
import io.gitlb.speaker.bgp.packet.Update;
import io.gitlb.speaker.bgp.session.ScriptedPeer.Conversation;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// SIGTERM on a node that is cordoned: it may be switched off next. The peer would keep its routes
/// over a restart.
final class DrainedNodeTest {

  private static final RouteAttributes LEAVING =
      new RouteAttributes(0, List.of(WellKnownCommunity.GRACEFUL_SHUTDOWN), Outlook.LEAVING);

  /// What a document may ask for.
  private static final RouteAttributes NOT_PREFERRED =
      new RouteAttributes(100, List.of(WellKnownCommunity.GRACEFUL_SHUTDOWN));

  private static final IpPrefix ONE = IpPrefix.of("203.0.113.1/32");
  private static final IpPrefix TWO = IpPrefix.of("203.0.113.2/32");
  private static final Duration A_WHILE = Duration.ofMillis(300);

  @RegisterExtension final SpeakerFixture fixture = new SpeakerFixture();

  private final ScriptedPeer tor = fixture.listen();

  @Test
  void itsRoutesGoAndTheSessionEndsForGood() throws IOException {
    Conversation conversation = told(Map.of(ONE, LEAVING, TWO, LEAVING));
    fixture.speaker.closeForRestart();

    assertEquals(List.of(ONE, TWO), readWithdrawn(conversation));
    assertEquals(
        Notification.administrativeShutdown("GitLB speaker on node-1 stops"),
        conversation.readBeyondKeepalives());
  }

  /// `onCordon: Keep` of some: these are kept over the restart as ever.
  @Test
  void whatIsNotAboutToGoIsKept() throws IOException {
    Conversation conversation = told(Map.of(ONE, LEAVING, TWO, RouteAttributes.DEFAULT));
    fixture.speaker.closeForRestart();

    assertEquals(List.of(ONE), readWithdrawn(conversation));
    assertThrows(EOFException.class, conversation::readBeyondKeepalives, "without a NOTIFICATION");
  }

  /// The community alone says nothing of the node: a document asked for it, and the node is back in
  /// a moment.
  @Test
  void whatADocumentMarksIsKept() throws IOException {
    Conversation conversation = told(Map.of(ONE, NOT_PREFERRED));
    fixture.speaker.closeForRestart();

    assertThrows(EOFException.class, conversation::readBeyondKeepalives, "without a NOTIFICATION");
  }

  @Test
  void aNodeThatIsUncordonedAgainIsKept() throws IOException {
    Conversation conversation = told(Map.of(ONE, LEAVING));
    fixture.routes(Map.of(ONE, RouteAttributes.DEFAULT));
    assertEquals(List.of(ONE), conversation.readUpdate().nlri());
    fixture.speaker.closeForRestart();

    assertThrows(EOFException.class, conversation::readBeyondKeepalives, "without a NOTIFICATION");
  }

  private Conversation told(Map<IpPrefix, RouteAttributes> routes) throws IOException {
    PeerConfig config =
        SpeakerFixture.config("tor", tor).withGracefulRestart(Duration.ofMinutes(1));
    fixture.routes(routes);
    fixture.peer(config);
    Conversation conversation = tor.establish(SpeakerFixture.HOLD);
    conversation.readUntil(routes.keySet());
    conversation.readWhileTold(A_WHILE);
    return conversation;
  }

  private static List<IpPrefix> readWithdrawn(Conversation conversation) throws IOException {
    Update update = conversation.readUpdate();
    assertTrue(update.nlri().isEmpty(), update::toString);
    return update.withdrawn();
  }
}
