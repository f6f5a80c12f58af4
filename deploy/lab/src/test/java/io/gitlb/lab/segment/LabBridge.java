// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.demo.net.Host;
import io.gitlb.demo.net.Sandbox;
import io.gitlb.schema.value.MacAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A layer-2 segment whose cables can be damaged one by one. All of it happens at the bridge's end,
/// so that the node sees of it only what a real one would.
public final class LabBridge {

  private static final String BRIDGE = "br0";
  private static final String FAR_BRIDGE = "br1";
  private static final String TRUNK = "trunk0";
  private static final String FAR_TRUNK = "trunk1";

  /// `bridge link set ... state`: disabled and forwarding of IEEE 802.1D.
  private static final String DISABLED = "0";

  private static final String FORWARDING = "3";

  private final Sandbox sandbox;
  private final Host bridge;

  /// Host → its port.
  private final Map<String, String> ports = new HashMap<>();

  LabBridge(Sandbox sandbox, String name) {
    this.sandbox = sandbox;
    this.bridge = sandbox.host(name);
    bridge
        .ip("link", "add", BRIDGE, "type", "bridge", "forward_delay", "0", "mcast_snooping", "0")
        .orThrow();
    bridge.ip("link", "set", BRIDGE, "up").orThrow();
  }

  /// What may be wrong with a cable.
  public enum Damage {
    /// Nothing passes, and both ends keep their carrier: a dead VLAN, a switch that lost power
    /// behind a media converter.
    CUT,
    /// The cable is pulled: the node loses its carrier.
    UNPLUGGED,
    /// What the node sends is lost.
    MUTE,
    /// What is sent to the node is lost.
    DEAF
  }

  /// Puts a new interface of `host` on the segment, up and with the given addresses.
  public void attach(Host host, String interfaceName, String... cidrs) {
    String port = "port" + ports.size();
    sandbox.link(host, interfaceName, bridge, port);
    bridge.ip("link", "set", port, "master", BRIDGE).orThrow();
    ports.put(host.name(), port);
    for (String cidr : cidrs) {
      host.address(interfaceName, cidr);
    }
  }

  /// The namespace of the bridge itself, where everything that passes can be captured at `br0`.
  public Host host() {
    return bridge;
  }

  /// Damages a host's cable.
  public void damage(Host host, Damage damage) {
    String port = port(host);
    switch (damage) {
      case CUT -> state(port, DISABLED);
      case UNPLUGGED -> bridge.ip("link", "set", port, "down").orThrow();
      case MUTE -> drop(port, "ingress");
      case DEAF -> drop(port, "egress");
    }
  }

  /// Loses what one host sends to another, and nothing else: a switch with a broken table. Ends
  /// with [#heal] of the other.
  ///
  /// @param from its hardware address
  public void lose(MacAddress from, Host to) {
    String port = port(to);
    bridge
        .exec(
            "nft",
            "add table netdev %1$s; add chain netdev %1$s loss { type filter hook egress device \"%2$s\" priority 0; policy accept; }; add rule netdev %1$s loss ether saddr %3$s drop"
                .formatted(table(port), port, from))
        .orThrow();
  }

  /// Lets nothing pass between those hosts that this was said of; all others hear each of them and
  /// are heard.
  public void isolate(Host host) {
    isolated(port(host), "on");
  }

  /// Makes two segments of this one: another switch with these hosts, and nothing between the two.
  /// Every cable keeps its carrier.
  public void split(List<Host> apart) {
    bridge
        .ip(
            "link",
            "add",
            FAR_BRIDGE,
            "type",
            "bridge",
            "forward_delay",
            "0",
            "mcast_snooping",
            "0")
        .orThrow();
    bridge.ip("link", "set", FAR_BRIDGE, "up").orThrow();
    apart.forEach(host -> bridge.ip("link", "set", port(host), "master", FAR_BRIDGE).orThrow());
  }

  /// Puts a trunk between the two.
  public void join() {
    bridge.ip("link", "add", TRUNK, "type", "veth", "peer", "name", FAR_TRUNK).orThrow();
    bridge.ip("link", "set", TRUNK, "master", BRIDGE, "up").orThrow();
    bridge.ip("link", "set", FAR_TRUNK, "master", FAR_BRIDGE, "up").orThrow();
  }

  /// Makes a host's cable whole again, whatever was wrong with it.
  public void heal(Host host) {
    String port = port(host);
    isolated(port, "off");
    bridge.exec("nft", "delete", "table", "netdev", table(port));
    bridge.ip("link", "set", port, "up").orThrow();
    state(port, FORWARDING);
  }

  private void state(String port, String state) {
    bridge.exec("bridge", "link", "set", "dev", port, "state", state).orThrow();
  }

  private void isolated(String port, String onOrOff) {
    bridge.exec("bridge", "link", "set", "dev", port, "isolated", onOrOff).orThrow();
  }

  private void drop(String port, String hook) {
    bridge
        .exec(
            "nft",
            "add table netdev %1$s; add chain netdev %1$s loss { type filter hook %2$s device \"%3$s\" priority 0; policy drop; }"
                .formatted(table(port), hook, port))
        .orThrow();
  }

  private static String table(String port) {
    return "loss_" + port;
  }

  private String port(Host host) {
    return Objects.requireNonNull(ports.get(host.name()), host.name());
  }
}
