// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.reconciler.desired.BalanceMove;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class BalanceTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final IpAddress A = IpAddress.of("10.0.0.1");
  private static final IpAddress B = IpAddress.of("10.0.0.2");
  private static final NodeName N1 = new NodeName("n1");
  private static final NodeName N2 = new NodeName("n2");

  private final Balance balance = new Balance();
  private SnapshotMap<IpAddress, NodeName> owners =
      SnapshotMap.<IpAddress, NodeName>empty().with(A, N1).with(B, N1);
  private SortedSet<NodeName> speakers = new TreeSet<>(List.of(N1, N2));
  private Optional<BalanceMove> found = Optional.of(new BalanceMove(A, N1, N2));

  /// Who could be asked at each look.
  private final List<SortedSet<NodeName>> asked = new ArrayList<>();

  private static Instant at(String time) {
    return START.plus(Duration.parse(time));
  }

  private String moves(String time) {
    balance.follow(owners, speakers, at(time));
    balance.look(
        at(time),
        willing -> {
          asked.add(new TreeSet<>(willing));
          return found.filter(move -> willing.contains(move.to()));
        });
    return balance.moves().toString();
  }

  @Test
  void theFirstMoveComesAfterTenCalmMinutes() {
    assertEquals("{}", moves("PT0S"));
    assertEquals(Optional.of(at("PT10M")), balance.next());
    assertEquals("{}", moves("PT9M59S"));
    assertEquals("{10.0.0.1=n2}", moves("PT10M"));
    assertEquals(Optional.of(at("PT11M")), balance.next());
  }

  @Test
  void thenOneAMinuteAndItsOwnMovesDoNotDisturbTheCalm() {
    moves("PT0S");
    moves("PT10M");
    owners = owners.with(A, N2);
    found = Optional.of(new BalanceMove(B, N1, N2));
    assertEquals("{}", moves("PT10M1S"), "done, the next one has to wait");
    assertEquals("{}", moves("PT10M59S"));
    assertEquals("{10.0.0.2=n2}", moves("PT11M"));
  }

  @Test
  void anOwnerThatChangesOrASpeakerThatComesOrGoesBeginsTheTenMinutesAnew() {
    moves("PT0S");
    owners = owners.with(B, N2);
    assertEquals("{}", moves("PT5M"));
    assertEquals(Optional.of(at("PT15M")), balance.next());
    speakers = new TreeSet<>(List.of(N1));
    moves("PT14M");
    assertEquals(Optional.of(at("PT24M")), balance.next());
    speakers = new TreeSet<>(List.of(N1, N2));
    moves("PT23M");
    assertEquals(Optional.of(at("PT33M")), balance.next());
  }

  @Test
  void newAddressesAndThoseThatGoDisturbNothing() {
    moves("PT0S");
    owners = owners.with(IpAddress.of("10.0.0.3"), N1).without(B);
    moves("PT9M");
    assertEquals("{10.0.0.1=n2}", moves("PT10M"));
  }

  @Test
  void anOwnerThatChangesMeanwhileTakesTheMoveBack() {
    moves("PT0S");
    moves("PT10M");
    owners = owners.with(B, N2);
    assertEquals("{}", moves("PT10M5S"));
  }

  @Test
  void whoDidNotTakeOverWithinAMinuteIsNotAskedAgainUntilSomethingHappens() {
    moves("PT0S");
    moves("PT10M");
    assertEquals("{10.0.0.1=n2}", moves("PT10M30S"));
    assertEquals("{}", moves("PT11M"));
    assertEquals(new TreeSet<>(List.of(N1)), asked.getLast());
    assertEquals(Optional.empty(), balance.next());
    owners = owners.with(B, N2);
    moves("PT12M");
    assertEquals("{10.0.0.1=n2}", moves("PT22M"));
  }

  @Test
  void withNothingToMoveNothingIsDueUntilSomethingChanges() {
    found = Optional.empty();
    moves("PT0S");
    moves("PT10M");
    assertEquals(Optional.empty(), balance.next());
    moves("PT1H");
    assertEquals(1, asked.size());
    balance.changed();
    assertEquals(Optional.of(at("PT11M")), balance.next());
    moves("PT1H");
    assertEquals(2, asked.size());
    owners = owners.with(IpAddress.of("10.0.0.9"), N1);
    moves("PT2H");
    assertEquals(3, asked.size());
  }

  @Test
  void aClockThatIsSetBackBeginsAnew() {
    moves("PT1H");
    assertEquals("{}", moves("PT0S"));
    assertEquals(Optional.of(at("PT10M")), balance.next());
    assertEquals(Map.of(A, N2).toString(), moves("PT10M"));
  }
}
