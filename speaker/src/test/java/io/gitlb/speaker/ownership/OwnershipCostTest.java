// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What the machine costs with 10,000 addresses.
final class OwnershipCostTest {

  private static final int ADDRESSES = 10_000;
  private static final ThreadMXBean CPU = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final Generation TERM = new Generation(1, 1);

  private static NodeName name(int index) {
    return new NodeName("n" + index);
  }

  private static IpAddress address(int index) {
    return IpAddress.of("10.0." + index / 250 + "." + (1 + index % 250));
  }

  // A node's successors are drawn from the eight after it, as the reconciler does.
  private static SortedMap<IpAddress, Contest> lists(int nodes) {
    Random random = new Random(7);
    TreeMap<IpAddress, Contest> lists = new TreeMap<>();
    for (int i = 0; i < ADDRESSES; i++) {
      int first = i % nodes;
      List<NodeName> list = new ArrayList<>(List.of(name(first)));
      int choice = Math.min(8, nodes - 1);
      while (list.size() < Math.min(4, nodes)) {
        NodeName next = name((first + 1 + random.nextInt(choice)) % nodes);
        if (!list.contains(next)) {
          list.add(next);
        }
      }
      lists.put(address(i), new Contest(TERM, list));
    }
    return lists;
  }

  private static SortedSet<NodeName> members(int nodes) {
    SortedSet<NodeName> members = new TreeSet<>();
    for (int i = 0; i < nodes; i++) {
      members.add(name(i));
    }
    return members;
  }

  private static SpeakerClaims peer(NodeName node, Map<IpAddress, Contest> lists) {
    List<SpeakerClaims.Claim> claims = new ArrayList<>();
    lists.forEach(
        (address, contest) -> {
          if (contest.position(node) == 0) {
            claims.add(
                new SpeakerClaims.Claim(
                    address, TERM, 1, SpeakerClaims.ClaimState.HOLDING, List.of("eth0")));
          }
        });
    TreeMap<String, SortedSet<NodeName>> contacts = new TreeMap<>();
    contacts.put("eth0", members(5));
    return new SpeakerClaims(
        node,
        "a",
        1,
        Optional.of(TERM),
        SpeakerClaims.Presence.PRESENT,
        claims,
        new TreeSet<>(),
        contacts,
        Optional.empty());
  }

  private static Ownership settled(Instant start) {
    SortedMap<IpAddress, Contest> lists = lists(5);
    Ownership machine = new Ownership(name(1), OwnershipSettings.defaults());
    machine.begin(new Start.Fresh(), start);
    machine.desired(new Contests(Optional.of(TERM), Origin.RECONCILER, lists, members(5)), start);
    TreeMap<IpAddress, Ability> able = new TreeMap<>();
    TreeSet<String> link = new TreeSet<>(List.of("eth0"));
    lists.keySet().forEach(address -> able.put(address, new Ability.Able(link)));
    machine.abilities(able, start);
    for (int i : new int[] {0, 2, 3, 4}) {
      machine.told(peer(name(i), lists), start);
      machine.contact(name(i), "eth0", Contact.UP, start);
    }
    machine.advance(start.plusMillis(10));
    machine.advance(start.plusSeconds(5));
    return machine;
  }

  // Bytes allocated on this thread; unlike time, the same on a busy machine.
  private static long allocated(Runnable action) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    action.run();
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  @Test
  void deathOfOnePeerCostsInProportionToWhatItHeld() {
    long bytes = 0;
    long nanos = Long.MAX_VALUE;
    for (int i = 0; i < 15; i++) {
      Ownership machine = settled(Instant.EPOCH);
      Instant now = Instant.EPOCH.plusSeconds(6);
      long before = CPU.getCurrentThreadCpuTime();
      bytes =
          allocated(
              () -> {
                machine.channel(name(0), Channel.REFUSED, now);
                int held = machine.advance(now).claims().claims().size();
                assertTrue(held > ADDRESSES / 5, "took over " + held);
              });
      nanos = Math.min(nanos, CPU.getCurrentThreadCpuTime() - before);
    }
    System.out.printf(
        "10,000 addresses, one peer of five dies: %,d us of CPU, %,d KB%n",
        nanos / 1_000, bytes / 1_024);
    assertTrue(bytes < 10_000_000, "allocated " + bytes);
  }

  @Test
  void idleAdvanceAllocatesNothing() {
    Ownership machine = settled(Instant.EPOCH);
    Instant now = Instant.EPOCH.plusSeconds(6);
    Outcome first = machine.advance(now);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    Set<Outcome> seen = new HashSet<>(0);
    for (int i = 0; i < 10_000; i++) {
      if (isAnother(machine.advance(now), first)) {
        seen.add(first);
      }
    }
    long bytes = threads.getCurrentThreadAllocatedBytes() - before;
    assertEquals(Set.of(), seen);
    assertTrue(bytes < 10_000 * 16, "allocated " + bytes);
  }

  @SuppressWarnings("ReferenceEquality") // Nothing new is the very same object.
  private static boolean isAnother(Outcome one, Outcome other) {
    return one != other;
  }
}
