// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;

/// What this node tells its peers, besides name, boot id, sequence and stored generation.
///
/// @param claims sorted by address
public record ClaimsContent(
    Presence presence,
    List<Claim> claims,
    SortedSet<IpAddress> unable,
    SortedMap<String, SortedSet<NodeName>> contacts) {}
