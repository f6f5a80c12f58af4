// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.reconciler.cluster.ClusterAddresses;
import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.desired.AddressReach.Heads;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.HolderIndex;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.L2Advertisement.Rebalance;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.value.SnapshotMap.Change;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Says for every node which addresses it has to do with and which peers it keeps.
///
/// Only addresses with a record are in: those that are allocated, and those that are held, under
/// the definitions of the commit that their record names. Peers are always those in force.
///
/// It lives from pass to pass, with one owner. An input is compared with the one before, and only
/// the addresses that a difference concerns are looked at again: those of a changed record, of a
/// Service whose labels, policy or endpoints changed, of another announcer. Other definitions, and
/// nodes that differ in something that matters, their links too, concern all addresses. What comes
/// out is what a new one would make of the input, and what has not changed is the same object as
/// before.
public final class DesiredStates {

  private static final DesiredInput NOTHING =
      new DesiredInput(
          Definitions.NONE,
          Collections.emptySortedMap(),
          Ledger.EMPTY,
          new ClusterView(
              "",
              SnapshotMap.empty(),
              SnapshotMap.empty(),
              SnapshotMap.empty(),
              SnapshotMap.empty(),
              ClusterAddresses.NONE),
          Collections.emptySortedSet(),
          SnapshotMap.empty(),
          SnapshotMap.empty());

  private DesiredInput last = NOTHING;
  private Ground current = ground(NOTHING, NOTHING.definitions());

  /// config commit → its ground
  private final Map<String, Ground> frozen = new HashMap<>();

  /// Those that are announced, as far as it depends on the records.
  private final HolderIndex addresses = new HolderIndex();

  /// Addresses of records that are held.
  private final SortedSet<IpAddress> held = new TreeSet<>();

  private final Placement placement = new Placement();
  private final Spread spread = new Spread();

  /// Builds the content of every node's desired state.
  public DesiredContent build(DesiredInput input) {
    SortedSet<IpAddress> concerned = new TreeSet<>();
    follow(input.ledger().records().changesSince(last.ledger().records()), concerned);
    if (renewGrounds(input)) {
      concerned.addAll(input.ledger().records().keySet());
      placement.nodes(input, current);
    } else {
      if (!input.view().passwords().equals(last.view().passwords())) {
        placement.nodes(input, current);
      }
      concernedByFrozen(input, concerned);
      concernedByCluster(input, concerned);
      input.owners().changesSince(last.owners()).forEach(change -> concerned.add(change.key()));
      input.intended().changesSince(last.intended()).forEach(change -> concerned.add(change.key()));
      input.moves().changesSince(last.moves()).forEach(change -> concerned.add(change.key()));
    }
    last = input;
    place(concerned);
    return placement.content();
  }

  /// First those whose first candidate is settled, then the others.
  private void place(SortedSet<IpAddress> concerned) {
    concerned.addAll(spread.open());
    concerned.forEach(spread::release);
    spread.follow(last.owners(), last.intended(), last.moves());
    List<IpAddress> open = new ArrayList<>();
    for (IpAddress address : concerned) {
      Optional<AddressReach> reach = reach(address, heads(spread::settle));
      if (spread.isOpen(address)) {
        open.add(address);
      } else {
        placement.put(address, reach);
      }
    }
    open.forEach(address -> placement.put(address, reach(address, heads(spread::choose))));
  }

  /// The move of an address that helps balance most, should one help; made of what was built last.
  ///
  /// @param willing the nodes that may be asked to take an address over
  public Optional<BalanceMove> balance(SortedSet<NodeName> willing) {
    return spread.move(willing);
  }

  /// What puts each candidate where it is on the list of an address, best first; a sound one that
  /// nobody prefers has no reason. Empty when the address is announced on no link.
  public SortedMap<NodeName, List<String>> why(IpAddress address) {
    SortedMap<NodeName, List<String>> why = new TreeMap<>();
    List<NodeName> list = placement.content().candidates().find(address).orElse(List.of());
    if (!list.isEmpty()) {
      Choice asListed =
          (_, roster, _) -> {
            list.forEach(node -> why.put(node, roster.why(node)));
            return list.getFirst();
          };
      var _ = reach(address, heads(asListed));
    }
    return why;
  }

  /// Chooses who comes first.
  private interface Choice {

    NodeName of(IpAddress address, Roster roster, Rebalance rebalance);
  }

