// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.announce;

import io.gitlb.schema.value.IpAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;

/// The comparison of two active sets.
public final class AnnouncementDiff {

  private AnnouncementDiff() {}

  /// What has to be done, in the order of doing: withdrawals first, then the rest; each by address
  /// and interface.
  public static List<Change> between(ActiveSet before, ActiveSet after) {
    List<Change> withdrawals = new ArrayList<>();
    before
        .placements()
        .forEach(
            (address, placement) -> {
              SortedSet<String> kept = interfacesOf(after, address);
              for (String name : interfacesOf(placement)) {
                if (!kept.contains(name)) {
                  withdrawals.add(new Change.Withdraw(address, name));
                }
              }
            });
    List<Change> changes = new ArrayList<>(withdrawals);
    for (Map.Entry<IpAddress, Placement> entry : after.placements().entrySet()) {
      IpAddress address = entry.getKey();
      SortedSet<String> earlier = interfacesOf(before, address);
      for (String name : interfacesOf(entry.getValue())) {
        if (!earlier.contains(name)) {
          changes.add(new Change.Announce(address, name));
        } else if (!Objects.equals(
            before.incarnations().get(name), after.incarnations().get(name))) {
          changes.add(new Change.Refresh(address, name));
        }
      }
    }
    return changes;
  }

  private static SortedSet<String> interfacesOf(ActiveSet set, IpAddress address) {
    Placement placement = set.placements().get(address);
    return placement == null ? Collections.emptySortedSet() : interfacesOf(placement);
  }

  private static SortedSet<String> interfacesOf(Placement placement) {
    return switch (placement) {
      case Placement.Answered(SortedSet<String> interfaces) -> interfaces;
      case Placement.Standby _, Placement.Impossible _ -> Collections.emptySortedSet();
    };
  }
}
