// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.announce.ActiveSet;
import io.gitlb.speaker.announce.AnnouncementDiff;
import io.gitlb.speaker.announce.Change;
import io.gitlb.speaker.announce.LinkView;
import io.gitlb.speaker.announce.Placement;
import io.gitlb.speaker.l2.Conflicts.Conflict;
import io.gitlb.speaker.l2.EthernetFrame;
import io.gitlb.speaker.l2.GratuitousSchedule;
import io.gitlb.speaker.l2.Link;
import io.gitlb.speaker.l2.SegmentPort;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the links to the desired state: opens them, fills the responders' tables, sends
/// gratuitous frames. Everything here runs on one thread, which passes the time in.
final class Layer2 {

  private static final Logger LOG = LoggerFactory.getLogger(Layer2.class);

  private final NodeName self;
  private final SegmentPort port;
  private final VerdictCounts counts;
  private final InstantSource clock;
  private final Layer2Listener listener;
  private final Fence fence;
  private final Layer2Log log = new Layer2Log(LOG);
  private final GratuitousSchedule schedule = new GratuitousSchedule();
  private final Sightings sightings = new Sightings();
  private final SegmentWatch watch;

  // Interface → its capture (1:1).
  private final TreeMap<String, Captured> open = new TreeMap<>();
  // Interface → a link that could not be opened (1:1).
  private final TreeMap<String, Refused> refused = new TreeMap<>();

  private Optional<DesiredState> desired = Optional.empty();
  private ActiveSet active = ActiveSet.EMPTY;
  private SortedSet<IpAddress> watched = new TreeSet<>();
  private long lastIncarnation;

  private record Captured(OpenLink openLink, SegmentPort.Segment segment) {}

  private record Refused(Link link, String message, Instant retryAt) {}

  /// @param clock monotonic; the capture threads read it for their limit on replies
  /// @param contention counts what is done about others that use an address
  Layer2(
      NodeName self,
      SegmentPort port,
      VerdictCounts counts,
      ContentionCounts contention,
      InstantSource clock,
      Layer2Listener listener) {
    this.self = self;
    this.port = port;
    this.counts = counts;
    this.clock = clock;
    this.listener = listener;
    this.fence = new Fence(clock);
    this.watch =
        new SegmentWatch(new SplittableRandom(), sightings, new FromWatch(), contention, LOG);
  }

  /// What the owner does at least once in a [Fence#TICK]: says that it runs, and sends what is due.
  void tick(Instant now) {
    Duration shut = fence.renew(now);
    if (shut.isPositive()) {
      log.wasStopped(shut);
    }
    if (open.values().stream().anyMatch(captured -> !captured.segment().isAlive())) {
      // A cable was pulled: whoever decides has to know now, not at the next survey.
      survey(now);
    }
    sendDue(now);
    watch.advance(now);
    answerAndWatch();
  }

  /// Asks the segments who uses these addresses.
  ///
  /// @param done told once, within [Probing#DEADLINE], on the owner's thread
  void detect(
      SortedSet<IpAddress> addresses,
      Consumer<SortedMap<IpAddress, Probing.Finding>> done,
      Instant now) {
    watch.detect(addresses, done, now);
    // The kernel has to let the answers through before the first probe goes out.
    answerAndWatch();
  }

  /// Takes another desired state and brings it in force.
  void apply(DesiredState state, Instant now) {
    desired = Optional.of(state);
    place(now);
  }

  /// Looks at the interfaces and follows what has changed.
  void survey(Instant now) {
    SegmentPort.Survey survey = port.survey();
    log.survey(survey);
    TreeMap<String, Link> links = new TreeMap<>();
    survey.links().forEach(link -> links.put(link.name(), link));
    open.values().stream().filter(captured -> captured.openLink().isUnjoined()).forEach(this::join);
    boolean changed = closeDead(links);
    changed |= openNew(links, now);
    changed |= refused.keySet().retainAll(links.keySet());
    changed |= followPrefixes(links);
    if (changed) {
      listener.refusals(refusals());
      place(now);
    }
  }

  private void sendDue(Instant now) {
    for (GratuitousSchedule.Target target : schedule.takeDue(now)) {
      Captured captured = open.get(target.interfaceName());
      if (!fence.isOpen()) {
        // From the beginning, at the next tick: what the neighbours learned meanwhile is not known.
        schedule.start(target, now);
      } else if (captured != null
          && !captured.openLink().sendRound(captured.segment(), target.address())) {
        log.notSent(target);
      }
    }
  }

  /// When [#tick] has something to do again.
  Optional<Instant> nextDue() {
    return Stream.concat(schedule.nextDue().stream(), watch.nextDue().stream())
        .min(Instant::compareTo);
  }

  /// Stops answering everywhere. Nothing is sent: the node that takes over tells the neighbours.
  void withdrawAll() {
    int answered = active.answered().size();
    watch.end();
    open.values()
        .forEach(captured -> captured.openLink().answerFrom(ActiveSet.EMPTY, new TreeSet<>()));
    open.values().forEach(captured -> captured.segment().close());
    open.clear();
    active = ActiveSet.EMPTY;
    LOG.info("layer 2: stopped answering for {} addresses", answered);
  }

  private boolean closeDead(Map<String, Link> links) {
    List<String> dead = new ArrayList<>();
    open.forEach(
        (name, captured) -> {
          Link now = links.get(name);
          boolean replaced = now != null && now.isReplacementOf(captured.openLink().link());
          if (now == null || replaced || !captured.segment().isAlive()) {
            dead.add(name);
          }
        });
    for (String name : dead) {
      Captured captured = open.remove(name);
      if (captured != null) {
        captured.segment().close();
        log.closed(name);
      }
    }
    return !dead.isEmpty();
  }

