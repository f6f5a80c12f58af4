// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.check.OwnedRanges.Owned;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.PinnedIp;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.model.ReservedRange;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpRangeSet;
import io.gitlb.schema.value.ServiceRef;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Pins are addresses that a pool can give, and no two documents want the same thing.
final class PinChecks {

  private static final String ADDRESSES = "spec.addresses";

  private record Want(ServiceRef service, IpFamily family) {}

  private final Definitions definitions;
  private final SourceMap places;
  private final Gaps gaps;
  private final List<Problem> problems = new ArrayList<>();
  // address → the first pin that wants it (1:1)
  private final Map<IpAddress, PinnedIp> byAddress = new HashMap<>();
  // Service and family → the first pin for it (1:1)
  private final Map<Want, PinnedIp> byService = new HashMap<>();

  private PinChecks(Definitions definitions, SourceMap places, Gaps gaps) {
    this.definitions = definitions;
    this.places = places;
    this.gaps = gaps;
  }

  static List<Problem> check(Definitions definitions, SourceMap places, Gaps gaps) {
    PinChecks checks = new PinChecks(definitions, places, gaps);
    checks.collisions();
    checks.addressesThatNoPoolGives();
    return checks.problems;
  }

  private void collisions() {
    for (PinnedIp pin : NameChecks.inOrderOfText(definitions.pinnedIps())) {
      Set<IpFamily> said = EnumSet.noneOf(IpFamily.class);
      for (IpAddress address : pin.addresses()) {
        PinnedIp sameAddress = byAddress.putIfAbsent(address, pin);
        PinnedIp sameService =
            byService.putIfAbsent(new Want(pin.service(), address.family()), pin);
        if (sameAddress != null) {
          add(
              pin,
              address,
              ProblemCode.PINS_COLLIDE,
              "%s is pinned twice, also by %s; remove one"
                  .formatted(address, inWords(sameAddress)));
        } else if (sameService != null && !sameService.equals(pin) && said.add(address.family())) {
          add(
              pin,
              address,
              ProblemCode.PINS_COLLIDE,
              "%s has pinned %s addresses in two documents, also in %s; list them in one"
                  .formatted(pin.service(), address.family(), inWords(sameService)));
        }
      }
    }
  }

  private static String inWords(PinnedIp pin) {
    return "PinnedIP " + pin.name() + " at " + pin.place();
  }

  /// One problem an address, the one that decides: no pool may have an address that is reserved.
  private void addressesThatNoPoolGives() {
    OwnedRanges<AddressPool> pooled = ReservedChecks.pooled(definitions);
    OwnedRanges<ReservedRange> reserved = ReservedChecks.reserved(definitions);
    IpRangeSet excluded = ReservedChecks.excluded(definitions);
    for (PinnedIp pin : definitions.pinnedIps()) {
      for (IpAddress address : pin.addresses()) {
        Optional<Owned<ReservedRange>> other = reserved.ownerOf(address);
        Optional<AddressPool> pool = pooled.ownerOf(address).map(Owned::owner);
        if (other.isPresent()) {
          reserved(pin, address, other.get());
        } else if (pool.isEmpty()) {
          outside(pin, address);
        } else if (excluded.contains(address)) {
          excluded(pin, address, pool.get());
        }
      }
    }
  }

  private void reserved(PinnedIp pin, IpAddress address, Owned<ReservedRange> other) {
    add(
        pin,
        address,
        ProblemCode.RESERVED,
        "%s of PinnedIP %s is reserved by %s; pin another address"
            .formatted(address, pin.name(), ReservedChecks.inWords(other, places)));
  }

  private void outside(PinnedIp pin, IpAddress address) {
    if (!gaps.mayHold("IPAddressPool")) {
      add(
          pin,
          address,
          ProblemCode.PIN_OUTSIDE_POOLS,
          "%s of PinnedIP %s lies in no pool; add it to one, or pin another address"
              .formatted(address, pin.name()));
    }
  }

  private void excluded(PinnedIp pin, IpAddress address, AddressPool pool) {
    add(
        pin,
        address,
        ProblemCode.PIN_EXCLUDED,
        "%s of PinnedIP %s is excluded by its pool %s at %s; take it out of spec.exclude there, or"
                .formatted(address, pin.name(), pool.name(), pool.place())
            + " pin another address");
  }

  private void add(PinnedIp pin, IpAddress address, ProblemCode code, String message) {
    problems.add(new Problem(places.placeOf(pin, ADDRESSES, address), code, message));
  }
}
