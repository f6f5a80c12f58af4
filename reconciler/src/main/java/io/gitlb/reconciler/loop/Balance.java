// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.desired.BalanceMove;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.value.SnapshotMap.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/// When an address moves for the sake of balance: one a minute, once ten minutes have gone by in
/// which no owner changed and no speaker came or went. Whoever starts begins the ten minutes anew.
///
/// A move that did not come about within its minute is taken back, and the node that was to take
/// the address over is not asked again before something else has happened.
final class Balance {

  static final Duration CALM = Duration.ofMinutes(10);
  static final Duration PACE = Duration.ofMinutes(1);

  /// Since when nothing has happened; empty before the first look.
  private Optional<Instant> calmSince = Optional.empty();

  /// When the last move began, or none was found.
  private Instant last = Instant.MIN;

  /// Nothing was to be moved then, and nothing has changed since.
  private boolean isSettled;

  private SnapshotMap<IpAddress, NodeName> owners = SnapshotMap.empty();
  private SortedSet<NodeName> speakers = Collections.emptySortedSet();
  private Optional<BalanceMove> move = Optional.empty();
  private final SortedSet<NodeName> unwilling = new TreeSet<>();

  /// Takes in what there is now.
  ///
  /// @param nowOwners address → its owner
  /// @param nowSpeakers nodes whose speakers can be reached
  void follow(
      SnapshotMap<IpAddress, NodeName> nowOwners, SortedSet<NodeName> nowSpeakers, Instant now) {
    boolean stirred =
        calmSince.isEmpty() || now.isBefore(calmSince.get()) || !speakers.equals(nowSpeakers);
    for (Change<IpAddress, NodeName> change : nowOwners.changesSince(owners)) {
      isSettled = false;
      if (change.before().isPresent() && change.after().isPresent() && !isOurs(change)) {
        stirred = true;
      }
    }
    move = move.filter(under -> nowOwners.find(under.address()).equals(Optional.of(under.from())));
    owners = nowOwners;
    speakers = nowSpeakers;
    if (stirred) {
      calmSince = Optional.of(now);
      last = Instant.MIN;
      isSettled = false;
      move = Optional.empty();
      unwilling.clear();
    }
  }

  /// An address that went where it was to go.
  private boolean isOurs(Change<IpAddress, NodeName> change) {
    return move.filter(
            under ->
                under.address().equals(change.key())
                    && change.after().equals(Optional.of(under.to())))
        .isPresent();
  }

  /// Lists of candidates are other ones: there may be something to move again.
  void changed() {
    isSettled = false;
  }

  /// Looks for the next move when it is time.
  ///
  /// @param find nodes that may be asked → the move that helps most
  void look(Instant now, Function<SortedSet<NodeName>, Optional<BalanceMove>> find) {
    if (next().filter(due -> !now.isBefore(due)).isEmpty()) {
      return;
    }
    move.ifPresent(failed -> unwilling.add(failed.to()));
    SortedSet<NodeName> willing = new TreeSet<>(speakers);
    willing.removeAll(unwilling);
    move = find.apply(willing);
    last = now;
    isSettled = move.isEmpty();
  }

  /// Address → the node that is to take it over; one at most.
  SnapshotMap<IpAddress, NodeName> moves() {
    return move.map(
            under -> SnapshotMap.<IpAddress, NodeName>empty().with(under.address(), under.to()))
        .orElse(SnapshotMap.empty());
  }

  /// When to look again; empty when there is nothing to look for.
  Optional<Instant> next() {
    if (isSettled) {
      return Optional.empty();
    }
    return calmSince
        .map(since -> since.plus(CALM))
        .map(
            calm ->
                last.equals(Instant.MIN) || last.plus(PACE).isBefore(calm)
                    ? calm
                    : last.plus(PACE));
  }
}
