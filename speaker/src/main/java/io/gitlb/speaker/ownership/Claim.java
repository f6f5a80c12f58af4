// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.value.IpAddress;
import java.util.List;

/// A node says that it answers for an address.
///
/// @param turn counts the holders within the term, from 1
/// @param interfaces where it answers, by its own names, sorted
public record Claim(
    IpAddress address, Generation term, long turn, ClaimState state, List<String> interfaces) {

  public Claim {
    interfaces = interfaces.stream().sorted().toList();
  }
}
