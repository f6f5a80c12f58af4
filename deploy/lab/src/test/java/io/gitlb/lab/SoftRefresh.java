// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.net.Host;
import io.gitlb.demo.net.RunningProcess;
import io.gitlb.lab.segment.WireJudge;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// A router asks for all routes again (RFC 2918): it is told all of them once and of no withdrawal,
/// its table of routes and its kernel keep them all the time, and the sessions stay as they are.
final class SoftRefresh {

  /// How a router knows where the routes begin and end.
  enum Marks {
    /// It does not.
    NONE,
    /// By messages around them (RFC 7313).
    AROUND
  }

  private static final String[] FIELDS = {
    "bgp.type",
    "bgp.route_refresh.subtype",
    "bgp.nlri_prefix",
    "bgp.mp_reach_nlri_ipv4_prefix",
    "bgp.mp_reach_nlri_ipv6_prefix",
    "bgp.withdrawn_prefix",
    "bgp.mp_unreach_nlri_ipv4_prefix",
    "bgp.mp_unreach_nlri_ipv6_prefix"
  };

  private static final int SUBTYPE = 1;
  private static final int WITHDRAWN = 5;

  private final Host router;
  private final WireJudge judge;
  private final Supplier<List<PeerStatus>> peers;
  private final UnaryOperator<String> rib;

  /// What somebody has said on a session.
  ///
  /// @param words in order; UPDATEs one after another are one word, and KEEPALIVEs are left out
  /// @param told prefixes, each as often as it was announced, sorted
  private record Speech(List<String> words, List<String> told, List<String> withdrawn) {}

  /// What must be said on a session.
  ///
  /// @param filter of the node's side of it
  /// @param families of its routes
  record Wanted(String filter, Marks marks, int families, Collection<String> addresses) {}

  /// @param rib what the router's table of routes has of a prefix
  SoftRefresh(
      Host router, WireJudge judge, Supplier<List<PeerStatus>> peers, UnaryOperator<String> rib) {
    this.router = router;
    this.judge = judge;
    this.peers = peers;
    this.rib = rib;
  }

  /// @param ask has the router ask for the routes of each session and family
  /// @param watched some of the prefixes
  void run(Runnable ask, List<Wanted> sessions, List<String> watched) throws InterruptedException {
    List<Instant> since = peers.get().stream().map(PeerStatus::since).toList();
    RunningProcess monitor = router.start("refresh", List.of("ip", "monitor", "route"), Map.of());
    Instant begun = Instant.now();
    String later =
        "bgp && frame.time_epoch >= %d.%09d && ".formatted(begun.getEpochSecond(), begun.getNano());
    try (RibWatch watch = new RibWatch(watched, rib)) {
      ask.run();
      for (Wanted session : sessions) {
        Speech said =
            Await.until(
                "the routes are told again: " + session,
                PeerLab.LIMIT,
                () -> heard(later + session.filter()),
                speech -> isWhole(speech, session));
        assertEquals(List.of(), said.withdrawn(), "withdrawn");
      }
      Thread.sleep(200); // What the kernel was told is on its way through the monitor.
      assertEquals("", watch.absence());
    }
    for (String prefix : watched) {
      String shown = rib.apply(prefix);
      assertTrue(RibWatch.isThere(shown), () -> prefix + ": " + shown);
    }
    monitor.stop();
    assertFalse(monitor.output().contains("Deleted"), monitor::output);
    assertEquals(since, peers.get().stream().map(PeerStatus::since).toList(), "sessions since");
    assertFalse(judge.saw(later + "(bgp.type == 1 || bgp.type == 3)"), "a new session");
  }

  private static boolean isWhole(Speech said, Wanted session) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < session.families(); i++) {
      switch (session.marks()) {
        case AROUND -> words.addAll(List.of("begin", "routes", "end"));
        case NONE -> words.add("routes");
      }
    }
    SortedSet<String> wanted = new TreeSet<>(session.addresses());
    return said.told().equals(List.copyOf(wanted)) && said.words().equals(merged(words));
  }

  private Speech heard(String filter) {
    List<String> words = new ArrayList<>();
    List<String> told = new ArrayList<>();
    List<String> withdrawn = new ArrayList<>();
    for (List<String> fields : judge.read(filter, FIELDS)) {
      Queue<String> subtypes = new ArrayDeque<>(parts(fields.get(SUBTYPE)));
      parts(fields.getFirst()).stream()
          .filter(type -> !type.equals("4"))
          .forEach(type -> words.add(word(type, subtypes)));
      fields.subList(SUBTYPE + 1, WITHDRAWN).forEach(field -> told.addAll(parts(field)));
      fields.subList(WITHDRAWN, FIELDS.length).forEach(field -> withdrawn.addAll(parts(field)));
    }
    told.sort(null);
    return new Speech(merged(words), told, withdrawn);
  }

  private static String word(String type, Queue<String> subtypes) {
    return switch (type) {
      case "2" -> "routes";
      case "5" -> subtypes.remove().equals("1") ? "begin" : "end";
      default -> "type " + type;
    };
  }

  private static List<String> merged(List<String> words) {
    List<String> merged = new ArrayList<>();
    for (String word : words) {
      if (!word.equals("routes") || merged.isEmpty() || !merged.getLast().equals(word)) {
        merged.add(word);
      }
    }
    return merged;
  }

  private static List<String> parts(String field) {
    return field.isEmpty() ? List.of() : List.of(field.split(","));
  }
}
