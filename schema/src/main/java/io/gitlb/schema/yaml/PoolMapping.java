// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Assignment;
import io.gitlb.schema.model.AddressPool.EndOctets;
import io.gitlb.schema.model.AddressPool.ServiceAllocation;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.LabelSelector;
import io.gitlb.schema.value.PoolName;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// IPAddressPool.
final class PoolMapping {

  /// What `gitlb.io/v1` will add.
  private static final List<String> LATER =
      List.of("announce", "draining", "exclude", "quota", "retain", "reuseDelay", "shared");

  private PoolMapping() {}

  static Optional<AddressPool> read(Document document) {
    Fields spec = document.spec();
    List<IpRange> ranges = spec.filledList("addresses", Addresses::range);
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
    if (document.version() == ApiVersion.GITLB_V1) {
      LATER.forEach(name -> spec.refuse(name, "a later version reads it; remove it"));
    }
    return document.define(
        () ->
            new AddressPool(
                new PoolName(document.name()),
                document.context().definition(),
                document.labels(),
                ranges,
                assignment,
                endOctets,
                allocation));
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
