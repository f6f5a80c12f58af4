// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.announce.Placement.Reason;
import io.gitlb.speaker.ownership.Standing;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Addresses whose routes are not told because of what layer 2 has heard of them from the other
/// candidates. Those without candidates on links are judged by nobody: that another node has not
/// the same routes says nothing. Kept up at the cost of what changes; one owner.
final class BarredRoutes {

  private SnapshotMap<IpAddress, Standing> seen = SnapshotMap.empty();
  private boolean doubtful;
  private SnapshotMap<IpAddress, Reason> barred = SnapshotMap.empty();

  /// Address → why (1:1), from now on.
  ///
  /// @param standings what ownership has decided
  /// @param fromDoubtful whether the state may have been overtaken: what layer 2 still waits for
  ///   counts then, too
  SnapshotMap<IpAddress, Reason> follow(
      SnapshotMap<IpAddress, Standing> standings, boolean fromDoubtful) {
    if (fromDoubtful != doubtful) {
      doubtful = fromDoubtful;
      seen = SnapshotMap.empty();
      barred = SnapshotMap.empty();
    }
    for (SnapshotMap.Change<IpAddress, Standing> change : standings.changesSince(seen)) {
      Optional<Reason> reason = reason(change.after().orElse(null));
      barred =
          reason.isPresent()
              ? barred.with(change.key(), reason.get())
              : barred.without(change.key());
    }
    seen = standings;
    return barred;
  }

  private Optional<Reason> reason(@Nullable Standing standing) {
    return switch (standing) {
      case Standing.GivenAway _ -> Optional.of(Reason.GIVEN_AWAY);
      case Standing.Waiting(Standing.Hindrance hindrance, String _) when doubtful ->
          Optional.of(Decisions.waitingFor(hindrance));
      case Standing.Waiting _,
          Standing.Holding _,
          Standing.Yielding _,
          Standing.Probing _,
          Standing.Rechecking _,
          Standing.Standby _,
          Standing.Unable _ ->
          Optional.empty();
      case null -> Optional.empty();
    };
  }
}
