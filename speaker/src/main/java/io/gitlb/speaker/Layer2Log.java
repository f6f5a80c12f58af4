// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.announce.ActiveSet;
import io.gitlb.speaker.announce.Placement;
import io.gitlb.speaker.l2.GratuitousSchedule;
import io.gitlb.speaker.l2.Link;
import io.gitlb.speaker.l2.SegmentPort;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;

/// What an operator reads of layer 2: one line an event, and one line for all where many addresses
/// change at once.
final class Layer2Log {

  /// So many addresses have a line each in a [#MOMENT].
  private static final int LINES = 20;

  private static final Duration MOMENT = Duration.ofSeconds(1);

  private final Logger log;
  private SortedMap<String, String> skipped = new TreeMap<>();
  // Interface → the message it was refused with last (1:1).
  private final SortedMap<String, String> refusals = new TreeMap<>();

  // Interfaces that took no frame since they were opened; said once each.
  private final SortedSet<String> unsent = new TreeSet<>();

  // Interfaces with groups that cannot be joined; said once each.
  private final SortedSet<String> unjoined = new TreeSet<>();

  // What was last said of the addresses, and how much since when.
  private SnapshotMap<IpAddress, Placement> said = SnapshotMap.empty();
  private Instant moment = Instant.EPOCH;
  private Instant quietUntil = Instant.MIN;
  private int saidInMoment;

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

  /// Says what has changed since it was said last. What is too much for a moment is said in one
  /// line at the end of it, so this is to be asked again without a change.
  void placed(ActiveSet after, Instant now) {
    if (now.isBefore(quietUntil)) {
      return;
    }
    List<SnapshotMap.Change<IpAddress, Placement>> changes = after.placements().changesSince(said);
    said = after.placements();
    if (!now.isBefore(moment.plus(MOMENT))) {
      moment = now;
      saidInMoment = 0;
    }
    saidInMoment += changes.size();
    quietUntil = saidInMoment > LINES ? moment.plus(MOMENT) : Instant.MIN;
    if (changes.size() <= LINES) {
      changes.forEach(
          change ->
              log.info(
                  "layer 2: {} {}",
                  change.key(),
                  change.after().map(Layer2Log::words).orElse("is withdrawn")));
      return;
    }
    int were = 0;
    int are = 0;
    for (SnapshotMap.Change<IpAddress, Placement> change : changes) {
      were += change.before().filter(Layer2Log::isAnswered).isPresent() ? 1 : 0;
      are += change.after().filter(Layer2Log::isAnswered).isPresent() ? 1 : 0;
    }
    log.info(
        "layer 2: {} addresses changed: {} of them were answered, {} are now",
        changes.size(),
        were,
        are);
  }

  private static boolean isAnswered(Placement placement) {
    return placement instanceof Placement.Answered;
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
