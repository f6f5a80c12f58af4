// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import io.gitlb.demo.Distribution;
import io.gitlb.demo.net.Sandbox;
import io.gitlb.lab.segment.BgpCapture;
import io.gitlb.lab.segment.BgpMessage;
import io.gitlb.lab.segment.HealthPort;
import io.gitlb.lab.segment.Routing;
import io.gitlb.schema.bench.Bar;
import io.gitlb.schema.bench.BenchArguments;
import io.gitlb.schema.bench.Figures;
import io.gitlb.schema.bench.Spread;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.Ipv4;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BooleanSupplier;

/// `./gitlb bench bgp`: what it takes to tell a router of 10,000 routes, and of one among them.
///
/// **full**: GitLB, BIRD, GoBGP and ExaBGP in turn announce 10,000 /32 to the same FRR; see
/// [FullTable].
///
/// **change**: one route of 10,000 gets another community, as the reconciler pushes it: a delta.
/// The time is from the call to the UPDATE on the wire, the change stored on disk between.
///
/// **endpoint**: the node's last endpoint of one address of 10,000 goes: from the moment when the
/// node's own proxy would say so to the withdrawal on the wire. Its parts: until the speaker asked,
/// and from the answer to the wire. Every round is a line in `target/bench/bgp-endpoint.csv`.
///
/// **peers**: 100 peers with 10,000 routes each, and one that reads nothing; and what it takes to
/// show them; see [ManyPeers].
public final class BgpBench {

  private static final int PORT = 31_235;

  /// Between the changes: longer than anything that is measured.
  private static final long PAUSE_MILLIS = 400;

  private final BenchArguments arguments;
  private final Figures figures = new Figures("bgp", System.out);
  private final Distribution distribution =
      new Distribution(
          Path.of(System.getProperty("gitlb.distribution", "deploy/dist/target/gitlb")));

  private BgpBench(BenchArguments arguments) {
    this.arguments = arguments;
  }

  /// @param line `--quick`, `--check`, and the parts to run: `full`, `change`, `endpoint`, `peers`
  public static void main(String[] line) throws IOException, InterruptedException {
    BenchArguments arguments =
        BenchArguments.parse("bgp", List.of(line), Set.of("full", "change", "endpoint", "peers"));
    Sandbox.sweep();
    System.exit(new BgpBench(arguments).run());
  }

  private int run() throws IOException, InterruptedException {
    if (arguments.parts().contains("full")) {
      try (Sandbox sandbox = Sandbox.open()) {
        full(sandbox);
      }
    }
    if (arguments.parts().contains("change") || arguments.parts().contains("endpoint")) {
      try (Sandbox sandbox = Sandbox.open()) {
        RouterField field = new RouterField(sandbox, distribution, List.of());
        field.tell(RouterField.many());
        field.awaitRoutes(RouterField.MANY);
        if (arguments.parts().contains("change")) {
          change(field);
        }
        if (arguments.parts().contains("endpoint")) {
          endpoint(field);
        }
      }
    }
    if (arguments.parts().contains("peers")) {
      new ManyPeers(distribution, figures).measure(arguments.length().choose(100, 30));
    }
    return figures.finish(arguments);
  }

  private void full(Sandbox sandbox) throws InterruptedException {
    RouterField field =
        new RouterField(
            sandbox,
            distribution,
            List.of(RouteSources.BIRD, RouteSources.GOBGP, RouteSources.EXABGP));
    List<Announcer> announcers = new ArrayList<>();
    announcers.add(RouteSources.gitlb(field));
    announcers.add(RouteSources.bird(field));
    RouteSources.gobgp(field).ifPresent(announcers::add);
    announcers.add(RouteSources.exabgp(field));
    new FullTable(field, announcers, figures).measure(arguments.length().choose(15, 3));
  }

