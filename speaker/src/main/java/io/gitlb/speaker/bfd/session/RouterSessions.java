// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.speaker.bfd.Action;
import io.gitlb.speaker.bfd.BfdSession;
import io.gitlb.speaker.bfd.SessionState;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// BFD with routers: on a link (RFC 5881, port 3784) and over several hops (RFC 5883, port 4784).
/// The TTL that a packet must have come with is checked by the kernel, and so is who sends.
public final class RouterSessions implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RouterSessions.class);
  private static final int LINK_TTL = 255;

  private final SessionRunner<RouterPath> runner;
  private volatile SortedMap<RouterPath, RouterTerms> wanted = new TreeMap<>();

  // path → the address of ours that the kernel last routed by (1:1); of the second thread alone
  private final Map<RouterPath, InetAddress> routed = new HashMap<>();

  /// What two ends have agreed on.
  ///
  /// @param transmitInterval of our packets
  /// @param detectionTime how long the router may be silent; 0 before it was heard
  /// @param routerState what the router has said last that it is
  public record Agreed(
      Duration transmitInterval, Duration detectionTime, SessionState routerState) {

    /// Of a session that has just begun.
    public static final Agreed NOTHING =
        new Agreed(Duration.ZERO, Duration.ZERO, SessionState.DOWN);
  }

  private RouterSessions(RouterListener listener) {
    this.runner =
        SessionRunner.start(
            "bfd-routers",
            "BFD",
            this::wishes,
            (path, now, change) -> tell(listener, path, now, change));
  }

  /// Without sessions. Linux with epoll only.
  public static RouterSessions open(RouterListener listener) {
    return new RouterSessions(listener);
  }

  private static void tell(
      RouterListener listener, RouterPath path, BfdSession machine, Action.Changed change) {
    boolean failed = change.from() == SessionState.UP && change.to() == SessionState.DOWN;
    if (failed && machine.remoteState() != SessionState.ADMIN_DOWN) {
      listener.lost(path);
    }
    listener.changed(path, change.to(), change.diagnostic());
  }

  /// Takes the whole set. Sessions that stay go on, with new timers by Poll. One whose router
  /// cannot be reached begins when it can.
  public void apply(SortedMap<RouterPath, RouterTerms> paths) {
    wanted = new TreeMap<>(paths);
    runner.changed();
  }

  /// Packets without effect by reason, in lower case.
  public SortedMap<String, Long> drops() {
    return runner.drops();
  }

  /// Has somebody told for how long the thread of the sessions is away now and then, on that
  /// thread; see [io.gitlb.speaker.bfd.Pauses].
  public void lookAtPauses(Consumer<Duration> eye) {
    runner.look(table -> eye.accept(table.recurringPause()));
  }

  /// Has somebody told what all sessions have agreed on, on their thread.
  public void look(Consumer<Map<RouterPath, Agreed>> eye) {
    runner.look(
        table -> {
          Map<RouterPath, Agreed> agreed = new HashMap<>();
          table
              .machines()
              .forEach(
                  (path, machine) ->
                      agreed.put(
                          path,
                          new Agreed(
                              machine.transmitInterval(),
                              machine.detectionTime(),
                              machine.remoteState())));
          eye.accept(agreed);
        });
  }

  private SortedMap<RouterPath, SessionWish> wishes() {
    SortedMap<RouterPath, RouterTerms> now = wanted;
    routed.keySet().retainAll(now.keySet());
    SortedMap<RouterPath, SessionWish> wishes = new TreeMap<>();
    now.forEach(
        (path, terms) -> local(path).ifPresent(own -> wishes.put(path, wish(path, own, terms))));
    return wishes;
  }

  private static SessionWish wish(RouterPath path, InetAddress local, RouterTerms terms) {
    return new SessionWish(
        new SessionWish.Path(path.service(), path.interfaceName(), local, inet(path.remote())),
        terms.timers(),
        terms.role(),
        terms.authentication(),
        path.hops() == Hops.SINGLE ? LINK_TTL : terms.minimumTtl());
  }

  // A session keeps its address while there is no route: its silence is what tells then.
  private Optional<InetAddress> local(RouterPath path) {
    if (path.source().isPresent()) {
      return path.source().map(RouterSessions::inet);
    }
    InetSocketAddress there = new InetSocketAddress(inet(path.remote()), path.service().port());
    try {
      routed.put(
          path,
          path.interfaceName().isEmpty()
              ? towards(there)
              : runner.towards(path.interfaceName(), there));
    } catch (IOException | RuntimeException e) {
      // The kernel's refusals and Netty's come in many forms.
      log.debug("No route to {}", path, e);
    }
    return Optional.ofNullable(routed.get(path));
  }

  private static InetAddress towards(InetSocketAddress remote) throws IOException {
    try (DatagramSocket probe = new DatagramSocket()) {
      probe.connect(remote); // Nothing is sent by that.
      return probe.getLocalAddress();
    }
  }

  private static InetAddress inet(IpAddress address) {
    try {
      return InetAddress.getByAddress(address.toBytes());
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("an address has 4 or 16 octets", impossible);
    }
  }

  /// Tells the routers (AdminDown) for a detection time and ends. Waits some seconds at most. What
  /// uses the sessions ends before, or routers would take it for a failure.
  @Override
  public void close() {
    runner.close();
  }
}
