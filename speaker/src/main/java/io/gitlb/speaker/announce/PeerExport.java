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
import io.gitlb.schema.value.SnapshotMap;
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
  public record Attributes(OptionalLong localPreference, List<Community> communities) {

    public Attributes {
      communities = List.copyOf(communities);
    }

    /// What an address wants for a route.
    public static Attributes of(BgpRoute route) {
      return new Attributes(route.localPreference(), route.communities());
    }

    /// Those of one route in the place of two: the higher local preference, all communities.
    Attributes and(Attributes other) {
      TreeSet<Community> all = new TreeSet<>(communities);
      all.addAll(other.communities);
      return new Attributes(
          LocalPreference.higher(localPreference, other.localPreference), List.copyOf(all));
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
