// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.net.Host;
import io.gitlb.lab.segment.Answering;
import io.gitlb.lab.segment.Answering.Span;
import io.gitlb.lab.segment.ControlTimer;
import io.gitlb.lab.segment.LabBridge;
import io.gitlb.lab.segment.LabBridge.Damage;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.Observer;
import io.gitlb.lab.segment.Observer.Sight;
import io.gitlb.lab.segment.SpeakerLab;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Three nodes that announce on two segments, A and B: what happens on one is no matter of the
/// other. The third comes to B while it serves on A.
@NeedsLab
final class TwoSegmentsLabIT {

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String B = "eth1";

  /// Detection takes 300 ms, the decision a claim and a probe at most.
  private static final Duration MOVES = Duration.ofSeconds(1);

  /// After a heal; detection and a tick.
  private static final Duration DOUBLED = Duration.ofMillis(400);

  private static final Duration SILENT = Duration.ofMillis(300);
  private static final Duration JOINS = Duration.ofMillis(50);
  private static final long WATCHED = 1_500;

  /// What the first node holds on A and on B, and what only the third may announce, on B.
  private static final Ipv4 ON_A = new Ipv4(0x0A4E_0064);

  private static final Ipv4 ON_B = new Ipv4(0x0A4F_0064);
  private static final Ipv4 LATE_ON_B = new Ipv4(0x0A4F_0065);
  private static final IpAddress LATE6 = IpAddress.of("2001:db8:79::100");
  private static final String GROUP6 = "ff02::1:ff00:100";

  @RegisterExtension final Lab lab = new Lab();

  private SpeakerLab speakers;
  private LabBridge segmentB;
  private Observer onA;
  private Observer onB;
  private ControlTimer control;

  @Test
  void whatHappensOnOneSegmentIsNoMatterOfTheOther() throws InterruptedException {
    LabNode first = speakers.nodes().getFirst();
    long begin = System.nanoTime();
    plugIn(speakers.nodes().getLast());
    LabNode holder = first;
    for (Damage damage : List.of(Damage.CUT, Damage.UNPLUGGED, Damage.MUTE)) {
      holder = movesOnBAlone(holder, damage);
    }
    assertUndisturbed(onA, ON_A, first.mac(), new Span(begin, System.nanoTime()));
  }

  @BeforeEach
  void start() {
    speakers =
        new SpeakerLab(
            lab.sandbox(), SpeakerLabLabIT.distribution(), 3, SpeakerLab.Management.OWN_NETWORK);
    segmentB = speakers.addSegment("lan-b");
    control = ControlTimer.start(lab.sandbox());
    Host observer = lab.sandbox().host("observer-b");
    segmentB.attach(observer, LabNode.LAN, "10.79.0.201/16");
    onA = Observer.start(speakers.observer(), List.of(ON_A));
    onB = Observer.start(observer, List.of(ON_B, LATE_ON_B));
    lab.sandbox().closeLater(onA);
    lab.sandbox().closeLater(onB);
    List<LabNode> nodes = speakers.nodes();
    nodes.subList(0, 2).forEach(this::plug);
    nodes.forEach(speakers::startOnly);
    nodes.forEach(speakers::awaitAnswer);
    assertEquals(nodes, speakers.decide(candidates()));
    LabNode first = nodes.getFirst();
    awaitAnswered(onA, ON_A, first.mac());
    awaitAnswered(onB, ON_B, macOnB(first));
    awaitSessions(nodes.get(1), first, LabNode.LAN, B);
    for (IpAddress address : List.of(LATE_ON_B, LATE6)) {
      Await.until(
          address + " is not on a link",
          LIMIT,
          () -> reason(nodes.getLast(), address),
          Optional.of("NotOnLink")::equals);
    }
  }

  private void plug(LabNode node) {
    speakers.plug(segmentB, node, B, node.address().replace("10.78.", "10.79."));
  }

  private static SortedMap<IpAddress, List<NodeName>> candidates() {
    List<NodeName> all = List.of(name(1), name(2), name(3));
    SortedMap<IpAddress, List<NodeName>> candidates = new TreeMap<>();
    candidates.put(ON_A, all);
    candidates.put(ON_B, all);
    candidates.put(LATE_ON_B, List.of(name(3)));
    candidates.put(LATE6, List.of(name(3)));
    return candidates;
  }

  private static NodeName name(int number) {
    return new NodeName("node-" + number);
  }

