// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.NodeView;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.Port;
import io.gitlb.reconciler.cluster.ServiceView.Scope;
import io.gitlb.reconciler.cluster.ServiceView.TrafficPolicy;
import io.gitlb.reconciler.lease.Lease;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Assignment;
import io.gitlb.schema.model.AddressPool.EndOctets;
import io.gitlb.schema.model.AddressPool.Intake;
import io.gitlb.schema.model.AddressPool.Ownership;
import io.gitlb.schema.model.AddressPool.Presence;
import io.gitlb.schema.model.AddressPool.ServiceAllocation;
import io.gitlb.schema.model.AddressPool.Sharing;
import io.gitlb.schema.model.PinnedIp;
import io.gitlb.schema.model.ReservedRange;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.ServiceRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The rules of allocation said plainly: loops over every address, pool and record, no index, no
/// state. Written from the README's rules and not from the planner, to judge it by. Good for pools
/// of a few dozen addresses.
///
/// @param input what the planner was asked
/// @param ledger the records as they are taken to be: those of the input, or those after the plan
record ObviousRules(PlanInput input, Ledger ledger) {

  private static final List<String> PREFIXES =
      List.of("gitlb.io/", "metallb.io/", "metallb.universe.tf/");

  /// All addresses of a pool and family, the lowest first.
  static List<IpAddress> addresses(AddressPool pool, IpFamily family) {
    List<IpAddress> all = new ArrayList<>();
    for (IpRange range : pool.ranges()) {
      if (range.family() == family) {
        IpAddress address = range.first();
        while (address.compareTo(range.last()) < 0) {
          all.add(address);
          address = address.next().orElseThrow();
        }
        all.add(address);
      }
    }
    return all;
  }

  /// The Services that are to be served, by namespace and name.
  List<ServiceView> served() {
    return input.view().services().values().stream()
        .filter(service -> service.scope() == Scope.OURS)
        .toList();
  }

  /// The Service, unless it is gone or no longer ours.
  Optional<ServiceView> served(ServiceRef ref) {
    return input.view().services().find(ref).filter(service -> service.scope() == Scope.OURS);
  }

  static List<IpFamily> families(ServiceView service) {
    return service.clusterIps().stream().map(IpAddress::family).distinct().toList();
  }

  /// Values of an annotation under all its prefixes, blank ones left out.
  static Set<String> written(ServiceView service, String name) {
    Set<String> values = new TreeSet<>();
    for (String prefix : PREFIXES) {
      String value = service.annotations().getOrDefault(prefix + name, "").strip();
      if (!value.isEmpty()) {
        values.add(value);
      }
    }
    return values;
  }

  // --- Who has what

  static boolean isHolding(AllocationRecord record) {
    return record.state() == State.PROBING
        || record.state() == State.ALLOCATED
        || record.state() == State.HELD;
  }

  static boolean names(AllocationRecord record, ServiceRef service) {
    return record.holders().stream().anyMatch(holder -> holder.service().equals(service));
  }

  /// The records of the addresses that the Service has, sorted.
  List<AllocationRecord> heldBy(ServiceRef service) {
    return ledger.records().values().stream()
        .filter(record -> isHolding(record) && names(record, service))
        .toList();
  }

  boolean has(ServiceRef service, IpAddress address) {
    return heldBy(service).stream().anyMatch(record -> record.address().equals(address));
  }

  List<AllocationRecord> heldBy(ServiceView service, IpFamily family) {
    return heldBy(service.ref()).stream()
        .filter(record -> record.address().family() == family)
        .toList();
  }

  /// Whether an address that it had waits for the Service or is being withdrawn from it.
  boolean hasFormerAddress(ServiceRef service) {
    return ledger.records().values().stream()
        .anyMatch(
            record ->
                names(record, service)
                    && (record.state() == State.RELEASING || record.state() == State.RETAINED));
  }

  // --- Who may have what

