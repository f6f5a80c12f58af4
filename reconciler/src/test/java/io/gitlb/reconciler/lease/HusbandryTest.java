// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gitlb.reconciler.lease.Husbandry.Care;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.Reason;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.ReadResult;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.yaml.DefinitionReader;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class HusbandryTest {

  private static final ClusterName HERE = new ClusterName("here");
  private static final PoolName POOL = new PoolName("shared");

  private final Husbandry husbandry = new Husbandry();
  private SnapshotMap<Block, Lease> leases = SnapshotMap.empty();
  private SnapshotMap<IpAddress, AllocationRecord> records = SnapshotMap.empty();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private Wants waited = Wants.NONE;

  private static Definitions shared() {
    String text =
        """
        apiVersion: gitlb.io/v1
        kind: IPAddressPool
        metadata: {name: shared}
        spec:
          addresses: [10.0.0.0/24]
          shared: true
        """;
    return assertInstanceOf(
            ReadResult.Accepted.class,
            DefinitionReader.read(List.of(new ConfigFile("pools.yaml", text))))
        .definitions();
  }

  private void lease(String block, String cluster) {
    Block key = new Block(IpAddress.of(block));
    leases =
        leases.with(
            key,
            new Lease(
                key, POOL, new ClusterName(cluster), "uid", now, "c".repeat(40), Optional.empty()));
  }

  private void use(String first, int count) {
    Optional<IpAddress> address = Optional.of(IpAddress.of(first));
    for (int i = 0; i < count; i++) {
      records = records.with(address.get(), record(address.get()));
      address = address.get().next();
    }
  }

  private AllocationRecord record(IpAddress address) {
    return new AllocationRecord(
        address,
        POOL,
        List.of(new Holder(new ServiceRef("demo", "a"), "uid", List.of("TCP/80"))),
        State.ALLOCATED,
        Reason.AUTOMATIC,
        now,
        "c".repeat(40));
  }

  private Care care() {
    return husbandry.care(shared(), records, new Fleet(HERE, leases, new TreeMap<>()), waited, now);
  }

  private static String blocks(java.util.Collection<Block> blocks) {
    return blocks.stream().map(Block::toString).collect(Collectors.joining(" "));
  }

  @Test
  void aClusterThatUsesThePoolKeepsAFewAddressesAhead() {
    lease("10.0.0.0", "here");
    assertEquals(Wants.NONE, care().wants(), "it uses nothing");
    use("10.0.0.0", 12);
    assertEquals(Wants.NONE, care().wants(), "four are left");
    use("10.0.0.0", 13);
    assertEquals(1, care().wants().addresses().size(), "three are left");
    lease("10.0.0.16", "here");
    assertEquals(Wants.NONE, care().wants());
  }

  @Test
  void addressesGivenBeforeThePoolWasSharedHaveTheirBlocksLeased() {
    use("10.0.0.40", 1);
    assertEquals("10.0.0.32/28", blocks(care().wants().blocks().keySet()));
    lease("10.0.0.32", "there");
    assertEquals(Wants.NONE, care().wants());
    assertEquals(
        List.of("there"), care().strays().stream().map(lease -> lease.cluster().value()).toList());
  }

  @Test
  void aBlockThatWasEmptyForTenMinutesGoesBackAndOneIsKeptToSpare() {
    lease("10.0.0.0", "here");
    lease("10.0.0.16", "here");
    lease("10.0.0.32", "here");
    use("10.0.0.0", 1);
    assertEquals("", blocks(care().returned()));
    assertEquals(Optional.of(now.plus(Husbandry.EMPTY_FOR)), care().next());
    now = now.plus(Husbandry.EMPTY_FOR);
    assertEquals("10.0.0.32/28", blocks(care().returned()));
    assertEquals(Optional.empty(), care().next(), "what is kept needs no clock");
    records = SnapshotMap.empty();
    assertEquals("10.0.0.16/28 10.0.0.32/28", blocks(care().returned()), "nothing is used");
    now = now.plus(Husbandry.EMPTY_FOR);
    assertEquals("10.0.0.0/28 10.0.0.16/28 10.0.0.32/28", blocks(care().returned()));
  }

  @Test
  void aBlockThatIsUsedAgainStays() {
    lease("10.0.0.0", "here");
    care();
    now = now.plus(Husbandry.EMPTY_FOR).minus(Duration.ofSeconds(1));
    use("10.0.0.3", 1);
    care();
    now = now.plus(Husbandry.EMPTY_FOR);
    assertEquals("", blocks(care().returned()));
  }
}
