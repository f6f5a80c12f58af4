// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.ProbeReply;
import io.gitlb.schema.protocol.ProbeReply.ProbeResult;
import io.gitlb.schema.protocol.ProbeReply.ProbeVerdict;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/// Findings in the words of the protocol. Pure.
final class ProbeReplies {

  private ProbeReplies() {}

  static ProbeReply of(SortedMap<IpAddress, Probing.Finding> findings) {
    List<ProbeResult> results = new ArrayList<>();
    findings.forEach((address, finding) -> results.add(result(address, finding)));
    return new ProbeReply(results);
  }

  private static ProbeResult result(IpAddress address, Probing.Finding finding) {
    return switch (finding) {
      case Probing.Finding.Free _ ->
          new ProbeResult(address, ProbeVerdict.FREE, List.of(), Optional.empty());
      case Probing.Finding.Taken(SortedSet<MacAddress> holders) ->
          new ProbeResult(address, ProbeVerdict.TAKEN, List.copyOf(holders), Optional.empty());
      case Probing.Finding.OwnNode(SortedSet<MacAddress> holders) ->
          new ProbeResult(address, ProbeVerdict.OWN_NODE, List.copyOf(holders), Optional.empty());
      case Probing.Finding.Unprobed(Probing.Reason reason) ->
          new ProbeResult(address, ProbeVerdict.UNPROBED, List.of(), Optional.of(reason.label()));
    };
  }
}
