// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.value.FixedSortedSet;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;

/// One address that the node has to do with.
///
/// @param record the ledger's text of the allocation, kept with the announcement so that the ledger
///   can be rebuilt from the speakers
/// @param layer2 how it is announced by ARP and NDP, if at all
/// @param routes the BGP routes that lead to it from this node, sorted by prefix
/// @param healthCheckNodePort under `externalTrafficPolicy: Local`: the port where this node's own
///   proxy says whether it has an endpoint; without one the node must not announce
public record Announcement(
    IpAddress address,
    Owner owner,
    String record,
    Optional<Layer2> layer2,
    List<BgpRoute> routes,
    OptionalInt healthCheckNodePort)
    implements Comparable<Announcement> {

  public Announcement {
    routes = routes.stream().sorted().toList();
    if (healthCheckNodePort.isPresent()
        && (healthCheckNodePort.getAsInt() < 1 || healthCheckNodePort.getAsInt() > 65_535)) {
      throw new IllegalArgumentException(
          "a port is between 1 and 65535, not " + healthCheckNodePort.getAsInt());
    }
  }

  /// For Services that any node passes on.
  public Announcement(
      IpAddress address,
      Owner owner,
      String record,
      Optional<Layer2> layer2,
      List<BgpRoute> routes) {
    this(address, owner, record, layer2, routes, OptionalInt.empty());
  }

  /// Whose address it is.
  public sealed interface Owner {

    /// One Service, or several that share the address.
    record Services(SortedSet<ServiceRef> services) implements Owner {

      public Services {
        services = FixedSortedSet.copyOf(services);
        if (services.isEmpty()) {
          throw new IllegalArgumentException("an address is owned by at least one Service");
        }
      }
    }
  }

  /// Announced on a link by one node at a time.
  ///
  /// @param term the generation with which this list of candidates began to count
  /// @param candidates the nodes that may announce, best first, at least one
  /// @param interfaces names, sorted; empty means every interface of the speaker
  public record Layer2(Generation term, List<NodeName> candidates, List<String> interfaces) {

    public Layer2 {
      candidates = List.copyOf(candidates);
      interfaces = interfaces.stream().sorted().toList();
      if (candidates.isEmpty()) {
        throw new IllegalArgumentException("without a candidate nobody announces");
      }
    }
  }

  /// The same, sharing what is equal with another one.
  Announcement sharing(Announcement other) {
    if (routes.isEmpty() || other.routes.isEmpty()) {
      return this;
    }
    List<BgpRoute> shared = routes;
    for (BgpRoute one : other.routes) {
      shared = shared.stream().map(route -> route.sharing(one)).toList();
    }
    return new Announcement(address, owner, record, layer2, shared, healthCheckNodePort);
  }

  @Override
  public int compareTo(Announcement other) {
    return address.compareTo(other.address);
  }
}
