// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Password;
import java.util.Optional;
import java.util.OptionalInt;

/// How the TCP connection to a peer is made.
///
/// @param port where the peer listens, 1 to 65535
/// @param sourceAddress empty: the kernel chooses
/// @param device the network interface, or VRF, that the connection is bound to; it is the scope of
///   a link-local peer address
/// @param ttlSecurity how many links away the peer may be, 1 to 254: we send with a TTL of 255 and
///   take no less than 255 - that + 1 (GTSM, RFC 5082); empty: without
/// @param key signs every segment (RFC 2385); empty: without
public record Transport(
    IpAddress peerAddress,
    int port,
    Optional<IpAddress> sourceAddress,
    Hops hops,
    Initiative initiative,
    Optional<String> device,
    OptionalInt ttlSecurity,
    Optional<Password> key) {

  /// IANA's port of BGP.
  public static final int BGP_PORT = 179;

  private static final int MAX_TTL = 255;

  /// IFNAMSIZ of Linux without the final zero.
  private static final int MAX_DEVICE_LENGTH = 15;

  /// Who makes the connection.
  public enum Initiative {
    /// We dial, and take a call of the peer's where we listen for other reasons.
    ACTIVE,
    /// The peer dials; we only listen.
    PASSIVE
  }

  public Transport {
    if (port < 1 || port > 0xFFFF) {
      throw new IllegalArgumentException("a port is 1 to 65535, not " + port);
    }
    if (sourceAddress.isPresent() && sourceAddress.get().family() != peerAddress.family()) {
      throw new IllegalArgumentException(
          "source address " + sourceAddress.get() + " is not of the family of " + peerAddress);
    }
    if (device.isPresent()
        && (device.get().isEmpty() || device.get().length() > MAX_DEVICE_LENGTH)) {
      throw new IllegalArgumentException("\"" + device.get() + "\" cannot be a network interface");
    }
    if (ttlSecurity.isPresent()
        && (ttlSecurity.getAsInt() < 1 || ttlSecurity.getAsInt() >= MAX_TTL)) {
      throw new IllegalArgumentException(
          "TTL security is for 1 to 254 links, not " + ttlSecurity.getAsInt());
    }
  }

  /// One that we dial, without any of the extras.
  public Transport(IpAddress peerAddress, int port, Optional<IpAddress> sourceAddress, Hops hops) {
    this(
        peerAddress,
        port,
        sourceAddress,
        hops,
        Initiative.ACTIVE,
        Optional.empty(),
        OptionalInt.empty(),
        Optional.empty());
  }

  /// A peer on a shared link at the usual port.
  public static Transport to(IpAddress peerAddress) {
    return new Transport(peerAddress, BGP_PORT, Optional.empty(), Hops.SINGLE);
  }

  public Transport withInitiative(Initiative who) {
    return new Transport(peerAddress, port, sourceAddress, hops, who, device, ttlSecurity, key);
  }

  public Transport withDevice(String name) {
    return new Transport(
        peerAddress, port, sourceAddress, hops, initiative, Optional.of(name), ttlSecurity, key);
  }

  public Transport withTtlSecurity(int links) {
    return new Transport(
        peerAddress, port, sourceAddress, hops, initiative, device, OptionalInt.of(links), key);
  }

  public Transport withKey(Password secret) {
    return new Transport(
        peerAddress,
        port,
        sourceAddress,
        hops,
        initiative,
        device,
        ttlSecurity,
        Optional.of(secret));
  }

  /// Whether both lead to one router, as far as can be seen from here: two connections to it may
  /// collide there.
  public boolean hasRemoteOf(Transport other) {
    return peerAddress.equals(other.peerAddress) && device.equals(other.device);
  }

  /// The way to the peer.
  public PeerPath path() {
    return new PeerPath(peerAddress, device, sourceAddress);
  }

  /// Whether both go one way, as BFD watches it.
  public boolean hasPathOf(Transport other) {
    return path().equals(other.path()) && hops == other.hops;
  }

  /// The TTL, or hop limit, that our packets start with: an external peer on a shared link is not
  /// to be found behind a router.
  public int ttl(SessionKind kind) {
    boolean oneLink = hops == Hops.SINGLE && kind == SessionKind.EBGP && ttlSecurity.isEmpty();
    return oneLink ? 1 : MAX_TTL;
  }

  /// The least TTL that packets of the peer may arrive with; 1: any.
  public int minimumTtl() {
    return ttlSecurity.isPresent() ? MAX_TTL - ttlSecurity.getAsInt() + 1 : 1;
  }
}
