// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.SnapshotMap;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// What was decided, kept so that an event costs as much as it changes.
final class Register {

  private SnapshotMap<IpAddress, Standing> standings = SnapshotMap.empty();
  private SnapshotMap<IpAddress, SpeakerClaims.Claim> claims = SnapshotMap.empty();
  private final TreeSet<IpAddress> unable = new TreeSet<>();
  private SortedSet<IpAddress> unableTold = Collections.emptySortedSet();
  private boolean unableChanged;

  /// Only these addresses are of concern from now on.
  void retain(Set<IpAddress> addresses) {
    for (IpAddress address : List.copyOf(standings.keySet())) {
      if (!addresses.contains(address)) {
        standings = standings.without(address);
        claims = claims.without(address);
        unableChanged |= unable.remove(address);
      }
    }
  }

  void put(Seat seat, Standing standing) {
    IpAddress address = seat.address;
    if (!standing.equals(standings.get(address))) {
      standings = standings.with(address, standing);
    }
    Optional<SpeakerClaims.Claim> claim = seat.claim();
    if (claim.isEmpty()) {
      claims = claims.without(address);
    } else if (!claim.get().equals(claims.get(address))) {
      claims = claims.with(address, claim.get());
    }
    // Who waits after a start, or takes the address for given away, is waited for by nobody.
    boolean declines =
        seat.ability.whyNotClaiming().isPresent()
            || standing instanceof Standing.Waiting
            || standing instanceof Standing.GivenAway;
    unableChanged |= declines ? unable.add(address) : unable.remove(address);
  }

  SnapshotMap<IpAddress, Standing> standings() {
    return standings;
  }

  SnapshotMap<IpAddress, SpeakerClaims.Claim> claims() {
    return claims;
  }

  SortedSet<IpAddress> unable() {
    if (unableChanged) {
      unableChanged = false;
      unableTold = Collections.unmodifiableSortedSet(new TreeSet<>(unable));
    }
    return unableTold;
  }
}
