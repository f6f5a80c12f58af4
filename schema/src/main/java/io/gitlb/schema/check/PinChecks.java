// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.PinnedIp;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.ServiceRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/// Pins lie in pools, and no two want the same thing.
final class PinChecks {

  private static final String ADDRESSES = "spec.addresses";

  private record Want(ServiceRef service, IpFamily family) {}

  private final Definitions definitions;
  private final SourceMap places;
  private final List<Problem> problems = new ArrayList<>();
  // address → the first pin that wants it (1:1)
  private final Map<IpAddress, PinnedIp> byAddress = new HashMap<>();
  // Service and family → the first pin for it (1:1)
  private final Map<Want, PinnedIp> byService = new HashMap<>();

  private PinChecks(Definitions definitions, SourceMap places) {
    this.definitions = definitions;
    this.places = places;
  }

  static List<Problem> check(Definitions definitions, SourceMap places, Gaps gaps) {
    PinChecks checks = new PinChecks(definitions, places);
    checks.collisions();
    if (!gaps.mayHoldPools()) {
      checks.outside();
    }
    return checks.problems;
  }

  private void collisions() {
    for (PinnedIp pin : NameChecks.inOrderOfText(definitions.pinnedIps())) {
      for (IpAddress address : pin.addresses()) {
        PinnedIp sameAddress = byAddress.putIfAbsent(address, pin);
        PinnedIp sameService =
            byService.putIfAbsent(new Want(pin.service(), address.family()), pin);
        if (sameAddress != null) {
          problems.add(collision(pin, sameAddress, address, address + " is pinned twice"));
        } else if (sameService != null) {
          String what = pin.service() + " has two pinned " + address.family() + " addresses";
          problems.add(collision(pin, sameService, address, what));
        }
      }
    }
  }

  private Problem collision(PinnedIp pin, PinnedIp first, IpAddress address, String what) {
    return new Problem(
        places.placeOf(pin, ADDRESSES, address),
        ProblemCode.PINS_COLLIDE,
        "%s, also by PinnedIP %s at %s; remove one"
            .formatted(what, first.documentName(), first.place()));
  }

  private void outside() {
    NavigableMap<IpAddress, IpAddress> pooled = pooled();
    for (PinnedIp pin : definitions.pinnedIps()) {
      for (IpAddress address : pin.addresses()) {
        Map.Entry<IpAddress, IpAddress> below = pooled.floorEntry(address);
        if (below == null || below.getValue().compareTo(address) < 0) {
          problems.add(
              new Problem(
                  places.placeOf(pin, ADDRESSES, address),
                  ProblemCode.PIN_OUTSIDE_POOLS,
                  "%s of PinnedIP %s lies in no pool; add it to one, or pin another address"
                      .formatted(address, pin.name())));
        }
      }
    }
  }

  /// First address → last address of every run of pooled addresses (1:1), without overlaps even
  /// when the pools have some.
  private NavigableMap<IpAddress, IpAddress> pooled() {
    NavigableMap<IpAddress, IpAddress> runs = new TreeMap<>();
    List<IpRange> ranges =
        definitions.pools().stream()
            .map(AddressPool::ranges)
            .flatMap(List::stream)
            .sorted()
            .toList();
    for (IpRange range : ranges) {
      Map.Entry<IpAddress, IpAddress> run = runs.lastEntry();
      if (run == null || run.getValue().compareTo(range.first()) < 0) {
        runs.put(range.first(), range.last());
      } else if (run.getValue().compareTo(range.last()) < 0) {
        runs.put(run.getKey(), range.last());
      }
    }
    return runs;
  }
}
