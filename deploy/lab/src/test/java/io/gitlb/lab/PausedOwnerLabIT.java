// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.lab.segment.Answering;
import io.gitlb.lab.segment.Answering.Span;
import io.gitlb.lab.segment.Field;
import io.gitlb.lab.segment.FrameReading;
import io.gitlb.lab.segment.LabBridge.Damage;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.Observer.Sight;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// An owner whose management network is cut goes on; one that stood still looks before it says
/// anything. Judged by all frames on its own link, by a client's kernel and by ndisc6.
@NeedsLab
final class PausedOwnerLabIT {

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration CUT = Duration.ofSeconds(3);

  /// Longer than two of the observer's questions, and than most stalls of the machine.
  private static final Duration SILENCE = Duration.ofMillis(500);

  /// For so long a wrong answer may come after all.
  private static final Duration AFTERMATH = Duration.ofSeconds(1);

  private static final IpAddress SHARED6 = IpAddress.of("2001:db8:78::100");

  @RegisterExtension final Lab lab = new Lab();

  private Field field;
  private LabNode owner;
  private LabNode heir;

  /// Of both nodes.
  private Ipv4 shared;

  /// Of the owner alone.
  private Ipv4 lone;

  @Test
  void anOwnerThatIsCutOffFromManagementGoesOnAndAPausedOneLooksFirst()
      throws InterruptedException {
    managementIsCut();
    ownerIsPaused();
  }

  @BeforeEach
  void serve() {
    field = Field.open(lab.sandbox(), SpeakerLabLabIT.distribution(), 2, 1);
    owner = field.lab().nodes().getFirst();
    heir = field.lab().nodes().getLast();
    shared = field.addresses().getFirst();
    lone = field.addresses().getLast();
    field.lab().client().address(LabNode.LAN, "2001:db8:78::c/64");
    owner.host().address(LabNode.LAN, "2001:db8:78::11/64");
    heir.host().address(LabNode.LAN, "2001:db8:78::12/64");
    List<NodeName> both = List.of(owner.name(), heir.name());
    SortedMap<IpAddress, List<NodeName>> candidates = new TreeMap<>();
    candidates.put(shared, both);
    candidates.put(SHARED6, both);
    candidates.put(lone, List.of(owner.name()));
    field.decide(candidates);
    field.settleOn(shared, owner);
    field.settleOn(lone, owner);
    new Neighbours(field.lab().client()).awaitNdisc6(SHARED6, owner.mac());
  }

  private void managementIsCut() throws InterruptedException {
    long start = System.nanoTime();
    field.lab().managementNetwork().damage(owner.host(), Damage.CUT);
    assertTrue(field.lab().status(owner).isEmpty(), "the management network is not cut");
    Thread.sleep(CUT);
    Span cut = new Span(start, System.nanoTime());
    field.lab().managementNetwork().heal(owner.host());
    assertTrue(field.lab().status(heir).isPresent(), "the other one has its own");
    field.settleOn(shared, owner);
    Span whole = new Span(start, System.nanoTime());

    List<Sight> sights = answers(shared, whole);
    assertEquals(Set.of(owner.mac()), macs(sights));
    Duration silence = SILENCE.plus(field.control().stalled(whole));
    assertEquals(List.of(), Answering.silences(sights, whole, silence));
    assertFalse(answers(shared, cut).isEmpty(), "nobody was asked");
  }

  private void ownerIsPaused() throws InterruptedException {
    Neighbours neighbours = new Neighbours(field.lab().client());
    neighbours.learn(SHARED6, owner.mac());
    LabNode.pause(field.lab().speaker(owner));
    FrameReading reading =
        FrameReading.start(
            owner.host(), lab.sandbox().scratch().resolve("paused.pcap"), "arp or icmp6");
    field.settleOn(shared, heir);
    neighbours.await(SHARED6, heir.mac());
    neighbours.awaitNdisc6(SHARED6, heir.mac());
    long resumed = System.nanoTime();
    LabNode.resume(field.lab().speaker(owner));
    assertTrue(
        field
            .observer()
            .await(
                resumed,
                LIMIT,
                sight -> sight.address().equals(lone) && sight.mac().equals(owner.mac()))
            .isPresent(),
        "it does not come back to what is its own");
    Thread.sleep(AFTERMATH);
    reading.stop();
    field.settleOn(shared, heir);
    judge(reading);
  }

  /// The capture begins while the owner stands still, so that all its frames are of the time after.
  private void judge(FrameReading reading) {
    String its = "eth.src==" + owner.mac();
    assertFalse(
        reading.read("arp.dst.proto_ipv4==" + shared, "frame.number", "eth.src").isEmpty(),
        "nothing is seen");
    assertEquals(
        List.of(),
        reading.read(its + " && arp.src.proto_ipv4==" + shared, "frame.number", "eth.src"),
        "it answers for what it has lost");
    assertEquals(
        List.of(),
        reading.read(
            its + " && icmpv6.type==136 && icmpv6.nd.na.target_address==" + SHARED6,
            "frame.number",
            "eth.src"),
        "it advertises what it has lost");

    List<String> told =
        reading
            .read(
                its + " && (arp.src.proto_ipv4==" + lone + " || arp.dst.proto_ipv4==" + lone + ")",
                "arp.src.proto_ipv4",
                "frame.number")
            .stream()
            .map(List::getFirst)
            .toList();
    long probes = told.stream().takeWhile("0.0.0.0"::equals).count();
    System.out.println("resumed: " + probes + " probes before the first answer");
    assertTrue(probes > 0 && probes < told.size(), () -> "no probe before an answer: " + told);
  }

  private List<Sight> answers(Ipv4 address, Span span) {
    return field.observer().since(span.from()).stream()
        .filter(sight -> sight.nanos() < span.to())
        .filter(sight -> sight.address().equals(address) && !sight.gratuitous())
        .toList();
  }

  private static Set<MacAddress> macs(List<Sight> sights) {
    return sights.stream().map(Sight::mac).collect(Collectors.toSet());
  }
}
