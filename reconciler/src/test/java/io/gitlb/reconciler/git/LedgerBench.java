// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import static io.gitlb.reconciler.git.GitLedgerStoreTest.load;

import io.gitlb.reconciler.ledger.AddressHistory;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.LedgerBatch;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.reconciler.ledger.LedgerEdit.Action;
import io.gitlb.reconciler.ledger.RecordPath;
import io.gitlb.reconciler.loop.LedgerStore.Commit;
import io.gitlb.reconciler.loop.LedgerStore.CommitNote;
import io.gitlb.reconciler.loop.LedgerStore.Push;
import io.gitlb.schema.bench.Bar;
import io.gitlb.schema.bench.BenchArguments;
import io.gitlb.schema.bench.BenchArguments.Length;
import io.gitlb.schema.bench.Figures;
import io.gitlb.schema.bench.Spread;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.IpAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// `./gitlb bench ledger`: what recording costs.
///
/// Ledgers are made by `git fast-import`; what is compared takes turns. All repositories lie below
/// the directory of temporary files (`-Djava.io.tmpdir`), and what is written is synced to that
/// disk as in service.
///
/// **commit**: one record changed, alternately in a ledger of 1,000 and one of 65,536 records.
/// **start**: a new Java process reads a ledger of 10,000 records from its local copy, the remote
/// having nothing new; and the same from the remote. **batch**: 1,000 changed records as the loop
/// writes them, ten durable commits, by turns with `git fast-import` writing the same ten commits
/// into a copy of the same repository, synced too; once as one stream that is synced at its end,
/// and once with a checkpoint after each commit. **rest**: what a look at a remote without news
/// costs, through Git's smart HTTP. **history**: all changes of one address among many commits,
/// after the packing job, cold and warm.
public final class LedgerBench {

  private static final ClusterName CLUSTER = new ClusterName("lab");
  private static final String BRANCH = GitLedgerStore.branch(CLUSTER);
  private static final FastImport IMPORT = new FastImport(BRANCH);
  private static final Instant BEGIN = Instant.parse("2026-01-02T03:04:05Z");
  private static final int BATCH = 1_000;
  private static final int EDITS_A_COMMIT = 100;
  private static final int ADDRESSES = 16_384;

  private final Path temp;
  private final Length length;
  private final Figures figures;
  private int edition;

  private LedgerBench(Path temp, Length length, Figures figures) {
    this.temp = temp;
    this.length = length;
    this.figures = figures;
  }

  /// @param line `--quick`, `--check`, and the parts to run
  public static void main(String[] line) throws Exception {
    if (line.length == 4 && line[0].equals("child")) {
      switch (line[1]) {
        case "load" -> measureLoad(line[2], Path.of(line[3]));
        default -> measureHistory(Path.of(line[2]), line[3]);
      }
      return;
    }
    BenchArguments arguments =
        BenchArguments.parse(
            "ledger", List.of(line), Set.of("commit", "start", "batch", "rest", "history"));
    Figures figures = new Figures("ledger", System.out);
    Path temp = Files.createTempDirectory("gitlb-bench-ledger");
    try {
      LedgerBench bench = new LedgerBench(temp, arguments.length(), figures);
      if (arguments.parts().contains("commit")) {
        bench.commit();
      }
      if (arguments.parts().contains("start")) {
        bench.start();
      }
      if (arguments.parts().contains("batch")) {
        bench.batch();
      }
      if (arguments.parts().contains("rest")) {
        bench.rest();
      }
      if (arguments.parts().contains("history")) {
        bench.history();
      }
    } finally {
      Trees.delete(temp);
    }
    System.exit(figures.finish(arguments));
  }

  // --- what all parts use

  private static GitLedgerStore open(String url, Path state) {
    return new GitLedgerStore(
        GitRemote.of(url, BRANCH, GitCredentials.NONE), BotIdentity.of(CLUSTER), state);
  }

  private static AllocationRecord record(int number, int edition) {
    return GitLedgerStoreTest.record(
        "10.%d.%d.%d".formatted(number >> 16, number >> 8 & 0xFF, number & 0xFF),
        "service-" + edition + "-" + number);
  }

  private static LedgerEdit edit(int number, int edition) {
    return new LedgerEdit.Put(record(number, edition), Action.UPDATE);
  }

