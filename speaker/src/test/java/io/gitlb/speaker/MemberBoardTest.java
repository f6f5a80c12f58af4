// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.protocol.SpeakerStatus.MemberStatus;
import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.bfd.Diagnostic;
import io.gitlb.speaker.bfd.SessionState;
import io.gitlb.speaker.bfd.session.LivenessTarget;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class MemberBoardTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final NodeName NODE = new NodeName("node-b");
  private static final LivenessTarget SESSION =
      new LivenessTarget(
          NODE, "eth0", InetAddress.getLoopbackAddress(), InetAddress.getLoopbackAddress());
  private static final SortedSet<LivenessTarget> ONE = new TreeSet<>(List.of(SESSION));

  private final MemberBoard board = new MemberBoard();

  @Test
  void aSessionIsDownUntilItComesUpAndSaysWhyItWentDown() {
    assertTrue(board.wanted(ONE, START));
    assertEquals(List.of(status("Down", START, Optional.empty())), board.all());
    board.state(SESSION, SessionState.UP, Optional.of(Diagnostic.NONE), START.plusSeconds(1));
    assertEquals(List.of(status("Up", START.plusSeconds(1), Optional.empty())), board.all());
    board.state(
        SESSION,
        SessionState.DOWN,
        Optional.of(Diagnostic.DETECTION_TIME_EXPIRED),
        START.plusSeconds(2));
    board.state(
        SESSION,
        SessionState.DOWN,
        Optional.of(Diagnostic.DETECTION_TIME_EXPIRED),
        START.plusSeconds(3));
    assertEquals(
        List.of(
            status("Down", START.plusSeconds(2), Optional.of("Control Detection Time Expired"))),
        board.all());
  }

  @Test
  void theSameSessionsAreNoChangeAndOthersAreForgotten() {
    board.wanted(ONE, START);
    assertFalse(board.wanted(ONE, START.plusSeconds(1)));
    assertEquals(START, board.all().getFirst().since());
    assertTrue(board.wanted(new TreeSet<>(), START));
    board.state(SESSION, SessionState.UP, Optional.empty(), START);
    assertEquals(List.of(), board.all());
  }

  private static MemberStatus status(String state, Instant since, Optional<String> diagnostic) {
    return new MemberStatus(NODE, "eth0", state, since, diagnostic);
  }
}
