// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.CommitTrailers.Change;
import io.gitlb.reconciler.ledger.LedgerEdit.Action;
import io.gitlb.reconciler.ledger.LedgerEdit.Delete;
import io.gitlb.reconciler.ledger.LedgerEdit.Put;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CommitMessageTest {

  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  private static final List<Action> ACTIONS = List.of(Action.values());

  @Test
  void oneChangeIsTheSubject() {
    assertEquals(
        """
        allocate 10.77.0.100 to demo/web from pool lan (automatic)

        - allocate 10.77.0.100 to demo/web from pool lan (automatic)

        [skip ci]

        Address: 10.77.0.100
        Service: demo/web
        Pool: lan
        Action: allocate
        Reason: automatic
        Config-Commit: 0123456789abcdef0123456789abcdef01234567
        Operation-Id: op-1
        Epoch: 3
        """,
        CommitMessage.write(
            LedgerBatch.of(List.of(new Put(record(0x0A4D0064, "web"), Action.ALLOCATE))),
            COMMIT,
            "op-1",
            3));
  }

  @Test
  void aFileBesideTheRecordsIsToldToo() {
    LedgerBatch batch =
        new LedgerBatch(
            List.of(),
            List.of(
                new LedgerBatch.FileEdit(
                    "facts/nodes.yaml", Optional.of("nodes: []\n"), "note the cluster's nodes")));

    assertEquals(
        """
        note the cluster's nodes

        - note the cluster's nodes

        [skip ci]

        File: facts/nodes.yaml
        Config-Commit: 0123456789abcdef0123456789abcdef01234567
        Operation-Id: op-1
        Epoch: 3
        """,
        CommitMessage.write(batch, COMMIT, "op-1", 3));
  }

  @Test
  void severalChangesAreCountedInTheSubject() {
    List<LedgerEdit> edits =
        List.of(
            new Put(record(0x0A4D0064, "a"), Action.ALLOCATE),
            new Put(record(0x0A4D0065, "b"), Action.RELEASE),
            new Put(record(0x0A4D0066, "c"), Action.ALLOCATE),
            new Delete(record(0x0A4D0067, "d"), Action.FREE));
    String message = CommitMessage.write(LedgerBatch.of(edits), COMMIT, "op-1", 3);
    assertEquals("allocate 2, release 1, free 1", message.lines().findFirst().orElseThrow());
    assertTrue(message.contains("- free 10.77.0.103 of pool lan, last held by demo/d\n"), message);
  }

  @Test
  void theTrailersTellEveryChange() {
    long seed = 20_260_801L;
    Random random = new Random(seed);
    int rounds = 50 * Integer.getInteger("gitlb.random.rounds", 1);
    for (int round = 0; round < rounds; round++) {
      List<LedgerEdit> edits = new ArrayList<>();
      List<Change> expected = new ArrayList<>();
      int count = 1 + random.nextInt(100);
      for (int i = 0; i < count; i++) {
        AllocationRecord record = record(random.nextInt(), "s" + random.nextInt(9));
        Action action = ACTIONS.get(random.nextInt(ACTIONS.size()));
        edits.add(action == Action.FREE ? new Delete(record, action) : new Put(record, action));
        expected.add(
            new Change(
                record.address(),
                List.of(record.holders().getFirst().service()),
                "lan",
                action.text(),
                "automatic"));
      }
      long epoch = 1L + random.nextInt(1_000);
      CommitTrailers read =
          CommitTrailers.parse(
              CommitMessage.write(LedgerBatch.of(edits), COMMIT, "op-" + round, epoch));
      assertEquals(
          new CommitTrailers(
              expected,
              Optional.of(COMMIT),
              Optional.of("op-" + round),
              OptionalLong.of(epoch),
              Optional.empty()),
          read,
          "seed " + seed);
    }
  }

  @Test
  void aMessageOfSomebodyElseHasNoTrailers() {
    assertEquals(
        new CommitTrailers(
            List.of(), Optional.empty(), Optional.empty(), OptionalLong.empty(), Optional.empty()),
        CommitTrailers.parse(
            "Fix a typo\n\nEpoch: none\nSigned-off-by: A Person <a@example.org>\n"));
    assertEquals(OptionalLong.empty(), CommitTrailers.parse("").epoch());
  }

  private static AllocationRecord record(int bits, String name) {
    return new AllocationRecord(
        new Ipv4(bits),
        new PoolName("lan"),
        List.of(new Holder(new ServiceRef("demo", name), "u-" + name, List.of("TCP/80"))),
        State.ALLOCATED,
        AllocationRecord.Reason.AUTOMATIC,
        Instant.parse("2026-01-02T03:04:05Z"),
        COMMIT);
  }
}
