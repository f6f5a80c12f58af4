// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import io.gitlb.demo.Distribution;
import io.gitlb.demo.net.CommandResult;
import io.gitlb.demo.net.Host;
import io.gitlb.lab.segment.Inside;
import io.gitlb.schema.bench.Bar;
import io.gitlb.schema.bench.Figures;
import io.gitlb.schema.bench.Spread;
import io.gitlb.schema.http.ClientSecurity;
import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.http.HttpClient;
import io.gitlb.schema.http.HttpClientSettings;
import io.gitlb.schema.http.HttpLoops;
import io.gitlb.schema.http.HttpResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What it takes a speaker to show what it does: each page five times over HTTP, from the call to
/// the end of the answer, and `gitlb speaker show routes -o json` once with all that belongs to it.
final class ShowCost {

  private static final int ROUNDS = 5;
  private static final int PORT = 7481;
  private static final int OK = 200;

  /// A person waits, and so does a scrape.
  private static final double BEARABLE_MILLIS = 1_000;

  private final Distribution distribution;
  private final Figures figures;
  private final Host host;

  /// @param host the speaker's
  ShowCost(Distribution distribution, Figures figures, Host host) {
    this.distribution = distribution;
    this.figures = figures;
    this.host = host;
  }

  /// @param key the beginning of the figures' names
  /// @param peers that the JSON must name
  void measure(String key, int peers) {
    try (Inside inside = new Inside(host);
        HttpLoops loops = HttpLoops.open(1);
        HttpClient http =
            HttpClient.create(
                loops, HttpClientSettings.of("127.0.0.1", PORT, new ClientSecurity.Plaintext()))) {
      page(key + "show_routes", inside, http, json("routes"), "peer-" + peers);
      page(key + "show_routes_text", inside, http, HttpCall.get("/v1/show/routes"), "more");
      page(key + "show_bgp", inside, http, json("bgp"), "peer-" + peers);
      page(key + "metrics", inside, http, HttpCall.get("/metrics"), "peer-" + peers);
    }
    command(key);
  }

  private static HttpCall json(String part) {
    return HttpCall.get("/v1/show/" + part).withHeader("accept", "application/json");
  }

  private void page(String key, Inside inside, HttpClient http, HttpCall call, String part) {
    List<Double> took = new ArrayList<>();
    int length = 0;
    for (int i = 0; i < ROUNDS; i++) {
      long begun = System.nanoTime();
      HttpResult result = inside.call(() -> http.send(call, Duration.ofSeconds(30)));
      took.add((System.nanoTime() - begun) / 1e6);
      if (!(result instanceof HttpResult.Answered(HttpAnswer answer))
          || answer.status() != OK
          || !answer.body().text().contains(part)) {
        throw new IllegalStateException(call.path() + ": " + result);
      }
      length = answer.body().length();
    }
    figures.add(
        key + "_ms", call.path(), Spread.median(took), "ms", new Bar.Below(BEARABLE_MILLIS));
    figures.add(key + "_kib", "its answer", Spread.of(length / 1_024.0), "KiB");
  }

  private void command(String key) {
    List<String> line = distribution.command(List.of("speaker", "show", "routes", "-o", "json"));
    long begun = System.nanoTime();
    CommandResult result = host.exec(line.toArray(String[]::new));
    double took = (System.nanoTime() - begun) / 1e6;
    String shown = result.orThrow();
    if (!shown.contains("10.200.39.15")) { // The last of 10,000.
      throw new IllegalStateException("not all routes: " + shown.length() + " characters");
    }
    figures.add(
        key + "show_command_ms",
        "gitlb speaker show routes -o json, its start included",
        Spread.of(took),
        "ms");
  }
}
