// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.bgp.AdjRibOut.Completeness;
import io.gitlb.speaker.bgp.Advertisement.Omission;
import io.gitlb.speaker.bgp.Failure;
import io.gitlb.speaker.bgp.Negotiated;
import io.gitlb.speaker.bgp.RemoteAs;
import io.gitlb.speaker.bgp.RouteAttributes;
import io.gitlb.speaker.bgp.State;
import java.time.Instant;
import java.util.Optional;

/// How things stand with one peer at one moment.
///
/// @param remoteAs which AS the peer is to have
/// @param since when the state was entered
/// @param negotiated present from OpenConfirm on: hold time, AS and router id of the peer
/// @param told prefix → its attributes (1:1): what the peer has from us, as far as its connection
///   has taken all that leads there
/// @param completeness whether the peer has had all routes that there are in this session, and
///   End-of-RIB where it waits for that, as far as its connection has taken them
/// @param omitted prefix → why the peer does not get it (1:1)
/// @param traffic since the peer was configured
/// @param lastError what ended the last session or attempt; it stays when the next one succeeds.
///   While the peer is to call and cannot, that
public record PeerStatus(
    PeerName name,
    IpAddress peerAddress,
    Asn localAsn,
    RemoteAs remoteAs,
    State state,
    Instant since,
    Optional<Negotiated> negotiated,
    SnapshotMap<IpPrefix, RouteAttributes> told,
    Completeness completeness,
    SnapshotMap<IpPrefix, Omission> omitted,
    Traffic traffic,
    Optional<LastError> lastError) {

  /// Counters that only grow.
  ///
  /// @param prefixesReceived announced to us, repetitions included; none is kept
  /// @param attributeFaults faults that the sessions survived (RFC 7606)
  /// @param flaps how often an established session has ended
  public record Traffic(
      long messagesIn, long messagesOut, long prefixesReceived, long attributeFaults, long flaps) {

    static final Traffic NONE = new Traffic(0, 0, 0, 0, 0);

    Traffic in(int prefixes, int faults) {
      return new Traffic(
          messagesIn + 1,
          messagesOut,
          prefixesReceived + prefixes,
          attributeFaults + faults,
          flaps);
    }

    Traffic out() {
      return new Traffic(messagesIn, messagesOut + 1, prefixesReceived, attributeFaults, flaps);
    }

    Traffic lost() {
      return new Traffic(messagesIn, messagesOut, prefixesReceived, attributeFaults, flaps + 1);
    }
  }

  /// The last failure and when it happened.
  public record LastError(Instant at, Failure failure) {}

  /// The number of routes that the peer has from us now.
  public int prefixesSent() {
    return told.size();
  }

  /// Whether listeners have to hear of it: anything but the counters differs.
  boolean tellsMoreThan(PeerStatus earlier) {
    return !name.equals(earlier.name)
        || !state.equals(earlier.state)
        || !told.equals(earlier.told)
        || completeness != earlier.completeness
        || !negotiated.equals(earlier.negotiated)
        || !lastError.equals(earlier.lastError)
        || !omitted.equals(earlier.omitted);
  }
}
