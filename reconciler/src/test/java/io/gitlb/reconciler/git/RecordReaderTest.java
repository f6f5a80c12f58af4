// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.gitlb.reconciler.git.RecordReader.Read;
import io.gitlb.reconciler.git.RecordReader.Wrong;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Conflict;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.Reason;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.RecordPath;
import io.gitlb.reconciler.ledger.RecordText;
import io.gitlb.schema.value.IpAddress;
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

  private static final int ROUNDS = 50 * Integer.getInteger("gitlb.random.rounds", 1);
  private static final String PATH = "v4/10/0/3/10.0.3.7.yaml";
  private static final AllocationRecord RECORD = GitLedgerStoreTest.record("10.0.3.7", "web");

  private static String wrong(String path, String text) {
    return assertInstanceOf(Wrong.class, RecordReader.read(path, text)).why();
  }

  @Test
  void whatIsWrittenIsReadBack() {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = System.nanoTime();
      AllocationRecord record = random(new Random(seed));
      assertEquals(
          new Read(record),
          RecordReader.read(RecordPath.of(record.address()), RecordText.write(record)),
          () -> "seed " + seed);
    }
  }

  private static AllocationRecord random(Random random) {
    String address =
        random.nextBoolean()
            ? "198.51.%d.%d".formatted(random.nextInt(256), random.nextInt(256))
            : "2001:db8::%x:%x".formatted(random.nextInt(65536), random.nextInt(65536));
    List<Holder> holders = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(3); i++) {
      holders.add(
          new Holder(
              new ServiceRef(word(random), word(random) + i),
              word(random),
              random.nextBoolean() ? List.of() : List.of("TCP/80", "UDP/53")));
    }
    State state = pick(random, List.of(State.values()));
    return new AllocationRecord(
        IpAddress.parse(address).orElseThrow(),
        new PoolName(word(random)),
        holders,
        state,
        pick(random, List.of(Reason.values())),
        Instant.ofEpochSecond(random.nextInt()),
        "%040x".formatted(random.nextLong() >>> 1),
        state == State.CONFLICTED
            ? Optional.of(
                new Conflict(
                    new MacAddress(random.nextLong() >>> 16),
                    Instant.ofEpochSecond(random.nextInt(Integer.MAX_VALUE))))
            : Optional.empty());
  }

  /// Words that YAML gives a meaning to, among others.
  private static String word(Random random) {
    List<String> words = List.of("web", "true", "no", "null", "1e3", "0x1f", "12", "a-b.c", "y");
    return pick(random, words);
  }

  private static <T> T pick(Random random, List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  /// The same record as somebody would write it by hand, or a newer version might.
  @Test
  void otherYamlThatSaysTheSameIsTheSameRecord() {
    assertEquals(
        new Read(RECORD),
        RecordReader.read(
            PATH,
            """
            # by hand
            {address: "10.0.3.7", pool: lan, state: allocated, reason: automatic,
             since: 2026-01-02T03:04:05Z, configCommit: 12345678901234567890e1234567890123456789,
             holders: [{namespace: demo, name: web, uid: uid-web, ports: ["TCP/80"]}]}
            """));
  }

  @Test
  void aTruncatedOrChangedTextNeverGivesTheRecordBack() {
    String text = RecordText.write(RECORD);
    for (int end = 0; end < text.length() - 1; end++) {
      int cut = end;
      assertNotEquals(
          new Read(RECORD), RecordReader.read(PATH, text.substring(0, end)), () -> "cut at " + cut);
    }
  }

  @Test
  void fieldsOfANewerVersionArePassedOver() {
    assertEquals(
        new Read(RECORD), RecordReader.read(PATH, RecordText.write(RECORD) + "color: blue\n"));
  }

  @Test
  void everyWayToBeNoRecordIsNamed() {
    String text = RecordText.write(RECORD);
    assertEquals("no record belongs at this path", wrong("v4/10.0.3.7.yaml", text));
    assertEquals("it says address 10.0.3.7", wrong("v4/10/0/3/10.0.3.8.yaml", text));
    assertEquals("not one YAML mapping", wrong(PATH, "- a\n"));
    assertEquals("not one YAML mapping", wrong(PATH, "a: [\n"));
    assertEquals("field 'pool' is missing or wrong", wrong(PATH, text.replace("pool:", "pond:")));
    assertEquals(
        "unknown state 'asleep'", wrong(PATH, text.replace("state: allocated", "state: asleep")));
    assertEquals(
        "a record has at least one holder",
        wrong(PATH, text.substring(0, text.indexOf("holders:"))));
    assertEquals(
        "field 'holders' is missing or wrong",
        wrong(PATH, text.substring(0, text.indexOf("holders:")) + "holders: [web]\n"));
    assertEquals(
        "Text 'yesterday' could not be parsed at index 0",
        wrong(PATH, text.replaceFirst("since: .*", "since: yesterday")));
  }
}
