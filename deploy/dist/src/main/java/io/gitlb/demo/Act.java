// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo;

import io.gitlb.demo.net.ArpReply;
import io.gitlb.demo.net.Poll;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.ServiceRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// The heart of the demo: three Services are created and followed until they are served.
final class Act {

  /// From the creation of the Services to the last announcement, on a busy machine with two cores.
  private static final Duration SERVED_LIMIT = Duration.ofSeconds(60);

  /// A BGP session that was refused at first is tried again within this time.
  private static final Duration ROUTE_LIMIT = Duration.ofSeconds(20);

  private static final ServiceRef WEB = new ServiceRef(Demo.NAMESPACE, "web");
  private static final ServiceRef SHOP = new ServiceRef(Demo.NAMESPACE, "shop");
  private static final ServiceRef API = new ServiceRef(Demo.NAMESPACE, "api");

  private final Story story;
  private final Installation installation;
  private final DemoNetwork network;

  Act(Story story, Installation installation, DemoNetwork network) {
    this.story = story;
    this.installation = installation;
    this.network = network;
  }

  /// Creates the Services and tells what happens to them.
  ///
  /// @return whether all reached their last stage in time
  boolean create() {
    story.fact(WEB.toString(), "an address pinned to it in Git: clusters/demo/pins.yaml");
    story.fact(SHOP.toString(), "any address that is free");
    story.fact(API.toString(), "an address of the pool \"routed\", by annotation");
    story.line("");
    long start = System.nanoTime();
    createService(WEB, 0, Collections.emptySortedMap());
    createService(SHOP, 1, Collections.emptySortedMap());
    createService(API, 0, new TreeMap<>(java.util.Map.of("metallb.io/address-pool", "routed")));

    Progress.Goal goal =
        switch (network) {
          case DemoNetwork.OnTheWire _ -> Progress.Goal.ANNOUNCED;
          case DemoNetwork.OnLoopback _ -> Progress.Goal.TAKEN_OVER;
        };
    Progress progress = new Progress(List.of(WEB, SHOP, API), goal);
    Poll.until(
        SERVED_LIMIT,
        () -> {
          Duration at = Duration.ofNanos(System.nanoTime() - start);
          progress
              .observe(look(), at)
              .forEach(
                  news ->
                      story.event(
                          news.at(),
                          news.service().toString(),
                          news.stage().word(),
                          news.detail()));
          return progress.missing();
        },
        missing -> missing.isEmpty());
    progress.missing().forEach(this::complain);
    return progress.missing().isEmpty();
  }

  /// Asks the network itself: ARP from the client, the route in the router.
  ///
  /// @return whether every address was seen; true where there is no wire
  boolean showTheWire() {
    if (!(network instanceof DemoNetwork.OnTheWire wired)) {
      return true;
    }
    story.section("On the wire");
    boolean seen = true;
    for (ServiceRef service : List.of(WEB, SHOP)) {
      for (String address : installation.user().addresses(service)) {
        seen &= showArp(wired, address);
      }
    }
    for (String address : installation.user().addresses(API)) {
      seen &= showRoute(wired, address);
    }
    return seen;
  }

  private boolean showArp(DemoNetwork.OnTheWire wired, String address) {
    String interfaceName = DemoNetwork.LAN_INTERFACE;
    List<ArpReply> replies =
        Poll.until(
                ROUTE_LIMIT,
                () ->
                    ArpReply.allIn(
                        wired
                            .client()
                            .exec("arping", "-c", "1", "-w", "1", "-I", interfaceName, address)
                            .output()),
                found -> !found.isEmpty())
            .last();
    if (replies.isEmpty()) {
      story.fact("ARP", "client$ arping " + address, "no answer");
      return false;
    }
    ArpReply reply = replies.getFirst();
    story.fact(
        "ARP", "client$ arping " + address, reply.line() + "   which is " + owner(reply.sender()));
    return true;
  }

  private String owner(MacAddress address) {
    return network.nodes().stream()
        .filter(node -> node.host().mac(DemoNetwork.LAN_INTERFACE).equals(address))
        .map(DemoNode::name)
        .map(NodeName::toString)
        .findFirst()
        .orElse("nobody of this demo");
  }

  private boolean showRoute(DemoNetwork.OnTheWire wired, String address) {
    String prefix = address + (address.contains(":") ? "/128" : "/32");
    Optional<String> route =
        Poll.until(
                ROUTE_LIMIT, () -> wired.router().host().kernelRoute(prefix), Optional::isPresent)
            .last();
    List<String> lines =
        new ArrayList<>(
            route
                .map(text -> text.lines().map(String::strip).toList())
                .orElse(List.of("no route")));
    story.fact("BGP", "router$ ip route show " + prefix, lines.toArray(String[]::new));
    return route.isPresent();
  }

  private void createService(ServiceRef service, int node, SortedMap<String, String> annotations) {
    installation.user().createLoadBalancer(service, annotations);
    installation
        .user()
        .createReadyEndpoint(service, network.nodes().get(node).name(), "10.244." + node + ".7");
  }

  private Progress.Look look() {
    SortedMap<ServiceRef, List<String>> addresses = new TreeMap<>();
    for (ServiceRef service : List.of(WEB, SHOP, API)) {
      addresses.put(service, installation.user().addresses(service));
    }
    Set<String> remote = new HashSet<>();
    installation.remote().log(Installation.LEDGER_BRANCH).forEach(entry -> remote.add(entry.id()));
    return new Progress.Look(
        addresses, installation.localLedger(), remote, installation.speakers());
  }

  private void complain(ServiceRef service, List<Progress.Stage> missing) {
    String stages = String.join(", ", missing.stream().map(Progress.Stage::word).toList());
    story.fact(service.toString(), "not " + stages + " within " + SERVED_LIMIT.toSeconds() + " s");
    installation.user().events(service).forEach(event -> story.fact("", event));
  }
}
