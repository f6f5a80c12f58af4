// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.git.LedgerHistory.Answer;
import io.gitlb.reconciler.ledger.AddressHistory;
import io.gitlb.reconciler.ledger.AddressHistory.Content;
import io.gitlb.reconciler.ledger.AddressHistory.Recorded;
import io.gitlb.reconciler.ledger.AddressHistory.Removed;
import io.gitlb.reconciler.ledger.AddressHistory.Step;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.Reason;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.RecordPath;
import io.gitlb.reconciler.ledger.RecordText;
import io.gitlb.reconciler.ledger.ServiceHistory;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerHistoryTest {

  private static final String BRANCH = "allocations/demo";
  private static final Instant START = Instant.parse("2026-05-01T00:00:00Z");

  @TempDir Path temp;

  /// One commit of a stream for git fast-import, without trailers of our own unless they are given.
  private static String commit(
      int number, Instant at, String trailers, Map<String, Optional<String>> files) {
    String message = "change %d\n\n%s".formatted(number, trailers);
    StringBuilder text = new StringBuilder();
    text.append("commit refs/heads/").append(BRANCH).append("\nmark :").append(number);
    text.append("\ncommitter Someone <someone@example.org> ").append(at.getEpochSecond());
    text.append(" +0000\ndata ").append(message.length()).append('\n').append(message);
    if (number > 1) {
      text.append("from :").append(number - 1).append('\n');
    }
    files.forEach(
        (path, content) ->
            text.append(
                content
                    .map(it -> "M 100644 inline %s\ndata %d\n%s\n".formatted(path, it.length(), it))
                    .orElse("D " + path + "\n")));
    return text.append('\n').toString();
  }

  private static AllocationRecord record(IpAddress address, State state, List<String> services) {
    return new AllocationRecord(
        address,
        new PoolName("lan"),
        services.stream()
            .map(name -> new Holder(new ServiceRef("demo", name), "u", List.of()))
            .toList(),
        state,
        Reason.AUTOMATIC,
        START,
        GitLedgerStoreTest.CONFIG_COMMIT);
  }

  private static Map<String, Optional<String>> file(AllocationRecord record) {
    return Map.of(RecordPath.of(record.address()), Optional.of(RecordText.write(record)));
  }

  private GitCli repository(String stream) {
    GitCli git = GitCli.bare(temp.resolve("ledger.git"));
    git.run(stream.getBytes(StandardCharsets.UTF_8), "fast-import", "--quiet");
    return git;
  }

  private LedgerHistory open(String branch) {
    return found(LedgerHistory.open(temp.resolve("ledger.git"), branch));
  }

  private static <T> T found(Answer<T> answer) {
    return switch (answer) {
      case Answer.Found<T>(T value) -> value;
      case Answer.Failed<T>(String why) -> throw new AssertionError(why);
    };
  }

  /// What the branch did to the addresses, known without Git.
  private static final class Model {

    final Map<IpAddress, List<Content>> contents = new TreeMap<>();
    final StringBuilder stream = new StringBuilder();

    Model(Random random, int commits) {
      for (int i = 1; i <= commits; i++) {
        IpAddress address =
            IpAddress.of(
                random.nextInt(4) == 0
                    ? "2001:db8::" + random.nextInt(3)
                    : "10.0.%d.%d".formatted(random.nextInt(2), random.nextInt(5)));
        List<Content> before = contents.computeIfAbsent(address, _ -> new ArrayList<>());
        boolean gone = before.isEmpty() || before.getLast() instanceof Removed;
        if (!gone && random.nextInt(3) == 0) {
          before.add(new Removed());
          write(i, Map.of(RecordPath.of(address), Optional.empty()));
        } else {
          AllocationRecord record =
              record(
                  address,
                  random.nextBoolean() ? State.ALLOCATED : State.RESTING,
                  List.of("s" + random.nextInt(3), "t" + i));
          before.add(new Recorded(record));
          write(i, file(record));
        }
      }
    }

    private void write(int number, Map<String, Optional<String>> files) {
      stream.append(commit(number, START.plusSeconds(number), "", files));
    }
  }

  @Test
  void theHistoryOfEachAddressIsWhatTheBranchDidToIt() {
    Model model = new Model(new Random(4), 120);
    GitCli git = repository(model.stream.toString());
    for (String covered : List.of("", BRANCH + "~50", BRANCH)) {
      if (!covered.isEmpty()) {
        byte[] tip = git.run("rev-parse", covered).getBytes(StandardCharsets.UTF_8);
        git.run(tip, "commit-graph", "write", "--stdin-commits", "--changed-paths");
      }
      try (LedgerHistory ledger = open(BRANCH)) {
        model.contents.forEach(
            (address, contents) -> {
              AddressHistory history = found(ledger.of(address));
              assertEquals(contents, history.steps().stream().map(Step::content).toList());
              assertEquals(
                  history.steps().stream().map(Step::at).sorted().toList(),
                  history.steps().stream().map(Step::at).toList());
            });
      }
    }
  }

  @Test
  void aServiceIsFollowedThroughSharedRecordsAlsoWhereNoTrailerNamesIt() {
    IpAddress address = IpAddress.of("10.0.0.1");
    String trailers =
        "Address: 10.0.0.1\nService: demo/a\nPool: lan\nAction: allocate\nReason: automatic\n";
    repository(
        commit(1, START, trailers, file(record(address, State.ALLOCATED, List.of("a"))))
            + commit(
                2,
                START.plusSeconds(60),
                trailers.replace("demo/a", "demo/b"),
                file(record(address, State.ALLOCATED, List.of("b"))))
            + commit(
                3,
                START.plusSeconds(120),
                "",
                file(record(address, State.ALLOCATED, List.of("b", "c")))));
    try (LedgerHistory ledger = open("")) {
      ServiceHistory a = found(ledger.of(new ServiceRef("demo", "a")));
      assertEquals(1, a.spells().size());
      assertEquals(Optional.of(START.plusSeconds(60)), a.spells().getFirst().period().until());
      // Only the record of today knows of this one.
      ServiceHistory c = found(ledger.of(new ServiceRef("demo", "c")));
      assertEquals(START.plusSeconds(120), c.spells().getFirst().period().from());
      assertTrue(c.at(START.plusSeconds(119)).isEmpty());
      assertEquals(1, c.at(START.plusSeconds(121)).size());
    }
  }

  @Test
  void aCommitDatedLateBecauseOfAClockThatWasAheadHasItsTrueTime() {
    IpAddress address = IpAddress.of("10.0.0.1");
    repository(
        commit(1, START, "", file(record(address, State.ALLOCATED, List.of("a"))))
            + commit(
                2,
                START.plusSeconds(3600),
                "Epoch: 1\nEffective-At: 2026-05-01T00:10:00Z\n",
                file(record(address, State.ALLOCATED, List.of("b")))));
    try (LedgerHistory ledger = open(BRANCH)) {
      AddressHistory history = found(ledger.of(address));
      Step second = history.steps().getLast();
      assertEquals(Instant.parse("2026-05-01T00:10:00Z"), second.at());
      assertEquals(START.plusSeconds(3600), second.committed());
      assertEquals(second, history.at(START.plusSeconds(700)).orElseThrow().step());
      assertEquals(
          Stream.of("a", "b").toList(),
          history.periods().stream()
              .map(period -> ((Recorded) period.step().content()).record().holders().getFirst())
              .map(holder -> holder.service().name())
              .collect(Collectors.toList()));
    }
  }

  @Test
  void aFileThatIsNoRecordIsSaidToBeNone() {
    repository(
        commit(1, START, "", Map.of("v4/10/0/0/10.0.0.1.yaml", Optional.of("no: record\n"))));
    try (LedgerHistory ledger = open(BRANCH)) {
      assertInstanceOf(
          AddressHistory.Unreadable.class,
          found(ledger.of(IpAddress.of("10.0.0.1"))).steps().getFirst().content());
    }
  }

  @Test
  void ofABranchHereAndTheRemotesTheNewerOneIsRead() {
    IpAddress address = IpAddress.of("10.0.0.1");
    GitCli git =
        repository(
            commit(1, START, "", file(record(address, State.ALLOCATED, List.of("a"))))
                + commit(
                    2, START.plusSeconds(9), "", file(record(address, State.HELD, List.of("a")))));
    git.run("update-ref", "refs/remotes/origin/" + BRANCH, BRANCH);
    git.run("update-ref", "refs/heads/" + BRANCH, BRANCH + "~1");
    try (LedgerHistory ledger = open("")) {
      assertEquals("origin/" + BRANCH, ledger.branch());
      assertEquals(2, found(ledger.of(address)).steps().size());
    }
    git.run("update-ref", "refs/heads/allocations/other", BRANCH);
    var several = LedgerHistory.open(temp.resolve("ledger.git"), "");
    assertEquals(
        "GLB2005 there are several ledgers: allocations/demo, allocations/other; name one with --branch",
        assertInstanceOf(Answer.Failed.class, several).why());
  }
}