  /// Joined, told, answered for, and watched; what was there before stays where it is.
  private void plugIn(LabNode node) {
    long begin = System.nanoTime();
    plug(node);
    node.host().address(B, "2001:db8:79::13/64");
    MacAddress mac = macOnB(node);
    Sight told =
        onB.await(begin, LIMIT, sight -> sight.mac().equals(mac) && sight.gratuitous())
            .orElseThrow(() -> new AssertionError("not told: " + speakers.status(node)));
    System.out.printf("plugged in: told after %d ms%n", (told.nanos() - begin) / 1_000_000);
    awaitAnswered(onB, LATE_ON_B, mac);
    Await.until(
        "the group is joined",
        LIMIT,
        () -> node.host().ip("maddr", "show", "dev", B).output(),
        shown -> shown.contains(GROUP6));
    assertEquals(speakers.nodes(), speakers.decide(candidates()));
    for (LabNode peer : speakers.nodes().subList(0, 2)) {
      awaitSessions(peer, node, LabNode.LAN, B);
      awaitSessions(node, peer, LabNode.LAN, B);
    }
    MacAddress holder = macOnB(speakers.nodes().getFirst());
    assertUndisturbed(onB, ON_B, holder, new Span(begin, System.nanoTime()));
  }

  /// @return who holds the address on B then
  private LabNode movesOnBAlone(LabNode holder, Damage damage) throws InterruptedException {
    MacAddress mac = macOnB(holder);
    long cut = System.nanoTime();
    segmentB.damage(holder.host(), damage);
    Sight taken =
        onB.await(cut, LIMIT, sight -> sight.address().equals(ON_B) && !sight.mac().equals(mac))
            .orElseThrow(() -> new AssertionError(damage + ": nobody takes over"));
    Span gap = new Span(cut, taken.nanos());
    Thread.sleep(WATCHED);
    long healed = System.nanoTime();
    assertEquals(List.of(), doubles(new Span(cut, healed)), damage::toString);
    segmentB.heal(holder.host());
    Thread.sleep(WATCHED);
    List<Span> doubles = doubles(new Span(healed, System.nanoTime()));
    System.out.printf(
        "%s: moved after %d ms, two answered after the heal for %s%n",
        damage, gap.length().toMillis(), doubles.stream().map(Span::length).toList());
    assertTrue(
        gap.length().minus(control.stalled(gap)).compareTo(MOVES) < 0, () -> damage + ": " + gap);
    assertEquals(
        List.of(),
        doubles.stream()
            .filter(span -> span.length().minus(control.stalled(span)).compareTo(DOUBLED) > 0)
            .toList(),
        damage::toString);
    LabNode next = node(taken.mac());
    awaitAnswered(onB, ON_B, taken.mac());
    for (LabNode peer : speakers.nodes()) {
      if (!peer.equals(holder)) {
        awaitSessions(peer, holder, LabNode.LAN, B);
      }
    }
    return next;
  }

  private LabNode node(MacAddress onSegmentB) {
    return speakers.nodes().stream()
        .filter(node -> macOnB(node).equals(onSegmentB))
        .findFirst()
        .orElseThrow();
  }

  private static MacAddress macOnB(LabNode node) {
    return node.host().mac(B);
  }

  private List<Span> doubles(Span span) {
    return Answering.doubles(sights(onB, ON_B, span), JOINS);
  }

  private static List<Sight> sights(Observer observer, Ipv4 address, Span span) {
    return observer.since(span.from()).stream()
        .filter(sight -> sight.address().equals(address) && sight.nanos() < span.to())
        .toList();
  }

  private void assertUndisturbed(Observer observer, Ipv4 address, MacAddress holder, Span span) {
    List<Sight> sights = sights(observer, address, span);
    assertFalse(sights.isEmpty(), () -> address + " was not answered for");
    assertEquals(
        List.of(),
        sights.stream().filter(sight -> !sight.mac().equals(holder)).toList(),
        () -> address + " moved");
    assertEquals(
        List.of(),
        Answering.silences(sights, span, SILENT).stream()
            .filter(gap -> gap.length().minus(control.stalled(gap)).compareTo(SILENT) > 0)
            .toList(),
        () -> address + " was silent");
  }

  /// Alone, for a moment.
  private static void awaitAnswered(Observer observer, Ipv4 address, MacAddress mac) {
    long moment = Duration.ofMillis(300).toNanos();
    Await.until(
        address + " is answered for by " + mac + " alone",
        LIMIT,
        () -> {
          long now = System.nanoTime();
          return sights(observer, address, new Span(now - moment, now)).stream()
              .filter(sight -> !sight.gratuitous())
              .toList();
        },
        sights -> sights.size() > 10 && sights.stream().allMatch(sight -> sight.mac().equals(mac)));
  }

  private void awaitSessions(LabNode node, LabNode peer, String... interfaces) {
    Await.until(
        node.name() + " and " + peer.name() + " have sessions on " + List.of(interfaces),
        LIMIT,
        () ->
            speakers.status(node).map(SpeakerStatus::members).orElse(List.of()).stream()
                .filter(one -> one.node().equals(peer.name()) && one.state().equals("Up"))
                .map(SpeakerStatus.MemberStatus::interfaceName)
                .toList(),
        List.of(interfaces)::equals);
  }

  private Optional<String> reason(LabNode node, IpAddress address) {
    return speakers.status(node).orElseThrow().announcements().stream()
        .filter(one -> one.address().equals(address))
        .findFirst()
        .flatMap(AnnouncementStatus::reason);
  }
}
