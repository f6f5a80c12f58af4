// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.speaker.l2.Ipv6Groups;
import java.io.IOException;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// With sockets of three groups each; the kernel's own are tried in namespaces.
final class SolicitedGroupsTest {

  private static final int ROOM = 3;

  private final SortedSet<Ipv6> joined = new TreeSet<>();
  private final SortedSet<Ipv6> forbidden = new TreeSet<>();
  private int open;
  private final SolicitedGroups groups = new SolicitedGroups(FakeSocket::new);

  private final class FakeSocket implements SolicitedGroups.GroupSocket {
    private int room = ROOM;

    FakeSocket() {
      open++;
    }

    @Override
    public Runnable join(Ipv6 group) throws IOException {
      if (forbidden.contains(group)) {
        throw new IOException("forbidden");
      }
      if (room == 0) {
        throw new IOException("full");
      }
      room--;
      joined.add(group);
      return () -> {
        room++;
        joined.remove(group);
      };
    }

    @Override
    public void close() {
      open--;
    }
  }

  private static Ipv6 address(int last) {
    return (Ipv6) IpAddress.of("2001:db8::%x".formatted(last));
  }

  private static SortedSet<Ipv6> addresses(int first, int end) {
    SortedSet<Ipv6> addresses = new TreeSet<>();
    for (int i = first; i < end; i++) {
      addresses.add(address(i));
    }
    return addresses;
  }

  private static SortedSet<Ipv6> groupsOf(SortedSet<Ipv6> addresses) {
    SortedSet<Ipv6> groups = new TreeSet<>();
    addresses.forEach(address -> groups.add(Ipv6Groups.solicitedNode(address)));
    return groups;
  }

  @Test
  void aGroupThatCannotBeJoinedKeepsNoOtherOut() {
    Ipv6 bad = Ipv6Groups.solicitedNode(address(1));
    forbidden.add(bad);
    assertEquals(
        Optional.of("group " + bad + " cannot be joined: forbidden"),
        groups.keep(addresses(0, 10)));
    SortedSet<Ipv6> others = groupsOf(addresses(0, 10));
    others.remove(bad);
    assertEquals(others, joined);
    assertEquals(groups.sockets(), open);
    forbidden.add(Ipv6Groups.solicitedNode(address(12)));
    assertEquals(
        Optional.of("group " + bad + " cannot be joined: forbidden; nor can 1 more"),
        groups.keep(addresses(0, 13)));
    forbidden.clear();
    assertEquals(Optional.empty(), groups.keep(addresses(0, 13)));
    assertEquals(groupsOf(addresses(0, 13)), joined);
  }

  @Test
  void roomThatBecomesFreeIsUsedAgainAndAnEmptySocketIsClosed() {
    for (int round = 0; round < 50; round++) {
      assertEquals(Optional.empty(), groups.keep(addresses(round * 3, round * 3 + 9)));
      assertEquals(groupsOf(addresses(round * 3, round * 3 + 9)), joined);
      assertEquals(3, open, "sockets in round " + round);
    }
    groups.keep(new TreeSet<>());
    assertEquals(0, open);
  }

  @Test
  void atTheEndEverySocketIsClosed() {
    groups.keep(addresses(0, 10));
    groups.close();
    assertEquals(0, open);
    assertEquals(0, groups.sockets());
  }
}
