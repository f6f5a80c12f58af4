// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.net.CommandResult;
import io.gitlb.demo.net.Host;
import io.gitlb.lab.segment.ArpCapture;
import io.gitlb.lab.segment.FrameReading;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.SpeakerLab;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Layer 2 of real speakers, judged by programs that know nothing of them: arping, arp-scan,
/// ndisc6, the kernel of a client, tcpdump and tshark.
@NeedsLab
final class ForeignJudgesLabIT {

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int FIRST = 0x0A4E_0100;
  private static final int COUNT = 200;
  private static final IpAddress ADDRESS = new Ipv4(FIRST);
  private static final String MANY = "10.78.1.0/24";
  private static final String FREE = "10.78.2.1";
  private static final IpAddress ADDRESS6 = IpAddress.of("2001:db8:78::100");

  /// Seconds from one round of an address to its next, for IPv4 and IPv6.
  private static final List<Double> ROUNDS = List.of(0.1, 0.4, 0.6, 1.1, 1.1, 1.1);

  private static final List<Double> ROUNDS6 = List.of(0.1, 1.0, 1.1);

  /// All addresses take half a second at the pace of the plan, and a busy machine has stalls.
  private static final double MOST_LATE = 1.5;

  @RegisterExtension static final Lab LAB = new Lab();

  private SpeakerLab speakers;

  /// Of every address.
  private LabNode holder;

  private LabNode other;

  /// Both speakers run, whatever was killed before.
  @BeforeEach
  void begin() {
    speakers = LAB.keep(SpeakerLab.class, ForeignJudgesLabIT::layOut);
    speakers.nodes().stream()
        .filter(node -> !speakers.speaker(node).isRunning())
        .forEach(speakers::start);
    Set<String> answering = Set.copyOf(scan(speakers.client(), MANY).values());
    holder =
        speakers.nodes().stream()
            .filter(node -> answering.equals(Set.of(node.mac().toString())))
            .findFirst()
            .orElseThrow(() -> new AssertionError("not one holder, but " + answering));
    other =
        speakers.nodes().stream().filter(node -> !node.equals(holder)).findFirst().orElseThrow();
  }

  @Test
  void toolsAndTheKernelOfAClientFindTheDesiredAddressesAndNothingElse() {
    Host client = speakers.client();

    String unicast = arping(client, ADDRESS.toString(), "-c", "2").output();
    assertTrue(unicast.contains("Sent 2 probes (1 broadcast(s))"), unicast);
    assertTrue(unicast.contains("Received 2 response(s)"), unicast);
    assertEquals(1, arping(client, ADDRESS.toString(), "-D", "-c", "1").exitCode(), "taken");
    assertEquals(0, arping(client, FREE, "-D", "-c", "1").exitCode(), "free");
    Neighbours neighbours = new Neighbours(client);
    neighbours.awaitNdisc6(ADDRESS6, holder.mac());
    for (IpAddress address : List.of(ADDRESS, ADDRESS6)) {
      neighbours.learn(address, holder.mac());
      neighbours.probe(address, holder.mac());
    }
    assertEquals(desired(), scan(client, "10.78.0.0/16"));
  }

