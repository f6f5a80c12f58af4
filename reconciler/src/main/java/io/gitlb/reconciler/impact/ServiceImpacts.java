// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.impact;

import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.Scope;
import io.gitlb.reconciler.desired.DesiredContent.NotAnnounced;
import io.gitlb.reconciler.impact.Consequence.Cause;
import io.gitlb.reconciler.impact.Consequence.Holding;
import io.gitlb.reconciler.impact.Consequence.Kind;
import io.gitlb.reconciler.plan.Decision;
import io.gitlb.reconciler.plan.Refusal;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// Says for every Service what becomes of it, out of three futures.
///
/// @param approved where what is held in `after` is let go
record ServiceImpacts(
    ImpactInput input, Placeholders known, Future before, Future after, Future approved) {

  List<Consequence> all() {
    List<Consequence> all = new ArrayList<>();
    for (ServiceView service : known.view().services().values()) {
      if (service.scope() == Scope.OURS) {
        of(service.ref()).ifPresent(all::add);
      }
    }
    return all;
  }

  /// Empty when it has nothing and gets nothing.
  private Optional<Consequence> of(ServiceRef service) {
    List<IpAddress> had = before.addresses(service);
    List<IpAddress> has = after.addresses(service);
    if (had.isEmpty() && has.isEmpty()) {
      return Optional.empty();
    }
    SortedSet<IpAddress> held = new TreeSet<>(has.stream().filter(this::isNewlyHeld).toList());
    SortedSet<IpAddress> gone = new TreeSet<>(had);
    gone.removeAll(has);
    SortedSet<IpAddress> silent = new TreeSet<>(had.stream().filter(this::falls).toList());
    Kind kind = known.unseen().contains(service) ? unseen(held, had) : kind(had, has, held, silent);
    SortedSet<IpAddress> concerned = new TreeSet<>(held);
    concerned.addAll(gone);
    concerned.addAll(silent);
    return Optional.of(
        new Consequence(
            service,
            kind,
            had,
            has,
            concerned,
            has.stream().anyMatch(after::holds) ? approved.addresses(service) : has,
            cause(service, kind, silent),
            holdings(had)));
  }

  private Kind kind(
      List<IpAddress> had,
      List<IpAddress> has,
      SortedSet<IpAddress> held,
      SortedSet<IpAddress> silent) {
    if (has.isEmpty()) {
      return Kind.LOSES;
    }
    if (!has.containsAll(had)) {
      return Kind.MOVES;
    }
    if (!silent.isEmpty()) {
      return Kind.NOT_ANNOUNCED;
    }
    if (!held.isEmpty()) {
      return Kind.HELD;
    }
    boolean rises = had.stream().anyMatch(ip -> !before.announces(ip) && after.announces(ip));
    if (has.size() > had.size() || rises) {
      return Kind.GAINS;
    }
    if (had.stream().anyMatch(after::holds)) {
      return Kind.STILL_HELD;
    }
    return had.stream().anyMatch(before::holds) ? Kind.RESTORED : Kind.KEEPS;
  }

  /// That the definitions take an address away is certain whoever has it; that they leave it is
  /// not, unless nothing changes that the address depends on.
  private Kind unseen(SortedSet<IpAddress> held, List<IpAddress> had) {
    if (!held.isEmpty()) {
      return Kind.HELD;
    }
    Surroundings surroundings =
        new Surroundings(before.stage().definitions(), after.stage().definitions());
    return had.stream().allMatch(surroundings::areSame) ? Kind.UNSEEN : Kind.UNKNOWN;
  }

  private boolean isNewlyHeld(IpAddress address) {
    return after.holds(address) && !before.holds(address);
  }

  private boolean falls(IpAddress address) {
    return before.announces(address) && after.content().notAnnounced().containsKey(address);
  }

  private Optional<Cause> cause(ServiceRef service, Kind kind, SortedSet<IpAddress> silent) {
    return switch (kind) {
      case LOSES, MOVES, HELD, STILL_HELD ->
          after.decisions().find(service).flatMap(ServiceImpacts::refusal);
      case NOT_ANNOUNCED ->
          silent.stream()
              .flatMap(address -> after.content().notAnnounced().find(address).stream())
              .map((NotAnnounced why) -> new Cause(why.reason(), why.message()))
              .findFirst();
      case UNKNOWN, UNSEEN, GAINS, RESTORED, KEEPS -> Optional.empty();
    };
  }

  private static Optional<Cause> refusal(Decision decision) {
    Optional<Refusal> refusal =
        switch (decision) {
          case Decision.Hold hold -> Optional.of(hold.cause());
          case Decision.Refuse refuse -> Optional.of(refuse.cause());
          case Decision.Keep keep -> keep.notes().stream().findFirst();
          case Decision.Assign assign -> assign.notes().stream().findFirst();
          case Decision.Release _ -> Optional.empty();
        };
    return refusal.map(why -> new Cause(why.reason(), why.message()));
  }

  private List<Holding> holdings(List<IpAddress> had) {
    return had.stream()
        .flatMap(address -> before.ledger().records().find(address).stream())
        .map(
            record ->
                new Holding(
                    record.address(),
                    record.pool(),
                    record.since(),
                    input.owners().find(record.address())))
        .toList();
  }
}