  Optional<AddressPool> poolOf(IpAddress address) {
    return input.definitions().poolOf(address);
  }

  boolean admits(AddressPool pool, ServiceView service) {
    if (pool.serviceAllocation().isEmpty()) {
      return true;
    }
    ServiceAllocation allocation = pool.serviceAllocation().get();
    String namespace = service.ref().namespace();
    boolean everyNamespace =
        allocation.namespaces().isEmpty() && allocation.namespaceSelectors().isEmpty();
    boolean namespaceFits =
        everyNamespace
            || allocation.namespaces().contains(namespace)
            || allocation.namespaceSelectors().stream()
                .anyMatch(
                    selector ->
                        selector.matches(
                            input
                                .view()
                                .namespaceLabels()
                                .getOrDefault(namespace, new TreeMap<>())));
    boolean labelsFit =
        allocation.serviceSelectors().isEmpty()
            || allocation.serviceSelectors().stream()
                .anyMatch(selector -> selector.matches(service.labels()));
    return namespaceFits && labelsFit;
  }

  /// Whether the definitions give the address to the Service: it may keep it without being held.
  boolean isGivenByDefinitions(ServiceView service, IpAddress address) {
    Optional<AddressPool> pool = poolOf(address);
    return pool.isPresent()
        && admits(pool.get(), service)
        && pool.get().rules().excluded().stream().noneMatch(range -> range.contains(address))
        && !isAvoided(pool.get(), address)
        && pinnedTo(address).map(service.ref()::equals).orElse(true);
  }

  private static boolean isAvoided(AddressPool pool, IpAddress address) {
    if (pool.endOctets() == EndOctets.USED || address.family() == IpFamily.IPV6) {
      return false;
    }
    int last = address.toNumber().intValue() & 0xff;
    return last == 0 || last == 255;
  }

  boolean isReserved(IpAddress address) {
    for (ReservedRange reserved : input.definitions().reservedRanges()) {
      if (reserved.isClosed()
          && reserved.ranges().stream().anyMatch(range -> range.contains(address))) {
        return true;
      }
    }
    return false;
  }

  /// Whether no other cluster has the address: of a shared pool what this one has leased.
  boolean isThisClusters(IpAddress address) {
    boolean isElsewhere =
        input.fleet().elsewhere().keySet().stream().anyMatch(range -> range.contains(address));
    boolean isShared =
        poolOf(address).filter(pool -> pool.rules().ownership() == Ownership.SHARED).isPresent();
    return !isElsewhere
        && (!isShared || leasedTo(address).equals(Optional.of(input.fleet().self())));
  }

  /// The cluster that has leased the block with the address.
  Optional<ClusterName> leasedTo(IpAddress address) {
    return input.fleet().leases().values().stream()
        .filter(lease -> lease.block().range().contains(address))
        .map(Lease::cluster)
        .findFirst();
  }

  /// Whether this cluster could lease more of the pool.
  boolean hasFreeBlock(AddressPool pool, IpFamily family) {
    return pool.rules().ownership() == Ownership.SHARED
        && addresses(pool, family).stream()
            .filter(
                address ->
                    pool.rules().excluded().stream().noneMatch(range -> range.contains(address)))
            .anyMatch(address -> leasedTo(address).isEmpty());
  }

  Optional<ServiceRef> pinnedTo(IpAddress address) {
    return input.definitions().pinnedIps().stream()
        .filter(pin -> pin.addresses().contains(address))
        .map(PinnedIp::service)
        .findFirst();
  }

  /// What PinnedIPs give to the Service of its families, sorted.
  List<IpAddress> pinsOf(ServiceView service) {
    return input.definitions().pinnedIps().stream()
        .filter(pin -> pin.service().equals(service.ref()))
        .flatMap(pin -> pin.addresses().stream())
        .filter(address -> families(service).contains(address.family()))
        .sorted()
        .toList();
  }

