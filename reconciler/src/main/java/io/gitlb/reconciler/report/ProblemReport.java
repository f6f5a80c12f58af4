// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.report;

import io.gitlb.reconciler.report.JsonText.Members;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.Severity;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What is wrong in a configuration, for a terminal and for the machines that show it beside the
/// line.
///
/// @param subject what was looked at, in words
/// @param clusters whose configurations were looked at
/// @param problems errors and warnings, sorted by file and line
/// @param tool name and version of the program
public record ProblemReport(
    String subject, SortedSet<String> clusters, List<Problem> problems, String tool) {

  public ProblemReport {
    clusters = Collections.unmodifiableSortedSet(new TreeSet<>(clusters));
    problems = problems.stream().distinct().sorted().toList();
  }

  /// How many there are.
  public int count(Severity severity) {
    return (int) problems.stream().filter(problem -> problem.severity() == severity).count();
  }

  /// One line a problem, then a line with the counts.
  public String text() {
    StringBuilder text = new StringBuilder();
    for (Problem problem : problems) {
      text.append(problem.place())
          .append(": ")
          .append(word(problem))
          .append(' ')
          .append(problem.code().code())
          .append(' ')
          .append(problem.message())
          .append('\n');
    }
    return text.append(summary()).append('\n').toString();
  }

  private String summary() {
    String of = subject + (clusters.isEmpty() ? "" : ", clusters " + String.join(", ", clusters));
    return problems.isEmpty()
        ? of + ": no problem"
        : of
            + ": "
            + Words.count(count(Severity.ERROR), "error")
            + ", "
            + Words.count(count(Severity.WARNING), "warning");
  }

  /// Commands that GitHub Actions turns into annotations, then the summary.
  public String github() {
    StringBuilder text = new StringBuilder();
    for (Problem problem : problems) {
      text.append("::")
          .append(word(problem))
          .append(" file=")
          .append(property(problem.place().file()));
      if (problem.place().line() > 0) {
        text.append(",line=").append(problem.place().line());
        text.append(",col=").append(problem.place().column());
      }
      text.append(",title=")
          .append(problem.code().code())
          .append("::")
          .append(data(problem.message()))
          .append('\n');
    }
    return text.append(summary()).append('\n').toString();
  }

  private static String data(String text) {
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
  }

  private static String property(String text) {
    return data(text).replace(":", "%3A").replace(",", "%2C");
  }

  private static String word(Problem problem) {
    return problem.severity().name().toLowerCase(Locale.ROOT);
  }

  /// For machines in general.
  public String json() {
    List<Members> found =
        problems.stream()
            .map(problem -> PlanJson.problem(problem).put("severity", word(problem)))
            .toList();
    return JsonText.write(
        new Members()
            .put("format_version", PlanJson.FORMAT_VERSION)
            .put("clusters", List.copyOf(clusters))
            .put("errors", count(Severity.ERROR))
            .put("warnings", count(Severity.WARNING))
            .put("problems", found)
            .put("tool", tool));
  }

  /// SARIF 2.1.0, for code scanning.
  public String sarif() {
    // code → its rule; in the order of the codes
    SortedMap<String, Members> rules = new TreeMap<>();
    List<Members> results = new ArrayList<>();
    for (Problem problem : problems) {
      String code = problem.code().code();
      rules.put(
          code,
          new Members()
              .put("id", code)
              .put("name", problem.code().name())
              .put(
                  "shortDescription",
                  new Members()
                      .put(
                          "text",
                          problem.code().name().toLowerCase(Locale.ROOT).replace('_', ' '))));
      results.add(
          new Members()
              .put("ruleId", code)
              .put("level", word(problem))
              .put("message", new Members().put("text", problem.message()))
              .put("locations", List.of(location(problem))));
    }
    Members driver =
        new Members()
            .put("name", "gitlb")
            .put("version", tool)
            .put("rules", List.copyOf(rules.values()));
    return JsonText.write(
        new Members()
            .put("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
            .put("version", "2.1.0")
            .put(
                "runs",
                List.of(
                    new Members()
                        .put("tool", new Members().put("driver", driver))
                        .put("results", results))));
  }

  private static Members location(Problem problem) {
    Members physical =
        new Members()
            .put("artifactLocation", new Members().put("uri", uri(problem.place().file())));
    if (problem.place().line() > 0) {
      physical.put(
          "region",
          new Members()
              .put("startLine", problem.place().line())
              .put("startColumn", Math.max(1, problem.place().column())));
    }
    return new Members().put("physicalLocation", physical);
  }

  /// A relative reference (RFC 3986): what is not unreserved or a slash is percent-encoded.
  private static String uri(String path) {
    StringBuilder uri = new StringBuilder();
    for (byte octet : path.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (octet & 0xFF);
      boolean isPlain = c < 0x80 && (Character.isLetterOrDigit(c) || "-._~/".indexOf(c) >= 0);
      uri.append(isPlain ? String.valueOf(c) : String.format(Locale.ROOT, "%%%02X", (int) c));
    }
    return uri.toString();
  }
}
