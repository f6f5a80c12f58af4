// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.discovery.session;

import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.speaker.discovery.Doing;
import io.gitlb.speaker.discovery.NeighborSearch;
import io.gitlb.speaker.discovery.RouterCodec;
import io.gitlb.speaker.discovery.RouterCodec.Decoding;
import io.gitlb.speaker.discovery.RouterMessage;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Router discovery on one interface, on a thread of its own: however long the interface is away,
/// it goes on when it is back.
final class LinkTalk implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LinkTalk.class);

  /// After so long it is looked whether the interface is still the same, and whether it is the end.
  private static final int LOOK_MILLIS = 1_000;

  private final String interfaceName;
  private final DiscoveryListener listener;
  private final NeighborSearch search;
  private final Thread thread;
  private final Instant origin = Instant.EPOCH;
  private final long originNanos = System.nanoTime();
  private volatile boolean closing;
  private String impediment = "";
  private SortedSet<Ipv6> others = Collections.emptySortedSet();

  private LinkTalk(String interfaceName, DiscoveryListener listener) {
    this.interfaceName = interfaceName;
    this.listener = listener;
    this.search = new NeighborSearch(new SplittableRandom(), origin);
    this.thread = Thread.ofPlatform().name("ra-" + interfaceName).daemon().unstarted(this::run);
  }

  static LinkTalk begin(String interfaceName, DiscoveryListener listener) {
    LinkTalk talk = new LinkTalk(interfaceName, listener);
    talk.thread.start();
    return talk;
  }

  private Instant now() {
    return origin.plusNanos(System.nanoTime() - originNanos);
  }

  private void run() {
    while (!closing) {
      try (IcmpSocket socket = IcmpSocket.open(interfaceName)) {
        while (!closing && socket.isBoundTo(interfaceName)) {
          step(socket);
        }
      } catch (IOException e) {
        impeded(String.valueOf(e.getMessage()));
      } catch (RuntimeException e) {
        log.error("Defect in the router discovery on {}", interfaceName, e);
      }
      pause();
    }
  }

  private void step(IcmpSocket socket) throws IOException {
    perform(socket, search.advance(now()));
    long left = Duration.between(now(), search.nextDue()).toMillis();
    Optional<IcmpSocket.Received> heard = socket.receive(Math.clamp(left, 0, LOOK_MILLIS));
    if (heard.isPresent()) {
      heard(socket, heard.get());
    }
    if (!search.others().equals(others)) {
      others = Collections.unmodifiableSortedSet(search.others());
      listener.others(interfaceName, others);
    }
  }

  private void heard(IcmpSocket socket, IcmpSocket.Received received) throws IOException {
    if (RouterCodec.decode(received.source(), received.octets())
        instanceof Decoding.Decoded(RouterMessage message)) {
      boolean known = search.neighbor().filter(received.source()::equals).isPresent();
      if (known || !OwnAddresses.has(interfaceName, received.source())) {
        perform(socket, search.heard(received.source(), message, now()));
      }
    }
  }

  private void perform(IcmpSocket socket, List<Doing> doings) {
    for (Doing doing : doings) {
      switch (doing) {
        case Doing.Advertise _ ->
            send(socket, RouterMessage.Advertisement.ofNoDefaultRouter(mac()));
        case Doing.Solicit _ -> send(socket, new RouterMessage.Solicitation(mac()));
        case Doing.Follow(var neighbor) -> {
          log.info("The router at the other end of {} is {}", interfaceName, neighbor);
          listener.found(interfaceName, neighbor);
        }
      }
    }
  }

  private Optional<MacAddress> mac() {
    return OwnAddresses.mac(interfaceName);
  }

  private void send(IcmpSocket socket, RouterMessage message) {
    try {
      socket.send(message);
      impeded("");
    } catch (IOException e) {
      search.unsent(now());
      impeded(String.valueOf(e.getMessage()));
    }
  }

  private void impeded(String reason) {
    if (!impediment.equals(reason)) {
      impediment = reason;
      if (!reason.isEmpty()) {
        log.warn("No router discovery on {}, tried again: {}", interfaceName, reason);
      }
      listener.impeded(interfaceName, reason);
    }
  }

  private void pause() {
    try {
      if (!closing) {
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      }
    } catch (InterruptedException _) {
      closing = true;
    }
  }

  /// Does not wait: the thread ends within a second.
  @Override
  public void close() {
    closing = true;
  }
}
