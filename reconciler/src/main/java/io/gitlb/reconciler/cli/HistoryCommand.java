// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.cli;

import io.gitlb.reconciler.git.LedgerHistory;
import io.gitlb.reconciler.git.LedgerHistory.Answer;
import io.gitlb.reconciler.ledger.AddressHistory;
import io.gitlb.reconciler.ledger.ServiceHistory;
import io.gitlb.reconciler.report.HistoryJson;
import io.gitlb.reconciler.report.HistoryJson.Source;
import io.gitlb.reconciler.report.HistoryText;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `gitlb history`.
@Command(
    name = "history",
    description = {
      "Says who had an address when, or which addresses a Service had, from the ledger branch.",
      "Needs a clone that has the branch, no cluster and no reconciler; nothing is written.",
      "A commit-graph with changed paths makes it fast: git commit-graph write --reachable --changed-paths"
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:found",
      "1:never recorded, or the ledger cannot be read; stderr says which",
      "64:wrong options or arguments"
    })
public final class HistoryCommand implements Callable<Integer> {

  /// The argument is nothing that has a history.
  private static final String NEITHER = "GLB2061";

  /// How the answer is printed.
  enum Form {
    TEXT,
    JSON
  }

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "ADDRESS|NAMESPACE/SERVICE",
      description = "such as 192.0.2.10, 2001:db8::10 or shop/web")
  private String subject = "";

  @Option(
      names = "--at",
      paramLabel = "TIME",
      converter = MomentConverter.class,
      description =
          "only what held at that moment: 2026-05-03T14:05:00Z, 2026-05-03T14:05+02:00, or 2026-05-03 14:05 in UTC")
  private @Nullable Instant at;

  @Option(
      names = "--repo",
      defaultValue = ".",
      paramLabel = "DIR",
      description = "a clone or a bare repository with the ledger (default: ${DEFAULT-VALUE})")
  private Path repository = Path.of(".");

  @Option(
      names = "--branch",
      defaultValue = "",
      paramLabel = "NAME",
      description = "the ledger, allocations/CLUSTER (default: the only one that there is)")
  private String branch = "";

  @Option(
      names = "-o",
      paramLabel = "FORM",
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private Form form = Form.TEXT;

  @Override
  public Integer call() {
    Optional<IpAddress> address = IpAddress.parse(subject);
    Optional<ServiceRef> service = ServiceRef.parse(subject);
    if (address.isEmpty() && service.isEmpty()) {
      throw new ParameterException(
          spec().commandLine(),
          "%s '%s' is neither an address such as 192.0.2.10 nor a Service such as shop/web"
              .formatted(NEITHER, subject));
    }
    return switch (LedgerHistory.open(repository, branch)) {
      case Answer.Failed<LedgerHistory>(String why) -> failed(why);
      case Answer.Found<LedgerHistory>(LedgerHistory ledger) -> {
        try (ledger) {
          Source source = new Source(ledger.branch(), ledger.head());
          yield address.isPresent()
              ? print(ledger.of(address.get()), history -> shown(history, source))
              : print(ledger.of(service.orElseThrow()), history -> shown(history, source));
        }
      }
    };
  }

  private <T> int print(Answer<T> answer, Function<T, String> shown) {
    return switch (answer) {
      case Answer.Failed<T>(String why) -> failed(why);
      case Answer.Found<T>(T history) -> {
        PrintWriter out = spec().commandLine().getOut();
        out.print(shown.apply(history));
        out.flush();
        yield 0;
      }
    };
  }

  private String shown(AddressHistory history, Source source) {
    Instant moment = at;
    return switch (form) {
      case TEXT ->
          moment == null
              ? HistoryText.write(history, source.branch())
              : HistoryText.write(history, source.branch(), moment);
      case JSON ->
          moment == null
              ? HistoryJson.write(history, source)
              : HistoryJson.write(history, source, moment);
    };
  }

  private String shown(ServiceHistory history, Source source) {
    Instant moment = at;
    return switch (form) {
      case TEXT ->
          moment == null
              ? HistoryText.write(history, source.branch())
              : HistoryText.write(history, source.branch(), moment);
      case JSON ->
          moment == null
              ? HistoryJson.write(history, source)
              : HistoryJson.write(history, source, moment);
    };
  }

  private int failed(String why) {
    spec().commandLine().getErr().println("gitlb: history failed: " + why);
    return 1;
  }

  private CommandSpec spec() {
    return Objects.requireNonNull(spec, "set by picocli");
  }
}
