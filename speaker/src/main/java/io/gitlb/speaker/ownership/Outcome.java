// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;

/// What follows from all that was said so far.
///
/// @param standings every address of the desired state; two outcomes share what did not change
/// @param probesToEnd begun earlier, and not wanted any more: to be ended before others begin
/// @param probesToBegin each is answered by one `probed`, unless it is ended
/// @param claims to be told to the peers
/// @param nextDue when to advance at the latest
/// @param mayExit after `leave`: nothing is answered any more
public record Outcome(
    SnapshotMap<IpAddress, Standing> standings,
    SortedSet<IpAddress> probesToEnd,
    SortedSet<IpAddress> probesToBegin,
    ClaimsContent claims,
    Optional<Instant> nextDue,
    boolean mayExit) {}
