// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import io.gitlb.lab.segment.Answering.Span;
import io.gitlb.lab.segment.Field;
import io.gitlb.lab.segment.Observer.Sight;
import io.gitlb.schema.bench.Bar;
import io.gitlb.schema.bench.Figures;
import io.gitlb.schema.bench.Spread;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Changes of owner while nothing fails.
final class FalseFailovers {

  /// A stall of the machine explains a change of owner for so long after its end.
  private static final Duration EXPLAINS = Duration.ofSeconds(2);

  /// Two thirds of the detection time: less cannot make a session fail.
  private static final Duration STALL = Duration.ofMillis(200);

  private final Field field;
  private final Figures figures;

  FalseFailovers(Field field, Figures figures) {
    this.field = field;
    this.figures = figures;
  }

  void watch(int seconds) throws InterruptedException {
    field.settle();
    long from = System.nanoTime();
    Thread.sleep(Duration.ofSeconds(seconds));
    List<Span> stalls = field.control().stalls(STALL);
    int changes = 0;
    int explained = 0;
    Map<IpAddress, MacAddress> owners = new HashMap<>();
    for (Sight sight : field.observer().since(from)) {
      if (sight.gratuitous()) {
        continue;
      }
      MacAddress owner = owners.put(sight.address(), sight.mac());
      if (owner != null && !owner.equals(sight.mac())) {
        changes++;
        Span before = new Span(sight.nanos() - EXPLAINS.toNanos(), sight.nanos());
        explained += stalls.stream().anyMatch(before::overlaps) ? 1 : 0;
      }
    }
    figures.add(
        "busy_false",
        "false failovers in " + seconds + " s without a stall of the machine",
        Spread.of(changes - explained),
        "changes",
        new Bar.Exactly(0));
    figures.add(
        "busy_false_stalled",
        "and those right after one of the " + stalls.size() + " stalls above 200 ms",
        Spread.of(explained),
        "changes");
  }
}
