// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.announce.ActiveSet;
import io.gitlb.speaker.announce.Placement;
import io.gitlb.speaker.l2.GratuitousSchedule;
import io.gitlb.speaker.l2.Link;
import io.gitlb.speaker.l2.SegmentPort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;

/// What an operator reads of layer 2: one line an event, and one line for all where many addresses
/// change at once.
final class Layer2Log {

  /// So many addresses have a line each.
  private static final int LINES = 20;

  private final Logger log;
  private SortedMap<String, String> skipped = new TreeMap<>();
  // Interface → the message it was refused with last (1:1).
  private final SortedMap<String, String> refusals = new TreeMap<>();

  // Interfaces that took no frame since they were opened; said once each.
  private final SortedSet<String> unsent = new TreeSet<>();

  // Interfaces with groups that cannot be joined; said once each.
  private final SortedSet<String> unjoined = new TreeSet<>();

  Layer2Log(Logger log) {
    this.log = log;
  }

  void survey(SegmentPort.Survey survey) {
    survey
        .skipped()
        .forEach(
            (name, reason) -> {
              if (!reason.equals(skipped.get(name))) {
                log.info("layer 2: {} is not used: {}", name, reason);
              }
            });
    skipped = survey.skipped();
  }

  void opened(Link link) {
    refusals.remove(link.name());
    unsent.remove(link.name());
    unjoined.remove(link.name());
    log.info("layer 2: {} is used, {}, on-link {}", link.name(), link.macAddress(), link.onLink());
  }

  void closed(String name) {
    log.warn("layer 2: {} is gone, down or replaced; nothing is answered there", name);
  }

  void refused(Link link, String message) {
    if (!message.equals(refusals.put(link.name(), message))) {
      log.error(
          "layer 2: {} cannot be captured, its addresses are not announced (NoCapture): {}",
          link.name(),
          message);
    }
  }

  void joined(Link link, Optional<String> problem) {
    if (problem.isEmpty()) {
      unjoined.remove(link.name());
    } else if (unjoined.add(link.name())) {
      log.error(
          "layer 2: {} hears solicitations through some switches only: {}",
          link.name(),
          problem.get());
    }
  }

  void notSent(GratuitousSchedule.Target target) {
    if (unsent.add(target.interfaceName())) {
      log.warn(
          "layer 2: {} took no gratuitous frame, {} being the first address",
          target.interfaceName(),
          target.address());
    }
  }

  void placed(ActiveSet before, ActiveSet after) {
    SortedSet<IpAddress> addresses = new TreeSet<>(before.placements().keySet());
    addresses.addAll(after.placements().keySet());
    List<String> lines = new ArrayList<>();
    int[] answered = new int[2];
    for (IpAddress address : addresses) {
      Placement earlier = before.placements().get(address);
      Placement later = after.placements().get(address);
      if (!Objects.equals(earlier, later)) {
        answered[0] += earlier instanceof Placement.Answered ? 1 : 0;
        answered[1] += later instanceof Placement.Answered ? 1 : 0;
        lines.add(address + " " + (later == null ? "is withdrawn" : words(later)));
      }
    }
    if (lines.size() <= LINES) {
      lines.forEach(line -> log.info("layer 2: {}", line));
    } else {
      log.info(
          "layer 2: {} addresses changed: {} of them were answered, {} are now",
          lines.size(),
          answered[0],
          answered[1]);
    }
  }

  /// @param shut for how long nothing could be answered
  void wasStopped(Duration shut) {
    log.warn(
        "layer 2: stopped or kept waiting for {} ms too long; nothing was answered meanwhile",
        shut.toMillis());
  }

  private static String words(Placement placement) {
    return switch (placement) {
      case Placement.Answered(SortedSet<String> interfaces) -> "is announced on " + interfaces;
      case Placement.Standby standby ->
          "is left to " + standby.owner().map(NodeName::value).orElse("others");
      case Placement.Impossible(Placement.Reason reason) -> "is not announced: " + reason.label();
    };
  }
}
