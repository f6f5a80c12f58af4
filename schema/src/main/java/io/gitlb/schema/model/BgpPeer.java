// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.BfdProfileName;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.Initiative;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.LabelSelector;
import io.gitlb.schema.value.PeerName;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;

/// A BGPPeer.
///
/// @param localAsn shown to the peer instead of `myAsn`
/// @param port 1 to 65535
/// @param holdTime 0 or 3 s to 65535 s, whole seconds (RFC 4271 section 4.2)
/// @param keepaliveTime empty: a third of the negotiated hold time
/// @param connectTime how long to wait between attempts to connect
/// @param routerId empty: chosen by the speaker
/// @param sourceAddress empty: chosen by the kernel
/// @param vrf the name of the VRF's network interface; empty: the default one
/// @param ttlSecurity how many links away the peer is at most, 1 to 254 (GTSM, RFC 5082); empty:
///   not checked
/// @param nodeSelectors one must match; empty means every node dials the peer
public record BgpPeer(
    PeerName name,
    SourcePlace place,
    Asn myAsn,
    Optional<Asn> localAsn,
    PeerAs peerAs,
    PeerEndpoint endpoint,
    int port,
    Duration holdTime,
    Optional<Duration> keepaliveTime,
    Optional<Duration> connectTime,
    Optional<Ipv4> routerId,
    Optional<IpAddress> sourceAddress,
    Optional<String> vrf,
    Hops hops,
    Initiative initiative,
    OptionalInt ttlSecurity,
    Families families,
    Restart restart,
    Optional<PasswordSource> password,
    Optional<BfdProfileName> bfdProfile,
    List<LabelSelector> nodeSelectors)
    implements Definition {

  /// Assigned by IANA to BGP.
  public static final int DEFAULT_PORT = 179;

  /// Suggested by RFC 4271 section 10, and that of MetalLB's native backend.
  public static final Duration DEFAULT_HOLD_TIME = Duration.ofSeconds(90);

  public BgpPeer {
    nodeSelectors = List.copyOf(nodeSelectors);
  }

  /// `dualStackAddressFamily`.
  public enum Families {
    /// Routes of the peer address's family.
    OF_ADDRESS,
    /// Routes of both families on the one session.
    BOTH
  }

  /// `enableGracefulRestart`.
  public enum Restart {
    PLAIN,
    /// The peer keeps our routes while a speaker restarts (RFC 4724).
    GRACEFUL,
    /// The same with BFD besides, which ends that when a speaker crashes
    /// (`bfdWithGracefulRestart`).
    GRACEFUL_WITH_BFD
  }

  /// Whether it is of the AS that it is told is ours.
  public boolean isInternal() {
    return switch (peerAs) {
      case PeerAs.Exactly(Asn asn) -> asn.equals(localAsn.orElse(myAsn));
      case PeerAs.Dynamic.INTERNAL -> true;
      case PeerAs.Dynamic.EXTERNAL -> false;
    };
  }

  /// The families of the routes on its session. A link-local address is of neither family more than
  /// of the other.
  public SortedSet<IpFamily> routeFamilies() {
    List<IpFamily> all =
        families == Families.OF_ADDRESS && endpoint instanceof PeerEndpoint.Address(var address)
            ? List.of(address.family())
            : List.of(IpFamily.values());
    return Collections.unmodifiableSortedSet(new TreeSet<>(all));
  }

  @Override
  public String documentName() {
    return name.value();
  }
}