  private Heads heads(Choice choice) {
    return new Heads() {
      @Override
      public NodeName head(IpAddress address, Roster roster, Rebalance rebalance) {
        return choice.of(address, roster, rebalance);
      }

      @Override
      public boolean isMoving(IpAddress address) {
        return spread.isMoving(address);
      }

      @Override
      public Optional<NodeName> owner(IpAddress address) {
        return spread.owner(address);
      }
    };
  }

  /// What a new object makes of the input.
  public static DesiredContent buildOnce(DesiredInput input) {
    return new DesiredStates().build(input);
  }

  private void follow(
      Iterable<Change<IpAddress, AllocationRecord>> changes, SortedSet<IpAddress> concerned) {
    for (Change<IpAddress, AllocationRecord> change : changes) {
      change.before().ifPresent(this::forget);
      change.after().ifPresent(this::remember);
      concerned.add(change.key());
    }
  }

  private void forget(AllocationRecord record) {
    held.remove(record.address());
    addresses.remove(record);
  }

  private void remember(AllocationRecord record) {
    if (isAnnounced(record)) {
      addresses.add(record);
    }
    if (record.state() == State.HELD) {
      held.add(record.address());
    }
  }

  /// The others are being withdrawn, or nobody has them.
  private static boolean isAnnounced(AllocationRecord record) {
    return switch (record.state()) {
      case ALLOCATED, HELD -> true;
      case PROBING, CONFLICTED, RELEASING, RETAINED, RESTING -> false;
    };
  }

  /// @return whether every address is concerned
  private boolean renewGrounds(DesiredInput input) {
    if (current.isOf(input.definitions())
        && input.speakers().equals(last.speakers())
        && input.links().equals(last.links())
        && areNodesSame(input)) {
      return false;
    }
    current = ground(input, input.definitions());
    frozen.clear();
    input.frozen().forEach((commit, its) -> frozen.put(commit, ground(input, its)));
    return true;
  }

  private boolean areNodesSame(DesiredInput input) {
    return input.view().nodes().changesSince(last.view().nodes()).stream()
        .allMatch(change -> change.after().filter(this::isSame).isPresent());
  }

  private boolean isSame(NodeView node) {
    return current.isSame(node) && frozen.values().stream().allMatch(ground -> ground.isSame(node));
  }

  private static Ground ground(DesiredInput input, Definitions definitions) {
    return new Ground(
        definitions,
        input.definitions(),
        input.view().nodes().values(),
        input.speakers(),
        input.links());
  }

  /// A commit that held records name could not be read and now can, or the other way round.
  private void concernedByFrozen(DesiredInput input, SortedSet<IpAddress> concerned) {
    Map<String, Ground> before = Map.copyOf(frozen);
    frozen.clear();
    input
        .frozen()
        .forEach(
            (commit, its) -> {
              Ground known = before.get(commit);
              frozen.put(commit, known != null && known.isOf(its) ? known : ground(input, its));
            });
    if (!frozen.equals(before)) {
      concerned.addAll(held);
    }
  }

  private void concernedByCluster(DesiredInput input, SortedSet<IpAddress> concerned) {
    ClusterView view = input.view();
    view.services().changesSince(last.view().services()).stream()
        .filter(change -> !isSame(change.before(), change.after()))
        .forEach(change -> concerned.addAll(addresses.of(change.key())));
    view.endpoints()
        .changesSince(last.view().endpoints())
        .forEach(change -> concerned.addAll(addresses.of(change.key())));
  }

  /// A Service changes with every status that is written, which does not matter here.
  private static boolean isSame(Optional<ServiceView> before, Optional<ServiceView> after) {
    return before.isPresent()
        && after.isPresent()
        && before.get().scope() == after.get().scope()
        && before.get().trafficPolicy() == after.get().trafficPolicy()
        && before.get().healthCheckNodePort().equals(after.get().healthCheckNodePort())
        && before.get().labels().equals(after.get().labels());
  }

  /// Empty when there is no record in force.
  private Optional<AddressReach> reach(IpAddress address, Heads heads) {
    return last.ledger()
        .records()
        .find(address)
        .filter(DesiredStates::isAnnounced)
        .map(record -> AddressReach.of(record, last.view(), ground(record), heads));
  }

  private Ground ground(AllocationRecord record) {
    return record.state() == State.HELD
        ? frozen.getOrDefault(record.configCommit(), current)
        : current;
  }
}
