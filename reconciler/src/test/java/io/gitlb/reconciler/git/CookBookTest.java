// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The auditor's questions in `examples-repo/README.md`: each command as it stands there, run by
/// the real git in a clone of a ledger that our own code wrote, and its answer.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CookBookTest {

  private static final Path README =
      Path.of("..", "examples-repo", "README.md").toAbsolutePath().normalize();

  private static final String IPV4 = "v4/10/77/0/10.77.0.110.yaml";
  private static final String IPV6 =
      "v6/2001-0db8-0077-0000/00/2001-0db8-0077-0000-0000-0000-0000-0001.yaml";

  private static final String UNSIGNED =
      "Which commits of the ledger did the reconciler's key not sign? With signing on there should be none. The file allowed_signers has the line `reconciler` and the public key of --ledger-signing-key.";

  private LedgerStory story;
  private Path clone;

  // question → command (1:1), in the order of the page
  private final SequencedMap<String, String> questions = questions();

  @BeforeAll
  void start(@TempDir Path temp) {
    story = LedgerStory.write(temp);
    clone = temp.resolve("clone");
    Tool.run(List.of("git", "clone", "--quiet", story.repository().toString(), clone.toString()));
    try {
      Files.writeString(clone.resolve("allowed_signers"), LedgerStory.allowedSigner(temp) + "\n");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    run("Fetch the ledger, or what is new in it.");
  }

  /// Every comment of the chapter's shell blocks, and the command under it.
  private static SequencedMap<String, String> questions() {
    SequencedMap<String, String> found = new LinkedHashMap<>();
    String page = read();
    String chapter = page.substring(page.indexOf("## Who had which address"));
    for (String block : chapter.split("```")) {
      if (block.startsWith("sh\n")) {
        for (String entry : block.substring(3).strip().split("\n\n")) {
          // A question may go over several lines.
          String[] lines = entry.replace("\n# ", " ").split("\n", 2);
          assertTrue(lines[0].startsWith("# ") && lines.length == 2, entry);
          assertTrue(found.put(lines[0].substring(2), lines[1]) == null, entry);
        }
      }
    }
    return found;
  }

  private static String read() {
    try {
      return Files.readString(README);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// What the command under a question prints, far from UTC and without anybody's configuration.
  private String run(String question) {
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-euo", "pipefail", "-c", questions.get(question))
            .directory(clone.toFile())
            .redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("GIT_"));
    environment.putAll(
        Map.of(
            "GIT_CONFIG_GLOBAL", "/dev/null",
            "GIT_CONFIG_NOSYSTEM", "1",
            "GIT_PAGER", "cat",
            "LC_ALL", "C",
            "TZ", "America/New_York"));
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      assertEquals(0, process.waitFor(), () -> question + ": " + output);
      return output;
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private String commit(int step) {
    return story.commits().get(step).substring(0, 7);
  }

  private static String lines(String... lines) {
    return String.join("\n", lines);
  }

  /// question → its answer (1:1)
  private Map<String, String> answers() {
    Map<String, String> answers = new LinkedHashMap<>();
    answers.put("Fetch the ledger, or what is new in it.", "");
    answers.put(
        "Make the history of one address fast in a long ledger; once, and now and then again.", "");
    answers.put(
        "Everything that ever happened to it, newest first.",
        lines(
            "2026-05-04T09:00:00Z %s allocate 10.77.0.110 to demo/api from pool lan (automatic)"
                .formatted(commit(5)),
            "2026-05-03T16:01:00Z %s free 10.77.0.110 of pool lan, last held by demo/web"
                .formatted(commit(4)),
            "2026-05-03T15:01:00Z %s rest 10.77.0.110 of pool lan, last held by demo/web"
                .formatted(commit(3)),
            "2026-05-03T15:00:00Z %s release 10.77.0.110 from demo/web".formatted(commit(2)),
            "2026-05-03T14:00:00Z %s allocate 10.77.0.110 to demo/web from pool lan (automatic)"
                .formatted(commit(0))));
    answers.put(
        "Which change of the configuration was in force when it was last given, and whose was it?",
        story.configCommit().substring(0, 7) + " Someone change");
    answers.put("What is recorded now?", lines(IPV4, IPV6));
    answers.put("And on 3 May at 14:45?", lines(IPV4, IPV6));
    answers.put(
        "Which addresses have records that say so: held by an older configuration, for example?",
        "origin/allocations/demo:" + IPV6);
    answers.put(
        "Every address that was taken back from a Service in May.",
        "2026-05-03T15:00:00Z 10.77.0.110 demo/web");
    answers.put(
        "Every address whose record went away in May: free for anybody from then on.",
        lines("2026-05-03T16:01:00Z " + commit(4), "", IPV4));
    answers.put(
        "A table of all changes: when, what, address, Service, configuration.",
        lines(
            row("2026-05-03T14:00:00Z allocate 10.77.0.110 demo/web"),
            row("2026-05-03T14:30:00Z hold 2001:db8:77::1 demo/web"),
            row("2026-05-03T15:00:00Z release 10.77.0.110 demo/web"),
            row("2026-05-03T15:01:00Z rest 10.77.0.110 demo/web"),
            row("2026-05-03T16:01:00Z free 10.77.0.110 demo/web"),
            row("2026-05-04T09:00:00Z allocate 10.77.0.110 demo/api")));
    answers.put("Which addresses have a record with it now?", "origin/allocations/demo:" + IPV6);
    answers.put(
        "Commits of the ledger that no reconciler wrote. There should be none; the reconciler undoes what others push.",
        "");
    answers.put(UNSIGNED, "");
    answers.put(
        "What people changed in the configuration of this cluster.",
        "2026-01-02T03:04:05Z %s Someone change".formatted(story.configCommit().substring(0, 7)));
    answers.put("Has history been kept? Every commit of the branch is still there and whole.", "");
    return answers;
  }

  private String row(String start) {
    return start + " " + story.configCommit();
  }

  @Test
  void everyCommandGivesItsAnswer() {
    answers()
        .forEach(
            (question, answer) ->
                assertEquals(answer, run(question).replace("+00:00", "Z"), question));
  }

  @Test
  void withAnotherKeyEveryCommitIsUnsigned() throws IOException {
    Path signers = clone.resolve("allowed_signers");
    String right = Files.readString(signers);
    try {
      Files.writeString(signers, "");
      assertEquals(story.commits().size(), run(UNSIGNED).lines().count());
    } finally {
      Files.writeString(signers, right);
    }
  }

  @Test
  void aRecordTellsWhoSinceWhenAndWhy() {
    String record = run("Who has it, since when, and why?");
    assertTrue(record.contains("address: 10.77.0.110\n"), record);
    assertTrue(record.contains("since: \"2026-05-04T09:00:00Z\"\n"), record);
    assertTrue(record.contains("reason: automatic\n"), record);
    assertTrue(record.contains("    name: api\n"), record);
  }

  @Test
  void aDateGivesTheRecordOfThatTime() {
    String record = run("Who had it on 3 May at 14:05?");
    assertTrue(record.contains("state: allocated\n"), record);
    assertTrue(record.contains("    name: web\n"), record);
  }

  @Test
  void patchesShowEveryStep() {
    String patches =
        run(
            "The same with the whole record at each step; a file that goes away is an address that became free.");
    assertEquals(5, patches.lines().filter(line -> line.startsWith("diff --git")).count());
    assertTrue(patches.contains("deleted file mode 100644"), patches);
    assertTrue(patches.contains("\n-state: allocated\n+state: releasing\n"), patches);
  }

  @Test
  void aServiceIsFoundByItsTrailer() {
    assertEquals(
        List.of(commit(4), commit(3), commit(2), commit(1), commit(0)),
        run("Everything that ever happened to it.")
            .lines()
            .map(line -> line.split(" ")[1])
            .collect(Collectors.toList()));
  }

  /// Else a question would be on the page that no test asks.
  @Test
  void everyQuestionOfThePageIsAskedHere() {
    List<String> asked = new ArrayList<>(answers().keySet());
    asked.addAll(
        List.of(
            "Who has it, since when, and why?",
            "Who had it on 3 May at 14:05?",
            "The same with the whole record at each step; a file that goes away is an address that became free.",
            "Everything that ever happened to it."));
    assertEquals(
        asked.stream().sorted().toList(), questions.sequencedKeySet().stream().sorted().toList());
  }
}
