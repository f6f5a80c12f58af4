// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import java.util.SortedSet;

/// Who answered a probe for an address; nobody when both are empty.
///
/// @param members other nodes, known by their MAC
/// @param strangers MACs of no member
public record ProbeOutcome(SortedSet<NodeName> members, SortedSet<MacAddress> strangers) {}
