// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.IpAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Both sides dial at the same time, over and over, with the octets of the two connections crossing
/// in every order that chance finds: exactly one connection is left, the same at both ends, and
/// nobody ever ends both. The other side is one of ours, or one that follows the letter of RFC 4271
/// section 6.8.
class PeeringCollisionTest {

  private static final int ROUNDS = 4_000 * Integer.getInteger("gitlb.random.rounds", 1);

  @Test
  void oneOfOursAndOneOfOursKeepOneConnection() {
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      Side low = new Ours(64512, 64513, "10.0.0.1");
      Side high = new Ours(64513, 64512, "10.0.0.2");
      new World(random, low, high).run("seed " + seed);
    }
  }

  /// RFC 6286 section 2.3: with equal identifiers the higher AS has the say.
  @Test
  void equalIdentifiersKeepOneConnectionToo() {
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      Side low = new Ours(64512, 64513, "10.0.0.3");
      Side high = new Ours(64513, 64512, "10.0.0.3");
      new World(random, low, high).run("seed " + seed);
    }
  }

  @Test
  void ofEqualIdentifiersTheHigherAsKeepsTheConnectionThatItMade() {
    Peering higher = bothOpen("local=64513 remote=64512 id=10.0.0.3", "open as=64512 id=10.0.0.3");
    assertEquals(Line.ONE, higher.mainLine());
    assertEquals(Optional.of(Line.TWO), higher.lineForCall(), "the call has ended");
    Peering lower = bothOpen("local=64512 remote=64513 id=10.0.0.3", "open as=64513 id=10.0.0.3");
    Peering kept = lower.on(Line.TWO, Script.event("keepalive"), Jitter.NONE).next();
    assertEquals(Line.TWO, kept.mainLine());
    assertEquals(State.ESTABLISHED, kept.main().state());
    assertEquals(Optional.of(Line.ONE), kept.lineForCall(), "our own has ended");
  }

  /// We have dialled on the first line, the peer on the second, and both OPENs are in.
  private static Peering bothOpen(String config, String open) {
    Peering peering = Peering.idle(Script.config(config), Script.NODE_IDENTIFIER);
    peering = peering.on(Line.ONE, new Event.Start(), Jitter.NONE).next();
    for (String event : List.of("connected 10.0.0.3", open)) {
      peering = peering.on(Line.ONE, Script.event(event), Jitter.NONE).next();
    }
    for (String event : List.of("accepted 10.0.0.3", open)) {
      peering = peering.on(Line.TWO, Script.event(event), Jitter.NONE).next();
    }
    return peering;
  }

  @Test
  void oneOfOursAndOneByTheLetterKeepOneConnection() {
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      boolean higher = random.nextBoolean();
      Side ours = new Ours(64512, 64513, higher ? "10.0.0.9" : "10.0.0.4");
      Side router = new ByTheLetter(higher ? ByTheLetter.Rank.LOWER : ByTheLetter.Rank.HIGHER);
      new World(random, ours, router).run("seed " + seed);
    }
  }

  /// Why ours does not follow the letter: two that do lose both connections in some orders.
  @Test
  void twoByTheLetterCanLoseBoth() {
    int lost = 0;
    for (int seed = 0; seed < 4_000; seed++) {
      Side low = new ByTheLetter(ByTheLetter.Rank.LOWER);
      Side high = new ByTheLetter(ByTheLetter.Rank.HIGHER);
      lost += new World(new Random(seed), low, high).survivors().isEmpty() ? 1 : 0;
    }
    assertTrue(lost > 0, "the orders that this test is about are not found");
  }

  /// What a connection carries.
  private enum Word {
    OPEN,
    KEEPALIVE,
    COLLISION,
    END
  }

  /// One end of the world.
  private interface Side {
    /// Its connections by the side that dialled: 0 the first, 1 the second.
    void connected(int dialler, int self, Wire wire);

    void hears(int dialler, int self, Word word, Wire wire);

    /// The connections that are up.
    List<Integer> established(int self);
  }

  /// Takes what a side sends on a connection.
  private interface Wire {
    void send(int dialler, Word word);
  }

  /// Two sides and two connections, each with a queue in both directions.
  private static final class World {

    private final Random random;
    private final Side[] sides;

    /// connection x 2 + sender → words under way (1:N)
    private final Map<Integer, Queue<Word>> underWay = new HashMap<>();

    private final List<Integer> toConnect = new ArrayList<>(List.of(0, 1, 2, 3));
    private final List<String> history = new ArrayList<>();

    World(Random random, Side first, Side second) {
      this.random = random;
      this.sides = new Side[] {first, second};
    }

    private Wire wireOf(int self) {
      return (dialler, word) -> {
        history.add(self + " says " + word + " on " + dialler);
        underWay.computeIfAbsent(dialler * 2 + self, _ -> new ArrayDeque<>()).add(word);
      };
    }

    private void play() {
      boolean more = step();
      while (more) {
        more = step();
      }
    }

    List<Integer> survivors() {
      play();
      return sides[0].established(0);
    }

    void run(String what) {
      play();
      List<Integer> first = sides[0].established(0);
      List<Integer> second = sides[1].established(1);
      assertEquals(first, second, () -> what + " " + history);
      assertEquals(1, first.size(), () -> what + " " + history);
    }

    private boolean step() {
      List<Integer> ready =
          Stream.concat(
                  underWay.entrySet().stream()
                      .filter(entry -> !entry.getValue().isEmpty() && isOpenAt(entry.getKey()))
                      .map(Map.Entry::getKey),
                  toConnect.stream().map(end -> -1 - end))
              .toList();
      if (ready.isEmpty()) {
        return false;
      }
      int choice = ready.get(random.nextInt(ready.size()));
      if (choice < 0) {
        int end = -1 - choice;
        toConnect.remove(Integer.valueOf(end));
        int self = end % 2;
        history.add(self + " sees " + end / 2);
        sides[self].connected(end / 2, self, wireOf(self));
      } else {
        int receiver = 1 - choice % 2;
        Word word = underWay.getOrDefault(choice, new ArrayDeque<>()).remove();
        history.add(receiver + " hears " + word + " on " + choice / 2);
        sides[receiver].hears(choice / 2, receiver, word, wireOf(receiver));
      }
      return true;
    }

    /// Nothing is heard on a connection before it is there.
    private boolean isOpenAt(int queue) {
      int receiver = 1 - queue % 2;
      return !toConnect.contains(queue / 2 * 2 + receiver);
    }
  }

  /// Ours: the machine under test.
  private static final class Ours implements Side {

    private final String identifier;
    private final int theirAs;
    private Peering peering;

    /// line → the connection on it (1:1)
    private final Map<Line, Integer> connections = new EnumMap<>(Line.class);

    Ours(int ourAs, int theirAs, String identifier) {
      this.identifier = identifier;
      this.theirAs = theirAs;
      PeerConfig config =
          Script.config("local=" + ourAs + " remote=" + theirAs + " id=" + identifier);
      peering =
          Peering.idle(config, Script.NODE_IDENTIFIER)
              .on(Line.ONE, new Event.Start(), Jitter.NONE)
              .next();
    }

    @Override
    public void connected(int dialler, int self, Wire wire) {
      Event event;
      Optional<Line> line;
      IpAddress local = IpAddress.of(identifier);
      if (dialler == self) {
        line = peering.main().state() == State.CONNECT ? Optional.of(peering.mainLine()) : free();
        event = new Event.Connected(local);
        if (peering.main().state() != State.CONNECT) {
          wire.send(dialler, Word.END); // the attempt was dropped meanwhile
          return;
        }
      } else {
        line = peering.lineForCall();
        event = new Event.Accepted(local);
        if (line.isEmpty()) {
          wire.send(dialler, Word.END);
          return;
        }
      }
      connections.put(line.orElseThrow(), dialler);
      on(line.orElseThrow(), event, wire);
    }

    private Optional<Line> free() {
      return Arrays.stream(Line.values()).filter(l -> !connections.containsKey(l)).findFirst();
    }

    @Override
    public void hears(int dialler, int self, Word word, Wire wire) {
      Optional<Line> line =
          connections.entrySet().stream()
              .filter(entry -> entry.getValue() == dialler)
              .map(Map.Entry::getKey)
              .findFirst();
      if (line.isEmpty()) {
        return;
      }
      String event =
          switch (word) {
            case OPEN -> "open as=" + theirAs + " id=" + other(identifier);
            case KEEPALIVE -> "keepalive";
            case COLLISION -> "notification 6/7";
            case END -> "failed closed";
          };
      on(line.get(), Script.event(event), wire);
    }

    private static String other(String identifier) {
      return switch (identifier) {
        case "10.0.0.1" -> "10.0.0.2";
        case "10.0.0.2" -> "10.0.0.1";
        case "10.0.0.3" -> "10.0.0.3";
        default -> "10.0.0.5";
      };
    }

    private void on(Line line, Event event, Wire wire) {
      PeeringStep step = peering.on(line, event, Jitter.NONE);
      peering = step.next();
      for (PeeringStep.OnLine directed : step.actions()) {
        Integer dialler = connections.get(directed.line());
        String text = Script.action(directed.action());
        if (dialler == null) {
          continue;
        }
        if (text.startsWith("send OPEN")) {
          wire.send(dialler, Word.OPEN);
        } else if (text.startsWith("send KEEPALIVE")) {
          wire.send(dialler, Word.KEEPALIVE);
        } else if (text.startsWith("send NOTIFICATION Cease/Connection Collision")) {
          wire.send(dialler, Word.COLLISION);
        } else if (text.equals("disconnect")) {
          wire.send(dialler, Word.END);
          connections.remove(directed.line());
        } else {
          assertTrue(!text.startsWith("send"), text);
        }
      }
    }

    @Override
    public List<Integer> established(int self) {
      return peering.main().state() == State.ESTABLISHED
          ? List.copyOf(connections.values())
          : List.of();
    }
  }

  /// A router as RFC 4271 section 6.8 has it: on an OPEN the other connection is looked at; in
  /// OpenConfirm the identifiers decide, in Established it stays. Its identifier is 10.0.0.5.
  private static final class ByTheLetter implements Side {

    /// connection → its state (1:1)
    private final Map<Integer, State> states = new HashMap<>();

    private final Rank rank;

    /// Its identifier beside ours.
    private enum Rank {
      LOWER,
      HIGHER
    }

    ByTheLetter(Rank rank) {
      this.rank = rank;
    }

    @Override
    public void connected(int dialler, int self, Wire wire) {
      states.put(dialler, State.OPEN_SENT);
      wire.send(dialler, Word.OPEN);
    }

    @Override
    public void hears(int dialler, int self, Word word, Wire wire) {
      State state = states.getOrDefault(dialler, State.IDLE);
      switch (word) {
        case OPEN -> {
          if (state == State.OPEN_SENT) {
            opened(dialler, self, wire);
          }
        }
        case KEEPALIVE -> {
          if (state == State.OPEN_CONFIRM) {
            states.put(dialler, State.ESTABLISHED);
          }
        }
        case COLLISION, END -> states.remove(dialler);
      }
    }

    private void opened(int dialler, int self, Wire wire) {
      int other = 1 - dialler;
      State there = states.getOrDefault(other, State.IDLE);
      boolean winner = (rank == Rank.HIGHER) == (dialler == self);
      if (there == State.ESTABLISHED || (there == State.OPEN_CONFIRM && !winner)) {
        end(dialler, wire);
        return;
      }
      if (there == State.OPEN_CONFIRM) {
        end(other, wire);
      }
      states.put(dialler, State.OPEN_CONFIRM);
      wire.send(dialler, Word.KEEPALIVE);
    }

    private void end(int dialler, Wire wire) {
      states.remove(dialler);
      wire.send(dialler, Word.COLLISION);
      wire.send(dialler, Word.END);
    }

    @Override
    public List<Integer> established(int self) {
      return states.entrySet().stream()
          .filter(entry -> entry.getValue() == State.ESTABLISHED)
          .map(Map.Entry::getKey)
          .toList();
    }
  }
}
