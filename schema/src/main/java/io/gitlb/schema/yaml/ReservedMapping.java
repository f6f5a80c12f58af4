// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.ReservedRange;
import io.gitlb.schema.value.IpRange;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// ReservedRange.
final class ReservedMapping {

  /// More than the addresses of IPv4 limit no pool that is planned with.
  private static final long MOST_ADDRESSES = 1L << 32;

  private ReservedMapping() {}

  static Optional<ReservedRange> read(Document document) {
    Fields spec = document.spec();
    List<IpRange> ranges = spec.filledList("addresses", Addresses::addressOrRange);
    Optional<String> reason = Reasons.read(spec, "whose the addresses are");
    Optional<Long> most =
        spec.optional("maxPoolAddresses", value -> value.number(1, MOST_ADDRESSES));
    return document.define(
        () ->
            new ReservedRange(
                document.name(),
                document.context().definition(),
                ranges,
                reason.orElseThrow(),
                most.map(OptionalLong::of).orElse(OptionalLong.empty())));
  }
}
