// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Outlook;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.WellKnownCommunity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a speaker is to tell routers.
///
/// @param routes address → what leads to it
/// @param healthPorts address of a Service with the traffic policy Local → where each node's proxy
///   tells whether it has an endpoint (1:1)
public record Routing(
    List<PeerSettings> peers,
    SortedMap<IpAddress, List<BgpRoute>> routes,
    SortedMap<IpAddress, Integer> healthPorts) {

  /// Nothing at all.
  public static final Routing NONE =
      of(List.of(), Collections.unmodifiableSortedMap(new TreeMap<>()));

  /// Without endpoints that matter.
  public static Routing of(List<PeerSettings> peers, SortedMap<IpAddress, List<BgpRoute>> routes) {
    return new Routing(peers, routes, new TreeMap<>());
  }

  /// One route to each of `count` addresses, all of them to every peer.
  ///
  /// @param first the lowest of the addresses
  public static Routing hosts(List<PeerSettings> peers, Ipv4 first, int count) {
    List<IpAddress> addresses = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      addresses.add(new Ipv4(first.bits() + i));
    }
    return hosts(peers, addresses);
  }

  /// One route to each of these addresses, all of them to every peer.
  public static Routing hosts(List<PeerSettings> peers, List<IpAddress> addresses) {
    List<PeerName> names = peers.stream().map(PeerSettings::name).toList();
    SortedMap<IpAddress, List<BgpRoute>> routes = new TreeMap<>();
    addresses.forEach(
        address -> routes.put(address, List.of(route(address, names, Outlook.STAYING))));
    return of(peers, routes);
  }

  /// The same, but one route has communities.
  public Routing marking(IpAddress address, Community... communities) {
    return with(address, Outlook.STAYING, communities);
  }

  /// The same, but the node is about to go and asks routers to prefer others for an address.
  public Routing leaving(IpAddress address) {
    return with(address, Outlook.LEAVING, WellKnownCommunity.GRACEFUL_SHUTDOWN);
  }

  private Routing with(IpAddress address, Outlook outlook, Community... communities) {
    SortedMap<IpAddress, List<BgpRoute>> changed = new TreeMap<>(routes);
    List<PeerName> names = peers.stream().map(PeerSettings::name).toList();
    changed.put(address, List.of(route(address, names, outlook, communities)));
    return new Routing(peers, changed, healthPorts);
  }

  /// The same, but an address counts only where there is an endpoint.
  public Routing local(IpAddress address, int port) {
    SortedMap<IpAddress, Integer> ports = new TreeMap<>(healthPorts);
    ports.put(address, port);
    return new Routing(peers, routes, ports);
  }

  private static BgpRoute route(
      IpAddress address, Collection<PeerName> peers, Outlook outlook, Community... communities) {
    return new BgpRoute(
        IpPrefix.host(address),
        OptionalLong.empty(),
        List.of(communities),
        new TreeSet<>(peers),
        outlook);
  }
}
