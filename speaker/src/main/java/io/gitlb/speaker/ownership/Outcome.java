// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.value.IpAddress;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/// What follows from all that was said so far.
///
/// @param standings every address of the desired state
/// @param probesToBegin each is answered by one `probed`
/// @param claims to be told to the peers
/// @param nextDue when to advance at the latest
/// @param mayExit after `leave`: nothing is answered any more
public record Outcome(
    SortedMap<IpAddress, Standing> standings,
    SortedSet<IpAddress> probesToBegin,
    ClaimsContent claims,
    Optional<Instant> nextDue,
    boolean mayExit) {}
