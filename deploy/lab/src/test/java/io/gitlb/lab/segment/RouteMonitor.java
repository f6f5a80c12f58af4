// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.demo.net.Host;
import io.gitlb.demo.net.Poll;
import io.gitlb.demo.net.RunningProcess;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the kernel of a router says of its routes, with its time.
public final class RouteMonitor {

  private final RunningProcess process;

  /// What became of a route.
  ///
  /// @param text as `ip monitor` prints it, on one line
  public record Change(Instant time, String text) {}

  private RouteMonitor(RunningProcess process) {
    this.process = process;
  }

  /// Begins; ends with the sandbox.
  public static RouteMonitor start(Host router) {
    return new RouteMonitor(
        router.start(
            "routes-" + router.name() + "-" + System.nanoTime(),
            List.of("ip", "-timestamp", "-tshort", "-oneline", "monitor", "route"),
            Map.of()));
  }

  /// What became of the route to a prefix since a moment.
  ///
  /// @param prefix as `ip route` prints it: an address alone for a host
  public List<Change> since(Instant moment, String prefix) {
    List<Change> changes = new ArrayList<>();
    for (String line : process.output().lines().toList()) {
      int end = line.indexOf(']');
      if (!line.startsWith("[") || end < 0 || !line.contains(prefix + " ")) {
        continue;
      }
      Instant time =
          LocalDateTime.parse(line.substring(1, end)).atZone(ZoneId.systemDefault()).toInstant();
      if (!time.isBefore(moment)) {
        changes.add(new Change(time, line.substring(end + 1).strip()));
      }
    }
    return changes;
  }

  /// Waits for the first change since a moment after which the route does not go by way of a node
  /// any more.
  public Optional<Change> awaitLoss(Instant moment, String prefix, String node, Duration limit) {
    Poll.Result<Optional<Change>> result =
        Poll.until(
            limit,
            () ->
                since(moment, prefix).stream()
                    .filter(
                        one ->
                            one.text().startsWith("Deleted")
                                || !one.text().contains("via " + node + " "))
                    .findFirst(),
            Optional::isPresent);
    return result.last();
  }
}
