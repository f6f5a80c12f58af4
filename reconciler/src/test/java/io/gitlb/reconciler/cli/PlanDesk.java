// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.ViewBuilder;
import io.gitlb.reconciler.facts.Facts;
import io.gitlb.reconciler.facts.FactsText;
import io.gitlb.reconciler.git.BotIdentity;
import io.gitlb.reconciler.git.GitCredentials;
import io.gitlb.reconciler.git.GitLedgerStore;
import io.gitlb.reconciler.git.GitRemote;
import io.gitlb.reconciler.git.RemoteRepository;
import io.gitlb.reconciler.ledger.LedgerBatch;
import io.gitlb.reconciler.ledger.LedgerBatch.FileEdit;
import io.gitlb.reconciler.loop.LedgerStore.CommitNote;
import io.gitlb.reconciler.loop.LedgerStore.Load;
import io.gitlb.reconciler.loop.LedgerStore.Push;
import io.gitlb.reconciler.plan.Plan;
import io.gitlb.reconciler.plan.PlanInput;
import io.gitlb.reconciler.plan.PlanInput.Adoption;
import io.gitlb.reconciler.plan.PlanInput.SpeakerFacts;
import io.gitlb.reconciler.plan.Planner;
import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.ReadResult;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.yaml.DefinitionReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import picocli.CommandLine;

/// A repository with a configuration, a ledger and facts, all written by our own code, and the
/// commands that look at it.
final class PlanDesk {

  static final Instant NOW = Instant.parse("2026-01-02T12:00:00Z");
  private static final ClusterName CLUSTER = new ClusterName("demo");

  final ViewBuilder view = new ViewBuilder();
  final RemoteRepository repository;
  private final Path state;
  private final SortedSet<NodeName> speakers = new TreeSet<>();
  private final SortedMap<IpAddress, NodeName> owners = new TreeMap<>();

  PlanDesk(Path directory) {
    repository = RemoteRepository.create(directory.resolve("config.git"));
    state = directory.resolve("state");
  }

  /// Sound nodes with speakers.
  PlanDesk nodes(String... names) {
    for (String name : names) {
      view.node(name);
      speakers.add(new NodeName(name));
    }
    return this;
  }

  PlanDesk owner(String address, String node) {
    owners.put(IpAddress.of(address), new NodeName(node));
    return this;
  }

  /// A commit on a branch that begins where main is, with one file in the cluster's folder.
  String commit(String branch, String file, String text) {
    boolean isNew =
        !branch.equals("main")
            && repository.git().run("for-each-ref", "refs/heads/" + branch).isEmpty();
    if (isNew) {
      repository.git().run("branch", branch, "main");
    }
    return repository.on(branch).file("clusters/demo/" + file, text).commit();
  }

  static Definitions read(String yaml) {
    ReadResult result = DefinitionReader.read(List.of(new ConfigFile("test.yaml", yaml)));
    return assertInstanceOf(ReadResult.Accepted.class, result, result::toString).definitions();
  }

  /// Gives every Service of the view what main gives it, and writes that down.
  ///
  /// @param yaml all of main's definitions
  PlanDesk settle(String yaml) {
    return settle(yaml, facts());
  }

  /// The same without facts.
  PlanDesk settleWithoutFacts(String yaml) {
    return settle(yaml, List.of());
  }

  private PlanDesk settle(String yaml, List<FileEdit> files) {
    try (GitLedgerStore store = open()) {
      Load.Loaded loaded = assertInstanceOf(Load.Loaded.class, store.load());
      String commit = repository.head("main");
      Plan plan =
          Planner.planOnce(
              new PlanInput(
                  read(yaml),
                  commit,
                  Optional.empty(),
                  loaded.ledger(),
                  view.build(),
                  SpeakerFacts.NONE,
                  Adoption.CLOSED,
                  NOW.minusSeconds(86_400)));
      store.commit(
          new LedgerBatch(plan.edits(), files),
          new CommitNote(ViewBuilder.CLUSTER_UID, commit, 1, NOW.minusSeconds(3600)));
      assertInstanceOf(Push.Pushed.class, store.push());
    }
    return this;
  }

  private GitLedgerStore open() {
    return new GitLedgerStore(
        GitRemote.of(repository.url(), GitLedgerStore.branch(CLUSTER), GitCredentials.NONE),
        BotIdentity.of(CLUSTER),
        state);
  }

  private List<FileEdit> facts() {
    ClusterView live = view.build();
    Facts facts = new Facts(NOW.minusSeconds(3600), live, speakers, SnapshotMap.copyOf(owners));
    List<FileEdit> files = new ArrayList<>();
    SortedMap<String, String> texts = new TreeMap<>(FactsText.files(facts));
    texts.put(Facts.AS_OF, FactsText.asOf(facts.asOf(), live.clusterUid()));
    texts.forEach((path, text) -> files.add(new FileEdit(path, Optional.of(text), "note " + path)));
    return files;
  }

  /// What a command printed and how it ended.
  record Run(int exit, String out, String err) {}

  /// `gitlb plan` on this repository and cluster.
  Run plan(String... arguments) {
    return run(
        new CommandLine(new PlanCommand(() -> NOW)),
        Stream.concat(
                Stream.of("--repo", repository.git().path().toString(), "--cluster", "demo"),
                Arrays.stream(arguments))
            .toArray(String[]::new));
  }

  static Run run(CommandLine command, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        command
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(arguments);
    return new Run(exit, out.toString(), err.toString());
  }
}
