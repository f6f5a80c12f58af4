// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.value.IpAddress;
import java.util.List;

/// Asks a speaker whether anybody on its links answers for the addresses.
///
/// @param addresses sorted, each once
public record ProbeRequest(List<IpAddress> addresses) {

  public ProbeRequest {
    addresses = addresses.stream().distinct().sorted().toList();
  }
}
