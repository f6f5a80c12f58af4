// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo;

import io.gitlb.demo.net.ArpReply;
import io.gitlb.demo.net.Poll;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Asks the network itself: ARP from the client, the route in the router.
final class WireCheck {

  /// A BGP session that was refused at first is tried again within this time.
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final DemoNetwork.OnTheWire wired;

  WireCheck(DemoNetwork.OnTheWire wired) {
    this.wired = wired;
  }

  /// What was asked and what came back.
  ///
  /// @param lines for people; the question first
  record Seen(boolean found, List<String> lines) {

    Seen {
      lines = List.copyOf(lines);
    }
  }

  /// Asks for the address with a real `arping`.
  Seen arp(String address) {
    List<ArpReply> replies =
        Poll.until(LIMIT, () -> arping(address), found -> !found.isEmpty()).last();
    String question = "client$ arping " + address;
    return replies.isEmpty()
        ? new Seen(false, List.of(question, "no answer"))
        : new Seen(
            true,
            List.of(
                question,
                replies.getFirst().line() + "   = " + owner(replies.getFirst().sender())));
  }

  /// Looks for the route in the router's kernel, where FRR puts it.
  Seen route(String address) {
    String prefix = address + (address.contains(":") ? "/128" : "/32");
    Optional<String> route =
        Poll.until(LIMIT, () -> wired.router().host().kernelRoute(prefix), Optional::isPresent)
            .last();
    List<String> lines = new ArrayList<>(List.of("router$ ip route show " + prefix));
    route.ifPresentOrElse(
        text -> Stream.of(text.split("\n")).map(String::strip).forEach(lines::add),
        () -> lines.add("no route"));
    return new Seen(route.isPresent(), lines);
  }

  private List<ArpReply> arping(String address) {
    return ArpReply.allIn(
        wired
            .client()
            .exec("arping", "-c", "1", "-w", "1", "-I", DemoNetwork.LAN_INTERFACE, address)
            .output());
  }

  private String owner(MacAddress address) {
    return wired.nodes().stream()
        .filter(node -> node.host().mac(DemoNetwork.LAN_INTERFACE).equals(address))
        .map(DemoNode::name)
        .map(NodeName::toString)
        .findFirst()
        .orElse("nobody of this demo");
  }
}
