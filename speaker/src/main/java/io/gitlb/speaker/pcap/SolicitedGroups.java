// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import io.gitlb.schema.value.Ipv6;
import io.gitlb.speaker.l2.Ipv6Groups;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Takes part in the solicited-node groups of one interface through real sockets, so that the
/// kernel tells the switches (MLD) and keeps telling them when a querier asks or the cable was out.
///
/// A socket holds as many groups as fit in `net.core.optmem_max`; when one is full the next is
/// opened. Owned by one thread.
final class SolicitedGroups implements AutoCloseable {

  private final NetworkInterface networkInterface;
  // Group → its membership (1:1). Several addresses share a group, which is counted by being
  // wanted.
  private final SortedMap<Ipv6, MembershipKey> memberships = new TreeMap<>();
  private final Deque<DatagramChannel> sockets = new ArrayDeque<>();

  SolicitedGroups(NetworkInterface networkInterface) {
    this.networkInterface = networkInterface;
  }

  /// Joins and leaves so that exactly the groups of these addresses remain.
  ///
  /// @return why some could not be joined, for people; they are tried again at the next call
  Optional<String> keep(SortedSet<Ipv6> addresses) {
    SortedSet<Ipv6> wanted = new TreeSet<>();
    addresses.forEach(address -> wanted.add(Ipv6Groups.solicitedNode(address)));
    memberships
        .entrySet()
        .removeIf(
            entry -> {
              boolean unwanted = !wanted.contains(entry.getKey());
              if (unwanted) {
                entry.getValue().drop();
              }
              return unwanted;
            });
    wanted.removeAll(memberships.keySet());
    for (Ipv6 group : wanted) {
      try {
        memberships.put(group, join(InetAddress.getByAddress(group.toBytes())));
      } catch (IOException | RuntimeException e) {
        return Optional.of("group " + group + " cannot be joined: " + e.getMessage());
      }
    }
    return Optional.empty();
  }

  /// How many sockets are open.
  int sockets() {
    return sockets.size();
  }

  private MembershipKey join(InetAddress group) throws IOException {
    DatagramChannel latest = sockets.peekLast();
    if (latest != null) {
      try {
        return latest.join(group, networkInterface);
      } catch (IOException _) {
        // Full, most likely. A fresh one tells whether it was that.
      }
    }
    DatagramChannel fresh = DatagramChannel.open(StandardProtocolFamily.INET6);
    try {
      MembershipKey membership = fresh.join(group, networkInterface);
      sockets.addLast(fresh);
      return membership;
    } catch (IOException | RuntimeException e) {
      fresh.close();
      throw e;
    }
  }

  /// Leaves all groups.
  @Override
  public void close() {
    for (DatagramChannel socket : sockets) {
      try {
        socket.close();
      } catch (IOException _) {
        // The kernel has it closed either way.
      }
    }
    sockets.clear();
    memberships.clear();
  }
}