  @Test
  void theTakeOverOfManyAddressesIsAnnouncedAsPlanned() throws InterruptedException {
    LabNode old = holder;
    LabNode heir = other;
    Host client = speakers.client();
    Neighbours neighbours = new Neighbours(client);
    neighbours.learn(ADDRESS, old.mac());
    neighbours.learn(ADDRESS6, old.mac());
    FrameReading reading =
        FrameReading.start(
            client, LAB.sandbox().scratch().resolve("take-over.pcap"), "arp or icmp6");
    Instant killed = Instant.now();
    try (ArpCapture watch = ArpCapture.start(speakers.observer())) {
      LabNode.kill(speakers.speaker(old));
      neighbours.await(ADDRESS, heir.mac());
      neighbours.await(ADDRESS6, heir.mac());
      neighbours.awaitNdisc6(ADDRESS6, heir.mac());
      Await.until(
          "all rounds are sent",
          LIMIT,
          () -> watch.since(Long.MIN_VALUE, heir.mac()).size(),
          frames -> frames >= 2 * (ROUNDS.size() + 1) * COUNT);
    }
    // More than planned would be seen too.
    Thread.sleep(1_500);
    reading.stop();
    assertEquals(COUNT, scan(client, MANY).size());
    assertEquals(Set.of(heir.mac().toString()), Set.copyOf(scan(client, MANY).values()));

    String mine = "eth.src==" + heir.mac();
    assertEquals(List.of(), reading.read("_ws.malformed", "frame.number", "eth.src"));
    assertEquals(
        List.of(), reading.read(mine + " && icmpv6.checksum.status==0", "frame.number", "eth.src"));
    gratuitousArp(reading, mine, heir.mac(), killed);
    unsolicitedAdvertisements(reading, mine, heir.mac());
  }

  private static void gratuitousArp(
      FrameReading reading, String mine, MacAddress mac, Instant killed) {
    List<List<String>> frames =
        reading.read(
            mine + " && arp.isgratuitous",
            "frame.time_epoch",
            "arp.src.proto_ipv4",
            "arp.dst.proto_ipv4",
            "arp.opcode",
            "arp.src.hw_mac",
            "arp.dst.hw_mac",
            "eth.dst");
    // Address → when each round of it was seen, in seconds.
    Map<String, List<Double>> rounds = new TreeMap<>();
    List<Double> times = new ArrayList<>();
    for (int i = 0; i + 1 < frames.size(); i += 2) {
      List<String> request = frames.get(i);
      String address = request.get(1);
      String own = mac.toString();
      String nobody = "00:00:00:00:00:00";
      String all = "ff:ff:ff:ff:ff:ff";
      assertEquals(List.of(address, address, "1", own, nobody, all), request.subList(1, 7));
      assertEquals(List.of(address, address, "2", own, own, all), frames.get(i + 1).subList(1, 7));
      double time = Double.parseDouble(request.getFirst());
      rounds.computeIfAbsent(address, _ -> new ArrayList<>()).add(time);
      times.add(time);
    }
    assertEquals(COUNT, rounds.size());
    asPlanned(rounds.values(), ROUNDS, 0.01);
    double first = times.getFirst();
    assertTrue(first - killed.toEpochMilli() / 1e3 < MOST_LATE, "the first is late");
    double last = rounds.values().stream().mapToDouble(List::getFirst).max().orElseThrow();
    assertTrue(last - first > COUNT * 0.0025 - 0.1, "not paced: all within " + (last - first));
    assertTrue(last - first < COUNT * 0.0025 + MOST_LATE, "the last was late " + (last - first));
    assertTrue(most(times) <= 420, most(times) + " rounds in a second");
  }

  private static void unsolicitedAdvertisements(FrameReading reading, String mine, MacAddress mac) {
    List<List<String>> frames =
        reading.read(
            mine + " && icmpv6.type==136 && ipv6.dst==ff02::1",
            "frame.time_epoch",
            "icmpv6.nd.na.target_address",
            "icmpv6.nd.na.flag.s",
            "icmpv6.nd.na.flag.o",
            "icmpv6.nd.na.flag.r",
            "icmpv6.opt.linkaddr",
            "eth.dst",
            "ipv6.hlim");
    List<Double> times = new ArrayList<>();
    for (List<String> frame : frames) {
      List<String> flags = frame.subList(2, 5).stream().map(ForeignJudgesLabIT::flag).toList();
      assertEquals(ADDRESS6.toString(), frame.get(1));
      assertEquals(List.of("0", "1", "0"), flags);
      assertEquals(List.of(mac.toString(), "33:33:00:00:00:01", "255"), frame.subList(5, 8));
      times.add(Double.parseDouble(frame.getFirst()));
    }
    asPlanned(List.of(times), ROUNDS6, 0.09);
  }

  private static String flag(String shown) {
    return shown.equalsIgnoreCase("true") || shown.equals("1") ? "1" : "0";
  }

