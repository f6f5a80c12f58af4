// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.conflict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Assignment;
import io.gitlb.schema.model.AddressPool.EndOctets;
import io.gitlb.schema.model.SourcePlace;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PoolName;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SweepTest {

  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
  private static final MacAddress MAC = MacAddress.of("02:00:5e:00:53:01");
  private static final List<NodeName> SPEAKERS = List.of(new NodeName("n1"), new NodeName("n2"));

  private final Sweep sweep = new Sweep();
  private final Set<IpAddress> taken = new HashSet<>();
  private final Set<IpAddress> had = new HashSet<>();
  private List<NodeName> speakers = SPEAKERS;
  private Instant now = START;

  private static AddressPool pool(String name, String... prefixes) {
    return new AddressPool(
        new PoolName(name),
        new SourcePlace("pool.yaml", 1, 1),
        new TreeMap<>(),
        List.of(prefixes).stream().map(prefix -> IpPrefix.of(prefix).toRange()).toList(),
        Assignment.AUTOMATIC,
        EndOctets.USED,
        Optional.empty());
  }

  /// One batch, answered at once.
  private List<IpAddress> batch() {
    sweep.advance(address -> !had.contains(address), _ -> speakers, now);
    List<IpAddress> asked = List.copyOf(sweep.wishes().keySet());
    for (IpAddress address : asked) {
      Verdict verdict = taken.contains(address) ? new Verdict.Taken(MAC) : new Verdict.Free();
      Optional<MacAddress> unused = sweep.found(address, verdict, now);
      assertTrue(unused.isEmpty() || taken.contains(address));
    }
    return asked;
  }

  private Set<IpAddress> batches(int count) {
    Set<IpAddress> seen = new HashSet<>();
    for (int i = 0; i < count; i++) {
      seen.addAll(batch());
      now = now.plus(Sweep.EVERY);
    }
    return seen;
  }

  @Test
  void tenAddressesInTenSecondsGoRoundThePool() {
    sweep.follow(List.of(pool("lan", "192.0.2.0/27")));
    had.add(IpAddress.of("192.0.2.1"));
    assertEquals(10, batch().size());
    assertEquals(Optional.of(now.plus(Sweep.EVERY)), sweep.nextDue());
    assertEquals(List.of(), batch());
    now = now.plus(Sweep.EVERY);
    Set<IpAddress> seen = batches(4);
    assertEquals(31, seen.size());
  }

  @Test
  void severalPoolsOfOneLinkTakeTurnsAndKeepTheRate() {
    sweep.follow(List.of(pool("a", "192.0.2.0/28"), pool("b", "198.51.100.0/28")));
    for (int i = 0; i < 20; i++) {
      assertTrue(batch().size() <= Sweep.BATCH);
      now = now.plus(Sweep.EVERY);
    }
    assertEquals(32, batches(10).size());
  }

  @Test
  void whoUsesAnAddressIsKnownAskedAgainAndForgottenWhenItIsFree() {
    sweep.follow(List.of(pool("lan", "192.0.2.0/29")));
    IpAddress squatted = IpAddress.of("192.0.2.3");
    taken.add(squatted);
    batches(2);
    assertEquals(
        "02:00:5e:00:53:01 on the link, which is no node of the cluster",
        sweep.squatters().find(squatted).orElseThrow());
    batches(20);
    assertTrue(sweep.squatters().containsKey(squatted));
    taken.clear();
    batches(8);
    assertTrue(sweep.squatters().isEmpty());
  }

  @Test
  void whoWasNotSeenForAnHourIsForgotten() {
    sweep.follow(List.of(pool("lan", "192.0.2.0/29")));
    taken.add(IpAddress.of("192.0.2.3"));
    batches(2);
    speakers = List.of();
    now = now.plus(Duration.ofMinutes(50));
    batch();
    assertEquals(1, sweep.squatters().size());
    assertEquals(Optional.empty(), sweep.nextDue());
    now = now.plus(Duration.ofMinutes(11));
    batch();
    assertTrue(sweep.squatters().isEmpty());
  }

  @Test
  void ofAHugePoolTheLowestAreSwept() {
    sweep.follow(List.of(pool("six", "2001:db8::/64")));
    Set<IpAddress> seen = batches(500);
    assertTrue(seen.size() <= Sweep.MOST_ADDRESSES + Sweep.BATCH, () -> seen.size() + " swept");
    assertTrue(seen.size() >= Sweep.MOST_ADDRESSES, () -> seen.size() + " swept");
  }

  @Test
  void withoutPoolsNothingIsAskedAndNothingIsKept() {
    sweep.follow(List.of(pool("lan", "192.0.2.0/29")));
    taken.add(IpAddress.of("192.0.2.3"));
    batches(2);
    sweep.follow(List.of());
    assertTrue(sweep.squatters().isEmpty());
    assertEquals(List.of(), batch());
  }
}