  private boolean openNew(Map<String, Link> links, Instant now) {
    boolean changed = false;
    for (Link link : links.values()) {
      Refused before = refused.get(link.name());
      boolean due = before == null || !before.retryAt().isAfter(now);
      if (!open.containsKey(link.name()) && due) {
        changed |= open(link, now);
      }
    }
    return changed;
  }

  private boolean open(Link link, Instant now) {
    OpenLink openLink = new OpenLink(link, ++lastIncarnation, counts, clock, fence, sightings);
    return switch (port.open(link, openLink)) {
      case SegmentPort.Opening.Opened(SegmentPort.Segment segment) -> {
        refused.remove(link.name());
        open.put(link.name(), new Captured(openLink, segment));
        log.opened(link);
        yield true;
      }
      case SegmentPort.Opening.Refused(String message) -> {
        log.refused(link, message);
        Instant retryAt = now.plus(Layer2Thread.REOPEN_INTERVAL);
        Refused before = refused.put(link.name(), new Refused(link, message, retryAt));
        yield before == null || !before.message().equals(message);
      }
    };
  }

  /// An address or a route was added to a link that is open: it reaches others now.
  private boolean followPrefixes(Map<String, Link> links) {
    boolean changed = false;
    for (Link link : links.values()) {
      Captured captured = open.get(link.name());
      if (captured != null) {
        changed |= captured.openLink().follow(link);
      }
      Refused before = refused.get(link.name());
      if (before != null && !before.link().equals(link)) {
        refused.put(link.name(), new Refused(link, before.message(), before.retryAt()));
        changed = true;
      }
    }
    return changed;
  }

  private void place(Instant now) {
    if (desired.isEmpty()) {
      listener.changed(desired, active, openLinks());
      return;
    }
    ActiveSet next = ActiveSet.place(self, desired.get(), views());
    List<Change> changes = AnnouncementDiff.between(active, next);
    ActiveSet before = active;
    active = next;
    fillTables();
    for (Change change : changes) {
      GratuitousSchedule.Target target =
          new GratuitousSchedule.Target(change.interfaceName(), change.address());
      switch (change) {
        case Change.Withdraw _ -> {
          schedule.stop(target);
          watch.released(change.address());
        }
        case Change.Announce _, Change.Refresh _ -> schedule.start(target, now);
      }
    }
    sendDue(now);
    log.placed(before, active);
    listener.changed(desired, active, openLinks());
  }

  /// Follows a change of what is watched.
  private void answerAndWatch() {
    SortedSet<IpAddress> wanted = watch.watched();
    if (!wanted.equals(watched)) {
      watched = new TreeSet<>(wanted);
      fillTables();
    }
  }

  private void fillTables() {
    for (Captured captured : open.values()) {
      if (captured.openLink().answerFrom(active, watched)) {
        captured.segment().expect(captured.openLink().table());
        join(captured);
      }
    }
  }

  private void join(Captured captured) {
    OpenLink openLink = captured.openLink();
    Optional<String> problem = captured.segment().join(openLink.watchedIpv6());
    openLink.joined(problem.isEmpty());
    log.joined(openLink.link(), problem);
  }

  private List<LinkView> views() {
    List<LinkView> views = new ArrayList<>();
    for (Captured captured : open.values()) {
      OpenLink openLink = captured.openLink();
      views.add(
          new LinkView(
              openLink.link().name(),
              openLink.link().onLink(),
              new LinkView.Capture.Running(openLink.incarnation()),
              openLink.link().linkLocal()));
    }
    for (Refused one : refused.values()) {
      views.add(
          new LinkView(
              one.link().name(),
              one.link().onLink(),
              new LinkView.Capture.Unavailable(),
              one.link().linkLocal()));
    }
    return views;
  }

  private SortedMap<String, String> refusals() {
    SortedMap<String, String> refusals = new TreeMap<>();
    refused.forEach((name, one) -> refusals.put(name, one.message()));
    return refusals;
  }

  private List<Link> openLinks() {
    return Collections.unmodifiableList(
        open.values().stream().map(captured -> captured.openLink().link()).toList());
  }

  /// What watching over the segments needs of the links.
  private final class FromWatch implements SegmentWatch.Surroundings {

    @Override
    public List<Link> reaching(IpAddress address) {
      return openLinks().stream()
          .filter(link -> link.onLink().stream().anyMatch(prefix -> prefix.contains(address)))
          .toList();
    }

    @Override
    public boolean isBehindRefused(IpAddress address) {
      return refused.values().stream()
          .flatMap(one -> one.link().onLink().stream())
          .anyMatch(prefix -> prefix.contains(address));
    }

    @Override
    public boolean isAnnounced(IpAddress address) {
      return active.placements().get(address) instanceof Placement.Answered;
    }

    @Override
    public boolean send(String interfaceName, EthernetFrame frame) {
      Captured captured = open.get(interfaceName);
      return captured != null && captured.segment().send(frame);
    }

    @Override
    public void defend(IpAddress address) {
      if (fence.isOpen()
          && active.placements().get(address)
              instanceof Placement.Answered(SortedSet<String> interfaces)) {
        for (String name : interfaces) {
          Captured captured = open.get(name);
          if (captured != null && !captured.openLink().sendRound(captured.segment(), address)) {
            log.notSent(new GratuitousSchedule.Target(name, address));
          }
        }
      }
    }

    @Override
    public void conflicts(SortedMap<IpAddress, Conflict> conflicts) {
      listener.conflicts(conflicts);
    }
  }
}