  private static void commit(GitLedgerStore store, List<LedgerEdit> edits, Instant now) {
    if (store.commit(
            LedgerBatch.of(edits),
            new CommitNote("cluster-uid", GitLedgerStoreTest.CONFIG_COMMIT, 7, now))
        instanceof Commit.Failed(var failure)) {
      throw new IllegalStateException(failure.toString());
    }
  }

  private static double millis(long since) {
    return (System.nanoTime() - since) / 1e6;
  }

  private static void add(Map<String, List<Double>> results, String key, double value) {
    results.computeIfAbsent(key, _ -> new ArrayList<>()).add(value);
  }

  private static Spread of(Map<String, List<Double>> results, String key) {
    List<Double> found = results.get(key);
    if (found == null) {
      throw new IllegalStateException("nothing was measured of " + key);
    }
    return Spread.median(found);
  }

  // --- commit

  private record Stand(GitLedgerStore store, Path state, int records) {}

  private Stand stand(int records) {
    RemoteRepository remote = RemoteRepository.create(temp.resolve("commit-" + records + ".git"));
    LedgerScaleTest.seed(remote, records);
    Path state = temp.resolve("commit-" + records);
    GitLedgerStore store = open(remote.url(), state);
    load(store);
    return new Stand(store, state, records);
  }

  private void commit() throws IOException {
    int rounds = length.choose(600, 100);
    figures.say("commit: one record changed, " + rounds + " by turns");
    Stand small = stand(1_000);
    Stand large = stand(65_536);
    List<Double> few = new ArrayList<>();
    List<Double> many = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    for (int warm = 0; warm < rounds / 2; warm++) {
      one(small, warm);
      one(large, warm);
    }
    long bytes = ObjectFiles.bytes(ObjectFiles.loose(large.state()));
    for (int round = 0; round < rounds; round++) {
      few.add(one(small, round));
      many.add(one(large, round));
    }
    long more = ObjectFiles.bytes(ObjectFiles.loose(large.state())) - bytes;
    double loose = (double) more / rounds;
    for (int block = 0; block < 10; block++) {
      int from = rounds * block / 10;
      int to = rounds * (block + 1) / 10;
      ratios.add(
          Spread.median(many.subList(from, to)).value()
              / Spread.median(few.subList(from, to)).value());
    }
    figures.add("commit_1000_ms", "in a ledger of 1,000 records", Spread.median(few), "ms");
    figures.add("commit_65536_ms", "in a ledger of 65,536 records", Spread.median(many), "ms");
    figures.add(
        "commit_ratio",
        "the second by the first",
        Spread.median(ratios),
        "times",
        new Bar.Below(1.2));
    figures.add(
        "commit_bytes",
        "loose bytes a commit, 65,536 records",
        Spread.of(loose),
        "bytes",
        new Bar.Below(15 * 1024));
    small.store().close();
    large.store().close();
  }

  /// @return milliseconds
  private double one(Stand stand, int round) {
    List<LedgerEdit> edits = List.of(edit(round * 7919 % stand.records(), ++edition));
    long start = System.nanoTime();
    commit(stand.store(), edits, BEGIN.plusSeconds(edition));
    return millis(start);
  }

  // --- start

  private void start() throws Exception {
    int rounds = length.choose(7, 3);
    figures.say("start: 10,000 records, " + rounds + " new Java processes each");
    RemoteRepository remote = RemoteRepository.create(temp.resolve("start.git"));
    LedgerScaleTest.seed(remote, 10_000);
    Path state = temp.resolve("start");
    try (GitLedgerStore store = open(remote.url(), state)) {
      load(store);
    }
    Map<String, List<Double>> results = new TreeMap<>();
    for (int round = 0; round < rounds; round++) {
      add(results, "local", child("load", remote.url(), state.toString()));
      add(
          results,
          "remote",
          child("load", remote.url(), temp.resolve("clone-" + round).toString()));
    }
    Bar bar = new Bar.Below(2_000);
    figures.add(
        "start_10000_ms", "read at start, local copy there", of(results, "local"), "ms", bar);
    figures.add(
        "start_10000_clone_ms", "read at start, from the remote", of(results, "remote"), "ms");
  }

