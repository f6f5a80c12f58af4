// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import java.time.Duration;
import java.util.Optional;

/// How the path to a BGP peer is watched by BFD (RFC 5880).
///
/// @param receiveInterval the shortest at which control packets are taken, 10 ms to 60 s
/// @param transmitInterval the shortest at which control packets are sent, 10 ms to 60 s
/// @param detectMultiplier packets that may be missing, 1 to 255
/// @param minimumTtl of packets of a peer behind routers, 1 to 255 (RFC 5883); a neighbour's have
///   255, whatever is said here (RFC 5881)
/// @param signature of every packet; empty: none
public record BfdSettings(
    Duration receiveInterval,
    Duration transmitInterval,
    int detectMultiplier,
    Role role,
    int minimumTtl,
    Optional<Signature> signature) {

  private static final Duration SHORTEST = Duration.ofMillis(10);
  private static final Duration LONGEST = Duration.ofMinutes(1);
  private static final int MAX_OCTET = 255;

  /// Who begins.
  public enum Role {
    ACTIVE,
    /// Waits for the peer's first packet.
    PASSIVE
  }

  /// How a packet is signed (RFC 5880 sections 6.7.3 and 6.7.4).
  public enum SignatureKind {
    KEYED_MD5,
    METICULOUS_KEYED_MD5,
    KEYED_SHA1,
    METICULOUS_KEYED_SHA1
  }

  /// What signs packets.
  ///
  /// @param keyId the number that packets carry, 0 to 255
  public record Signature(SignatureKind kind, int keyId, PeerPassword key) {

    public Signature {
      if (keyId < 0 || keyId > MAX_OCTET) {
        throw new IllegalArgumentException("the number of a key is 0 to 255, not " + keyId);
      }
    }
  }

  /// Without signatures.
  public BfdSettings(
      Duration receiveInterval,
      Duration transmitInterval,
      int detectMultiplier,
      Role role,
      int minimumTtl) {
    this(receiveInterval, transmitInterval, detectMultiplier, role, minimumTtl, Optional.empty());
  }

  /// The same, signed so.
  public BfdSettings withSignature(Signature other) {
    return new BfdSettings(
        receiveInterval, transmitInterval, detectMultiplier, role, minimumTtl, Optional.of(other));
  }

  boolean hasSecret() {
    return signature.filter(one -> one.key() instanceof PeerPassword.Given).isPresent();
  }

  BfdSettings withoutSecrets() {
    return hasSecret()
        ? withSignature(
            new Signature(signature.get().kind(), signature.get().keyId(), PeerPassword.NOT_SHOWN))
        : this;
  }

  public BfdSettings {
    check(receiveInterval);
    check(transmitInterval);
    if (detectMultiplier < 1 || detectMultiplier > MAX_OCTET) {
      throw new IllegalArgumentException(
          "a detect multiplier is 1 to 255, not " + detectMultiplier);
    }
    if (minimumTtl < 1 || minimumTtl > MAX_OCTET) {
      throw new IllegalArgumentException("a TTL is 1 to 255, not " + minimumTtl);
    }
  }

  private static void check(Duration interval) {
    if (interval.compareTo(SHORTEST) < 0 || interval.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("an interval is 10 ms to 60 s, not " + interval);
    }
  }
}
