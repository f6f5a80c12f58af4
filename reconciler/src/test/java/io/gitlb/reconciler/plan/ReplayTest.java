// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.plan.PlanInput.Adoption;
import io.gitlb.reconciler.plan.PlanInput.SpeakerFacts;
import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.ReadResult;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.yaml.DefinitionReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Configurations as people write them: what every Service gets is written down beside each.
///
/// `replay/NAME/` has the documents of the config branch (`config/`), the cluster (`services.yaml`)
/// and `expected.txt`: a line a Service, `namespace/name: address[, address] | Reason`, with `-`
/// for no address.
class ReplayTest {

  /// Surefire starts in the module's directory.
  private static final Path ROOT = Path.of("src", "test", "resources", "replay");

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  static List<String> configurations() {
    return in(ROOT).map(path -> path.getFileName().toString()).toList();
  }

  private static Stream<Path> in(Path directory) {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths.sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ConfigFile file(Path path) {
    try {
      return new ConfigFile(path.getFileName().toString(), Files.readString(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Definitions definitions(String name) {
    List<ConfigFile> files =
        in(ROOT.resolve(name).resolve("config")).map(ReplayTest::file).toList();
    ReadResult result = DefinitionReader.read(files);
    return assertInstanceOf(ReadResult.Accepted.class, result, result::toString).definitions();
  }

  private static String expected(String name) {
    return file(ROOT.resolve(name).resolve("expected.txt"))
        .text()
        .lines()
        .filter(line -> !line.startsWith("#"))
        .collect(Collectors.joining("\n"));
  }

  private static PlanInput input(String name, Manifests cluster, Ledger ledger) {
    return new PlanInput(
        definitions(name),
        PlanStory.NO_COMMIT,
        Optional.empty(),
        ledger,
        cluster.view(),
        SpeakerFacts.NONE,
        Adoption.OPEN,
        NOW);
  }

  private static Manifests cluster(String name) {
    return Manifests.read(file(ROOT.resolve(name).resolve("services.yaml")));
  }

  private static String shown(Plan plan) {
    return plan.decisions().values().stream()
        .map(decision -> decision.service() + ": " + addresses(decision) + " | " + reason(decision))
        .collect(Collectors.joining("\n"));
  }

  private static String addresses(Decision decision) {
    return decision.addresses().isEmpty()
        ? "-"
        : decision.addresses().stream().map(IpAddress::toString).collect(Collectors.joining(", "));
  }

  /// As the condition says it.
  private static String reason(Decision decision) {
    Reason reason =
        switch (decision) {
          case Decision.Keep keep -> first(keep.notes());
          case Decision.Assign assign -> first(assign.notes());
          case Decision.Hold _ -> Reason.HELD;
          case Decision.Refuse refuse -> refuse.cause().reason();
          case Decision.Release release -> throw new AssertionError(release.toString());
        };
    return reason.text();
  }

  private static Reason first(List<Refusal> notes) {
    return notes.isEmpty() ? Reason.ALLOCATED : notes.getFirst().reason();
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void everyServiceGetsWhatIsWrittenBesideTheConfiguration(String name) {
    Plan plan = Planner.planOnce(input(name, cluster(name), Ledger.EMPTY));
    assertEquals(expected(name), shown(plan), plan::toString);
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void onceItIsRecordedAndShownNothingChangesAnyMore(String name) {
    Manifests cluster = cluster(name);
    Plan first = Planner.planOnce(input(name, cluster, Ledger.EMPTY));
    Ledger ledger = PlanStory.apply(Ledger.EMPTY, first.edits());
    Plan second = Planner.planOnce(input(name, cluster.showing(first), ledger));
    assertEquals(expected(name), shown(second), second::toString);
    assertEquals(List.of(), second.edits());
  }
}
