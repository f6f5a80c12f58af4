// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.SpeakerStatus.Conflict;
import io.gitlb.schema.protocol.SpeakerStatus.MemberStatus;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.announce.ActiveSet;
import io.gitlb.speaker.announce.Placement;
import io.gitlb.speaker.bgp.session.PeerStatus;
import io.gitlb.speaker.l2.Link;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What the parts of the speaker say of themselves at one moment.
///
/// @param applied the state in force
/// @param links that are captured, sorted by name
/// @param peers sorted by name
/// @param withheld address whose routes no peer is told now → why (1:1)
/// @param holdsEndOfRib why peers do not have all routes yet, of which End-of-RIB would tell them
/// @param turns address that is claimed here → the turn of that claim (1:1)
/// @param conflicts address announced here → who else uses it (1:1)
/// @param refused peer of whose settings BGP takes none → why (1:1)
/// @param segments what is heard and said there
record SpeakerView(
    Optional<DesiredState> applied,
    ActiveSet active,
    List<Link> links,
    List<PeerStatus> peers,
    SnapshotMap<IpAddress, Placement.Reason> withheld,
    Optional<Placement.Reason> holdsEndOfRib,
    SortedMap<IpAddress, Long> turns,
    SortedMap<IpAddress, Conflict> conflicts,
    SortedMap<PeerName, String> refused,
    Segments segments) {

  /// What the segments and those on them are known to do.
  ///
  /// @param lastGratuitous address answered here → when its segment was last told (1:1)
  /// @param members the liveness sessions, by node and interface
  record Segments(SnapshotMap<IpAddress, Instant> lastGratuitous, List<MemberStatus> members) {

    static final Segments UNKNOWN = new Segments(SnapshotMap.empty(), List.of());
  }

  /// Of which nothing is known about the segments.
  SpeakerView(
      Optional<DesiredState> applied,
      ActiveSet active,
      List<Link> links,
      List<PeerStatus> peers,
      Map<IpAddress, Placement.Reason> withheld,
      SortedMap<IpAddress, Long> turns,
      SortedMap<IpAddress, Conflict> conflicts) {
    this(
        applied,
        active,
        links,
        peers,
        SnapshotMap.copyOf(withheld),
        Optional.empty(),
        turns,
        conflicts,
        new TreeMap<>(),
        Segments.UNKNOWN);
  }

  SpeakerView {
    refused = Collections.unmodifiableSortedMap(new TreeMap<>(refused));
    turns = Collections.unmodifiableSortedMap(new TreeMap<>(turns));
    conflicts = Collections.unmodifiableSortedMap(new TreeMap<>(conflicts));
  }
}
