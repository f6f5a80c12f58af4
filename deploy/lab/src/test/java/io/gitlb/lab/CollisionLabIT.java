// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.lab.segment.BgpCapture;
import io.gitlb.lab.segment.BgpMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Routers that dial us while we dial them (RFC 4271 section 6.8). We listen only where some peer
/// is passive, so two connections with one router come about only on a port that another peer has
/// us listen on: here a peer that does not exist. One round is as many races as there are sessions.
/// A router is stopped while the node dials, until it wants to dial itself: when it goes on both
/// connections are there together.
@NeedsLab
final class CollisionLabIT {

  private static final int MORE = Integer.getInteger("gitlb.random.rounds", 1);

  /// Races that are wanted, and of each make of router. A router gives up an attempt to connect
  /// when it has our OPEN, and many that wait for it have come with theirs.
  private static final int WANTED = 20 * MORE;

  private static final int OF_EACH = 4 * MORE;

  private static final int ROUNDS = 5 * MORE;

  /// In which both ends try again at least once.
  private static final Duration RETRY = Duration.ofMillis(1_200);

  /// Nobody has more to say than of one route.
  private static final int FRAME = 2_000;

  /// Cease, Connection Collision Resolution (RFC 4486).
  private static final int COLLISION = 0x0607;

  private static final Pattern ROUTERS_END = Pattern.compile("(10\\.78\\.[1357]\\.\\d+):");

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void ofTwoConnectionsOneSurvivesWhoeverTheIdentifiersFavour() throws InterruptedException {
    CollisionField field = new CollisionField(lab);
    field.tell();
    field.awaitUp();
    assertEquals("", field.sockets("listening"), "no peer is passive, and it listens");

    int rounds = 0;
    Races races = new Races(0, 0);
    while (!races.suffice()) {
      assertTrue(rounds < ROUNDS, "connections hardly ever meet: " + races);
      races = races.plus(race(field, rounds++));
    }
    System.out.println("two connections met in " + rounds + " rounds: " + races);
  }

  /// How often two connections met.
  private record Races(int withFrr, int withBird) {

    boolean suffice() {
      return withFrr + withBird >= WANTED && Math.min(withFrr, withBird) >= OF_EACH;
    }

    Races plus(Races other) {
      return new Races(withFrr + other.withFrr, withBird + other.withBird);
    }
  }

  private Races race(CollisionField field, int round) throws InterruptedException {
    field.clear();
    Thread.sleep(RETRY);
    BgpCapture capture =
        BgpCapture.startShort(
            field.host(), lab.sandbox().logs().resolve("round-" + round + ".pcap"), FRAME);
    try {
      field.pause();
      field.tellAndListen();
      Thread.sleep(RETRY);
    } finally {
      field.resume();
    }
    field.awaitUp();
    List<Instant> since = field.since();
    Thread.sleep(RETRY);
    assertEquals(since, field.since(), "sessions that ended when they had been up");
    assertEquals(CollisionField.SESSIONS, field.connections().lines().count(), field::connections);
    return judge(capture.stop());
  }

  /// FRR ends both connections at times, when all comes within a few milliseconds: that is no word
  /// about us, and the session is up a second later.
  private static Races judge(List<BgpMessage> messages) {
    // router's end → connections on which we have said something, and those that we ended (1:N)
    SortedMap<String, Set<String>> begun = new TreeMap<>();
    SortedMap<String, Set<String>> ended = new TreeMap<>();
    for (BgpMessage message : messages) {
      Matcher end = ROUTERS_END.matcher(message.connection());
      assertTrue(end.find(), message::toString);
      String router = end.group(1);
      boolean ours = !message.source().equals(router);
      if (message.type() == BgpMessage.NOTIFICATION) {
        assertEquals(COLLISION, message.error(), message::toString);
      }
      if (ours && message.type() == BgpMessage.NOTIFICATION) {
        ended.computeIfAbsent(router, _ -> new HashSet<>()).add(message.connection());
      } else if (ours && message.type() == BgpMessage.OPEN) {
        begun.computeIfAbsent(router, _ -> new HashSet<>()).add(message.connection());
      }
    }
    ended.forEach((router, both) -> assertEquals(1, both.size(), () -> router + ": " + both));
    assertEquals(CollisionField.SESSIONS, begun.size(), () -> begun.toString());
    begun.values().removeIf(connections -> connections.size() < 2);
    int withFrr = (int) begun.keySet().stream().filter(end -> end.startsWith("10.78.1.")).count();
    return new Races(withFrr, begun.size() - withFrr);
  }
}
