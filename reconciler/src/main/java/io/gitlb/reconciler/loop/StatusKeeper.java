// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.Condition;
import io.gitlb.reconciler.loop.ClusterPort.Event;
import io.gitlb.reconciler.loop.ClusterPort.Severity;
import io.gitlb.reconciler.loop.ClusterPort.StatusWrite;
import io.gitlb.reconciler.plan.Reason;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes the statuses that differ from what the view shows, each once.
final class StatusKeeper {

  private static final Logger log = LoggerFactory.getLogger(StatusKeeper.class);

  private final ClusterPort port;
  private final LoopSettings settings;

  /// Service → the last write, while the view does not show it yet
  private final Map<ServiceRef, Sent> sent = new HashMap<>();

  /// Service → when to try again
  private final Map<ServiceRef, Retry> retries = new HashMap<>();

  StatusKeeper(ClusterPort port, LoopSettings settings) {
    this.port = port;
    this.settings = settings;
  }

  /// What our part of a status says.
  ///
  /// @param conditions sorted by type
  record Content(String uid, List<IpAddress> addresses, List<Condition> conditions) {

    Content {
      addresses = List.copyOf(addresses);
      conditions = conditions.stream().sorted(Comparator.comparing(Condition::type)).toList();
    }

    static Content shown(ServiceView service) {
      return new Content(service.uid(), service.statusAddresses(), service.conditions());
    }

    Optional<Condition> condition(String type) {
      return conditions.stream().filter(condition -> condition.type().equals(type)).findFirst();
    }
  }

  /// @param shown what the view showed when it was written
  private record Sent(Content content, Content shown, Instant at) {}

  /// Writes what differs.
  ///
  /// @param wanted Service → what its status shall say; those that are left out stay as they are
  void write(ClusterView view, Map<ServiceRef, Content> wanted, Instant now) {
    sent.keySet().retainAll(view.services().keySet());
    retries.keySet().retainAll(view.services().keySet());
    List<StatusWrite> writes = new ArrayList<>();
    for (ServiceView service : view.services().values()) {
      Content content = wanted.get(service.ref());
      if (content != null) {
        plan(service, content, now).ifPresent(writes::add);
      }
    }
    if (!writes.isEmpty()) {
      perform(writes, now);
    }
  }

  private Optional<StatusWrite> plan(ServiceView service, Content content, Instant now) {
    Content shown = Content.shown(service);
    if (content.equals(shown)) {
      sent.remove(service.ref());
      retries.remove(service.ref());
      return Optional.empty();
    }
    Sent last = sent.get(service.ref());
    boolean again = last != null && last.content().equals(content);
    boolean onItsWay =
        again
            && last != null
            && last.shown().equals(shown)
            && now.isBefore(last.at().plus(settings.statusPatience()));
    boolean resting = !retries.getOrDefault(service.ref(), Retry.NONE).isDue(now);
    if (onItsWay || resting) {
      return Optional.empty();
    }
    sent.put(service.ref(), new Sent(content, shown, now));
    return Optional.of(
        new StatusWrite(
            service.ref(),
            service.uid(),
            content.addresses(),
            content.conditions(),
            again ? Optional.empty() : event(shown, content)));
  }

  private void perform(List<StatusWrite> writes, Instant now) {
    Map<ServiceRef, Failure> failed = new TreeMap<>();
    port.write(writes).forEach(write -> failed.put(write.service(), write.failure()));
    for (StatusWrite write : writes) {
      Failure failure = failed.get(write.service());
      Retry last = retries.getOrDefault(write.service(), Retry.NONE);
      if (failure == null) {
        retries.remove(write.service());
      } else {
        sent.remove(write.service());
        retries.put(write.service(), last.afterFailure(now, settings));
        if (last.failures() == 0) {
          log.warn("status of {}: {}", write.service(), failure);
        }
      }
    }
  }

  /// Tells of a change of the allocation, or else of the announcement once it is known.
  private static Optional<Event> event(Content shown, Content wanted) {
    return changed(shown, wanted, AllocatedCondition.TYPE, Attention.EVERY_WORD)
        .or(() -> changed(shown, wanted, AnnouncedCondition.TYPE, Attention.REASON_ONLY))
        .filter(condition -> !condition.reason().equals(Reason.PENDING.text()))
        .filter(condition -> !condition.reason().equals(Reason.NOT_ALLOCATED.text()))
        .map(
            condition ->
                new Event(
                    isGood(condition) ? Severity.NORMAL : Severity.WARNING,
                    condition.reason(),
                    condition.message()));
  }

  private enum Attention {
    EVERY_WORD,
    REASON_ONLY
  }

  private static Optional<Condition> changed(
      Content shown, Content wanted, String type, Attention attention) {
    Optional<Condition> before = shown.condition(type);
    return wanted
        .condition(type)
        .filter(
            condition ->
                before.isEmpty()
                    || !before.get().status().equals(condition.status())
                    || !before.get().reason().equals(condition.reason())
                    || (attention == Attention.EVERY_WORD
                        && !before.get().message().equals(condition.message())));
  }

  private static boolean isGood(Condition condition) {
    return Stream.of(Reason.ALLOCATED, Reason.ONE_FAMILY_ONLY, Reason.ANNOUNCED)
        .anyMatch(reason -> reason.text().equals(condition.reason()));
  }

  /// When there is something to try again.
  Optional<Instant> next() {
    return Stream.concat(
            retries.values().stream().map(Retry::at),
            sent.values().stream().map(write -> write.at().plus(settings.statusPatience())))
        .min(Comparator.naturalOrder());
  }

  /// How many Services wait for another try.
  int failing() {
    return retries.size();
  }
}
