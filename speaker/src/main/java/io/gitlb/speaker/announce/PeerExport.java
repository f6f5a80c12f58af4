// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.announce;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.LocalPreference;
import io.gitlb.schema.value.Outlook;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.value.WellKnownCommunity;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// One peer and all that it is to be told: its Adj-RIB-Out.
///
/// @param routes prefix → its attributes (1:1); one object for all peers that are told the same
public record PeerExport(PeerSettings peer, SnapshotMap<IpPrefix, Attributes> routes) {

  /// @param communities sorted
  public record Attributes(
      OptionalLong localPreference, List<Community> communities, Outlook outlook) {

    public Attributes {
      communities = List.copyOf(communities);
    }

    /// Those of a route that stays.
    public Attributes(OptionalLong localPreference, List<Community> communities) {
      this(localPreference, communities, Outlook.STAYING);
    }

    /// What an address wants for a route.
    public static Attributes of(BgpRoute route) {
      return new Attributes(route.localPreference(), route.communities(), route.outlook());
    }

    /// Those of one route in the place of two: the higher local preference, all communities. It
    /// stays when one of the two does, for routers can only move on from both.
    Attributes and(Attributes other) {
      if (outlook != other.outlook) {
        return unmarked().and(other.unmarked());
      }
      TreeSet<Community> all = new TreeSet<>(communities);
      all.addAll(other.communities);
      return new Attributes(
          LocalPreference.higher(localPreference, other.localPreference),
          List.copyOf(all),
          outlook);
    }

    private Attributes unmarked() {
      return switch (outlook) {
        case STAYING -> this;
        case LEAVING ->
            new Attributes(
                localPreference,
                communities.stream()
                    .filter(one -> !one.equals(WellKnownCommunity.GRACEFUL_SHUTDOWN))
                    .toList());
      };
    }
  }

  /// Every peer of the desired state, by name, as [PeerExports] has it; made from nothing.
  ///
  /// @param told which addresses are announced now; the routes of the others are left out
  public static List<PeerExport> of(DesiredState desired, Predicate<IpAddress> told) {
    SortedMap<IpAddress, Announcement> announced = new TreeMap<>();
    for (Announcement announcement : desired.announcements().values()) {
      if (told.test(announcement.address())) {
        announced.put(announcement.address(), announcement);
      }
    }
    PeerExports exports = new PeerExports();
    return exports.follow(SnapshotMap.copyOf(announced), desired.peers());
  }
}