  private void change(RouterField field) throws InterruptedException {
    int rounds = arguments.length().choose(300, 20);
    BgpCapture capture = capture(field, "change");
    Routing routing = RouterField.many();
    List<Long> pushes = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      Ipv4 address = new Ipv4(RouterField.FIRST.bits() + i * 97);
      routing = routing.marking(address, new Community.Standard(i + 1));
      BooleanSupplier push = field.speakers().routeChange(field.node(), routing);
      Thread.sleep(PAUSE_MILLIS);
      pushes.add(FullTable.nanos(Instant.now()));
      if (!push.getAsBoolean()) {
        throw new IllegalStateException("the speaker did not store a change");
      }
    }
    Thread.sleep(PAUSE_MILLIS);
    List<BgpMessage> updates = updates(field, capture);
    tellMessages("change", updates.size() - rounds, "UPDATEs too many for one a change");
    List<Double> took = new ArrayList<>();
    for (long push : pushes) {
      took.add(millisToNext(updates, push));
    }
    figures.add("change_ms", "push to the UPDATE", Spread.median(took), "ms", new Bar.Below(50));
    figures.add("change_p99_ms", "p99", Spread.quantile(took, 0.99), "ms");
  }

  private void endpoint(RouterField field) throws IOException, InterruptedException {
    Ipv4 address = new Ipv4(RouterField.FIRST.bits() + 5_000);
    HealthPort proxy = HealthPort.start(field.node(), PORT);
    proxy.begin();
    field.tell(RouterField.many().local(address, PORT));
    // What the part before has changed is changed back, which no count shows.
    Thread.sleep(10 * PAUSE_MILLIS);
    field.awaitRoutes(RouterField.MANY);
    int rounds = arguments.length().choose(300, 20);
    BgpCapture capture = capture(field, "endpoint");
    List<Long> ends = new ArrayList<>();
    List<Long> said = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      // Any time of the interval between two questions.
      Thread.sleep(PAUSE_MILLIS + i * 97L % 250);
      ends.add(FullTable.nanos(Instant.now()));
      proxy.end();
      field.awaitRoutes(RouterField.MANY - 1);
      said.add(FullTable.nanos(proxy.saidEnd()));
      proxy.begin();
      field.awaitRoutes(RouterField.MANY);
    }
    List<BgpMessage> updates = updates(field, capture);
    proxy.close();
    tellMessages("endpoint", updates.size() - 2 * rounds, "UPDATEs too many for one a change");
    List<BgpMessage> withdrawals = updates.stream().filter(one -> one.withdrawn() > 0).toList();
    tellEndpoint(ends, said, withdrawals);
  }

  /// @param ends when the endpoint went, as nanoseconds of the clock
  /// @param said when the speaker was told so, likewise
  private void tellEndpoint(List<Long> ends, List<Long> said, List<BgpMessage> withdrawals)
      throws IOException {
    List<String> lines = new ArrayList<>(List.of("round,asked_ms,withdrawn_ms"));
    List<Double> untilAsked = new ArrayList<>();
    List<Double> sinceSaid = new ArrayList<>();
    List<Double> whole = new ArrayList<>();
    for (int i = 0; i < ends.size(); i++) {
      untilAsked.add((said.get(i) - ends.get(i)) / 1e6);
      sinceSaid.add(millisToNext(withdrawals, said.get(i)));
      whole.add(millisToNext(withdrawals, ends.get(i)));
      lines.add(String.format(Locale.ROOT, "%d,%.2f,%.2f", i, untilAsked.get(i), whole.get(i)));
    }
    Path output = Path.of(System.getProperty("gitlb.bench.output", "target/bench"));
    Files.createDirectories(output);
    Files.write(output.resolve("bgp-endpoint.csv"), lines);
    figures.add("asked_ms", "part: until the speaker asked", Spread.median(untilAsked), "ms");
    figures.add("said_ms", "part: answer to the withdrawal", Spread.median(sinceSaid), "ms");
    figures.add("said_p99_ms", "p99", Spread.quantile(sinceSaid, 0.99), "ms");
    figures.add("endpoint_ms", "endpoint gone to the withdrawal", Spread.median(whole), "ms");
    figures.add("endpoint_p99_ms", "p99", Spread.quantile(whole, 0.99), "ms", new Bar.Below(300));
  }

  private void tellMessages(String key, int tooMany, String what) {
    figures.add(key + "_excess", what, Spread.of(tooMany), "messages", new Bar.Exactly(0));
  }

  private static BgpCapture capture(RouterField field, String name) {
    return BgpCapture.start(field.router(), field.sandbox().scratch().resolve(name + ".pcap"), "");
  }

  private static List<BgpMessage> updates(RouterField field, BgpCapture capture) {
    return capture.stop().stream()
        .filter(one -> one.source().equals(field.node().address()) && one.changesRoutes())
        .toList();
  }

  private static double millisToNext(List<BgpMessage> updates, long since) {
    return updates.stream()
        .filter(one -> one.nanos() >= since)
        .mapToDouble(one -> (one.nanos() - since) / 1e6)
        .findFirst()
        .orElseThrow();
  }
}
