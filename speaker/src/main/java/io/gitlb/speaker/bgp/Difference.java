// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.value.SnapshotMap.Change;
import io.gitlb.speaker.bgp.Advertisement.Omission;
import io.gitlb.speaker.bgp.packet.Update;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What leads from one table to another, and that.
///
/// @param updates the fewest that lead there: withdrawals first, then announcements with equal
///   attributes together; both sorted
record Difference(Table after, List<PackedUpdate> updates) {

  /// Costs in proportion to what differs where the desired sets share the rest.
  static Difference between(
      WireTerms terms, Table before, SnapshotMap<IpPrefix, RouteAttributes> desired) {
    return new Maker(new Exports(terms), before).make(desired);
  }

  /// How many go out.
  int octets() {
    return updates.stream().mapToInt(update -> update.octets().length).sum();
  }

  /// Makes one.
  private static final class Maker {

    private final Exports exports;
    private final Table before;
    private SnapshotMap<IpPrefix, Omission> omitted;

    // family → prefixes that the peer has and is not to have, sorted (1:N)
    private final Map<IpFamily, List<IpPrefix>> gone = new EnumMap<>(IpFamily.class);

    // what is on the wire → the prefixes that have it (1:N), in the order of their first prefix
    private final Map<Exported, List<IpPrefix>> news = new LinkedHashMap<>();

    Maker(Exports exports, Table before) {
      this.exports = exports;
      this.before = before;
      this.omitted = before.omitted();
    }

    Difference make(SnapshotMap<IpPrefix, RouteAttributes> desired) {
      List<Change<IpPrefix, RouteAttributes>> changes = desired.changesSince(before.desired());
      changes.forEach(this::add);
      List<PackedUpdate> updates = new ArrayList<>();
      for (IpFamily family : IpFamily.values()) {
        pack(exports.export().withdraw(family, gone.getOrDefault(family, List.of())), updates);
      }
      updates.addAll(exports.announcements(news));
      return new Difference(
          new Table(desired, told(desired, changes), omitted), List.copyOf(updates));
    }

    private void pack(List<Update> some, List<PackedUpdate> updates) {
      some.forEach(update -> updates.add(exports.export().pack(update)));
    }

    private void add(Change<IpPrefix, RouteAttributes> change) {
      IpPrefix prefix = change.key();
      Optional<RouteAttributes> had =
          before.omitted().containsKey(prefix) ? Optional.empty() : change.before();
      Optional<Omission> omission =
          change.after().flatMap(route -> exports.omission(prefix, route));
      omitted =
          omission.map(why -> omitted.with(prefix, why)).orElseGet(() -> omitted.without(prefix));
      if (change.after().isEmpty() || omission.isPresent()) {
        had.ifPresent(
            _ -> gone.computeIfAbsent(prefix.family(), _ -> new ArrayList<>()).add(prefix));
        return;
      }
      Exported now = exports.of(prefix.family(), change.after().get());
      // A route whose attributes changed replaces the old one; it needs no withdrawal.
      if (had.filter(route -> exports.of(prefix.family(), route).equals(now)).isEmpty()) {
        news.computeIfAbsent(now, _ -> new ArrayList<>()).add(prefix);
      }
    }

    private SnapshotMap<IpPrefix, RouteAttributes> told(
        SnapshotMap<IpPrefix, RouteAttributes> desired,
        List<Change<IpPrefix, RouteAttributes>> changes) {
      if (omitted.isEmpty()) {
        return desired;
      }
      SnapshotMap<IpPrefix, RouteAttributes> told = before.told();
      for (Change<IpPrefix, RouteAttributes> change : changes) {
        told =
            change.after().isEmpty() || omitted.containsKey(change.key())
                ? told.without(change.key())
                : told.with(change.key(), change.after().get());
      }
      return told;
    }
  }
}
