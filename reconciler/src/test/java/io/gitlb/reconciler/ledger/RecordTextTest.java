// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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
  void aConflictNamesWhoAnswersOnTheLink() {
    AllocationRecord record =
        new AllocationRecord(
            IpAddress.of("10.0.3.7"),
            new PoolName("lan"),
            List.of(new Holder(new ServiceRef("demo", "web"), "u-1", List.of())),
            AllocationRecord.State.CONFLICTED,
            AllocationRecord.Reason.PINNED,
            Instant.parse("2026-01-02T03:04:05Z"),
            COMMIT,
            Optional.of(
                new AllocationRecord.Conflict(
                    MacAddress.of("02:00:5e:00:53:01"), Instant.parse("2026-01-02T03:04:06Z"))));
    assertEquals(
        """
        address: 10.0.3.7
        pool: lan
        state: conflicted
        reason: pinned
        since: "2026-01-02T03:04:05Z"
        configCommit: "12345678901234567890e1234567890123456789"
        conflict:
          mac: "02:00:5e:00:53:01"
          seen: "2026-01-02T03:04:06Z"
        holders:
          - namespace: demo
            name: web
            uid: "u-1"
        """,
        RecordText.write(record));
    assertEquals(Optional.of(record), RecordReader.read(RecordText.write(record)));
  }

  @Test
  void aConflictIsThereExactlyInItsState() {
    String allocated =
        RecordText.write(
            record("10.0.3.7", "lan", new Holder(new ServiceRef("demo", "web"), "u", List.of())));
    assertEquals(
        Optional.empty(),
        RecordReader.read(allocated.replace("state: allocated", "state: conflicted")));
    assertEquals(
        Optional.empty(),
        RecordReader.read(
            allocated
                .replace("holders:", "conflict: {mac: 02-bad, seen: x}\nholders:")
                .replace("state: allocated", "state: conflicted")));
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
