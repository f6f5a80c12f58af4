// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.PinnedIp;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
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
    for (IpFamily family : IpFamily.values()) {
      refuseTooMany(document, family, addresses);
    }
    return document.define(
        () ->
            new PinnedIp(
                document.name(),
                document.context().definition(),
                service.orElseThrow(),
                addresses));
  }

  private static void refuseTooMany(Document document, IpFamily family, List<IpAddress> addresses) {
    long count = addresses.stream().filter(address -> address.family() == family).count();
    if (count > PinnedIp.MOST_OF_A_FAMILY) {
      document
          .context()
          .problems()
          .add(
              document.spec().keyPlace("addresses"),
              ProblemCode.WRONG_VALUE,
              "spec.addresses of %s has %d %s addresses; a Service has at most %d of a family"
                  .formatted(
                      document.context().document(), count, family, PinnedIp.MOST_OF_A_FAMILY));
    }
  }
}
