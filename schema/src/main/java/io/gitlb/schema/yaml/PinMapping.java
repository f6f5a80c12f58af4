// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.PinnedIp;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import java.util.List;
import java.util.Optional;

/// PinnedIP.
final class PinMapping {

  private PinMapping() {}

  static Optional<PinnedIp> read(Document document) {
    Fields spec = document.spec();
    Optional<ServiceRef> service = spec.required("service", Names::service);
    List<IpAddress> addresses = spec.filledList("addresses", Addresses::address);
    long families = addresses.stream().map(IpAddress::family).distinct().count();
    if (families < addresses.size()) {
      document
          .context()
          .problems()
          .add(
              spec.keyPlace("addresses"),
              ProblemCode.WRONG_VALUE,
              "spec.addresses of %s has several addresses of one family; a Service has one of each"
                  .formatted(document.context().document()));
    }
    return document.define(
        () ->
            new PinnedIp(
                document.name(),
                document.context().definition(),
                service.orElseThrow(),
                addresses));
  }
}
