// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import java.util.List;

/// A PinnedIP: these addresses belong to this Service, all of them, also before it exists.
///
/// @param addresses sorted, at least one, at most [#MOST_OF_A_FAMILY] of a family
public record PinnedIp(
    String name, SourcePlace place, ServiceRef service, List<IpAddress> addresses)
    implements Definition {

  /// As many as a Service can ask for.
  public static final int MOST_OF_A_FAMILY = 8;

  public PinnedIp {
    addresses = addresses.stream().sorted().toList();
  }

  @Override
  public String documentName() {
    return name;
  }
}
