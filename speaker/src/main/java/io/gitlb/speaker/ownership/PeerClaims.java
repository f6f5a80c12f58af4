// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/// What a peer told, whole.
///
/// @param bootId changes with each run of the peer
/// @param sequence grows within a run
/// @param stored the generation of the peer's desired state
/// @param unable addresses for which it is a candidate but cannot answer
/// @param contacts its interfaces and the members with a live session there
/// @param known every layer-2 address of its state, when it was asked for
public record PeerClaims(
    NodeName node,
    String bootId,
    long sequence,
    Optional<Generation> stored,
    Presence presence,
    List<Claim> claims,
    SortedSet<IpAddress> unable,
    SortedMap<String, SortedSet<NodeName>> contacts,
    Optional<SortedSet<IpAddress>> known) {}
