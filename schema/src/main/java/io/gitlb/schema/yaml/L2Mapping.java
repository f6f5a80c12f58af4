// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.L2Advertisement;
import io.gitlb.schema.model.L2Advertisement.PreferredNodes;
import io.gitlb.schema.model.L2Advertisement.Rebalance;
import io.gitlb.schema.model.OnCordon;
import io.gitlb.schema.model.PoolSelection;
import io.gitlb.schema.value.LabelSelector;
import java.util.List;
import java.util.Optional;

/// L2Advertisement.
final class L2Mapping {

  /// What `gitlb.io/v1` adds.
  private static final List<String> ADDED = List.of("onCordon", "rebalance");

  private L2Mapping() {}

  static Optional<L2Advertisement> read(Document document) {
    Fields spec = document.spec();
    PoolSelection pools = PoolSelections.read(spec);
    List<LabelSelector> nodes = spec.list("nodeSelectors", Selectors::read);
    List<String> interfaces = spec.list("interfaces", Names::interfaceName);
    List<LabelSelector> services = spec.list("serviceSelectors", Selectors::read);
    List<PreferredNodes> preferred = spec.list("preferredNodeSelectors", L2Mapping::preferred);
    boolean isOurs = document.version() == ApiVersion.GITLB_V1;
    if (!isOurs) {
      spec.onlyIn(ApiVersion.GITLB_V1, ADDED);
    }
    OnCordon onCordon =
        (isOurs ? spec.optional("onCordon", L2Mapping::onCordon) : Optional.<OnCordon>empty())
            .orElse(OnCordon.PREFER_OTHERS);
    Rebalance rebalance =
        (isOurs ? spec.optional("rebalance", L2Mapping::rebalance) : Optional.<Rebalance>empty())
            .orElse(Rebalance.GRADUAL);
    return document.define(
        () ->
            new L2Advertisement(
                document.name(),
                document.context().definition(),
                pools,
                nodes,
                interfaces,
                services,
                preferred,
                onCordon,
                rebalance));
  }

  private static Optional<OnCordon> onCordon(Value value) {
    return value.oneOf(List.of(OnCordon.values()), OnCordon::text);
  }

  private static Optional<Rebalance> rebalance(Value value) {
    return value.oneOf(List.of(Rebalance.values()), Rebalance::text);
  }

  private static Optional<PreferredNodes> preferred(Value value) {
    return value.fields().flatMap(L2Mapping::preferred);
  }

  private static Optional<PreferredNodes> preferred(Fields fields) {
    Optional<Long> weight = fields.required("weight", value -> value.number(1, 100));
    Optional<LabelSelector> preference = fields.required("preference", Selectors::read);
    fields.refuseOthers();
    return weight.flatMap(w -> preference.map(p -> new PreferredNodes(w.intValue(), p)));
  }
}
