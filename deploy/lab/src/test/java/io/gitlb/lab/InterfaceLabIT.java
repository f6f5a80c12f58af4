// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.net.Host;
import io.gitlb.lab.segment.Answering.Span;
import io.gitlb.lab.segment.ArpCapture;
import io.gitlb.lab.segment.ControlTimer;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.SpeakerLab;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// An interface goes and another one comes under its name: a new one, or an upper device above the
/// old one. Whatever it is, it is told, answered for and takes part in the groups.
@NeedsLab
final class InterfaceLabIT {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  /// From before the commands that make the interface until the first frame.
  private static final Duration TOLD = Duration.ofSeconds(2);

  private static final IpAddress ADDRESS = IpAddress.of("10.78.0.100");
  private static final IpAddress ADDRESS6 = IpAddress.of("2001:db8:78::100");
  private static final String GROUP6 = "ff02::1:ff00:100";
  private static final String NODE6 = "2001:db8:78::11/64";
  private static final String LOWER = "lower0";

  @RegisterExtension final Lab lab = new Lab();

  private SpeakerLab speakers;
  private LabNode node;
  private ControlTimer control;
  private Neighbours neighbours;

  @Test
  void whateverComesUnderTheNameIsToldAndAnswers() {
    Host host = node.host();
    try (ArpCapture watch = ArpCapture.start(speakers.observer())) {
      scene(
          "another interface",
          watch,
          () -> {
            host.ip("link", "del", LabNode.LAN).orThrow();
            speakers.lan().attach(host, LabNode.LAN, node.address() + "/16", NODE6);
          });
      scene(
          "a bridge above it",
          watch,
          () -> {
            host.ip("link", "set", LabNode.LAN, "down").orThrow();
            host.ip("link", "set", LabNode.LAN, "name", LOWER).orThrow();
            host.ip("link", "add", LabNode.LAN, "type", "bridge", "forward_delay", "0").orThrow();
            host.ip("link", "set", LabNode.LAN, "type", "bridge", "mcast_snooping", "0").orThrow();
            host.ip("link", "set", LOWER, "master", LabNode.LAN, "up").orThrow();
            host.ip("link", "set", LabNode.LAN, "up").orThrow();
            host.address(LabNode.LAN, node.address() + "/16");
            host.address(LabNode.LAN, NODE6);
          });
    }
  }

  @BeforeEach
  void start() {
    speakers =
        new SpeakerLab(
            lab.sandbox(), SpeakerLabLabIT.distribution(), 1, SpeakerLab.Management.OWN_NETWORK);
    node = speakers.nodes().getFirst();
    control = ControlTimer.start(lab.sandbox());
    neighbours = new Neighbours(speakers.client());
    speakers.client().address(LabNode.LAN, "2001:db8:78::c/64");
    node.host().address(LabNode.LAN, NODE6);
    speakers.start(node);
    SortedMap<IpAddress, List<NodeName>> candidates = new TreeMap<>();
    candidates.put(ADDRESS, List.of(node.name()));
    candidates.put(ADDRESS6, List.of(node.name()));
    assertEquals(List.of(node), speakers.decide(candidates));
  }

  /// The client knows who has the addresses, and hears of the change without asking.
  private void scene(String what, ArpCapture watch, Runnable change) {
    MacAddress before = node.host().mac(LabNode.LAN);
    neighbours.learn(ADDRESS, before);
    neighbours.learn(ADDRESS6, before);
    assertTrue(groups().contains(GROUP6), this::groups);
    long start = System.nanoTime();
    change.run();
    MacAddress mac = node.host().mac(LabNode.LAN);
    long told =
        Await.until(
                what + " is told", LIMIT, () -> watch.since(start, mac), seen -> !seen.isEmpty())
            .getFirst()
            .nanos();
    neighbours.await(ADDRESS, mac);
    neighbours.await(ADDRESS6, mac);
    neighbours.awaitNdisc6(ADDRESS6, mac);
    assertEquals(List.of(mac), speakers.client().arping(LabNode.LAN, ADDRESS.toString(), 1), what);
    Await.until("joined anew", LIMIT, this::groups, shown -> shown.contains(GROUP6));
    Duration bar = TOLD.plus(control.stalled(new Span(start, told)));
    System.out.printf("%s: told after %d ms%n", what, (told - start) / 1_000_000);
    assertTrue(told - start < bar.toNanos(), () -> what + " was told after " + (told - start));
  }

  private String groups() {
    return node.host().ip("maddr", "show", "dev", LabNode.LAN).output();
  }
}
