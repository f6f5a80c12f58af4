// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Password;
import io.gitlb.schema.value.PeerName;
import io.gitlb.speaker.bgp.Transport;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands calls to the sessions that they are for. A call of nobody we know, or of a peer that calls
/// all the time, is closed at once and costs nothing else. All methods run on one event loop.
final class Calls {

  private static final Logger log = LoggerFactory.getLogger(Calls.class);

  /// A peer gets through once in this time.
  private static final Duration CALL_TIME = Duration.ofSeconds(1);

  /// Strangers are told of once in this time.
  private static final Duration LOG_TIME = Duration.ofMinutes(1);

  /// peer → its session (1:1)
  private final Supplier<SortedMap<PeerName, PeerSession>> sessions;

  /// peer → when it got through last, in ns of the monotonic clock (1:1)
  private final Map<PeerName, Long> taken = new TreeMap<>();

  private long strangers;
  private Optional<Long> told = Optional.empty();

  /// Who calls, and where.
  ///
  /// @param device the VRF that the listener is bound to, or the scope of a link-local address;
  ///   empty: the default VRF
  /// @param called which address of ours
  /// @param place of the listener
  /// @param key that the listener asked for; empty: none
  record Caller(
      IpAddress address,
      Optional<String> device,
      IpAddress called,
      Place place,
      Optional<Password> key) {

    /// @param admission of the listener
    static Caller of(
        InetSocketAddress caller, InetSocketAddress called, Place place, Admission admission) {
      IpAddress address = Sockets.fromSocket(caller.getAddress());
      return new Caller(
          address,
          Sockets.scope(caller.getAddress()).or(admission::vrf),
          Sockets.fromSocket(called.getAddress()),
          place,
          admission.keyOf(address));
    }

    /// Two routers in two VRFs, or on two links, may have one address; a session is not kept from
    /// another address than it is to be; and a listener knows one key for all that it may be from
    /// there, which need not be the one of the peer that is called.
    private boolean mayBe(Transport transport) {
      return transport.peerAddress().equals(address)
          && device.equals(transport.device())
          && transport.sourceAddress().filter(own -> !own.equals(called)).isEmpty()
          && key.equals(transport.key());
    }
  }

  /// @param sessions all of them, as they are now
  Calls(Supplier<SortedMap<PeerName, PeerSession>> sessions) {
    this.sessions = sessions;
  }

  /// @param channel not registered yet
  void take(Caller caller, Channel channel) {
    long now = System.nanoTime();
    Optional<PeerSession> session = sessionFor(caller);
    if (session.isEmpty()) {
      channel.unsafe().closeForcibly();
      countStranger(caller.address(), now);
      return;
    }
    PeerName peer = session.get().config().name();
    taken.keySet().retainAll(sessions.get().keySet());
    Long before = taken.get(peer);
    if (before != null && now - before < CALL_TIME.toNanos()) {
      channel.unsafe().closeForcibly();
      return;
    }
    taken.put(peer, now);
    session.get().loop().execute(() -> session.get().called(channel));
  }

  private Optional<PeerSession> sessionFor(Caller caller) {
    return sessions.get().values().stream()
        .filter(session -> caller.mayBe(session.config().transport()))
        .max(
            Comparator.comparingInt(
                session -> caller.place().likeness(session.config().transport())));
  }

  private void countStranger(IpAddress caller, long now) {
    strangers++;
    if (told.isEmpty() || now - told.get() > LOG_TIME.toNanos()) {
      told = Optional.of(now);
      log.warn(
          "{} has called and is no BGP peer of ours; strangers so far: {}, told once in {} s",
          caller,
          strangers,
          TimeUnit.NANOSECONDS.toSeconds(LOG_TIME.toNanos()));
    }
  }
}
