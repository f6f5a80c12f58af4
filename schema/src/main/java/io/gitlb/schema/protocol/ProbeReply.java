// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What a speaker found out about addresses.
///
/// @param results sorted by address
public record ProbeReply(List<ProbeResult> results) {

  public ProbeReply {
    results = results.stream().sorted(Comparator.comparing(ProbeResult::address)).toList();
  }

  /// The answer in one word.
  public enum ProbeVerdict {
    /// Nobody answered.
    FREE,
    /// A station that is no node of the cluster has it.
    TAKEN,
    /// Only nodes of the cluster answered, this one among them or not.
    OWN_NODE,
    /// Could not be asked.
    UNPROBED
  }

  /// One address.
  ///
  /// @param holders who answered, sorted
  /// @param reason machine-readable, CamelCase; there when it could not be asked
  public record ProbeResult(
      IpAddress address, ProbeVerdict verdict, List<MacAddress> holders, Optional<String> reason) {

    public ProbeResult {
      holders = holders.stream().distinct().sorted().toList();
    }
  }
}
