// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.reconciler.ledger.AllocationRecord.Conflict;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.Reason;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecordReaderTest {

  /// Names that are hard on a YAML reader.
  private static final List<String> NAMES =
      List.of("web", "true", "123", "1e3", "null", "0x1f", "on", "a.b-c", "~", "- a", "a: b", "#");

  private static final List<State> STATES = List.of(State.values());
  private static final List<Reason> REASONS = List.of(Reason.values());

  @Test
  void whatIsWrittenIsReadBackTheSame() {
    long seed = 20_260_731L;
    Random random = new Random(seed);
    int rounds = 300 * Integer.getInteger("gitlb.random.rounds", 1);
    for (int round = 0; round < rounds; round++) {
      AllocationRecord record = randomRecord(random);
      String text = RecordText.write(record);
      assertEquals(
          Optional.of(record),
          RecordReader.read(RecordPath.of(record.address()), text),
          () -> "seed " + seed + "\n" + text);
      assertEquals(Optional.of(record), RecordReader.read(text));
    }
  }

  @Test
  void aRecordInTheWrongPlaceIsNotRead() {
    AllocationRecord record = randomRecord(new Random(1));
    assertEquals(
        Optional.empty(), RecordReader.read("v4/10/0/3/10.0.3.7.yaml", RecordText.write(record)));
  }

  @Test
  void unknownFieldsArePassedOver() {
    AllocationRecord record = randomRecord(new Random(1));
    assertEquals(
        Optional.of(record), RecordReader.read("later: {x: 1}\n" + RecordText.write(record)));
  }

  @Test
  void textThatLacksSomethingIsNotARecord() {
    String whole = RecordText.write(randomRecord(new Random(1)));
    for (String key : List.of("address", "pool", "state", "reason", "since", "configCommit")) {
      assertEquals(
          Optional.empty(), RecordReader.read(whole.replaceAll("(?m)^" + key + ":.*\n", "")), key);
    }
    assertEquals(Optional.empty(), RecordReader.read(whole.substring(0, whole.indexOf("holders"))));
    assertEquals(Optional.empty(), RecordReader.read(whole.replaceAll("(?m)^    name:.*\n", "")));
    assertEquals(Optional.empty(), RecordReader.read("[]"));
    assertEquals(Optional.empty(), RecordReader.read("a: [\n"));
    assertEquals(Optional.empty(), RecordReader.read(""));
  }

  @Test
  void theClusterFileIsReadBack() {
    assertEquals(Optional.of("12e4"), ClusterFile.read(ClusterFile.write("12e4")));
    assertEquals(Optional.empty(), ClusterFile.read("other: 1\n"));
  }

  private static AllocationRecord randomRecord(Random random) {
    IpAddress address =
        random.nextBoolean()
            ? new Ipv4(random.nextInt())
            : new Ipv6(random.nextLong(), random.nextInt(3));
    List<Holder> holders = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      holders.add(
          new Holder(
              new ServiceRef(pick(NAMES, random), pick(NAMES, random) + i),
              pick(NAMES, random),
              random.nextBoolean() ? List.of() : List.of("TCP/80", "UDP/53")));
    }
    State state = pick(STATES, random);
    return new AllocationRecord(
        address,
        new PoolName(pick(NAMES, random)),
        holders,
        state,
        pick(REASONS, random),
        Instant.ofEpochSecond(random.nextInt(Integer.MAX_VALUE)),
        "00000000000000000000000000000000000" + (10_000 + random.nextInt(10_000)),
        state == State.CONFLICTED
            ? Optional.of(
                new Conflict(
                    new MacAddress(random.nextLong() >>> 16),
                    Instant.ofEpochSecond(random.nextInt(Integer.MAX_VALUE))))
            : Optional.empty());
  }

  private static <T> T pick(List<T> list, Random random) {
    return list.get(random.nextInt(list.size()));
  }
}
