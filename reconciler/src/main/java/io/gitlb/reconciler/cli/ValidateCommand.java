// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.cli;

import io.gitlb.reconciler.git.DirectoryTree;
import io.gitlb.reconciler.git.LocalRepository;
import io.gitlb.reconciler.git.LocalRepository.Commit;
import io.gitlb.reconciler.git.LocalRepository.ConfigFiles;
import io.gitlb.reconciler.report.ProblemReport;
import io.gitlb.schema.check.FleetChecks;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.Severity;
import io.gitlb.schema.model.SourcePlace;
import io.gitlb.schema.value.ClusterName;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `gitlb validate`.
@Command(
    name = "validate",
    description = {
      "Checks a configuration as the reconciler does before it uses it: a directory of files, or a"
          + " commit. Names every problem with file, line and code; schema/CODES.md explains the"
          + " codes."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:nothing is wrong; there may be warnings",
      "1:errors, or warnings with --warnings-as-errors, or nothing could be read",
      "64:wrong options or arguments"
    })
public final class ValidateCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      index = "0",
      arity = "0..1",
      defaultValue = ".",
      paramLabel = "DIR|REV",
      description =
          "a directory with clusters/ in it, or any other with documents; or a commit of --repo"
              + " (default: the current directory)")
  private String subject = ".";

  @Option(
      names = "--repo",
      defaultValue = ".",
      paramLabel = "DIR",
      description = "where a commit is looked up (default: ${DEFAULT-VALUE})")
  private Path repository = Path.of(".");

  @Option(
      names = "--cluster",
      paramLabel = "NAME",
      description =
          "only this cluster (default: every folder below clusters/, and all of them together)")
  private @Nullable String cluster;

  @Option(
      names = "--config-path",
      split = ",",
      paramLabel = "DIR",
      description = "folders that the reconciler reads (default: clusters/CLUSTER and shared)")
  private List<String> paths = List.of();

  @Option(
      names = {"-o", "--output"},
      defaultValue = "text",
      paramLabel = "FORM",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private Output output = Output.TEXT;

  @Option(names = "--warnings-as-errors", description = "exit 1 for a warning, too")
  private boolean strict;

  /// In which form problems are printed.
  enum Output {
    TEXT,
    JSON,
    /// For code scanning.
    SARIF,
    /// Annotations of GitHub Actions.
    GITHUB;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Where definitions are read from.
  private interface Source {

    ConfigFiles files(List<String> paths) throws IOException;

    SortedSet<String> directories(String path) throws IOException;
  }

  @Override
  public Integer call() throws IOException, CommandFailure {
    ProblemReport report =
        Files.isDirectory(Path.of(subject)) ? ofDirectory(Path.of(subject)) : ofCommit();
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    out.print(
        switch (output) {
          case TEXT -> report.text();
          case JSON -> report.json();
          case SARIF -> report.sarif();
          case GITHUB -> report.github();
        });
    out.flush();
    boolean fails =
        report.count(Severity.ERROR) > 0 || (strict && report.count(Severity.WARNING) > 0);
    return fails ? 1 : 0;
  }

  private ProblemReport ofDirectory(Path directory) throws IOException {
    try (DirectoryTree tree = DirectoryTree.read(directory)) {
      Source source =
          new Source() {
            @Override
            public ConfigFiles files(List<String> from) throws IOException {
              return tree.files(from);
            }

            @Override
            public SortedSet<String> directories(String path) throws IOException {
              return tree.directories(path);
            }
          };
      // As the person or the machine that reads it finds the file from here.
      Path normal = directory.normalize();
      return report(source, file -> normal.resolve(file).toString().replace('\\', '/'));
    }
  }

  private ProblemReport ofCommit() throws IOException, CommandFailure {
    try (LocalRepository opened = LocalRepository.open(repository)) {
      Commit commit =
          opened
              .find(subject)
              .orElseThrow(
                  () ->
                      new CommandFailure(
                          "'%s' is neither a directory nor a commit of %s"
                              .formatted(subject, repository)));
      Source source =
          new Source() {
            @Override
            public ConfigFiles files(List<String> from) throws IOException {
              return opened.files(commit.id(), from);
            }

            @Override
            public SortedSet<String> directories(String path) throws IOException {
              return opened.directories(commit.id(), path);
            }
          };
      return report(source, file -> file);
    }
  }

  private ProblemReport report(Source source, UnaryOperator<String> shown) throws IOException {
    SortedSet<String> clusters =
        cluster == null ? source.directories("clusters") : new TreeSet<>(List.of(cluster));
    List<Problem> problems = new ArrayList<>();
    if (!paths.isEmpty() || clusters.isEmpty()) {
      add(problems, source.files(paths.isEmpty() ? List.of(".") : paths));
    }
    if (paths.isEmpty()) {
      SortedMap<ClusterName, Definitions> fleet = new TreeMap<>();
      for (String name : clusters) {
        add(problems, source.files(ConfigAt.paths(name)))
            .ifPresent(definitions -> fleet.put(new ClusterName(name), definitions));
      }
      problems.addAll(FleetChecks.check(fleet));
    }
    return new ProblemReport(
        subject,
        clusters,
        problems.stream().map(problem -> at(problem, shown)).toList(),
        PlanCommand.tool(Objects.requireNonNull(spec)));
  }

  private static Optional<Definitions> add(List<Problem> problems, ConfigFiles files) {
    ConfigAt config = ConfigAt.of(files);
    problems.addAll(config.problems());
    problems.addAll(config.warnings());
    return config.definitions();
  }

  private static Problem at(Problem problem, UnaryOperator<String> shown) {
    SourcePlace place = problem.place();
    return new Problem(
        new SourcePlace(shown.apply(place.file()), place.line(), place.column()),
        problem.code(),
        problem.message());
  }
}
