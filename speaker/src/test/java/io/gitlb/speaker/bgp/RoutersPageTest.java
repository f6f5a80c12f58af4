// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.speaker.announce.Placement;
import io.gitlb.speaker.bgp.Advertisement.Omission;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// ROUTERS.md tells of every state, of every reason why a router lacks a route, and of the errors
/// that the machine reports, in their own words.
class RoutersPageTest {

  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

  /// What is quoted in the first cells of the table below that heading.
  private static Set<String> firstCells(String heading) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("ROUTERS.md"));
    Set<String> cells = new TreeSet<>();
    lines.stream()
        .skip(lines.indexOf(heading) + 1L)
        .takeWhile(line -> !line.startsWith("#"))
        .filter(line -> line.startsWith("| "))
        .map(line -> QUOTED.matcher(line.split("\\|", -1)[1]))
        .forEach(cell -> cell.results().forEach(quoted -> cells.add(quoted.group(1))));
    return cells;
  }

  @Test
  void everyStateIsThere() throws IOException {
    assertEquals(
        Arrays.stream(State.values()).map(State::toString).collect(Collectors.toSet()),
        firstCells("### STATE"));
  }

  @Test
  void everyReasonWhyARouterLacksARouteIsThere() throws IOException {
    Set<String> reasons = new TreeSet<>(Set.of("NotEstablished"));
    Arrays.stream(Omission.values()).map(Omission::label).forEach(reasons::add);
    Stream.of(
            Placement.Reason.NO_LOCAL_ENDPOINT,
            Placement.Reason.NO_HEALTH_ANSWER,
            Placement.Reason.GIVEN_AWAY,
            Placement.Reason.STATE_TOO_OLD,
            Placement.Reason.WAITING_FOR_RECONCILER,
            Placement.Reason.WAITING_FOR_SERVICE_PROXY,
            Placement.Reason.WAITING_FOR_SPEAKERS,
            Placement.Reason.WAITING)
        .map(Placement.Reason::label)
        .forEach(reasons::add);
    assertEquals(reasons, firstCells("## show routes"));
  }

  /// The events that lead to what is reported.
  @ParameterizedTest
  @CsvSource({
    "'', start; timer ConnectRetry",
    "passive=yes, start; timer ConnectRetry",
    "'', start; failed Connection refused",
    "'', start; connected 192.0.2.10; failed the peer closed the connection",
    "'', start; connected 192.0.2.10; open as=64999",
    "'', start; connected 192.0.2.10; open families=25",
    "'', start; connected 192.0.2.10; timer Hold",
    "'', start; connected 192.0.2.10; notification 2/2",
    "'', start; connected 192.0.2.10; notification 2/7",
    "'', start; connected 192.0.2.10; notification 6/5",
    "'', start; connected 192.0.2.10; open; keepalive; notification 6/1",
    "'', start; connected 192.0.2.10; open; keepalive; notification 6/2",
    "'', start; connected 192.0.2.10; open; keepalive; notification 4/0",
    "'', start; connected 192.0.2.10; open; keepalive; path lost",
    "'', start; connected 192.0.2.10; open; keepalive; timer SendHold",
    "'', path lost",
  })
  void whatIsReportedIsThere(String peer, String events) throws IOException {
    String reported = reported(peer, events);
    List<String> found = new ArrayList<>(firstCells("### LAST ERROR"));
    found.removeIf(cell -> !reported.contains(cell));
    assertTrue(!found.isEmpty(), () -> "not in ROUTERS.md: " + reported);
  }

  private static String reported(String peer, String events) {
    Fsm fsm = Fsm.idle(Script.config(peer), Script.NODE_IDENTIFIER);
    Optional<String> reported = Optional.empty();
    for (String event : events.split("; ")) {
      Step step = fsm.on(Script.event(event), Jitter.NONE);
      fsm = step.next();
      for (Action action : step.actions()) {
        if (action instanceof Action.Report(Failure failure)) {
          reported = Optional.of(failure.describe());
        }
      }
    }
    return reported.orElseThrow();
  }
}
