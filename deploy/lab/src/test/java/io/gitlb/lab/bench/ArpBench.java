// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import io.gitlb.demo.Distribution;
import io.gitlb.demo.net.RunningProcess;
import io.gitlb.demo.net.Sandbox;
import io.gitlb.lab.segment.ArpCapture;
import io.gitlb.lab.segment.ArpFlood;
import io.gitlb.lab.segment.ArpPinger;
import io.gitlb.lab.segment.Failure;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.Observer.Sight;
import io.gitlb.lab.segment.SpeakerLab;
import io.gitlb.schema.bench.Bar;
import io.gitlb.schema.bench.BenchArguments;
import io.gitlb.schema.bench.Figures;
import io.gitlb.schema.bench.Spread;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.NodeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/// `./gitlb bench arp`: what it takes a speaker to answer ARP and to take addresses over.
///
/// **latency**: one question at a time, in turn for an address that the speaker announces and for
/// the node's own address, which the kernel answers; the ratio is that of the medians of a block of
/// questions, and its spread that of the blocks. Once with each question right after the answer
/// before, and once 2 ms apart: then the speaker has to be woken, which the kernel's answer, given
/// in the asker's own time slice, never has.
///
/// **flood**: the same questions for the announced address while another process sends 50,000 ARP
/// requests a second that concern nobody.
///
/// **takeover**: one of two speakers with 5,000 addresses is killed; the gratuitous frames of the
/// other are captured. Half of the addresses were decided later than the rest.
///
/// **memory**: resident memory of a speaker with 500 and with 10,000 announcements, and how long it
/// takes from its start to the first frame that tells of an address on its disk.
public final class ArpBench {

  private static final Duration START_LIMIT = Duration.ofMinutes(1);
  private static final int FIRST = 0x0A4E_1000;
  private static final Ipv4 OBSERVER = new Ipv4(0x0A4E_00C9);
  private static final Ipv4 CLIENT = new Ipv4(0x0A4E_00C8);
  private static final int BLOCK = 250;
  private static final int FLOOD = 50_000;
  private static final int MANY = 5_000;
  private static final int WARM_UP = 2_000;

  /// A speaker gives one station 1,000 answers a second for an address at most, on purpose.
  private static final long PACE_NANOS = 2_000_000;

  private static final Duration BETWEEN_BLOCKS = Duration.ofMillis(400);

  private static final double MICROS = 1e3;

  /// The speaker's counter of answers that its fence kept back.
  private static final String FENCED = "frames_dropped_fenced";

  private final BenchArguments arguments;
  private final Figures figures = new Figures("arp", System.out);
  private final Distribution distribution =
      new Distribution(
          Path.of(System.getProperty("gitlb.distribution", "deploy/dist/target/gitlb")));

  private ArpBench(BenchArguments arguments) {
    this.arguments = arguments;
  }

  /// @param line `--quick`, `--check`, and the parts to run: `latency`, `flood`, `takeover`,
  ///   `memory`
  public static void main(String[] line) throws IOException, InterruptedException {
    BenchArguments arguments =
        BenchArguments.parse(
            "arp", List.of(line), Set.of("latency", "flood", "takeover", "memory"));
    Sandbox.sweep();
    System.exit(new ArpBench(arguments).run());
  }

  private int run() throws IOException, InterruptedException {
    if (arguments.parts().contains("latency") || arguments.parts().contains("flood")) {
      try (Sandbox sandbox = Sandbox.open()) {
        SpeakerLab lab = open(sandbox, 1);
        lab.decide(candidates(lab, 1));
        answers(lab);
      }
    }
    if (arguments.parts().contains("takeover")) {
      try (Sandbox sandbox = Sandbox.open()) {
        takeOver(open(sandbox, 2));
      }
    }
    if (arguments.parts().contains("memory")) {
      try (Sandbox sandbox = Sandbox.open()) {
        SpeakerLab lab = open(sandbox, 1);
        memory(lab);
        start(lab);
      }
    }
    return figures.finish(arguments);
  }

  private SpeakerLab open(Sandbox sandbox, int nodes) {
    SpeakerLab lab =
        new SpeakerLab(sandbox, distribution, nodes, SpeakerLab.Management.OWN_NETWORK);
    lab.nodes().forEach(lab::start);
    return lab;
  }

