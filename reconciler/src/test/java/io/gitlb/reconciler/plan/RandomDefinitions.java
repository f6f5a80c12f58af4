// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Assignment;
import io.gitlb.schema.model.AddressPool.EndOctets;
import io.gitlb.schema.model.AddressPool.Intake;
import io.gitlb.schema.model.AddressPool.Pairing;
import io.gitlb.schema.model.AddressPool.Presence;
import io.gitlb.schema.model.AddressPool.Rules;
import io.gitlb.schema.model.AddressPool.ServiceAllocation;
import io.gitlb.schema.model.AddressPool.Sharing;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.PinnedIp;
import io.gitlb.schema.model.ReservedRange;
import io.gitlb.schema.model.SourcePlace;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.LabelSelector;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Config commits, one after the other: three small pools between which blocks of four addresses go
/// to and fro, their rules, pins and reserved ranges.
final class RandomDefinitions {

  private static final SourcePlace PLACE = SourcePlace.of("random.yaml");

  /// What can belong to a pool; some of it ends in 0 or 255.
  static final List<IpRange> BLOCKS =
      List.of(
          range("10.0.0.0", "10.0.0.3"),
          range("10.0.0.4", "10.0.0.7"),
          range("10.0.0.8", "10.0.0.11"),
          range("10.0.0.252", "10.0.0.255"),
          range("2001:db8::", "2001:db8::3"),
          range("2001:db8::4", "2001:db8::7"),
          range("2001:db8::fffe", "2001:db8::1:1"));

  private final Random random;
  private final EnumSet<RandomFeature> features;

  /// block → the pool that has it (N:1)
  private final SortedMap<IpRange, String> owners = new TreeMap<>();

  /// pool → what it is without its ranges
  private final SortedMap<String, AddressPool> pools = new TreeMap<>();

  /// address → the Service that it is pinned to (N:1)
  private final SortedMap<IpAddress, ServiceRef> pins = new TreeMap<>();

  private final SortedSet<IpRange> reserved = new TreeSet<>();

  RandomDefinitions(Random random, EnumSet<RandomFeature> features) {
    this.random = random;
    this.features = features;
    for (String name : List.of("a", "b", "c")) {
      pools.put(name, draw(name));
    }
    BLOCKS.forEach(
        block -> owners.put(block, List.of("a", "a", "b", "nobody").get(random.nextInt(4))));
  }

  private static IpRange range(String first, String last) {
    return new IpRange(IpAddress.of(first), IpAddress.of(last));
  }

  static IpAddress anyAddress(Random random) {
    IpRange block = BLOCKS.get(random.nextInt(BLOCKS.size()));
    IpAddress address = block.first();
    for (int steps = random.nextInt(4); steps > 0; steps--) {
      address = address.next().orElseThrow();
    }
    return address;
  }

  /// Changes one thing.
  void change(List<ServiceRef> services) {
    switch (random.nextInt(10)) {
      case 0, 1, 2 -> moveBlock();
      case 3 -> renamePool();
      case 4, 5, 6 -> {
        String name = List.of("a", "b", "c").get(random.nextInt(3));
        pools.put(name, draw(name));
      }
      case 7, 8 -> pin(services);
      default -> reserve();
    }
  }

  private void moveBlock() {
    IpRange block = BLOCKS.get(random.nextInt(BLOCKS.size()));
    String owner = List.of("a", "a", "b", "c", "nobody").get(random.nextInt(5));
    owners.put(block, owner);
  }

  /// All that one pool has goes to another one.
  private void renamePool() {
    String from = List.of("a", "b", "c").get(random.nextInt(3));
    String to = List.of("a", "b", "c").get(random.nextInt(3));
    owners.replaceAll((_, owner) -> owner.equals(from) ? to : owner);
  }

  private void pin(List<ServiceRef> services) {
    if (!features.contains(RandomFeature.PINS)) {
      return;
    }
    IpAddress address = anyAddress(random);
    ServiceRef service = services.get(random.nextInt(services.size()));
    boolean hasOne =
        pins.entrySet().stream()
            .anyMatch(
                pin -> pin.getValue().equals(service) && pin.getKey().family() == address.family());
    if (random.nextInt(3) == 0) {
      pins.clear();
    } else if (!hasOne || features.contains(RandomFeature.COUNT)) {
      pins.put(address, service);
    }
  }

  private void reserve() {
    if (features.contains(RandomFeature.RESERVED)) {
      IpAddress address = anyAddress(random);
      IpRange one = new IpRange(address, address);
      if (!reserved.remove(one)) {
        reserved.add(one);
      }
    }
  }

  private boolean maybe(RandomFeature feature) {
    return features.contains(feature) && random.nextInt(3) == 0;
  }

