// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import io.gitlb.speaker.bgp.PeerConfig;
import io.gitlb.speaker.bgp.RemoteAs;
import io.gitlb.speaker.bgp.RouteAttributes;
import io.gitlb.speaker.bgp.SessionTimes;
import io.gitlb.speaker.bgp.Transport;
import io.gitlb.speaker.bgp.Transport.Initiative;
import io.gitlb.speaker.bgp.packet.Capability.Forwarding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A speaker on loopback, its peers and its routes; as an extension it is closed after each test.
final class SpeakerFixture implements AfterEachCallback, AutoCloseable {

  static final Asn LOCAL = new Asn(64513);
  static final RemoteAs REMOTE = new RemoteAs.Exactly(new Asn(ScriptedPeer.ASN));
  static final Duration HOLD = Duration.ofSeconds(90);

  final BgpSpeaker speaker;

  /// peer → its configuration (1:1)
  private final SortedMap<PeerName, PeerConfig> peers = new TreeMap<>();

  private Map<IpPrefix, RouteAttributes> routes = new TreeMap<>();

  private final List<ScriptedPeer> listening = new ArrayList<>();

  SpeakerFixture() {
    this(NodeLinks.UNKNOWN);
  }

  SpeakerFixture(NodeLinks links) {
    speaker =
        BgpSpeaker.start(
            new NodeName("node-1"), InstantSource.system(), _ -> {}, Forwarding.PRESERVED, links);
  }

  static PeerName name(String name) {
    return new PeerName(name);
  }

  static PeerConfig config(String name, Transport transport) {
    return PeerConfig.of(new PeerName(name), LOCAL, REMOTE, transport).withTimes(times(HOLD));
  }

  static PeerConfig config(String name, ScriptedPeer peer) {
    return config(name, new Transport(peer.address(), peer.port(), Optional.empty(), Hops.SINGLE));
  }

  /// A passive peer at that address of the loopback interface.
  static Transport passive(String address, int port) {
    return new Transport(IpAddress.of(address), port, Optional.empty(), Hops.SINGLE)
        .withInitiative(Initiative.PASSIVE);
  }

  /// Connects again each second.
  static SessionTimes times(Duration holdTime) {
    return new SessionTimes(holdTime, Optional.empty(), Duration.ofSeconds(1));
  }

  static SessionTimes times(Duration holdTime, Duration openTime, Duration sendHoldTime) {
    return new SessionTimes(
        holdTime, Optional.empty(), Duration.ofSeconds(1), openTime, Optional.of(sendHoldTime));
  }

  /// One that is free at every address, as a listener of [#passive] peers takes all of them: a
  /// connection of another test to another address would keep it out for a minute. None of those
  /// that the kernel gives to whoever asks for any (32768 and above): a test that calls again and
  /// again until somebody listens is given each of them at some time, and would then call itself.
  static int freePort() throws IOException {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(10_000, 32_768);
      try (ServerSocket _ = new ServerSocket(port)) {
        return port;
      } catch (BindException _) {
        // Another one is free.
      }
    }
  }

  static Map<IpPrefix, RouteAttributes> hosts(int first, int count) {
    Map<IpPrefix, RouteAttributes> hosts = new TreeMap<>();
    IntStream.range(first, first + count)
        .forEach(i -> hosts.put(IpPrefix.host(new Ipv4(0x0A640000 + i)), RouteAttributes.DEFAULT));
    return hosts;
  }

  /// A router to be dialled; closed with the speaker.
  ScriptedPeer listen() {
    try {
      ScriptedPeer peer = ScriptedPeer.listening();
      listening.add(peer);
      return peer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The peer, new or changed, beside those that are there.
  void peer(PeerConfig config) {
    peers.put(config.name(), config);
    apply();
  }

  /// Exactly one of the peers is another one from now on.
  void rename(String before, PeerConfig config) {
    peers.remove(new PeerName(before));
    peer(config);
  }

  /// These instead of those of the same names, all at once.
  void peers(PeerConfig... configs) {
    for (PeerConfig config : configs) {
      peers.put(config.name(), config);
    }
    apply();
  }

  void remove(String name) {
    peers.remove(new PeerName(name));
    apply();
  }

  /// The same for all peers.
  void routes(Map<IpPrefix, RouteAttributes> wanted) {
    routes = wanted;
    apply();
  }

  private void apply() {
    Map<PeerName, Map<IpPrefix, RouteAttributes>> all = new TreeMap<>();
    peers.keySet().forEach(name -> all.put(name, routes));
    speaker.apply(List.copyOf(peers.values()), all);
  }

  PeerConfig config(String name) {
    return Optional.ofNullable(peers.get(new PeerName(name))).orElseThrow();
  }

  PeerStatus status(String name) {
    return speaker.status().stream()
        .filter(status -> status.name().equals(new PeerName(name)))
        .findFirst()
        .orElseThrow();
  }

  PeerStatus await(String name, Predicate<PeerStatus> condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (true) {
      Optional<PeerStatus> status =
          speaker.status().stream().filter(s -> s.name().value().equals(name)).findFirst();
      if (status.filter(condition).isPresent()) {
        return status.get();
      }
      assertTrue(System.nanoTime() < deadline, () -> "in vain, at last: " + status);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    close();
    for (ScriptedPeer peer : listening) {
      peer.close();
    }
  }

  @Override
  public void close() {
    speaker.close();
  }
}