  /// Whether a node, its pods, a Service inside the cluster or the API server has the address.
  boolean isClusters(IpAddress address) {
    for (NodeView node : input.view().nodes().values()) {
      if (node.addresses().contains(address)
          || node.podCidrs().stream().anyMatch(prefix -> prefix.contains(address))) {
        return true;
      }
    }
    return input.view().addresses().single().containsKey(address)
        || input.view().addresses().ranges().keySet().stream()
            .anyMatch(range -> range.contains(address));
  }

  /// The addresses of the pool on which the namespace has a holder.
  long usedOf(AddressPool pool, String namespace) {
    return ledger.records().values().stream()
        .filter(record -> isHolding(record) && pool.contains(record.address()))
        .filter(record -> hasHolderOf(record, namespace))
        .count();
  }

  /// Those of them that are not held against the definitions.
  long allocatedOf(AddressPool pool, String namespace) {
    return ledger.records().values().stream()
        .filter(record -> record.state() == State.ALLOCATED && pool.contains(record.address()))
        .filter(record -> hasHolderOf(record, namespace))
        .count();
  }

  static boolean hasHolderOf(AllocationRecord record, String namespace) {
    return record.holders().stream()
        .anyMatch(holder -> holder.service().namespace().equals(namespace));
  }

  /// How many further addresses the namespace may have of the pool.
  long quotaLeft(AddressPool pool, String namespace) {
    return pool.rules().quota().isEmpty()
        ? Long.MAX_VALUE
        : pool.rules().quota().getAsInt() - usedOf(pool, namespace);
  }

  /// Whether nothing but other Services' use could keep the address from the Service.
  boolean isOpenTo(ServiceView service, IpAddress address) {
    Optional<AddressPool> pool = poolOf(address);
    return pool.isPresent()
        && families(service).contains(address.family())
        && isGivenByDefinitions(service, address)
        && pool.get().rules().intake() == Intake.OPEN
        && !isReserved(address)
        && !isClusters(address)
        && isThisClusters(address)
        && !ledger.unreadable().contains(address);
  }

  /// Whether the Service certainly can be given the address.
  boolean canHave(ServiceView service, IpAddress address) {
    if (!isOpenTo(service, address)) {
      return false;
    }
    AddressPool pool = poolOf(address).orElseThrow();
    String namespace = service.ref().namespace();
    Optional<AllocationRecord> record = ledger.records().find(address);
    if (record.isEmpty()) {
      return quotaLeft(pool, namespace) > 0;
    }
    return switch (record.get().state()) {
      case PROBING, ALLOCATED ->
          sharesWithAll(service, record.get())
              && isHarmonious(record.get())
              && (hasHolderOf(record.get(), namespace) || quotaLeft(pool, namespace) > 0);
      case RETAINED -> isOnlyOf(record.get(), service) && quotaLeft(pool, namespace) > 0;
      case RESTING -> quotaLeft(pool, namespace) > 0;
      case CONFLICTED, HELD, RELEASING -> false;
    };
  }

  /// Why the Service certainly must not be given the address that its former record, if any, says;
  /// empty when it may. Quotas are counted elsewhere.
  Optional<String> mustNotHave(ServiceView service, IpAddress address) {
    if (!isOpenTo(service, address)) {
      return Optional.of("it is not open to it");
    }
    Optional<AllocationRecord> before = input.ledger().records().find(address);
    if (before.isEmpty() || names(before.get(), service.ref())) {
      return Optional.empty();
    }
    AllocationRecord record = before.get();
    boolean isRetained =
        !poolOf(address).orElseThrow().rules().retain().isZero()
            && pinnedTo(address).filter(service.ref()::equals).isEmpty()
            && !isGivenUp(record);
    boolean waits =
        switch (record.state()) {
          case PROBING, ALLOCATED, HELD, RESTING -> false;
          case CONFLICTED -> true;
          case RELEASING -> !isWithdrawn(record) || isRetained;
          case RETAINED -> isRetained && !isRetainedLongEnough(record);
        };
    return waits ? Optional.of("it is " + record.state().text()) : Optional.empty();
  }

