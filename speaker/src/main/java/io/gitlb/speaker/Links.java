// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.speaker.announce.LinkView;
import io.gitlb.speaker.l2.EthernetFrame;
import io.gitlb.speaker.l2.Link;
import io.gitlb.speaker.l2.SegmentPort;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The links of this node: those that are captured, and those that could not be opened. Owned by
/// the thread of layer 2.
final class Links {

  private final SegmentPort port;
  private final VerdictCounts counts;
  private final InstantSource clock;
  private final Fence fence;
  private final Layer2Log log;
  private final Sightings sightings;

  // Interface → its capture (1:1).
  private final TreeMap<String, Captured> open = new TreeMap<>();
  // Interface → a link that could not be opened (1:1).
  private final TreeMap<String, Refused> refused = new TreeMap<>();
  private long lastIncarnation;

  /// A link with its capture.
  record Captured(OpenLink openLink, SegmentPort.Segment segment) {}

  private record Refused(Link link, String message, Instant retryAt) {}

  /// @param clock monotonic; the capture threads read it for their limit on replies
  /// @param sightings where those of all links go
  Links(
      SegmentPort port,
      VerdictCounts counts,
      InstantSource clock,
      Fence fence,
      Layer2Log log,
      Sightings sightings) {
    this.port = port;
    this.counts = counts;
    this.clock = clock;
    this.fence = fence;
    this.log = log;
    this.sightings = sightings;
  }

  /// Looks at the interfaces and follows what has changed.
  ///
  /// @return whether something did
  boolean survey(Instant now) {
    SegmentPort.Survey survey = port.survey();
    log.survey(survey);
    TreeMap<String, Link> links = new TreeMap<>();
    survey.links().forEach(link -> links.put(link.name(), link));
    boolean changed = closeDead(links);
    changed |= openNew(links, now);
    changed |= refused.keySet().retainAll(links.keySet());
    changed |= follow(links);
    return changed;
  }

  Collection<Captured> open() {
    return Collections.unmodifiableCollection(open.values());
  }

  Optional<Captured> open(String interfaceName) {
    return Optional.ofNullable(open.get(interfaceName));
  }

  /// The open links on which the address is directly reached.
  List<Link> reaching(IpAddress address) {
    return links().stream().filter(link -> reaches(link, address)).toList();
  }

  boolean isBehindRefused(IpAddress address) {
    return refused.values().stream().anyMatch(one -> reaches(one.link(), address));
  }

  private static boolean reaches(Link link, IpAddress address) {
    return link.onLink().stream().anyMatch((IpPrefix prefix) -> prefix.contains(address));
  }

  /// @return whether the frame left
  boolean send(String interfaceName, EthernetFrame frame) {
    Captured captured = open.get(interfaceName);
    return captured != null && captured.openLink().send(captured.segment(), frame);
  }

  /// All that can be placed on.
  List<LinkView> views() {
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

  /// Interface → why it cannot be captured (1:1).
  SortedMap<String, String> refusals() {
    SortedMap<String, String> refusals = new TreeMap<>();
    refused.forEach((name, one) -> refusals.put(name, one.message()));
    return refusals;
  }

  /// Those that are captured, by name.
  List<Link> links() {
    return open.values().stream().map(captured -> captured.openLink().link()).toList();
  }

  void close() {
    open.values().forEach(captured -> captured.segment().close());
    open.clear();
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
  private boolean follow(Map<String, Link> links) {
    boolean changed = false;
    for (Link link : links.values()) {
      Captured captured = open.get(link.name());
      if (captured != null) {
        changed |= captured.openLink().follow(link, ++lastIncarnation);
      }
      Refused before = refused.get(link.name());
      if (before != null && !before.link().equals(link)) {
        refused.put(link.name(), new Refused(link, before.message(), before.retryAt()));
        changed = true;
      }
    }
    return changed;
  }
}
