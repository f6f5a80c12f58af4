// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo;

import io.gitlb.demo.Progress.Goal;
import io.gitlb.demo.Progress.Stage;
import io.gitlb.demo.WireCheck.Seen;
import io.gitlb.demo.net.Poll;
import io.gitlb.schema.value.ServiceRef;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// The heart of the demo: three Services are created, one after the other, and each is followed
/// until it is served.
final class Act {

  /// From the creation of a Service to its last announcement, on a busy machine with two cores.
  private static final Duration SERVED_LIMIT = Duration.ofSeconds(60);

  private static final List<Wish> WISHES =
      List.of(
          new Wish(
              "web",
              "wants the address that Git pins to it (clusters/demo/pins.yaml)",
              "",
              Way.ARP),
          new Wish("shop", "wants any address", "", Way.ARP),
          new Wish(
              "api", "wants an address of the pool \"routed\" (by annotation)", "routed", Way.BGP));

  private final Story story;
  private final Installation installation;
  private final DemoNetwork network;

  Act(Story story, Installation installation, DemoNetwork network) {
    this.story = story;
    this.installation = installation;
    this.network = network;
  }

  /// How the address of a Service becomes known, as the example repository's advertisements say.
  private enum Way {
    ARP,
    BGP
  }

  /// One of the three Services.
  ///
  /// @param words what it asks for
  /// @param pool the pool that it names; empty for none
  private record Wish(String name, String words, String pool, Way way) {

    ServiceRef service() {
      return new ServiceRef(Demo.NAMESPACE, name);
    }

    SortedMap<String, String> annotations() {
      SortedMap<String, String> annotations = new TreeMap<>();
      if (!pool.isEmpty()) {
        annotations.put("metallb.io/address-pool", pool);
      }
      return annotations;
    }
  }

  /// Creates the Services and tells what happens to them.
  ///
  /// @return whether all were served
  boolean play() {
    boolean served = true;
    for (int i = 0; i < WISHES.size(); i++) {
      served &= serve(WISHES.get(i), network.nodes().get(i % 2));
    }
    return served;
  }

  private boolean serve(Wish wish, DemoNode podNode) {
    ServiceRef service = wish.service();
    story.line("");
    story.fact(service.toString(), wish.words());
    long start = System.nanoTime();
    installation.user().createLoadBalancer(service, wish.annotations());
    installation
        .user()
        .createReadyEndpoint(service, podNode.name(), "10.244.0." + (7 + wish.name().length()));

    Goal goal =
        switch (network) {
          case DemoNetwork.OnTheWire _ -> Goal.ANNOUNCED;
          case DemoNetwork.OnLoopback _ -> Goal.TAKEN_OVER;
        };
    Progress progress = new Progress(service, goal);
    List<Stage> missing =
        Poll.until(
                SERVED_LIMIT,
                () -> {
                  progress.observe(look(service), since(start)).forEach(this::tell);
                  return progress.missing();
                },
                List::isEmpty)
            .last();
    if (!missing.isEmpty()) {
      complain(service, missing);
      return false;
    }
    return seenOnTheWire(wish, start);
  }

  private void tell(Progress.News news) {
    story.event(news.at(), news.stage().word(), news.detail());
  }

  /// True where there is no wire.
  private boolean seenOnTheWire(Wish wish, long start) {
    if (!(network instanceof DemoNetwork.OnTheWire wired)) {
      return true;
    }
    WireCheck check = new WireCheck(wired);
    boolean all = true;
    for (String address : installation.user().addresses(wish.service())) {
      Seen seen =
          switch (wish.way()) {
            case ARP -> check.arp(address);
            case BGP -> check.route(address);
          };
      story.event(since(start), "seen", seen.lines().getFirst());
      seen.lines().stream().skip(1).forEach(story::more);
      all &= seen.found();
    }
    return all;
  }

  private Progress.Look look(ServiceRef service) {
    Set<String> remote = new HashSet<>();
    installation.remote().log(Installation.LEDGER_BRANCH).forEach(entry -> remote.add(entry.id()));
    return new Progress.Look(
        installation.user().addresses(service),
        installation.localLedger(),
        remote,
        installation.speakers());
  }

  private void complain(ServiceRef service, List<Stage> missing) {
    String stages = String.join(", ", missing.stream().map(Stage::word).toList());
    story.event(SERVED_LIMIT, "missing", stages);
    installation.user().events(service).forEach(story::more);
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