  /// Whether nobody announces the address any more, or so long ago that it is taken for granted.
  boolean isWithdrawn(AllocationRecord record) {
    return input.speakers().withdrawn().contains(record.address())
        || isOver(record, Planner.RELEASE_LIMIT);
  }

  /// Whether it was not a deletion that ended it: a Service that lives does not come back.
  boolean isGivenUp(AllocationRecord record) {
    return record.holders().stream().anyMatch(holder -> served(holder.service()).isPresent());
  }

  boolean isRetainedLongEnough(AllocationRecord record) {
    return isOver(
        record, poolOf(record.address()).map(pool -> pool.rules().retain()).orElse(Duration.ZERO));
  }

  /// Whether the record has been as it is for that long.
  boolean isOver(AllocationRecord record, Duration time) {
    return !input.now().isBefore(record.since().plus(time));
  }

  private static boolean isOnlyOf(AllocationRecord record, ServiceView service) {
    return record.holders().stream().allMatch(holder -> holder.service().equals(service.ref()));
  }

  // --- Sharing

  /// Whether the Service fits beside all the others that have the address.
  boolean sharesWithAll(ServiceView service, AllocationRecord record) {
    for (Holder holder : record.holders()) {
      if (!holder.service().equals(service.ref())) {
        Optional<ServiceView> other = served(holder.service());
        if (other.isEmpty() || !share(service, other.get(), record.address())) {
          return false;
        }
      }
    }
    return true;
  }

  /// Whether all who have the address may have it together; nobody new joins those who may not.
  private boolean isHarmonious(AllocationRecord record) {
    return record.holders().stream()
        .flatMap(holder -> served(holder.service()).stream())
        .allMatch(service -> sharesWithAll(service, record));
  }

  /// Whether two Services may have one address.
  boolean share(ServiceView a, ServiceView b, IpAddress address) {
    Set<String> keys = written(a, "allow-shared-ip");
    boolean sameNamespace = a.ref().namespace().equals(b.ref().namespace());
    boolean across =
        poolOf(address)
            .filter(pool -> pool.rules().sharing() == Sharing.ACROSS_NAMESPACES)
            .isPresent();
    Set<Port> common = new HashSet<>(a.ports());
    common.retainAll(b.ports());
    return keys.size() == 1
        && keys.equals(written(b, "allow-shared-ip"))
        && backend(a).equals(backend(b))
        && common.isEmpty()
        && (sameNamespace || across);
  }

  /// Under policy Local only pods of the same namespace and selector are the same.
  private static List<Object> backend(ServiceView service) {
    return service.trafficPolicy() == TrafficPolicy.CLUSTER
        ? List.of()
        : List.of(service.ref().namespace(), service.selector());
  }

  // --- In which order

  /// The pools that a Service is tried with that asks for nothing.
  List<AddressPool> automaticPools(ServiceView service) {
    Comparator<AddressPool> open =
        Comparator.comparing((AddressPool pool) -> pool.serviceAllocation().isEmpty());
    return input.definitions().pools().stream()
        .filter(pool -> pool.assignment() == Assignment.AUTOMATIC && admits(pool, service))
        .sorted(
            open.thenComparingInt(ObviousRules::turn).thenComparing(pool -> pool.name().value()))
        .toList();
  }

  private static int turn(AddressPool pool) {
    int priority = pool.serviceAllocation().map(ServiceAllocation::priority).orElse(0);
    return priority == 0 ? Integer.MAX_VALUE : priority;
  }

  // --- On the wire

  boolean isAnnounced(IpAddress address) {
    return input.speakers().announced().containsKey(address);
  }

  /// Whether nobody waits for an announcement of the address.
  boolean isSilent(IpAddress address) {
    return poolOf(address).filter(pool -> pool.rules().presence() == Presence.SILENT).isPresent();
  }
}