  private static SortedMap<IpAddress, List<NodeName>> candidates(SpeakerLab lab, int count) {
    List<NodeName> names = lab.nodes().stream().map(LabNode::name).toList();
    SortedMap<IpAddress, List<NodeName>> candidates = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      candidates.put(new Ipv4(FIRST + i), names);
    }
    return candidates;
  }

  private void answers(SpeakerLab lab) throws IOException, InterruptedException {
    Ipv4 announced = new Ipv4(FIRST);
    Ipv4 kernels = (Ipv4) IpAddress.of(lab.nodes().getFirst().address());
    try (ArpPinger pinger = new ArpPinger(lab.observer(), OBSERVER)) {
      while (pinger.ask(announced).isEmpty()) {
        Thread.sleep(10);
      }
      for (int i = 0; i < WARM_UP; i++) {
        pinger.ask(announced);
        LockSupport.parkNanos(PACE_NANOS);
      }
      if (arguments.parts().contains("latency")) {
        latency(pinger, announced, kernels);
      }
      if (arguments.parts().contains("flood")) {
        flood(lab, pinger, announced);
      }
    }
  }

  private void latency(ArpPinger pinger, Ipv4 announced, Ipv4 kernels) throws InterruptedException {
    latency("", "one after the other", new Questions(pinger, announced, kernels), 0);
    latency("paced_", "2 ms apart", new Questions(pinger, announced, kernels), PACE_NANOS);
  }

  private record Questions(ArpPinger pinger, Ipv4 announced, Ipv4 kernels) {}

  private void latency(String prefix, String how, Questions questions, long paceNanos)
      throws InterruptedException {
    List<Double> ours = new ArrayList<>();
    List<Double> kernel = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    int blocks = arguments.length().choose(40, 8);
    for (int block = 0; block < blocks; block++) {
      List<Double> blockOurs = new ArrayList<>();
      List<Double> blockKernel = new ArrayList<>();
      for (int i = 0; i < BLOCK; i++) {
        questions
            .pinger()
            .ask(questions.announced())
            .ifPresent(nanos -> blockOurs.add(nanos / MICROS));
        pause(paceNanos);
        questions
            .pinger()
            .ask(questions.kernels())
            .ifPresent(nanos -> blockKernel.add(nanos / MICROS));
        pause(paceNanos);
      }
      ratios.add(Spread.median(blockOurs).value() / Spread.median(blockKernel).value());
      ours.addAll(blockOurs);
      kernel.addAll(blockKernel);
      Thread.sleep(BETWEEN_BLOCKS);
    }
    figures.say("questions " + how);
    figures.add(prefix + "kernel_us", "the kernel's answer", Spread.median(kernel), "us");
    figures.add(prefix + "answer_us", "the speaker's answer", Spread.median(ours), "us");
    figures.add(prefix + "answer_p99_us", "p99", Spread.quantile(ours, 0.99), "us");
    figures.add(prefix + "answer_ratio", "ratio", Spread.median(ratios), "times", new Bar.Below(3));
    figures.add(
        prefix + "answer_lost",
        "lost",
        Spread.of(blocks * BLOCK - ours.size()),
        "answers",
        new Bar.Exactly(0));
  }

  private static void pause(long nanos) {
    if (nanos > 0) {
      LockSupport.parkNanos(nanos);
    }
  }

  private void flood(SpeakerLab lab, ArpPinger pinger, Ipv4 announced)
      throws IOException, InterruptedException {
    int seconds = arguments.length().choose(30, 6);
    long fenced = counter(lab, FENCED);
    long overrun = backlogOverruns();
    RunningProcess flood = ArpFlood.start(lab.client(), CLIENT, FLOOD, seconds);
    Thread.sleep(Duration.ofSeconds(1));
    List<Double> took = new ArrayList<>();
    int lost = 0;
    while (flood.isRunning()) {
      OptionalLong answer = pinger.ask(announced);
      lost += answer.isEmpty() ? 1 : 0;
      answer.ifPresent(nanos -> took.add(nanos / 1e6));
      LockSupport.parkNanos(PACE_NANOS);
    }
    String said = flood.output().strip();
    double rate = Double.parseDouble(said.substring(said.lastIndexOf(' ') + 1));
    figures.add("flood_rate", "foreign requests", Spread.of(rate), "/s", new Bar.AtLeast(45_000));
    figures.add("flood_ms", "answer under the flood", Spread.median(took), "ms");
    figures.add("flood_p99_ms", "p99", Spread.quantile(took, 0.99), "ms", new Bar.Below(10));
    figures.add(
        "flood_lost", "lost of " + took.size(), Spread.of(lost), "answers", new Bar.Exactly(0));
    figures.add(
        "flood_fenced",
        "kept back, the owner being late",
        Spread.of((double) (counter(lab, FENCED) - fenced)),
        "answers");
    figures.add(
        "flood_overrun",
        "frames that the machine's kernel dropped before any socket",
        Spread.of((double) (backlogOverruns() - overrun)),
        "frames");
  }

  private static long counter(SpeakerLab lab, String name) {
    return lab.status(lab.nodes().getFirst())
        .map(status -> status.counters().getOrDefault(name, 0L))
        .orElse(0L);
  }

  /// What did not fit into the kernel's queues of received frames, over all processors: the second
  /// number of each line.
  private static long backlogOverruns() throws IOException {
    return Files.readAllLines(Path.of("/proc/net/softnet_stat")).stream()
        .mapToLong(line -> Long.parseLong(line.split(" ")[1], 16))
        .sum();
  }

  private void takeOver(SpeakerLab lab) throws InterruptedException {
    LabNode old = lab.nodes().getFirst();
    LabNode other = lab.nodes().getLast();
    try (ArpCapture capture = ArpCapture.start(lab.observer())) {
      lab.decide(candidates(lab, MANY / 2));
      Thread.sleep(Duration.ofSeconds(5));
      lab.decide(candidates(lab, MANY));
      Thread.sleep(Duration.ofSeconds(30));
      long start = System.nanoTime();
      Failure.KILL.inflict(lab, old);
      Thread.sleep(Duration.ofSeconds(20));
      tellTakeOver(start, capture.since(start, other.mac()));
    }
  }

  private void tellTakeOver(long start, List<Sight> frames) {
    Map<IpAddress, Double> first = new HashMap<>();
    for (Sight frame : frames) {
      first.putIfAbsent(frame.address(), (frame.nanos() - start) / 1e6);
    }
    List<Double> times = first.values().stream().sorted().toList();
    figures.add(
        "takeover_announced",
        "announced by the new owner",
        Spread.of(times.size()),
        "addresses",
        new Bar.Exactly(MANY));
    if (times.isEmpty()) {
      return;
    }
    figures.add("takeover_first_ms", "the first", Spread.of(times.getFirst()), "ms");
    figures.add("takeover_ms", "the last", Spread.of(times.getLast()), "ms", new Bar.Below(10_000));
    figures.add(
        "takeover_older_before_newer",
        "older addresses announced before the last newer one",
        Spread.of((double) olderBeforeNewer(first)),
        "addresses",
        new Bar.Exactly(0));
    figures.add("takeover_rate", "most frames in a second", Spread.of(most(frames)), "frames");
  }

  private static long olderBeforeNewer(Map<IpAddress, Double> first) {
    IpAddress middle = new Ipv4(FIRST + MANY / 2);
    double lastNew =
        first.entrySet().stream()
            .filter(entry -> entry.getKey().compareTo(middle) >= 0)
            .mapToDouble(Map.Entry::getValue)
            .max()
            .orElse(0);
    return first.entrySet().stream()
        .filter(entry -> entry.getKey().compareTo(middle) < 0 && entry.getValue() < lastNew)
        .count();
  }

  private static int most(List<Sight> frames) {
    int most = 0;
    int from = 0;
    for (int to = 0; to < frames.size(); to++) {
      while (frames.get(to).nanos() - frames.get(from).nanos() > 1_000_000_000L) {
        from++;
      }
      most = Math.max(most, to - from + 1);
    }
    return most;
  }

  private void memory(SpeakerLab lab) throws IOException, InterruptedException {
    LabNode node = lab.nodes().getFirst();
    for (int count : List.of(500, 10_000)) {
      lab.decide(candidates(lab, count));
      Thread.sleep(Duration.ofSeconds(15));
      figures.add(
          "rss_" + count + "_mib",
          "resident memory with " + count + " announcements",
          Spread.of(residentMiB(lab.speaker(node).pid())),
          "MiB",
          new Bar.Below(count == 500 ? 96 : 128));
    }
  }

  /// From the start of the process to the first frame that tells of an address on its disk.
  private void start(SpeakerLab lab) throws InterruptedException {
    LabNode node = lab.nodes().getFirst();
    lab.decide(candidates(lab, 500));
    List<Double> starts = new ArrayList<>();
    try (ArpCapture capture = ArpCapture.start(lab.observer())) {
      for (int i = 0; i < arguments.length().choose(10, 3); i++) {
        Thread.sleep(Duration.ofSeconds(8));
        lab.speaker(node).kill();
        long from = System.nanoTime();
        lab.startOnly(node);
        List<Sight> seen = List.of();
        while (seen.isEmpty() && System.nanoTime() - from < START_LIMIT.toNanos()) {
          Thread.sleep(5);
          seen = capture.since(from, node.mac());
        }
        starts.add((seen.getFirst().nanos() - from) / 1e6);
      }
    }
    figures.add(
        "start_ms",
        "start of the process to the first frame that tells of an address",
        Spread.median(starts),
        "ms",
        new Bar.Below(1000));
  }

  private static double residentMiB(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToDouble(line -> Double.parseDouble(line.split("\\s+")[1]) / 1024)
        .findFirst()
        .orElseThrow();
  }
}
