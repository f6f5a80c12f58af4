// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

import io.gitlb.schema.value.BfdProfileName;
import java.time.Duration;
import java.util.Optional;

/// A BFDProfile: how BFD sessions with the peers that name it run (RFC 5880).
///
/// @param receiveInterval the shortest at which control packets are taken, 10 ms to 60 s
/// @param transmitInterval the shortest at which control packets are sent, 10 ms to 60 s
/// @param detectMultiplier packets that may be missing, 2 to 255
/// @param echoInterval the shortest at which echo packets would be taken, 10 ms to 60 s
/// @param minimumTtl of packets from peers behind routers, 1 to 254
/// @param signature of every packet; empty: none
public record BfdProfile(
    BfdProfileName name,
    SourcePlace place,
    Duration receiveInterval,
    Duration transmitInterval,
    int detectMultiplier,
    Echo echo,
    Duration echoInterval,
    Role role,
    int minimumTtl,
    Optional<BfdSignature> signature)
    implements Definition {

  /// FRR's, and so MetalLB's: of both control intervals.
  public static final Duration DEFAULT_INTERVAL = Duration.ofMillis(300);

  /// FRR's.
  public static final Duration DEFAULT_ECHO_INTERVAL = Duration.ofMillis(50);

  /// FRR's.
  public static final int DEFAULT_DETECT_MULTIPLIER = 3;

  /// FRR's: one router between.
  public static final int DEFAULT_MINIMUM_TTL = 254;

  /// `echoMode`.
  public enum Echo {
    OFF,
    /// Asked for, which speakers do not grant: they advertise an echo interval of 0.
    ASKED
  }

  /// `passiveMode`.
  public enum Role {
    ACTIVE,
    /// Waits for the peer's first packet.
    PASSIVE
  }

  @Override
  public String documentName() {
    return name.value();
  }
}
