// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordTextTest {

  private static final String COMMIT = "12345678901234567890e1234567890123456789";

  @Test
  void aRecordIsWrittenInAFixedOrder() {
    AllocationRecord record =
        record(
            "10.0.3.7", "lan", new Holder(new ServiceRef("demo", "web"), "u-1", List.of("TCP/80")));
    assertEquals(
        """
        address: 10.0.3.7
        pool: lan
        state: allocated
        reason: automatic
        since: "2026-01-02T03:04:05Z"
        configCommit: "12345678901234567890e1234567890123456789"
        holders:
          - namespace: demo
            name: web
            uid: "u-1"
            ports:
              - TCP/80
        """,
        RecordText.write(record));
  }

  @Test
  void namesThatYamlWouldReadAsSomethingElseAreQuoted() {
    AllocationRecord record =
        record(
            "2001:db8::",
            "off",
            new Holder(new ServiceRef("1e3", "true"), "u \"1\"\n\u00e4\\", List.of()));
    assertEquals(
        """
        address: "2001:db8::"
        pool: "off"
        state: allocated
        reason: automatic
        since: "2026-01-02T03:04:05Z"
        configCommit: "12345678901234567890e1234567890123456789"
        holders:
          - namespace: "1e3"
            name: "true"
            uid: "u \\"1\\"\\u000a\\u00e4\\\\"
        """,
        RecordText.write(record));
  }

  @Test
  void theClusterFileNamesTheCluster() {
    assertEquals("clusterUid: \"7d4b\"\n", ClusterFile.write("7d4b"));
  }

  private static AllocationRecord record(String address, String pool, Holder holder) {
    return new AllocationRecord(
        IpAddress.of(address),
        new PoolName(pool),
        List.of(holder),
        AllocationRecord.State.ALLOCATED,
        AllocationRecord.Reason.AUTOMATIC,
        Instant.parse("2026-01-02T03:04:05Z"),
        COMMIT);
  }
}