  private static double child(String what, String first, String second) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                LedgerBench.class.getName(),
                "child",
                what,
                first,
                second)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      List<String> lines = output.lines().toList();
      if (process.waitFor() != 0) {
        throw new IllegalStateException("a measuring process failed");
      }
      return Double.parseDouble(lines.getLast());
    }
  }

  private static void measureLoad(String url, Path state) {
    long start = System.nanoTime();
    try (GitLedgerStore store = open(url, state)) {
      int records = load(store).ledger().records().size();
      System.out.println(millis(start));
      if (records != 10_000) {
        throw new IllegalStateException(records + " records");
      }
    }
  }

  // --- batch

  private void batch() throws IOException {
    int rounds = length.choose(15, 5);
    figures.say("batch: 1,000 changed records of 10,000, ten commits, " + rounds + " by turns");
    RemoteRepository remote = RemoteRepository.create(temp.resolve("batch.git"));
    LedgerScaleTest.seed(remote, 10_000);
    GitCli import1 = copy(remote, "import-1.git");
    GitCli import2 = copy(remote, "import-2.git");
    Map<String, List<Double>> results = new TreeMap<>();
    try (GitLedgerStore store = open(remote.url(), temp.resolve("batch"))) {
      load(store);
      for (int round = -2; round < rounds; round++) {
        List<List<LedgerEdit>> commits = commits(++edition);
        Instant now = BEGIN.plusSeconds(edition);
        long start = System.nanoTime();
        for (List<LedgerEdit> edits : commits) {
          commit(store, edits, now);
        }
        double ours = millis(start);
        double whole = fastImport(import1, IMPORT.stream(commits, now, ""));
        double each = fastImport(import2, IMPORT.stream(commits, now, "checkpoint\n\n"));
        if (round >= 0) {
          add(results, "ours", BATCH / ours * 1e3);
          add(results, "whole", BATCH / whole * 1e3);
          add(results, "each", BATCH / each * 1e3);
          add(results, "ratio", whole / ours);
          add(results, "ratioEach", each / ours);
        }
      }
      same(temp.resolve("batch/ledger.git"), import1.path());
    }
    figures.add("batch_rate", "records a second", of(results, "ours"), "1/s");
    figures.add(
        "batch_import_rate", "git fast-import, synced at its end", of(results, "whole"), "1/s");
    figures.add(
        "batch_import_each_rate",
        "git fast-import, synced each commit",
        of(results, "each"),
        "1/s");
    figures.add(
        "batch_ratio",
        "ours by fast-import's, synced at its end",
        of(results, "ratio"),
        "times",
        new Bar.AtLeast(0.25));
    figures.add(
        "batch_ratio_each",
        "ours by fast-import's, synced each commit",
        of(results, "ratioEach"),
        "times");
  }

  private GitCli copy(RemoteRepository remote, String name) {
    GitCli.bare(temp.resolve(name))
        .run("fetch", "--quiet", remote.url(), "refs/heads/*:refs/heads/*");
    return GitCli.in(temp.resolve(name));
  }

  private static List<List<LedgerEdit>> commits(int edition) {
    return IntStream.range(0, BATCH / EDITS_A_COMMIT)
        .mapToObj(
            part ->
                IntStream.range(0, EDITS_A_COMMIT)
                    .mapToObj(
                        i -> edit((edition * 37 + part * EDITS_A_COMMIT + i) % 10_000, edition))
                    .toList())
        .toList();
  }

  /// @return milliseconds
  private static double fastImport(GitCli git, byte[] stream) {
    long start = System.nanoTime();
    FastImport.durably(git, stream);
    return millis(start);
  }

  /// The same work gave the same tree.
  private static void same(Path ours, Path theirs) {
    String tree = BRANCH + "^{tree}";
    if (!GitCli.in(ours).run("rev-parse", tree).equals(GitCli.in(theirs).run("rev-parse", tree))) {
      throw new IllegalStateException("the ledgers are not the same");
    }
  }

  // --- rest

  private void rest() throws IOException {
    int rounds = length.choose(300, 50);
    figures.say("rest: the remote has nothing new, " + rounds + " looks through HTTP");
    RemoteRepository remote = RemoteRepository.create(temp.resolve("http/rest.git"));
    LedgerScaleTest.seed(remote, 10_000);
    Path state = temp.resolve("rest");
    try (HttpGitServer server = HttpGitServer.plain(temp.resolve("http"));
        Wire wire = Wire.to(URI.create(server.url("rest.git")).getPort());
        GitLedgerStore store =
            open(
                "http://%s:%s@localhost:%d/rest.git"
                    .formatted(HttpGitServer.USER, HttpGitServer.PASSWORD, wire.port()),
                state)) {
      load(store);
      for (int warm = 0; warm < rounds / 2; warm++) {
        look(store);
      }
      int objects = ObjectFiles.all(state).size();
      long received = wire.received();
      int requests = server.authorizations().size();
      List<Double> times = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        times.add(look(store));
      }
      figures.add("rest_look_ms", "one look", Spread.median(times), "ms");
      figures.add(
          "rest_requests",
          "HTTP requests a look",
          Spread.of((server.authorizations().size() - requests) / (double) rounds),
          "");
      figures.add(
          "rest_bytes",
          "bytes from the server, a look",
          Spread.of((wire.received() - received) / (double) rounds),
          "bytes",
          new Bar.Below(2_048));
      figures.add(
          "rest_files",
          "files with objects that came of all looks",
          Spread.of((double) (ObjectFiles.all(state).size() - objects)),
          "",
          new Bar.Exactly(0));
    }
  }

  private static double look(GitLedgerStore store) {
    long start = System.nanoTime();
    if (!store.look().equals(new Push.Pushed(0))) {
      throw new IllegalStateException("there is something new");
    }
    return millis(start);
  }

  // --- history

  private void history() throws Exception {
    int commits = length.choose(100_000, 20_000);
    figures.say("history: " + commits + " commits of one change each among 16,384 addresses");
    RemoteRepository remote = RemoteRepository.create(temp.resolve("history.git"));
    importCommits(remote, commits);
    Path state = temp.resolve("history");
    try (GitLedgerStore store = open(remote.url(), state)) {
      load(store);
      commit(store, List.of(edit(77, ++edition)), BEGIN.plusSeconds(commits));
      String path = RecordPath.of(record(77, 0).address());
      String repository = state.resolve("ledger.git").toString();
      figures.add(
          "history_before_ms",
          "of one address, in a new process, before packing",
          Spread.of(child("history", repository, path)),
          "ms");
      long start = System.nanoTime();
      store
          .pack(PackNeed.ANY)
          .ifPresent(
              failure -> {
                throw new IllegalStateException(failure.toString());
              });
      figures.add("pack_ms", "the packing job", Spread.of(millis(start)), "ms");
      List<Double> cold = new ArrayList<>();
      for (int round = 0; round < length.choose(7, 3); round++) {
        cold.add(child("history", repository, path));
      }
      figures.add(
          "history_ms",
          "of one address, in a new process",
          Spread.median(cold),
          "ms",
          new Bar.Below(1_000));
      start = System.nanoTime();
      store.pack(PackNeed.ANY);
      figures.add("pack_again_ms", "the packing job, nothing new", Spread.of(millis(start)), "ms");
    }
  }

  private static void importCommits(RemoteRepository remote, int commits) throws Exception {
    LedgerScaleTest.seed(remote, ADDRESSES);
    FastImport.each(
        remote.git().path(),
        IntStream.range(0, commits)
            .mapToObj(
                i ->
                    IMPORT.commit(
                        List.of(edit((int) (i * 2_654_435_761L % ADDRESSES), i)),
                        "op-" + i,
                        BEGIN.plusSeconds(i),
                        i == 0)));
  }

  private static void measureHistory(Path repository, String path) {
    IpAddress address = RecordPath.parse(path).orElseThrow();
    long start = System.nanoTime();
    int found = found(LedgerHistory.open(repository, BRANCH), address);
    System.out.println(millis(start));
    if (found < 2) {
      throw new IllegalStateException(found + " changes");
    }
  }

  private static int found(LedgerHistory.Answer<LedgerHistory> opened, IpAddress address) {
    return switch (opened) {
      case LedgerHistory.Answer.Found<LedgerHistory>(LedgerHistory history) -> {
        try (history) {
          yield switch (history.of(address)) {
            case LedgerHistory.Answer.Found<AddressHistory>(AddressHistory steps) ->
                steps.steps().size();
            case LedgerHistory.Answer.Failed<AddressHistory>(String why) ->
                throw new IllegalStateException(why);
          };
        }
      }
      case LedgerHistory.Answer.Failed<LedgerHistory>(String why) ->
          throw new IllegalStateException(why);
    };
  }
}
