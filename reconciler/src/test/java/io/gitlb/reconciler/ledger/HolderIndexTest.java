// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.Reason;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HolderIndexTest {

  private final HolderIndex index = new HolderIndex();

  private static AllocationRecord record(String address, String... services) {
    return new AllocationRecord(
        IpAddress.of(address),
        new PoolName("lan"),
        Stream.of(services)
            .map(name -> new Holder(new ServiceRef("demo", name), "u-" + name, List.of()))
            .toList(),
        State.ALLOCATED,
        Reason.AUTOMATIC,
        Instant.EPOCH,
        "1".repeat(40));
  }

  private List<String> of(String service) {
    return index.of(new ServiceRef("demo", service)).stream().map(IpAddress::toString).toList();
  }

  @Test
  void aServiceHasTheAddressesOfTheRecordsThatNameIt() {
    index.add(record("10.0.3.8", "web"));
    index.add(record("10.0.3.7", "web", "dns"));
    assertEquals(List.of("10.0.3.7", "10.0.3.8"), of("web"));
    assertEquals(List.of("10.0.3.7"), of("dns"));
    assertEquals(List.of(), of("mail"));
  }

  @Test
  void whatIsRemovedItHasNoLonger() {
    index.add(record("10.0.3.7", "web", "dns"));
    index.remove(record("10.0.3.7", "dns"));
    index.remove(record("10.0.3.9", "web", "mail"));
    assertEquals(List.of("10.0.3.7"), of("web"));
    assertEquals(List.of(), of("dns"));
  }
}
