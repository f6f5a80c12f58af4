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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Takes part in the solicited-node groups of one interface through real sockets, so that the
/// kernel tells the switches (MLD) and keeps telling them when a querier asks or the cable was out.
///
/// A socket holds as many groups as fit in `net.core.optmem_max`; when all are full one more is
/// opened, and one without a group is closed. Owned by one thread.
final class SolicitedGroups implements AutoCloseable {

  /// After so many groups in a row that a fresh socket cannot join either the others are left for
  /// the next call: 10,000 of them would take a while.
  private static final int MOST_REFUSED = 64;

  private final Opener opener;
  // Group → its membership (1:1). Several addresses share a group, which is counted by being
  // wanted.
  private final SortedMap<Ipv6, Membership> memberships = new TreeMap<>();
  private final List<OpenSocket> sockets = new ArrayList<>();

  /// Opens one more socket.
  interface Opener {
    GroupSocket open() throws IOException;
  }

  /// A socket that is in groups.
  interface GroupSocket {

    /// @return leaves the group again
    Runnable join(Ipv6 group) throws IOException;

    void close() throws IOException;
  }

  private static final class OpenSocket {
    private final GroupSocket socket;
    private int groups;
    private boolean full;

    OpenSocket(GroupSocket socket) {
      this.socket = socket;
    }
  }

  private record Membership(OpenSocket socket, Runnable leave) {}

  SolicitedGroups(NetworkInterface networkInterface) {
    this(() -> open(networkInterface));
  }

  SolicitedGroups(Opener opener) {
    this.opener = opener;
  }

  private static GroupSocket open(NetworkInterface networkInterface) throws IOException {
    DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET6);
    return new GroupSocket() {
      @Override
      public Runnable join(Ipv6 group) throws IOException {
        MembershipKey key =
            channel.join(InetAddress.getByAddress(group.toBytes()), networkInterface);
        return key::drop;
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }

  /// Joins and leaves so that exactly the groups of these addresses remain.
  ///
  /// @return why some could not be joined, for people; they are tried again at the next call
  Optional<String> keep(SortedSet<Ipv6> addresses) {
    SortedSet<Ipv6> wanted = new TreeSet<>();
    addresses.forEach(address -> wanted.add(Ipv6Groups.solicitedNode(address)));
    memberships.entrySet().removeIf(entry -> leaves(entry.getKey(), entry.getValue(), wanted));
    wanted.removeAll(memberships.keySet());
    Optional<String> first = Optional.empty();
    int refused = 0;
    for (Ipv6 group : wanted) {
      try {
        if (refused < MOST_REFUSED) {
          memberships.put(group, join(group));
        } else {
          refused++;
        }
      } catch (IOException | RuntimeException e) {
        refused++;
        first =
            first.or(() -> Optional.of("group " + group + " cannot be joined: " + e.getMessage()));
      }
    }
    int more = refused - 1;
    closeIdle();
    return first.map(text -> more > 0 ? text + "; nor can " + more + " more" : text);
  }

  private static boolean leaves(Ipv6 group, Membership membership, SortedSet<Ipv6> wanted) {
    if (wanted.contains(group)) {
      return false;
    }
    membership.leave().run();
    membership.socket().groups--;
    membership.socket().full = false;
    return true;
  }

  /// How many sockets are open.
  int sockets() {
    return sockets.size();
  }

  private Membership join(Ipv6 group) throws IOException {
    for (OpenSocket socket : sockets) {
      if (!socket.full) {
        try {
          return join(socket, group);
        } catch (IOException _) {
          // Full, most likely. A fresh one tells whether it was that.
          socket.full = true;
        }
      }
    }
    OpenSocket fresh = new OpenSocket(opener.open());
    try {
      Membership membership = join(fresh, group);
      sockets.add(fresh);
      return membership;
    } catch (IOException | RuntimeException e) {
      // It was not that.
      sockets.forEach(socket -> socket.full = false);
      close(fresh);
      throw e;
    }
  }

  private static Membership join(OpenSocket socket, Ipv6 group) throws IOException {
    Runnable leave = socket.socket.join(group);
    socket.groups++;
    return new Membership(socket, leave);
  }

  private void closeIdle() {
    sockets.removeIf(
        socket -> {
          if (socket.groups == 0) {
            close(socket);
          }
          return socket.groups == 0;
        });
  }

  private static void close(OpenSocket socket) {
    try {
      socket.socket.close();
    } catch (IOException _) {
      // The kernel has it closed either way.
    }
  }

  /// Leaves all groups.
  @Override
  public void close() {
    sockets.forEach(SolicitedGroups::close);
    sockets.clear();
    memberships.clear();
  }
}
