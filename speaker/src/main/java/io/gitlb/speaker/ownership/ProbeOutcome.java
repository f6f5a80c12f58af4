// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import java.util.SortedSet;

/// Who was heard during a probe for an address; nobody when all are empty.
///
/// @param members other nodes that answered, known by their MAC
/// @param probers other nodes that probed it, too, and did not answer
/// @param strangers MACs of no member
public record ProbeOutcome(
    SortedSet<NodeName> members, SortedSet<NodeName> probers, SortedSet<MacAddress> strangers) {}
