// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.AddressPool.Intake;
import io.gitlb.schema.model.AddressPool.Ownership;
import io.gitlb.schema.model.AddressPool.Pairing;
import io.gitlb.schema.model.AddressPool.Presence;
import io.gitlb.schema.model.AddressPool.Rules;
import io.gitlb.schema.model.AddressPool.Sharing;
import io.gitlb.schema.model.AddressPool.Sweeping;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.IpRangeSet;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// The fields that an IPAddressPool of `gitlb.io/v1` has beyond MetalLB's.
final class PoolRules {

  /// Their names.
  static final List<String> FIELDS =
      List.of(
          "announce",
          "combineFamilies",
          "draining",
          "exclude",
          "quota",
          "reuseDelay",
          "retain",
          "shareAcrossNamespaces",
          "shared",
          "sweep");

  /// Above this no quota limits anybody in practice.
  private static final int QUOTA_LIMIT = 1_048_576;

  /// A longer rest or retention is what a PinnedIP is for.
  private static final Duration LONGEST = Duration.ofDays(30);

  private PoolRules() {}

  /// @param ranges of the pool; empty when some of them could not be read
  static Rules read(Fields spec, List<IpRange> ranges) {
    IpRangeSet pooled = IpRangeSet.of(ranges);
    List<IpRange> excluded =
        spec.list(
            "exclude",
            value ->
                Addresses.addressOrRange(value)
                    .filter(range -> ranges.isEmpty() || isInside(value, range, pooled)));
    Optional<Long> quota = spec.optional("quota", value -> value.number(1, QUOTA_LIMIT));
    return new Rules(
        IpRangeSet.of(excluded).ranges(),
        quota.map(number -> OptionalInt.of(number.intValue())).orElse(OptionalInt.empty()),
        duration(spec, "reuseDelay").orElse(Rules.DEFAULTS.reuseDelay()),
        duration(spec, "retain").orElse(Rules.DEFAULTS.retain()),
        isTrue(spec, "draining", false) ? Intake.DRAINING : Intake.OPEN,
        isTrue(spec, "announce", true) ? Presence.ANNOUNCED : Presence.SILENT,
        isTrue(spec, "shareAcrossNamespaces", false)
            ? Sharing.ACROSS_NAMESPACES
            : Sharing.WITHIN_NAMESPACE,
        isTrue(spec, "combineFamilies", false) ? Pairing.COMBINED : Pairing.ONE_POOL,
        isTrue(spec, "shared", false) ? Ownership.SHARED : Ownership.OWN,
        isTrue(spec, "sweep", true) ? Sweeping.ON : Sweeping.OFF);
  }

  private static boolean isInside(Value value, IpRange range, IpRangeSet pooled) {
    return pooled.contains(range)
        || value
            .wrong("is not wholly inside spec.addresses; exclude what the pool has only")
            .isPresent();
  }

  private static Optional<Duration> duration(Fields spec, String name) {
    return spec.optional(name, value -> Durations.secondsUpTo(LONGEST, value));
  }

  private static boolean isTrue(Fields spec, String name, boolean absent) {
    return spec.optional(name, Value::truthValue).orElse(absent);
  }
}
