// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.cluster.ServiceView.Condition;
import io.gitlb.reconciler.loop.ClusterPort.Event;
import io.gitlb.reconciler.loop.ClusterPort.Severity;
import io.gitlb.reconciler.plan.Reason;
import io.gitlb.schema.value.ServiceRef;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is told about a Service when its status changes, as an Event and in the log.
///
/// An Event tells a change, never a state, and what flaps is told of only so often.
final class ServiceEvents {

  private static final Logger log = LoggerFactory.getLogger(ServiceEvents.class);

  /// Events of one Service within a minute.
  static final int MOST_A_MINUTE = 5;

  /// The reasons that are no cause for concern.
  private static final Set<String> GOOD =
      Stream.of(Reason.ALLOCATED, Reason.ONE_FAMILY_ONLY, Reason.ANNOUNCED, Reason.ANNOUNCING_OFF)
          .map(Reason::text)
          .collect(Collectors.toUnmodifiableSet());

  /// What comes before the news and is none.
  private static final Set<String> SILENT =
      Stream.of(Reason.PENDING, Reason.NOT_ALLOCATED)
          .map(Reason::text)
          .collect(Collectors.toUnmodifiableSet());

  private final RecentCount recent = new RecentCount();
  private long told;
  private long dropped;

  /// Who else claims the address is news each time that it is somebody else.
  private static final Set<String> CONTESTED =
      Stream.of(Reason.CONFLICT, Reason.OTHER_ANNOUNCER_ON_NODE, Reason.KERNEL_ANSWERS)
          .map(Reason::text)
          .collect(Collectors.toUnmodifiableSet());

  /// Tells of a change of the allocation, or else of the announcement once it is known.
  ///
  /// @param before what was said last
  /// @return empty when there is nothing new, or too much
  Optional<Event> event(
      ServiceRef service, StatusContent before, StatusContent wanted, Instant now) {
    return changed(before, wanted, AllocatedCondition.TYPE, Attention.EVERY_WORD)
        .or(() -> changed(before, wanted, AnnouncedCondition.TYPE, Attention.REASON_ONLY))
        .filter(condition -> !SILENT.contains(condition.reason()))
        .map(
            condition ->
                new Event(
                    GOOD.contains(condition.reason()) ? Severity.NORMAL : Severity.WARNING,
                    condition.reason(),
                    condition.message()))
        .or(() -> moved(before, wanted))
        .flatMap(event -> limited(service, event, now));
  }

  /// It is announced as before, but from another node.
  private static Optional<Event> moved(StatusContent before, StatusContent wanted) {
    Optional<Condition> said = before.condition(AnnouncedCondition.TYPE);
    return wanted
        .condition(AnnouncedCondition.TYPE)
        .filter(
            now ->
                now.reason().equals(Reason.ANNOUNCED.text())
                    && said.filter(
                            last ->
                                last.reason().equals(now.reason())
                                    && !AnnouncedCondition.places(last)
                                        .equals(AnnouncedCondition.places(now)))
                        .isPresent())
        .map(
            now ->
                new Event(
                    Severity.NORMAL, Reason.NODE_ASSIGNED.text(), AnnouncedCondition.places(now)));
  }

  /// The event, unless the Service had too many.
  Optional<Event> limited(ServiceRef service, Event event, Instant now) {
    if (recent.count(service, now) >= MOST_A_MINUTE) {
      dropped++;
      return Optional.empty();
    }
    recent.add(service, now);
    told++;
    switch (event.severity()) {
      case NORMAL -> log.info("{}: {}: {}", service, event.reason(), event.message());
      case WARNING -> log.warn("{}: {}: {}", service, event.reason(), event.message());
    }
    return Optional.of(event);
  }

  private enum Attention {
    EVERY_WORD,
    REASON_ONLY
  }

  private static Optional<Condition> changed(
      StatusContent before, StatusContent wanted, String type, Attention attention) {
    Optional<Condition> said = before.condition(type);
    return wanted
        .condition(type)
        .filter(
            condition ->
                said.isEmpty()
                    || !said.get().status().equals(condition.status())
                    || !said.get().reason().equals(condition.reason())
                    || ((attention == Attention.EVERY_WORD
                            || CONTESTED.contains(condition.reason()))
                        && !said.get().message().equals(condition.message())));
  }

  /// How many Events there were, without those that were dropped.
  long told() {
    return told;
  }

  /// How many Events were not sent because their Services had too many.
  long dropped() {
    return dropped;
  }
}
