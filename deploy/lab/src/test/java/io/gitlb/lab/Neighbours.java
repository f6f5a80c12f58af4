// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import io.gitlb.demo.net.Host;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What the kernel of a client and ndisc6 say of who has an address. Neither knows of speakers.
///
/// @param client a host on the segment that is no node
record Neighbours(Host client) {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  /// Has the kernel ask who has an address, and waits until it knows.
  void learn(IpAddress address, MacAddress mac) {
    neighbour("replace", address, "nud", "none");
    neighbour("replace", address, "use");
    await(address, mac);
  }

  /// Has the kernel look whether an address is still there, by a request to that station alone.
  void probe(IpAddress address, MacAddress mac) {
    neighbour("change", address, "lladdr", mac.toString(), "nud", "probe");
    await(address, mac, "REACHABLE");
  }

  /// Has the kernel take an address for learned, in a state that `ip neigh` names.
  void set(IpAddress address, MacAddress mac, String state) {
    neighbour("replace", address, "lladdr", mac.toString(), "nud", state);
  }

  /// The station that the kernel has learned for an address, in text; empty when there is none.
  String station(IpAddress address) {
    List<String> shown =
        List.of(client.ip("neigh", "show", address.toString()).output().split(" "));
    int label = shown.indexOf("lladdr");
    return label < 0 ? "" : shown.get(label + 1);
  }

  private void neighbour(String verb, IpAddress address, String... rest) {
    List<String> command =
        new ArrayList<>(List.of("neigh", verb, address.toString(), "dev", LabNode.LAN));
    command.addAll(List.of(rest));
    client.ip(command.toArray(String[]::new)).orThrow();
  }

  /// Waits until the kernel has an address at a station, without asking anybody.
  ///
  /// @param states as `ip neigh` names them, all of them
  void await(IpAddress address, MacAddress mac, String... states) {
    Await.until(
        address + " is at " + mac + " for the client's kernel",
        LIMIT,
        () -> client.ip("neigh", "show", address.toString()).output(),
        shown ->
            shown.contains(mac.toString()) && List.of(states).stream().allMatch(shown::contains));
  }

  /// Waits until ndisc6 is told of a station, asking each half second.
  void awaitNdisc6(IpAddress address, MacAddress mac) {
    Await.until(
        "ndisc6 hears of " + mac,
        LIMIT,
        () -> client.exec("ndisc6", "-1", "-r", "1", "-w", "500", address.toString(), LabNode.LAN),
        said -> said.output().toLowerCase(Locale.ROOT).contains(mac.toString()));
  }
}
