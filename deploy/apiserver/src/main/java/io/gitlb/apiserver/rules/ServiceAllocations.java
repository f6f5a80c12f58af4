// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.rules;

import io.gitlb.apiserver.resource.JsonTree;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Which cluster IPs and node ports are taken. Proposals read it; only [#replace] changes it, when
/// an object is really stored, so that a refused or pretended write takes nothing. The store's lock
/// guards it.
final class ServiceAllocations {
  static final String IPV4 = "IPv4";
  static final String IPV6 = "IPv6";

  /// The ranges, one a family.
  static final List<String> RANGES = List.of("10.96.0.0/16", "fd00:10:96::/112");

  /// Hosts in each range.
  private static final int RANGE_SIZE = 1 << 16;

  /// The first ten addresses are left to well-known Services, as kubeadm's DNS address 10.96.0.10.
  private static final int FIRST_HOST = 11;

  private final PortRange nodePortRange;

  /// Canonical address → name of the Service (1:1).
  private final Map<String, String> clusterIps = new HashMap<>();

  private final Set<Integer> nodePorts = new HashSet<>();

  /// Family → where the search for a free address goes on.
  private final Map<String, Integer> nextHost = new HashMap<>();

  private int nextPort;

  ServiceAllocations(PortRange nodePortRange) {
    this.nodePortRange = nodePortRange;
    this.nextPort = nodePortRange.first();
  }

  static String familyOf(String address) {
    return address.indexOf(':') >= 0 ? IPV6 : IPV4;
  }

  /// The free address to try next; empty when the range is full.
  Optional<String> freeClusterIp(String family) {
    int start = nextHost.getOrDefault(family, FIRST_HOST);
    for (int step = 0; step < RANGE_SIZE; step++) {
      int host = (start + step) % RANGE_SIZE;
      String address = address(family, host);
      if (host >= FIRST_HOST && host < RANGE_SIZE - 1 && !clusterIps.containsKey(address)) {
        nextHost.put(family, host + 1);
        return Optional.of(address);
      }
    }
    return Optional.empty();
  }

  private static String address(String family, int host) {
    return family.equals(IPV6)
        ? "fd00:10:96::" + Integer.toHexString(host)
        : "10.96.%d.%d".formatted(host >> 8, host & 0xff);
  }

  boolean isTaken(String clusterIp) {
    return clusterIps.containsKey(canonical(clusterIp));
  }

  /// Whether an address can be a cluster IP at all.
  static boolean isInRange(String clusterIp) {
    String text = canonical(clusterIp);
    return text.startsWith("10.96.") || text.startsWith("fd00:10:96::");
  }

  boolean isTaken(int nodePort) {
    return nodePorts.contains(nodePort);
  }

  boolean isInRange(int nodePort) {
    return nodePort >= nodePortRange.first() && nodePort <= nodePortRange.last();
  }

  PortRange nodePortRange() {
    return nodePortRange;
  }

  /// The free port to try next.
  ///
  /// @param alsoTaken ports that the same proposal has already been given
  Optional<Integer> freeNodePort(Set<Integer> alsoTaken) {
    for (int step = 0; step < nodePortRange.size(); step++) {
      int port =
          nodePortRange.first() + (nextPort - nodePortRange.first() + step) % nodePortRange.size();
      if (!nodePorts.contains(port) && !alsoTaken.contains(port)) {
        nextPort = port + 1;
        return Optional.of(port);
      }
    }
    return Optional.empty();
  }

  /// A Service is stored, changed or gone: what the old one had and the new one lacks is free.
  ///
  /// @param before an empty object for a new Service
  /// @param after an empty object for a deleted one
  void replace(JsonNode before, JsonNode after) {
    addresses(before).forEach(clusterIps::remove);
    ports(before).forEach(nodePorts::remove);
    String name = JsonTree.text(after, "metadata", "name");
    addresses(after).forEach(address -> clusterIps.put(address, name));
    nodePorts.addAll(ports(after));
  }

  private static Set<String> addresses(JsonNode service) {
    Set<String> addresses = new HashSet<>();
    for (String address : JsonTree.texts(service.path("spec").path("clusterIPs"))) {
      if (!address.isEmpty() && !address.equals("None")) {
        addresses.add(canonical(address));
      }
    }
    return addresses;
  }

  static Set<Integer> ports(JsonNode service) {
    Set<Integer> ports = new HashSet<>();
    for (JsonNode port : service.path("spec").path("ports")) {
      if (JsonTree.number(port, "nodePort") != 0) {
        ports.add(JsonTree.number(port, "nodePort"));
      }
    }
    int health = JsonTree.number(service.path("spec"), "healthCheckNodePort");
    if (health != 0) {
      ports.add(health);
    }
    return ports;
  }

  /// One spelling per address; what is no address stays as it is.
  static String canonical(String address) {
    try {
      String text = InetAddress.ofLiteral(address).getHostAddress();
      return text.equals("fd00:10:96:0:0:0:0:0")
          ? "fd00:10:96::"
          : text.replace("fd00:10:96:0:0:0:0:", "fd00:10:96::");
    } catch (IllegalArgumentException notAnAddress) {
      return address;
    }
  }
}
