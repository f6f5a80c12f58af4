// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.push;

import io.gitlb.reconciler.conflict.ProbeKeeper.Ask;
import io.gitlb.reconciler.loop.SpeakerPort;
import io.gitlb.schema.http.HttpLoops;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Member;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;

/// The speakers over HTTP: see the package.
public final class SpeakerPusher implements SpeakerPort, AutoCloseable {

  /// For all threads together to end.
  private static final Duration CLOSING = Duration.ofMillis(900);

  private final HttpLoops loops;
  private final PushSettings settings;
  private final ThreadFactory threads;

  /// node → the link to its speaker (1:1); replaced whole, by one thread at a time.
  private volatile SortedMap<NodeName, SpeakerLink> links = Collections.emptySortedMap();

  /// What speakers found out on their links, until somebody takes it.
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();

  private boolean closed;

  /// Does nothing before the first [#follow].
  ///
  /// @param loops stay open; who opened them closes them after this
  public SpeakerPusher(HttpLoops loops, PushSettings settings) {
    this(loops, settings, Thread.ofVirtual().name("gitlb-push-", 0).factory());
  }

  SpeakerPusher(HttpLoops loops, PushSettings settings, ThreadFactory threads) {
    this.loops = loops;
    this.settings = settings;
    this.threads = threads;
  }

  /// Begins to listen to the speakers of these nodes and stops with those of all others; what the
  /// speakers have stays as it is. A speaker that is already known is looked for anew where it is
  /// now. After [#close()] nothing happens.
  public synchronized void follow(SortedSet<NodeName> nodes) {
    if (closed) {
      return;
    }
    SortedMap<NodeName, SpeakerLink> before = links;
    SortedMap<NodeName, SpeakerLink> after = new TreeMap<>();
    nodes.forEach(node -> after.put(node, linked(before, node)));
    links = Collections.unmodifiableSortedMap(after);
    before.forEach(
        (node, link) -> {
          if (!after.containsKey(node)) {
            link.close();
          }
        });
  }

  private SpeakerLink linked(SortedMap<NodeName, SpeakerLink> before, NodeName node) {
    SpeakerLink known = before.get(node);
    if (known != null) {
      known.lookAnew();
      return known;
    }
    SpeakerLink link =
        new SpeakerLink(node, new SpeakerCalls(node, loops, settings), settings, threads);
    link.start();
    return link;
  }

  /// Nodes whose speakers are not followed have none: their states go nowhere.
  @Override
  public synchronized void setDesired(Map<NodeName, DesiredState> states) {
    states.forEach(SpeakerPusher::checkNode);
    if (closed) {
      return;
    }
    links.forEach(
        (node, link) -> {
          DesiredState desired = states.get(node);
          if (desired != null) {
            link.setDesired(desired);
          }
        });
  }

  /// The newest state that the node's speaker shall have, whether it has it or not; from any
  /// thread.
  ///
  /// @return empty while nothing is decided for the node, and for a node that is not followed
  public Optional<DesiredState> desired(NodeName node) {
    return Optional.ofNullable(links.get(node)).flatMap(SpeakerLink::desired);
  }

  private static void checkNode(NodeName node, DesiredState state) {
    if (!state.node().equals(node)) {
      throw new IllegalArgumentException("a state of " + state.node() + " for " + node);
    }
  }

  /// A snapshot: node → report, for every node that is followed.
  @Override
  public SortedMap<NodeName, SpeakerReport> reports() {
    SortedMap<NodeName, SpeakerReport> reports = new TreeMap<>();
    links.forEach((node, link) -> reports.put(node, link.report()));
    return Collections.unmodifiableSortedMap(reports);
  }

  @Override
  public List<NodeName> probers(IpAddress address) {
    return links.entrySet().stream()
        .filter(entry -> canProbe(entry.getValue().report(), address))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static boolean canProbe(SpeakerReport report, IpAddress address) {
    return report.failure().isEmpty()
        && report.status().stream()
            .flatMap(status -> status.interfaces().stream())
            .flatMap(nic -> nic.onLink().stream())
            .anyMatch(prefix -> prefix.contains(address));
  }

  /// Each question has a thread of its own, which its time limit ends.
  @Override
  public void probe(Ask ask) {
    SpeakerLink link = links.get(ask.speaker());
    if (link == null) {
      answers.add(new Answer.Unasked(ask.number(), "node " + ask.speaker() + " has no speaker"));
      settings.onChange().run();
      return;
    }
    threads
        .newThread(
            () -> {
              answers.add(link.probe(ask));
              settings.onChange().run();
            })
        .start();
  }

  @Override
  public List<Answer> probed() {
    List<Answer> taken = new ArrayList<>();
    for (Answer answer = answers.poll(); answer != null; answer = answers.poll()) {
      taken.add(answer);
    }
    return taken;
  }

  @Override
  public Optional<Member.Endpoint> endpoint(NodeName node) {
    return settings
        .speakerUrl()
        .apply(node)
        .filter(url -> url.getHost() != null)
        .map(url -> new Member.Endpoint(bare(url.getHost()), port(url)));
  }

  private static int port(URI url) {
    return url.getPort() > 0 ? url.getPort() : SpeakerEndpoint.DEFAULT_PORT;
  }

  /// An IPv6 address stands in brackets in a URL.
  private static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /// Cuts every call and waits, a second at most, for all threads to end. The reports stay.
  @Override
  public synchronized void close() {
    closed = true;
    links.values().forEach(SpeakerLink::close);
    long deadlineNanos = System.nanoTime() + CLOSING.toNanos();
    try {
      for (SpeakerLink link : links.values()) {
        link.join(Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime())));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
