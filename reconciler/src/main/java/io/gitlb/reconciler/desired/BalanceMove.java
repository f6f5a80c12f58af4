// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;

/// An address that would do well on another node.
///
/// @param from its owner, who has at least two more addresses than the other one
public record BalanceMove(IpAddress address, NodeName from, NodeName to) {}
