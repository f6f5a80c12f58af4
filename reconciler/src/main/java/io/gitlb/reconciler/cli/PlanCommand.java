// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.cli;

import io.gitlb.reconciler.cli.PlanWork.PlanRequest;
import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.git.LocalRepository;
import io.gitlb.reconciler.kubernetes.ClusterScope;
import io.gitlb.reconciler.kubernetes.ClusterSnapshot;
import io.gitlb.reconciler.report.PlanJson;
import io.gitlb.reconciler.report.PlanMarkdown;
import io.gitlb.reconciler.report.PlanReport;
import io.gitlb.reconciler.report.PlanReport.Direction;
import io.gitlb.reconciler.report.PlanText;
import io.gitlb.reconciler.report.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `gitlb plan`.
@Command(
    name = "plan",
    description = {
      "Says what a change of the configuration does to live Services, before it is merged. Works"
          + " from a clone alone: the ledger branch allocations/CLUSTER knows who has what, and its"
          + " facts/ know the Services."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:no change",
      "1:the configuration would be refused, or the plan failed; stderr says why",
      "2:changes; no live Service is disrupted",
      "3:live Services lose their address, move, are held or are not announced any more, or that"
          + " cannot be ruled out",
      "64:wrong options or arguments"
    })
public final class PlanCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--repo",
      defaultValue = ".",
      paramLabel = "DIR",
      description = "a clone of the configuration repository (default: ${DEFAULT-VALUE})")
  private Path repository = Path.of(".");

  @Option(
      names = "--cluster",
      paramLabel = "NAME",
      description = "the cluster (default: each folder below clusters/)")
  private @Nullable String cluster;

  @Option(
      names = "--base",
      paramLabel = "REV",
      description =
          "what is in force (default: refs/gitlb/CLUSTER/accepted, where that was fetched; else"
              + " where HEAD left the config branch)")
  private @Nullable String base;

  @Option(
      names = "--head",
      defaultValue = "HEAD",
      paramLabel = "REV",
      description = "what is proposed (default: ${DEFAULT-VALUE})")
  private String head = "HEAD";

  @Option(
      names = "--revert",
      paramLabel = "REV",
      description = "instead of --head: what going back to that commit would do")
  private @Nullable String revert;

  @Option(
      names = "--config-branch",
      defaultValue = "main",
      paramLabel = "NAME",
      description = "the branch that the reconciler follows (default: ${DEFAULT-VALUE})")
  private String configBranch = "main";

  @Option(
      names = "--config-path",
      split = ",",
      paramLabel = "DIR",
      description = "folders that the reconciler reads (default: clusters/CLUSTER and shared)")
  private List<String> paths = List.of();

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description =
          "look at the live cluster instead of the facts on the ledger branch; nothing is written")
  private @Nullable Path kubeconfig;

  @Option(
      names = "--load-balancer-class",
      paramLabel = "CLASS",
      description = "with --kubeconfig: as the reconciler has it")
  private List<String> classes = List.of();

  @Option(
      names = "--secrets-namespace",
      defaultValue = ClusterScope.SECRETS_NAMESPACE,
      paramLabel = "NAME",
      description =
          "with --kubeconfig: where to look whether the Secrets that peers name are there; none is"
              + " shown; an empty one: nowhere (default: ${DEFAULT-VALUE})")
  private String secretsNamespace = ClusterScope.SECRETS_NAMESPACE;

  @Option(
      names = {"-o", "--output"},
      defaultValue = "text",
      paramLabel = "FORM",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private Output output = Output.TEXT;

  private final InstantSource clock;

  /// In which form the plan is printed.
  enum Output {
    TEXT,
    /// One comment on a pull request, below 60,000 characters.
    MARKDOWN,
    /// As `schema/plan-v1.schema.json` says.
    JSON;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// With the system's clock.
  public PlanCommand() {
    this(InstantSource.system());
  }

  /// @param clock what time it is
  PlanCommand(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public Integer call() throws IOException, CommandFailure {
    CommandSpec command = Objects.requireNonNull(spec);
    PrintWriter out = command.commandLine().getOut();
    List<PlanReport> reports = new ArrayList<>();
    Instant now = clock.instant();
    Optional<ClusterView> live = live();
    try (LocalRepository opened = LocalRepository.open(repository)) {
      for (String name : clusters(opened)) {
        reports.add(new PlanWork(opened, request(name, now, tool(command)), live).run());
      }
    }
    out.print(
        switch (output) {
          case TEXT -> reports.stream().map(PlanText::write).collect(Collectors.joining("\n"));
          case MARKDOWN -> PlanMarkdown.write(reports);
          case JSON -> PlanJson.write(reports);
        });
    out.flush();
    return reports.stream()
        .map(report -> Verdict.of(report).word())
        .max(Verdict.BY_WEIGHT)
        .map(PlanCommand::exitCode)
        .orElse(0);
  }

  private Optional<ClusterView> live() throws CommandFailure {
    if (kubeconfig == null) {
      return Optional.empty();
    }
    if (cluster == null) {
      throw new CommandFailure("--kubeconfig is about one cluster; name the --cluster");
    }
    try {
      List<String> secrets = secretsNamespace.isBlank() ? List.of() : List.of(secretsNamespace);
      return switch (ClusterSnapshot.read(kubeconfig, classes, secrets, clock)) {
        case ClusterSnapshot.Reading.Seen(ClusterView view) -> Optional.of(view);
        case ClusterSnapshot.Reading.Unseen(String why) -> throw new CommandFailure(why);
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted while the cluster was being read");
    }
  }

  private static int exitCode(Verdict.Word word) {
    return switch (word) {
      case NO_CHANGE -> 0;
      case REFUSED -> 1;
      case CHANGES -> 2;
      case DISRUPTS -> 3;
    };
  }

  static String tool(CommandSpec command) {
    String[] version = command.root().version();
    return version.length == 0 ? "gitlb" : version[0];
  }

  private SortedSet<String> clusters(LocalRepository opened) throws IOException, CommandFailure {
    if (cluster != null) {
      return new TreeSet<>(List.of(cluster));
    }
    SortedSet<String> names = new TreeSet<>();
    for (String revision : revert == null ? List.of(head) : List.of(revert)) {
      Optional<LocalRepository.Commit> commit = opened.find(revision);
      if (commit.isPresent()) {
        names.addAll(opened.directories(commit.get().id(), "clusters"));
      }
    }
    if (names.isEmpty()) {
      throw new CommandFailure("no folder below clusters/ in " + head + "; name the --cluster");
    }
    return names;
  }

  private PlanRequest request(String name, Instant now, String tool) {
    return new PlanRequest(
        name,
        revert == null ? Direction.FORWARD : Direction.REVERT,
        Optional.ofNullable(base),
        revert == null ? head : revert,
        configBranch,
        paths.isEmpty() ? ConfigAt.paths(name) : paths,
        now,
        tool);
  }
}
