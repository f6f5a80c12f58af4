// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import io.gitlb.speaker.bgp.Failure;
import io.gitlb.speaker.bgp.PeerConfig;
import io.gitlb.speaker.bgp.Transport;
import io.gitlb.speaker.bgp.Transport.Initiative;
import io.gitlb.speaker.bgp.session.Calls.Caller;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollChannelOption;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Listening sockets: one for each port, own address and network interface where they are given, on
/// which a passive peer is to call. Without passive peers there is none, so that another BGP
/// speaker of the node keeps its port. All methods run on one event loop.
final class Listeners {

  private static final Logger log = LoggerFactory.getLogger(Listeners.class);

  /// Another speaker may hold the port, and let go of it some day.
  private static final Duration RETRY_TIME = Duration.ofSeconds(5);

  /// Calls that wait to be taken; the few peers of a node need no more.
  private static final int BACKLOG = 16;

  private static final int MAX_TTL = 255;

  private final EventLoop loop;
  private final Sockets sockets;
  private final BiConsumer<Caller, Channel> taker;
  private final Runnable told;

  /// place → what is open there (1:1)
  private final SortedMap<Place, ServerChannel> open = new TreeMap<>();

  private SortedSet<Place> wanted = new TreeSet<>();

  /// place → what the kernel asks there (1:1)
  private SortedMap<Place, Admission> admissions = new TreeMap<>();

  /// place → why nobody can call there (1:1)
  private final SortedMap<Place, Failure> refusals = new TreeMap<>();

  private Retry retry = Retry.NONE;

  private enum Retry {
    NONE,
    PENDING
  }

  /// @param taker is given each call and the address of the caller; the channel is not registered
  /// @param told the places at which nobody can call now are others
  Listeners(EventLoop loop, Sockets sockets, BiConsumer<Caller, Channel> taker, Runnable told) {
    this.loop = loop;
    this.sockets = sockets;
    this.taker = taker;
    this.told = told;
  }

  /// @param peers the whole set; active ones count for their keys only
  void apply(Collection<PeerConfig> peers) {
    SortedSet<Place> places = new TreeSet<>();
    for (PeerConfig peer : peers) {
      if (peer.transport().initiative() == Initiative.PASSIVE) {
        places.add(Place.of(peer.transport()));
      }
    }
    wanted = places;
    admissions = new TreeMap<>();
    places.forEach(place -> admissions.put(place, Admission.at(place, peers)));
    refusals.keySet().retainAll(places);
    bringInForce();
  }

  /// Why a passive peer cannot call; empty: it can, or that is not known yet.
  Optional<Failure> refusal(Transport peer) {
    return Optional.ofNullable(refusals.get(Place.of(peer)));
  }

  private void bringInForce() {
    for (Place place : List.copyOf(open.keySet())) {
      if (!wanted.contains(place)) {
        close(place);
      }
    }
    // Those that are there first: whether they share their port is asked when another one comes.
    open.forEach((place, channel) -> admit(place, channel));
    wanted.forEach(place -> bringInForce(place));
  }

  private void bringInForce(Place place) {
    ServerChannel there = open.get(place);
    if (there != null && isStale(place, there)) {
      close(place);
    } else if (there != null) {
      return;
    }
    ServerChannel channel = sockets.listener();
    channel.pipeline().addLast(new Taker(place));
    open.put(place, channel);
    Future<?> _ = loop.register(channel);
    channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
    channel.config().setOption(ChannelOption.SO_BACKLOG, BACKLOG);
    IpOptions.bothTtls(channel, MAX_TTL);
    IpOptions.bothTrafficClasses(channel, Sockets.TRAFFIC_CLASS);
    admit(place, channel);
    try {
      place.device().ifPresent(device -> IpOptions.bind(channel, device));
    } catch (ChannelException e) {
      failed(place, channel, e);
      return;
    }
    InetSocketAddress address =
        place
            .address()
            .map(own -> new InetSocketAddress(Sockets.toInetAddress(own), place.port()))
            .orElseGet(() -> new InetSocketAddress(place.port()));
    channel
        .bind(address)
        .addListener(
            done -> {
              if (done.isSuccess()) {
                log.info("Waiting for the calls of passive BGP peers on {}", address);
                if (refusals.remove(place) != null) {
                  told.run();
                }
              } else {
                failed(place, channel, done.cause());
              }
            });
  }

  /// Whether the interface that it listens on is another one now.
  private static boolean isStale(Place place, ServerChannel there) {
    return place.device().filter(device -> !IpOptions.isBound(there, device)).isPresent();
  }

  private void admit(Place place, ServerChannel channel) {
    Admission admission = admissions.get(place);
    if (sockets == Sockets.EPOLL && admission != null) {
      channel.config().setOption(EpollChannelOption.TCP_MD5SIG, admission.kernelKeys());
      IpOptions.bothMinimumTtls(channel, admission.minimumTtl());
      // Of several the kernel gives a call to the most particular one. Without need the port is not
      // shared: another BGP speaker of the node might allow that.
      boolean shared = wanted.stream().filter(one -> one.port() == place.port()).count() > 1;
      channel.config().setOption(EpollChannelOption.SO_REUSEPORT, shared);
    }
  }

  private void failed(Place place, ServerChannel channel, Throwable cause) {
    if (!channel.equals(open.get(place))) {
      return; // It is not wanted any more.
    }
    close(place);
    Failure refusal =
        new Failure.NotListening(place.toString(), Connection.describe(cause), RETRY_TIME);
    if (!refusal.equals(refusals.put(place, refusal))) {
      log.warn("Passive BGP peers: {}", refusal.describe());
      told.run();
    }
    if (retry == Retry.NONE) {
      retry = Retry.PENDING;
      Future<?> _ = loop.schedule(this::tryAgain, RETRY_TIME.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void tryAgain() {
    retry = Retry.NONE;
    bringInForce();
  }

  private void close(Place place) {
    ServerChannel there = open.remove(place);
    if (there != null) {
      Future<?> _ = there.close();
    }
  }

  void close() {
    wanted = new TreeSet<>();
    bringInForce();
  }

  private final class Taker extends ChannelInboundHandlerAdapter {

    private final Place place;

    Taker(Place place) {
      this.place = place;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof Channel call) {
        Admission admission = admissions.get(place);
        if (admission != null
            && call.remoteAddress() instanceof InetSocketAddress caller
            && call.localAddress() instanceof InetSocketAddress local) {
          taker.accept(Caller.of(caller, local, place, admission), call);
        } else {
          call.unsafe().closeForcibly();
        }
      }
    }

    /// Out of file descriptors, say; the listener itself goes on.
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      log.warn("A call could not be taken: {}", cause.getMessage());
    }
  }
}
