// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.speaker.bgp.Advertisement.Omission;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.MessageCodec;
import io.gitlb.speaker.bgp.packet.PathAttribute;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What routes are on the wire, each kind of them made once. For one piece of work.
final class Exports {

  private final WireTerms terms;
  private final Export export;

  /// a route's family and attributes → the same for the wire (N:1)
  private final Map<IpFamily, Map<RouteAttributes, Exported>> byRoute =
      new EnumMap<>(IpFamily.class);

  /// path attributes → the one that has them (1:1)
  private final Map<List<PathAttribute>, Exported> byAttributes = new HashMap<>();

  /// family → why none of its routes is sent (1:1)
  private final Map<IpFamily, Optional<Omission>> families = new EnumMap<>(IpFamily.class);

  Exports(WireTerms terms) {
    this.terms = terms;
    this.export = new Export(terms);
  }

  Export export() {
    return export;
  }

  /// @param family one whose routes are sent
  Exported of(IpFamily family, RouteAttributes route) {
    return byRoute
        .computeIfAbsent(family, _ -> new HashMap<>())
        .computeIfAbsent(
            route,
            one ->
                byAttributes.computeIfAbsent(
                    export.attributes(family, one),
                    attributes -> new Exported(attributes, export.room(attributes))));
  }

  /// Why a route is not sent; empty: it is.
  Optional<Omission> omission(IpPrefix prefix, RouteAttributes route) {
    Optional<Omission> whole = families.computeIfAbsent(prefix.family(), this::omission);
    return whole.isEmpty() && of(prefix.family(), route).room() < MessageCodec.lengthOf(prefix)
        ? Optional.of(Omission.ATTRIBUTES_TOO_LONG)
        : whole;
  }

  private Optional<Omission> omission(IpFamily family) {
    if (!terms.families().contains(AddressFamily.unicast(family))) {
      return Optional.of(Omission.FAMILY_NOT_NEGOTIATED);
    }
    return terms.isServed(family) ? Optional.empty() : Optional.of(Omission.NO_NEXT_HOP);
  }

  /// @param groups what is on the wire → the prefixes that have it, of one family (1:N)
  List<PackedUpdate> announcements(Map<Exported, List<IpPrefix>> groups) {
    List<PackedUpdate> updates = new ArrayList<>();
    groups.forEach(
        (exported, prefixes) ->
            export
                .announce(exported.attributes(), prefixes)
                .forEach(update -> updates.add(export.pack(update))));
    return updates;
  }
}
