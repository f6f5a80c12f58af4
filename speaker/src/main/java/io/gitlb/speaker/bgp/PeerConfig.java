// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.PeerName;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.Capability.GracefulRestart;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// A peer that we keep a session with. Two equal configurations make the same session; any
/// difference in what the peer is told of, or in the connection, needs a new one.
///
/// @param name what we call the peer; it does not hear of it
///
/// @param localAsn what we call ourselves on this session
/// @param routerId empty: our IPv4 address on the connection, or one made of the node's name
/// @param families what we offer; without an entry for a family its routes are not sent
/// @param gracefulRestart for how long the peer keeps our routes while we restart, 0 s to 4095 s in
///   whole seconds; empty: not at all
public record PeerConfig(
    PeerName name,
    Transport transport,
    Asn localAsn,
    RemoteAs remoteAs,
    SessionTimes times,
    Optional<Ipv4> routerId,
    SortedSet<AddressFamily> families,
    Optional<Duration> gracefulRestart) {

  public PeerConfig {
    families = Collections.unmodifiableSortedSet(new TreeSet<>(families));
    if (families.isEmpty()) {
      throw new IllegalArgumentException("peer " + name + " has no address family");
    }
    if (routerId.isPresent() && routerId.get().bits() == 0) { // RFC 6286
      throw new IllegalArgumentException("peer " + name + " has router id 0.0.0.0");
    }
    boolean tooLong =
        gracefulRestart.filter(t -> t.compareTo(GracefulRestart.MAX_RESTART_TIME) > 0).isPresent();
    if (tooLong) {
      throw new IllegalArgumentException("peer " + name + " has a restart time above 4095 s");
    }
  }

  /// A peer with the usual times that is offered the family of its own address.
  public static PeerConfig of(PeerName name, Asn localAsn, RemoteAs remoteAs, Transport transport) {
    return new PeerConfig(
        name,
        transport,
        localAsn,
        remoteAs,
        SessionTimes.DEFAULT,
        Optional.empty(),
        new TreeSet<>(Set.of(AddressFamily.unicast(transport.peerAddress().family()))),
        Optional.empty());
  }

  /// Whether a session made with the other configuration can go on with this one, under its name.
  public boolean keepsSessionOf(PeerConfig other) {
    return withTimes(times.negotiable())
        .equals(other.withName(name).withTimes(other.times.negotiable()));
  }

  /// Whether our packets get past no router (TTL 1).
  public boolean isForOneLink() {
    return transport.ttl(remoteAs.kind(localAsn)) == 1;
  }

  /// IPv4 routes go over a connection of IPv6, which needs RFC 8950 or an IPv4 address besides.
  boolean offersExtendedNextHop() {
    return transport.peerAddress().family() == IpFamily.IPV6
        && families.contains(AddressFamily.IPV4_UNICAST);
  }

  public PeerConfig withName(PeerName newName) {
    return new PeerConfig(
        newName, transport, localAsn, remoteAs, times, routerId, families, gracefulRestart);
  }

  public PeerConfig withTimes(SessionTimes newTimes) {
    return new PeerConfig(
        name, transport, localAsn, remoteAs, newTimes, routerId, families, gracefulRestart);
  }

  public PeerConfig withTransport(Transport newTransport) {
    return new PeerConfig(
        name, newTransport, localAsn, remoteAs, times, routerId, families, gracefulRestart);
  }

  public PeerConfig withRouterId(Ipv4 newRouterId) {
    return new PeerConfig(
        name,
        transport,
        localAsn,
        remoteAs,
        times,
        Optional.of(newRouterId),
        families,
        gracefulRestart);
  }

  public PeerConfig withFamilies(Set<AddressFamily> newFamilies) {
    return new PeerConfig(
        name,
        transport,
        localAsn,
        remoteAs,
        times,
        routerId,
        new TreeSet<>(newFamilies),
        gracefulRestart);
  }

  public PeerConfig withGracefulRestart(Duration restartTime) {
    return new PeerConfig(
        name, transport, localAsn, remoteAs, times, routerId, families, Optional.of(restartTime));
  }
}
