// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.announce.ActiveSet;
import io.gitlb.speaker.bfd.session.LivenessTarget;
import io.gitlb.speaker.l2.Conflicts.Conflict;
import io.gitlb.speaker.l2.Link;
import io.gitlb.speaker.ownership.ClaimsContent;
import io.gitlb.speaker.ownership.Standing;
import io.gitlb.speaker.watch.WatchedPeer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/// Hears what layer 2 does after each change, on the thread that owns it: hands on and returns.
interface Layer2Listener {

  /// @param inForce the state that the links follow now
  /// @param active what is done with each of its addresses
  /// @param links those that are captured, sorted by name
  void changed(Optional<DesiredState> inForce, ActiveSet active, List<Link> links);

  /// @param refusals interface → why it cannot be captured, for people (1:1)
  void refusals(SortedMap<String, String> refusals);

  /// @param conflicts address announced here → who else is heard to use it, by the monotonic clock;
  ///   told when one begins, is defended against or ends
  void conflicts(SortedMap<IpAddress, Conflict> conflicts);

  /// What this node tells its peers to hold has changed.
  void claims(Optional<DesiredState> inForce, ClaimsContent content);

  /// The segment was told of an address.
  ///
  /// @param now monotonic
  void gratuitous(IpAddress address, Instant now);

  /// Every round of gratuitous frames that was due is sent, and none is left.
  void gratuitousOver();

  /// Who is to be watched has changed.
  void watch(SortedSet<LivenessTarget> sessions, SortedSet<WatchedPeer> peers);

  /// What ownership has decided is another thing than before.
  default void decided(SnapshotMap<IpAddress, Standing> standings) {}
}
