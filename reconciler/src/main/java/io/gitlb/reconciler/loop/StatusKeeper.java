// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.loop.ClusterPort.Event;
import io.gitlb.reconciler.loop.ClusterPort.FailedWrite;
import io.gitlb.reconciler.loop.ClusterPort.StatusWrite;
import io.gitlb.reconciler.loop.ConflictKeeper.News;
import io.gitlb.reconciler.loop.LoopFigures.ConditionKind;
import io.gitlb.reconciler.loop.WantedStatuses.Picture;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes the statuses that differ from what the view shows, each once. A pass looks only at
/// Services of which something has changed, and at those whose time has come.
final class StatusKeeper {

  private static final Logger log = LoggerFactory.getLogger(StatusKeeper.class);

  private final StatusPort port;
  private final LoopSettings settings;
  private final ServiceEvents events = new ServiceEvents();
  private final FightWatch fights;
  private final Agenda agenda = new Agenda();
  private final ServiceCounts counts = new ServiceCounts();
  private WantedStatuses wanted = new WantedStatuses();

  /// Reference → the Service as the view showed it when it was looked at last.
  private SnapshotMap<ServiceRef, ServiceView> seen = SnapshotMap.empty();

  /// Service → the last write, while the view does not show it yet
  private final Map<ServiceRef, Sent> sent = new HashMap<>();

  /// Service → the last write, when it failed
  private final Map<ServiceRef, Failed> failed = new HashMap<>();

  private long writes;
  private long failures;

  StatusKeeper(StatusPort port, LoopSettings settings) {
    this.port = port;
    this.settings = settings;
    this.fights = new FightWatch(settings);
  }

  /// @param shown what the view showed when it was written
  /// @param retry how often the same was tried before
  private record Sent(
      StatusContent content, Optional<Event> event, ServiceView shown, Instant at, Retry retry) {}

  private record Failed(StatusContent content, Optional<Event> event, Retry retry) {}

  /// Begins what there is to write at the beginning of a pass.
  void begin(Picture picture, Instant now) {
    Set<ServiceRef> services = new TreeSet<>(wanted.waiting());
    services.addAll(agenda.takeDue(now));
    services.addAll(wanted.follow(picture));
    begin(services, picture, now);
  }

  /// Tells about Services what no status says, beside the statuses that they have.
  void tell(List<News> news, Picture picture, Instant now) {
    for (News one : news) {
      picture
          .view()
          .services()
          .find(one.service())
          .ifPresent(
              service ->
                  events
                      .limited(one.service(), one.event(), now)
                      .ifPresent(event -> port.begin(List.of(unchanged(service, event)))));
    }
  }

  private static StatusWrite unchanged(ServiceView service, Event event) {
    StatusContent shown = StatusContent.shown(service);
    return new StatusWrite(
        service.ref(), service.uid(), shown.addresses(), shown.conditions(), Optional.of(event));
  }

  /// Begins what more there is to write now that more of the plan is committed.
  void goOn(Picture picture, Instant now) {
    begin(wanted.follow(picture), picture, now);
  }

  private void begin(Set<ServiceRef> services, Picture picture, Instant now) {
    List<StatusWrite> begun = new ArrayList<>();
    for (ServiceRef ref : services) {
      Optional<ServiceView> service = picture.view().services().find(ref);
      if (service.isPresent()) {
        look(service.get(), now).ifPresent(begun::add);
      } else {
        forget(ref);
      }
    }
    seen = picture.view().services();
    writes += begun.size();
    if (!begun.isEmpty()) {
      port.begin(begun);
    }
  }

  private void forget(ServiceRef service) {
    sent.remove(service);
    failed.remove(service);
    agenda.cancel(service);
    counts.set(service, List.of());
    wanted.forget(service);
    fights.forget(service);
  }

  private Optional<StatusWrite> look(ServiceView service, Instant now) {
    Optional<StatusContent> content = wanted.of(service);
    content.ifPresent(known -> counts.set(service.ref(), known.conditions()));
    return content.flatMap(known -> compare(service, known, now));
  }

