// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.git.RemoteRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

class ValidateCommandTest {

  private static final String GOOD =
      """
      apiVersion: metallb.io/v1beta1
      kind: IPAddressPool
      metadata:
        name: lan
      spec:
        addresses:
          - 10.77.0.100-10.77.0.109
      ---
      apiVersion: metallb.io/v1beta1
      kind: L2Advertisement
      metadata:
        name: lan
      """;

  private static final String BAD = GOOD.replace("addresses:", "adresses:");

  @TempDir Path temp;

  private PlanDesk.Run validate(String... arguments) {
    return PlanDesk.run(new CommandLine(new ValidateCommand()), arguments);
  }

  private Path file(String path, String text) throws IOException {
    Path file = temp.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  @Test
  void aGoodDirectoryIsFineForEveryCluster() throws IOException {
    file("clusters/a/lan.yaml", GOOD);
    file("clusters/b/lan.yaml", GOOD.replace("10.77.0", "10.78.0"));
    PlanDesk.Run run = validate(temp.toString());
    assertEquals(0, run.exit(), run.toString());
    assertEquals(temp + ", clusters a, b: no problem\n", run.out());
  }

  @Test
  void problemsAreNamedByFileAndLineInEveryForm() throws IOException {
    file("clusters/a/lan.yaml", BAD);
    Path b = file("clusters/b/lan.yaml", BAD);
    PlanDesk.Run text = validate(temp.toString());
    assertEquals(1, text.exit());
    assertTrue(text.out().contains(b + ":6:3: error GLB1204 "), text.out());
    PlanDesk.Run github = validate(temp.toString(), "-o", "github");
    assertEquals(1, github.exit());
    assertTrue(
        github.out().contains("::error file=" + b + ",line=6,col=3,title=GLB1204::"), github.out());
    for (String form : new String[] {"json", "sarif"}) {
      PlanDesk.Run run = validate(temp.toString(), "-o", form);
      assertEquals(1, run.exit());
      assertIsJson(run.out());
      assertTrue(run.out().contains("GLB1204"), run.out());
    }
  }

  private static void assertIsJson(String text) {
    try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
      while (parser.nextToken() != null) {
        assertTrue(parser.currentToken() != null);
      }
    }
  }

  @Test
  void aCommitIsReadAsItIs() throws IOException {
    RemoteRepository repository = RemoteRepository.create(temp.resolve("config.git"));
    repository.on("main").file("clusters/a/lan.yaml", GOOD).commit();
    repository.git().run("branch", "bad", "main");
    repository
        .on("bad")
        .file("shared/x.yaml", "kind: {")
        .link("shared/y.yaml", "/etc/passwd")
        .commit();
    String path = repository.git().path().toString();
    assertEquals(0, validate("main", "--repo", path).exit());
    PlanDesk.Run bad = validate("bad", "--repo", path);
    assertEquals(1, bad.exit());
    assertTrue(bad.out().contains("shared/x.yaml:1:"), bad.out());
    assertTrue(bad.out().contains("shared/y.yaml: error GLB1002"), bad.out());
    PlanDesk.Run nothing = validate("nothing", "--repo", path);
    assertEquals(1, nothing.exit());
    assertTrue(nothing.err().contains("neither a directory nor a commit"), nothing.err());
  }

  @Test
  void linksAndRepositoriesInADirectoryAreRefusedAsInACommit() throws IOException {
    file("clusters/a/lan.yaml", GOOD);
    Files.createSymbolicLink(temp.resolve("clusters/a/z.yaml"), Path.of("/etc/passwd"));
    file("clusters/a/module/.git", "gitdir: elsewhere\n");
    PlanDesk.Run run = validate(temp.toString());
    assertTrue(run.out().contains("GLB1002"), run.out());
    assertTrue(run.out().contains("GLB1003"), run.out());
  }

  @Test
  void aDirectoryWithoutClustersIsOneConfiguration() throws IOException {
    file("lan.yaml", GOOD);
    assertEquals(0, validate(temp.toString()).exit());
    assertEquals(1, validate(temp.toString(), "--cluster", "a").exit());
  }

  @Test
  void anAddressIsOneClusters() throws IOException {
    file("clusters/a/lan.yaml", GOOD);
    file("clusters/b/lan.yaml", GOOD);
    PlanDesk.Run run = validate(temp.toString());
    assertEquals(1, run.exit(), run.out());
    assertTrue(run.out().contains("pool lan of cluster a"), run.out());
  }
}
