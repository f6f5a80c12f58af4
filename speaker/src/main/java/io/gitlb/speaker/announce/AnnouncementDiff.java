// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.announce;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.SnapshotMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;

/// The comparison of two active sets.
public final class AnnouncementDiff {

  private AnnouncementDiff() {}

  /// What has to be done, in the order of doing: withdrawals first, then the rest; each by address
  /// and interface. Costs as much as changed, but for captures that began anew.
  public static List<Change> between(ActiveSet before, ActiveSet after) {
    List<Change> withdrawals = new ArrayList<>();
    List<Change> rest = new ArrayList<>();
    boolean sameCaptures = before.incarnations().equals(after.incarnations());
    for (SnapshotMap.Change<IpAddress, Placement> change :
        after.placements().changesSince(before.placements())) {
      SortedSet<String> earlier = interfacesOf(change.before());
      SortedSet<String> now = interfacesOf(change.after());
      for (String name : earlier) {
        if (!now.contains(name)) {
          withdrawals.add(new Change.Withdraw(change.key(), name));
        }
      }
      if (sameCaptures) {
        for (String name : now) {
          if (!earlier.contains(name)) {
            rest.add(new Change.Announce(change.key(), name));
          }
        }
      }
    }
    if (!sameCaptures) {
      announceAll(before, after, rest);
    }
    withdrawals.addAll(rest);
    return withdrawals;
  }

  private static void announceAll(ActiveSet before, ActiveSet after, List<Change> changes) {
    for (Map.Entry<IpAddress, Placement> entry : after.placements().entrySet()) {
      IpAddress address = entry.getKey();
      SortedSet<String> earlier = interfacesOf(before.placements().find(address));
      for (String name : interfacesOf(Optional.of(entry.getValue()))) {
        if (!earlier.contains(name)) {
          changes.add(new Change.Announce(address, name));
        } else if (!Objects.equals(
            before.incarnations().get(name), after.incarnations().get(name))) {
          changes.add(new Change.Refresh(address, name));
        }
      }
    }
  }

  private static SortedSet<String> interfacesOf(Optional<Placement> placement) {
    return placement.isPresent() && placement.get() instanceof Placement.Answered answered
        ? answered.interfaces()
        : Collections.emptySortedSet();
  }
}