  private Optional<StatusWrite> compare(ServiceView service, StatusContent content, Instant now) {
    if (content.equals(StatusContent.shown(service))) {
      sent.remove(service.ref());
      failed.remove(service.ref());
      agenda.cancel(service.ref());
      fights.right(service.ref(), now).ifPresent(at -> agenda.set(service.ref(), at));
      return Optional.empty();
    }
    Optional<Sent> last = Optional.ofNullable(sent.get(service.ref()));
    Optional<Sent> same = last.filter(write -> write.content().equals(content));
    Optional<Instant> arrives =
        same.filter(write -> showsTheSame(write.shown(), service))
            .map(write -> write.at().plus(settings.statusPatience()))
            .filter(now::isBefore);
    if (arrives.isPresent()) {
      agenda.set(service.ref(), arrives.get());
      return Optional.empty();
    }
    boolean overwritten =
        last.isPresent()
            ? same.filter(write -> isAnother(write.shown(), service)).isPresent()
            : wasRight(service.ref(), content);
    if (overwritten) {
      fights.overwritten(service.ref(), now);
    }
    Optional<Instant> later = notBefore(service.ref(), now);
    if (later.isPresent()) {
      sent.remove(service.ref());
      agenda.set(service.ref(), later.get());
      return Optional.empty();
    }
    Optional<Event> event =
        overwritten || same.isPresent() ? Optional.empty() : news(service, content, now);
    return Optional.of(write(service, content, event.or(() -> fights.event(service.ref())), now));
  }

  private static boolean showsTheSame(ServiceView before, ServiceView now) {
    return StatusContent.shown(before).equals(StatusContent.shown(now));
  }

  /// Whether the status said this already when it was looked at last.
  private boolean wasRight(ServiceRef service, StatusContent content) {
    return seen.find(service).map(StatusContent::shown).equals(Optional.of(content));
  }

  /// Identity is meant: the view has changed, though it may show the same again.
  @SuppressWarnings("ReferenceEquality")
  private static boolean isAnother(ServiceView before, ServiceView now) {
    return before != now;
  }

  private Optional<Instant> notBefore(ServiceRef service, Instant now) {
    return Stream.concat(
            Optional.ofNullable(failed.get(service)).map(last -> last.retry().at()).stream(),
            fights.notBefore(service).stream())
        .filter(now::isBefore)
        .max(Comparator.naturalOrder());
  }

  private Optional<Event> news(ServiceView service, StatusContent content, Instant now) {
    Failed last = failed.get(service.ref());
    if (last != null && last.content().equals(content)) {
      return last.event();
    }
    if (fights.isFoughtOver(service.ref())) {
      return Optional.empty();
    }
    Sent onItsWay = sent.get(service.ref());
    StatusContent said = onItsWay == null ? StatusContent.shown(service) : onItsWay.content();
    return events.event(service.ref(), said, content, now);
  }

  private StatusWrite write(
      ServiceView service, StatusContent content, Optional<Event> event, Instant now) {
    Failed last = failed.remove(service.ref());
    Retry retry = last == null ? Retry.NONE : last.retry();
    sent.put(service.ref(), new Sent(content, event, service, now, retry));
    agenda.set(service.ref(), now.plus(settings.statusPatience()));
    return new StatusWrite(
        service.ref(), service.uid(), content.addresses(), content.conditions(), event);
  }

  /// Waits for what was begun.
  void finish(Instant now) {
    for (FailedWrite write : port.await()) {
      failures++;
      Sent tried = sent.remove(write.service());
      if (tried != null) {
        if (tried.retry().failures() == 0) {
          log.warn("status of {}: {}", write.service(), write.failure());
        }
        Retry retry = tried.retry().afterFailure(now, settings);
        failed.put(write.service(), new Failed(tried.content(), tried.event(), retry));
        agenda.set(write.service(), retry.at());
      }
    }
  }

  /// Looks at every Service again with the next pass.
  void lookAtAll() {
    wanted = new WantedStatuses();
  }

  /// The clock was set back: what was to happen later than it can is due now.
  void clockWentBack(Instant now) {
    sent.clear();
    failed.replaceAll(
        (_, last) ->
            new Failed(last.content(), last.event(), new Retry(last.retry().failures(), now)));
    agenda.allDue(now);
  }

  /// When there is something to look at again.
  Optional<Instant> next() {
    return agenda.next();
  }

  /// condition without its words → how many Services have it
  SnapshotMap<ConditionKind, Integer> services() {
    return counts.counts();
  }

  int fights() {
    return fights.current();
  }

  long fightsSoFar() {
    return fights.total();
  }

  long writes() {
    return writes;
  }

  long failures() {
    return failures;
  }

  long events() {
    return events.told();
  }

  long eventsDropped() {
    return events.dropped();
  }

  /// What does not work at the moment.
  Optional<Failure> failure() {
    return fights.failure();
  }
}
