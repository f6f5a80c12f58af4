// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo.net;

/// One layer-2 segment: a bridge, in a namespace of its own, with a cable to each host that is
/// attached.
public final class Segment {

  private static final String BRIDGE = "br0";

  private final Sandbox sandbox;
  private final Host bridgeHost;
  private int cables;

  Segment(Sandbox sandbox, Host bridgeHost) {
    this.sandbox = sandbox;
    this.bridgeHost = bridgeHost;
    // Nothing may wait for a bridge port to learn: forward_delay 0, and no snooping that holds back
    // groups.
    bridgeHost
        .ip("link", "add", BRIDGE, "type", "bridge", "forward_delay", "0", "mcast_snooping", "0")
        .orThrow();
    bridgeHost.ip("link", "set", BRIDGE, "up").orThrow();
  }

  /// Puts a new interface of `host` on this segment, up and with the given addresses
  /// (`192.0.2.1/24`).
  public void attach(Host host, String interfaceName, String... cidrs) {
    String port = "port" + cables++;
    sandbox.link(host, interfaceName, bridgeHost, port);
    bridgeHost.ip("link", "set", port, "master", BRIDGE).orThrow();
    for (String cidr : cidrs) {
      host.address(interfaceName, cidr);
    }
  }
}
