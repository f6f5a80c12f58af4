// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Assignment;
import io.gitlb.schema.model.AddressPool.EndOctets;
import io.gitlb.schema.model.AddressPool.Rules;
import io.gitlb.schema.model.AddressPool.ServiceAllocation;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.LabelSelector;
import io.gitlb.schema.value.PoolName;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// IPAddressPool. What `gitlb.io/v1` adds is in [PoolRules].
final class PoolMapping {

  private PoolMapping() {}

  static Optional<AddressPool> read(Document document) {
    Fields spec = document.spec();
    int before = document.context().problems().found();
    List<IpRange> ranges = spec.filledList("addresses", Addresses::range);
    boolean allRead = document.context().problems().found() == before;
    Assignment assignment =
        spec.optional("autoAssign", Value::truthValue).orElse(true)
            ? Assignment.AUTOMATIC
            : Assignment.ON_REQUEST;
    EndOctets endOctets =
        spec.optional("avoidBuggyIPs", Value::truthValue).orElse(false)
            ? EndOctets.AVOIDED
            : EndOctets.USED;
    Optional<ServiceAllocation> allocation =
        spec.optional("serviceAllocation", Value::fields).map(PoolMapping::serviceAllocation);
    Rules rules = rules(document, allRead ? ranges : List.of());
    return document.define(
        () ->
            new AddressPool(
                new PoolName(document.name()),
                document.context().definition(),
                document.labels(),
                ranges,
                assignment,
                endOctets,
                allocation,
                rules));
  }

  /// @param ranges empty when some of them could not be read
  private static Rules rules(Document document, List<IpRange> ranges) {
    if (document.version() == ApiVersion.GITLB_V1) {
      return PoolRules.read(document.spec(), ranges);
    }
    document.spec().onlyIn(ApiVersion.GITLB_V1, PoolRules.FIELDS);
    return Rules.DEFAULTS;
  }

  private static ServiceAllocation serviceAllocation(Fields fields) {
    int priority =
        fields
            .optional("priority", value -> value.number(0, Integer.MAX_VALUE))
            .orElse(0L)
            .intValue();
    List<String> namespaces = fields.list("namespaces", Names::objectName);
    List<LabelSelector> namespaceSelectors = fields.list("namespaceSelectors", Selectors::read);
    List<LabelSelector> serviceSelectors = fields.list("serviceSelectors", Selectors::read);
    fields.refuseOthers();
    return new ServiceAllocation(
        priority, new TreeSet<>(namespaces), namespaceSelectors, serviceSelectors);
  }
}