  /// Every address has all its rounds, and as a rule (the median of all addresses, since single
  /// frames are held up on a busy machine) they are as far apart as planned.
  private static void asPlanned(Collection<List<Double>> seen, List<Double> plan, double early) {
    for (int i = 0; i < plan.size(); i++) {
      List<Double> distances = new ArrayList<>();
      for (List<Double> rounds : seen) {
        assertEquals(plan.size() + 1, rounds.size());
        distances.add(rounds.get(i + 1) - rounds.get(i));
      }
      Collections.sort(distances);
      double usual = distances.get(distances.size() / 2);
      double planned = plan.get(i);
      assertTrue(
          usual > planned - early && usual < planned + MOST_LATE,
          "round " + (i + 2) + " came after " + usual + " s, not " + planned);
    }
  }

  /// The most of these moments in any second.
  private static int most(List<Double> times) {
    int most = 0;
    int from = 0;
    for (int to = 0; to < times.size(); to++) {
      while (times.get(to) - times.get(from) > 1) {
        from++;
      }
      most = Math.max(most, to - from + 1);
    }
    return most;
  }

  /// Two speakers in both families, the first of which holds every address.
  private static SpeakerLab layOut() {
    SpeakerLab speakers =
        new SpeakerLab(
            LAB.sandbox(), SpeakerLabLabIT.distribution(), 2, SpeakerLab.Management.OWN_NETWORK);
    speakers.client().address(LabNode.LAN, "2001:db8:78::c/64");
    List<LabNode> nodes = speakers.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      nodes.get(i).host().address(LabNode.LAN, address6(i));
      speakers.startOnly(nodes.get(i));
    }
    nodes.forEach(speakers::awaitAnswer);
    List<NodeName> names = nodes.stream().map(LabNode::name).toList();
    SortedMap<IpAddress, List<NodeName>> candidates = new TreeMap<>();
    for (int i = 0; i < COUNT; i++) {
      candidates.put(new Ipv4(FIRST + i), names);
    }
    candidates.put(ADDRESS6, names);
    assertEquals(nodes, speakers.decide(candidates));
    new Neighbours(speakers.client()).awaitNdisc6(ADDRESS6, nodes.getFirst().mac());
    Await.until(
        "every address is answered",
        LIMIT,
        () -> scan(speakers.client(), MANY).size(),
        size -> size == COUNT);
    return speakers;
  }

  private static String address6(int node) {
    return "2001:db8:78::1" + node + "/64";
  }

  /// Address → who has it: the desired ones, and those of the hosts themselves.
  private SortedMap<String, String> desired() {
    SortedMap<String, String> all = new TreeMap<>();
    for (int i = 0; i < COUNT; i++) {
      all.put(new Ipv4(FIRST + i).toString(), holder.mac().toString());
    }
    speakers.nodes().forEach(node -> all.put(node.address(), node.mac().toString()));
    all.put("10.78.0.201", speakers.observer().mac(LabNode.LAN).toString());
    return all;
  }

  /// Address → who answers for it; two stations with a blank between them.
  private static SortedMap<String, String> scan(Host client, String network) {
    String said =
        client
            .exec(
                "arp-scan",
                "--interface=" + LabNode.LAN,
                "--bandwidth=12000000",
                "--retry=2",
                "--timeout=300",
                "--plain",
                "--quiet",
                "--format=${ip};${mac}",
                network)
            .orThrow();
    return said.lines()
        .filter(line -> line.contains(";"))
        .distinct()
        .map(line -> line.split(";", 2))
        .collect(
            Collectors.toMap(
                part -> part[0], part -> part[1], (a, b) -> a + " " + b, TreeMap::new));
  }

  private static CommandResult arping(Host client, String address, String... options) {
    List<String> command = new ArrayList<>(List.of("arping", "-w", "3", "-I", LabNode.LAN));
    command.addAll(List.of(options));
    command.add(address);
    return client.exec(command.toArray(String[]::new));
  }
}
