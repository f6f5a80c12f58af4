// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.Probing.Finding;
import io.gitlb.speaker.l2.EthernetFrame;
import io.gitlb.speaker.l2.Link;
import io.gitlb.speaker.l2.OwnNodes;
import io.gitlb.speaker.l2.Sighting;
import io.gitlb.speaker.l2.SightingKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class ProbingTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final MacAddress OWN = MacAddress.of("02:00:5e:00:53:01");
  private static final MacAddress MEMBER = MacAddress.of("02:00:5e:00:53:02");
  private static final MacAddress STRANGER = MacAddress.of("02:00:5e:00:53:aa");
  private static final NodeName PEER = new NodeName("n2");
  private static final IpAddress ADDRESS = IpAddress.of("192.0.2.10");

  private final Surroundings surroundings = new Surroundings();
  private final ContentionCounts counts = new ContentionCounts();
  private final Probing probing = new Probing(new Random(1), surroundings, counts);
  private final List<SortedMap<IpAddress, Finding>> told = new ArrayList<>();
  private Instant now = START;

  private static final class Surroundings implements Probing.Surroundings {
    private final IpPrefix prefix = IpPrefix.of("192.0.2.0/24");
    private final Set<IpAddress> announced = new TreeSet<>();
    private final List<EthernetFrame> sent = new ArrayList<>();
    private boolean opens = true;
    private boolean sends = true;

    @Override
    public List<Link> reaching(IpAddress address) {
      return opens && prefix.contains(address)
          ? List.of(new Link("eth0", 2, OWN, new TreeSet<>(Set.of(prefix))))
          : List.of();
    }

    @Override
    public boolean isBehindRefused(IpAddress address) {
      return !opens && prefix.contains(address);
    }

    @Override
    public boolean isAnnounced(IpAddress address) {
      return announced.contains(address);
    }

    @Override
    public boolean send(String interfaceName, EthernetFrame frame) {
      sent.add(frame);
      return sends;
    }
  }

  @Test
  void silenceIsAFreeAddressWithinASecond() {
    detect(ADDRESS);
    run(Duration.ofMillis(600));
    assertEquals(new Finding.Free(), finding());
    assertEquals(3, surroundings.sent.size());
    assertEquals(3L, counts.values().get("probes_sent"));
  }

  @Test
  void silenceWhileSightingsWereLostIsNoFreeAddress() {
    detect(ADDRESS);
    run(Duration.ofMillis(50));
    probing.sightingsLost();
    run(Duration.ofMillis(600));
    assertEquals(new Finding.Unprobed(Probing.Reason.BUSY), finding());
    detect(ADDRESS);
    run(Duration.ofMillis(600));
    assertEquals(new Finding.Free(), finding());
    detect(ADDRESS);
    probing.sightingsLost();
    heard(STRANGER, SightingKind.CLAIM);
    run(Duration.ofMillis(600));
    assertEquals(new Finding.Taken(new TreeSet<>(Set.of(STRANGER))), finding());
  }

  @Test
  void aStrangerTakesItAndAMemberIsAnOwnNode() {
    TreeMap<MacAddress, NodeName> members = new TreeMap<>();
    members.put(MEMBER, PEER);
    probing.members(new OwnNodes(members));
    detect(ADDRESS);
    run(Duration.ofMillis(10));
    heard(MEMBER, SightingKind.CLAIM);
    run(Duration.ofMillis(600));
    assertEquals(new Finding.OwnNode(new TreeSet<>(Set.of(MEMBER))), finding());
    detect(ADDRESS);
    heard(STRANGER, SightingKind.PROBE);
    heard(MEMBER, SightingKind.CLAIM);
    run(Duration.ofMillis(600));
    assertEquals(new Finding.Taken(new TreeSet<>(Set.of(STRANGER))), finding());
    assertEquals(2L, counts.values().get("probes_answered"));
  }

  @Test
  void whatNeedsNoProbeIsSaidAtOnce() {
    surroundings.announced.add(ADDRESS);
    IpAddress away = IpAddress.of("198.51.100.1");
    probing.detect(new TreeSet<>(Set.of(ADDRESS, away)), told::add, now);
    assertEquals(new Finding.OwnNode(new TreeSet<>(Set.of(OWN))), finding());
    assertEquals(new Finding.Unprobed(Probing.Reason.NOT_ON_LINK), told.getLast().get(away));
    surroundings.announced.clear();
    surroundings.opens = false;
    detect(ADDRESS);
    assertEquals(new Finding.Unprobed(Probing.Reason.NO_CAPTURE), finding());
    assertTrue(surroundings.sent.isEmpty());
  }

  @Test
  void whatTheKernelRefusesIsNeverFree() {
    surroundings.sends = false;
    detect(ADDRESS);
    probing.takeOver(ADDRESS, now);
    assertTrue(run(Duration.ofMillis(600)).isEmpty());
    assertEquals(new Finding.Unprobed(Probing.Reason.NO_CAPTURE), finding());
    surroundings.sends = true;
    assertEquals(Set.of(ADDRESS), run(Duration.ofMillis(200)).keySet());
  }

  @Test
  void aTakeOverWithoutALinkWaitsForOne() {
    surroundings.opens = false;
    probing.takeOver(ADDRESS, now);
    assertTrue(run(Duration.ofSeconds(5)).isEmpty());
    surroundings.opens = true;
    assertEquals(Set.of(ADDRESS), run(Duration.ofMillis(150)).keySet());
    assertTrue(probing.nextDue().isEmpty());
    surroundings.opens = false;
    probing.takeOver(ADDRESS, now);
    probing.cancelTakeOver(ADDRESS);
    assertTrue(probing.nextDue().isEmpty());
  }

  @Test
  void tooManyAddressesAreBusyAndTheOthersInTime() {
    SortedSet<IpAddress> many = new TreeSet<>();
    for (int i = 0; i < 200; i++) {
      many.add(IpAddress.of("192.0.2." + (i + 1)));
    }
    probing.detect(many, told::add, now);
    run(Duration.ofSeconds(1));
    assertEquals(1, told.size());
    assertEquals(200, told.getFirst().size());
    Finding busy = new Finding.Unprobed(Probing.Reason.BUSY);
    assertEquals(72, told.getFirst().values().stream().filter(busy::equals).count());
  }

  @Test
  void anOwnerThatStoodStillTellsBusyAndNotFree() {
    detect(ADDRESS);
    now = now.plusSeconds(5);
    run(Duration.ofMillis(1));
    assertEquals(new Finding.Unprobed(Probing.Reason.BUSY), finding());
  }

  private void detect(IpAddress address) {
    probing.detect(new TreeSet<>(Set.of(address)), told::add, now);
  }

  private Finding finding() {
    return Objects.requireNonNull(told.getLast().get(ADDRESS));
  }

  private void heard(MacAddress mac, SightingKind kind) {
    probing.sighted(new Sighting(ADDRESS, mac, kind), "eth0");
  }

  private SortedMap<IpAddress, OwnNodes.Split> run(Duration time) {
    SortedMap<IpAddress, OwnNodes.Split> takeOvers = new TreeMap<>();
    Instant end = now.plus(time);
    while (now.isBefore(end)) {
      takeOvers.putAll(probing.advance(now));
      now = now.plusMillis(1);
    }
    return takeOvers;
  }
}