  private AddressPool draw(String name) {
    Rules plain = Rules.DEFAULTS;
    List<IpRange> excluded = new ArrayList<>();
    if (maybe(RandomFeature.EXCLUDE)) {
      IpRange block = BLOCKS.get(random.nextInt(BLOCKS.size()));
      excluded.add(new IpRange(block.first(), block.first().next().orElseThrow()));
    }
    Rules rules =
        new Rules(
            excluded,
            maybe(RandomFeature.QUOTA)
                ? OptionalInt.of(1 + random.nextInt(3))
                : OptionalInt.empty(),
            maybe(RandomFeature.TIMES)
                ? Duration.ofSeconds(random.nextInt(3) * 200L)
                : plain.reuseDelay(),
            maybe(RandomFeature.TIMES)
                ? Duration.ofSeconds(random.nextInt(3) * 100L)
                : plain.retain(),
            maybe(RandomFeature.DRAINING) ? Intake.DRAINING : Intake.OPEN,
            maybe(RandomFeature.SILENT) ? Presence.SILENT : Presence.ANNOUNCED,
            maybe(RandomFeature.SHARING) ? Sharing.ACROSS_NAMESPACES : Sharing.WITHIN_NAMESPACE,
            maybe(RandomFeature.COMBINE) ? Pairing.COMBINED : Pairing.ONE_POOL,
            plain.ownership(),
            plain.sweeping());
    return new AddressPool(
        new PoolName(name),
        PLACE,
        new TreeMap<>(),
        List.of(BLOCKS.getFirst()),
        maybe(RandomFeature.RESTRICTED) ? Assignment.ON_REQUEST : Assignment.AUTOMATIC,
        maybe(RandomFeature.END_OCTETS) ? EndOctets.AVOIDED : EndOctets.USED,
        maybe(RandomFeature.RESTRICTED) ? Optional.of(allocation()) : Optional.empty(),
        rules);
  }

  private ServiceAllocation allocation() {
    SortedSet<String> namespaces = new TreeSet<>();
    List<LabelSelector> byLabels = new ArrayList<>();
    List<LabelSelector> ofServices = new ArrayList<>();
    switch (random.nextInt(4)) {
      case 0 -> namespaces.add(RandomServices.NAMESPACES.get(random.nextInt(2)));
      case 1 -> byLabels.add(new LabelSelector(new TreeMap<>(Map.of("team", "x")), List.of()));
      case 2 -> ofServices.add(new LabelSelector(new TreeMap<>(Map.of("tier", "gold")), List.of()));
      default -> {}
    }
    return new ServiceAllocation(random.nextInt(3), namespaces, byLabels, ofServices);
  }

  /// As they are now; pins that no pool has any more are left out, as the checks demand.
  Definitions build() {
    List<AddressPool> defined = new ArrayList<>();
    pools.forEach(
        (name, pool) -> {
          List<IpRange> ranges =
              owners.entrySet().stream()
                  .filter(entry -> entry.getValue().equals(name))
                  .map(Map.Entry::getKey)
                  .toList();
          if (!ranges.isEmpty()) {
            defined.add(withRanges(pool, ranges));
          }
        });
    SortedMap<ServiceRef, List<IpAddress>> pinned = new TreeMap<>();
    pins.forEach(
        (address, service) -> {
          if (defined.stream().anyMatch(pool -> pool.contains(address))) {
            pinned.computeIfAbsent(service, _ -> new ArrayList<>()).add(address);
          }
        });
    List<PinnedIp> pinDocuments =
        pinned.entrySet().stream()
            .map(
                pin ->
                    new PinnedIp(
                        "pin-" + pin.getKey().namespace() + "-" + pin.getKey().name(),
                        PLACE,
                        pin.getKey(),
                        pin.getValue()))
            .toList();
    List<ReservedRange> ranges =
        reserved.isEmpty()
            ? List.of()
            : List.of(new ReservedRange("r", PLACE, List.copyOf(reserved), "for somebody else"));
    return Definitions.of(defined)
        .with(pinDocuments.toArray(PinnedIp[]::new))
        .with(ranges.toArray(ReservedRange[]::new));
  }

  private static AddressPool withRanges(AddressPool pool, List<IpRange> ranges) {
    List<IpRange> excluded =
        pool.rules().excluded().stream()
            .filter(hole -> ranges.stream().anyMatch(range -> range.overlaps(hole)))
            .toList();
    return pool.withRanges(ranges).withRules(pool.rules().withExcluded(excluded));
  }

  /// In short, for the story.
  static String describe(Definitions definitions) {
    StringBuilder text = new StringBuilder();
    for (AddressPool pool : definitions.pools()) {
      text.append("\n    pool ")
          .append(pool.name())
          .append(' ')
          .append(pool.ranges())
          .append(' ')
          .append(pool.assignment())
          .append(' ')
          .append(pool.endOctets())
          .append(pool.serviceAllocation().map(allocation -> " " + allocation).orElse(""))
          .append(pool.rules().equals(Rules.DEFAULTS) ? "" : " " + pool.rules());
    }
    for (PinnedIp pin : definitions.pinnedIps()) {
      text.append("\n    pin ").append(pin.service()).append(' ').append(pin.addresses());
    }
    for (ReservedRange range : definitions.reservedRanges()) {
      text.append("\n    reserved ").append(range.ranges());
    }
    return text.toString();
  }
}
