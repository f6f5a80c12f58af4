// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.AsWidth;
import java.time.Duration;
import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// What two OPENs agreed on.
///
/// @param holdTime the smaller of both; 0: neither hold nor keepalive timers
/// @param keepaliveTime before jitter; 0 with a hold time of 0
/// @param families that both offered, at least one
/// @param extras further things that both can do
public record Negotiated(
    Asn localAsn,
    Asn remoteAsn,
    Ipv4 localIdentifier,
    Ipv4 remoteIdentifier,
    Duration holdTime,
    Duration keepaliveTime,
    SortedSet<AddressFamily> families,
    AsWidth asWidth,
    Set<Extra> extras) {

  /// Things that only some speakers can do.
  public enum Extra {
    /// The peer may ask for all routes again, and we answer.
    ROUTE_REFRESH,
    /// Such an answer is framed by markers (RFC 7313).
    ENHANCED_ROUTE_REFRESH,
    /// One side at least waits for End-of-RIB (RFC 4724).
    END_OF_RIB,
    /// The peer keeps our routes for a while when the connection ends without a word (RFC 4724).
    GRACEFUL_RESTART,
    /// It keeps them over a NOTIFICATION too, unless that is a hard reset (RFC 8538).
    NOTIFICATION_RESTART,
    /// The peer forwards on while it restarts, and may come back with the old connection still
    /// there on our side (RFC 4724 section 5).
    PEER_RESTARTS,
    /// IPv4 prefixes may have an IPv6 next hop (RFC 8950).
    EXTENDED_NEXT_HOP,
    /// The peer may send messages of up to 65535 octets, as we have said so (RFC 8654).
    EXTENDED_MESSAGES
  }

  public Negotiated {
    families = Collections.unmodifiableSortedSet(new TreeSet<>(families));
    extras = Collections.unmodifiableSortedSet(new TreeSet<>(extras));
  }

  /// The same with that time between KEEPALIVEs.
  Negotiated withKeepaliveTime(Duration time) {
    return new Negotiated(
        localAsn,
        remoteAsn,
        localIdentifier,
        remoteIdentifier,
        holdTime,
        time,
        families,
        asWidth,
        extras);
  }

  /// Whether both sides can, or the one side does, what that says.
  public boolean has(Extra extra) {
    return extras.contains(extra);
  }

  /// Whether the peer is in our AS.
  public SessionKind kind() {
    return localAsn.equals(remoteAsn) ? SessionKind.IBGP : SessionKind.EBGP;
  }
}
