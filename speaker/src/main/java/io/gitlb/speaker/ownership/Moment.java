// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import java.time.Instant;

/// What a decision is made under, besides what is known of the address and of the peers.
///
/// @param leaving this process is to end
record Moment(Contests state, boolean leaving, Instant now) {}
