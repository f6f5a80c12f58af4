// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Problem;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.internal.storage.dfs.DfsRepositoryDescription;
import org.eclipse.jgit.internal.storage.dfs.InMemoryRepository;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.junit.jupiter.api.Test;

/// Which files of a commit count, given `.gitlbignore`.
class ConfigTreeTest {

  private final InMemoryRepository repository =
      new InMemoryRepository(new DfsRepositoryDescription("config"));
  private final ObjectInserter inserter = repository.newObjectInserter();
  private final DirCache index = DirCache.newInCore();
  private final DirCacheBuilder builder = index.builder();

  private ConfigTreeTest file(String path, String text) throws IOException {
    return entry(path, text, FileMode.REGULAR_FILE);
  }

  private ConfigTreeTest entry(String path, String text, FileMode mode) throws IOException {
    DirCacheEntry entry = new DirCacheEntry(path);
    entry.setFileMode(mode);
    entry.setObjectId(inserter.insert(Constants.OBJ_BLOB, text.getBytes(UTF_8)));
    builder.add(entry);
    return this;
  }

  private ConfigTree.Content read(String... paths) throws IOException {
    builder.finish();
    ObjectId tree = index.writeTree(inserter);
    inserter.flush();
    try (ObjectReader reader = repository.newObjectReader()) {
      return ConfigTree.read(reader, tree, List.of(paths));
    }
  }

  private static List<String> paths(ConfigTree.Content content) {
    assertEquals(List.of(), content.problems());
    return content.files().stream().map(ConfigFile::path).toList();
  }

  private static List<String> problems(ConfigTree.Content content) {
    return content.problems().stream().map(Problem::toString).toList();
  }

  @Test
  void whatIsIgnoredAtTheRootIsNotRead() throws IOException {
    file(".gitlbignore", "# of other programs\nkustomization.yaml\n/shared/apps/\n\n*.json\n")
        .file("clusters/lab/kustomization.yaml", "foreign")
        .file("clusters/lab/pools.yaml", "ours")
        .file("clusters/lab/x.json", "foreign")
        .file("shared/apps/app.yaml", "foreign")
        .file("shared/peers.yaml", "ours");
    assertEquals(
        List.of("clusters/lab/pools.yaml", "shared/peers.yaml"),
        paths(read("clusters/lab", "shared")));
  }

  @Test
  void theNearestFileDecidesAndTheLastLineThatFits() throws IOException {
    file(".gitlbignore", "helm-*.yaml\n")
        .file("shared/.gitlbignore", "!helm-pools.yaml\ntmp*\n!tmp-kept.yaml\n")
        .file("shared/helm-pools.yaml", "ours")
        .file("shared/helm-values.yaml", "foreign")
        .file("shared/tmp.yaml", "foreign")
        .file("shared/tmp-kept.yaml", "ours")
        .file("shared/sub/tmp1.yaml", "foreign")
        .file("clusters/lab/helm-pools.yaml", "foreign")
        .file("clusters/lab/tmp.yaml", "ours");
    assertEquals(
        List.of("clusters/lab/tmp.yaml", "shared/helm-pools.yaml", "shared/tmp-kept.yaml"),
        paths(read("clusters/lab", "shared")));
  }

  @Test
  void nothingComesBackFromAnIgnoredDirectory() throws IOException {
    file(".gitlbignore", "vendor/\n!vendor/pools.yaml\n")
        .file("shared/vendor/pools.yaml", "foreign")
        .file("shared/vendor/.gitlbignore", "!pools.yaml\n")
        .file("shared/pools.yaml", "ours");
    assertEquals(List.of("shared/pools.yaml"), paths(read("shared", "shared/vendor/pools.yaml")));
  }

  @Test
  void linksAndSubmodulesMayBeIgnored() throws IOException {
    file(".gitlbignore", "/shared/link.yaml\n")
        .entry("shared/link.yaml", "../x.yaml", FileMode.SYMLINK)
        .file("shared/pools.yaml", "ours");
    assertEquals(List.of("shared/pools.yaml"), paths(read("shared")));
  }

  @Test
  void ignoringEverythingIsAnEmptyPath() throws IOException {
    file(".gitlbignore", "*\n").file("shared/pools.yaml", "ours");
    assertTrue(problems(read("shared")).getFirst().startsWith("shared: GLB1005 "));
  }

  @Test
  void oneOfSeveralPathsMayBeMissing() throws IOException {
    file("shared/pools.yaml", "ours");
    assertEquals(List.of("shared/pools.yaml"), paths(read("clusters/lab", "shared")));
  }

  @Test
  void aLineThatIsNoPatternIsAProblem() throws IOException {
    file(".gitlbignore", "*.json\n[a-\n").file("shared/pools.yaml", "ours");
    assertEquals(
        List.of(".gitlbignore:2:1: GLB1007 \"[a-\" is no pattern of .gitignore"),
        problems(read("shared")));
  }

  @Test
  void theFileItselfIsPlainTextOfBoundedLength() throws IOException {
    entry("a/.gitlbignore", "../x", FileMode.SYMLINK)
        .file("b/.gitlbignore", "x\n".repeat(10_000))
        .file("c/.gitlbignore", "a\u0000b\n")
        .file("a/pools.yaml", "ours")
        .file("b/pools.yaml", "ours")
        .file("c/pools.yaml", "ours");
    List<String> found = problems(read("."));
    assertEquals(3, found.size(), found::toString);
    assertTrue(found.get(0).startsWith("a/.gitlbignore: GLB1002 "), found::toString);
    assertTrue(found.get(1).startsWith("b/.gitlbignore: GLB1001 "), found::toString);
    assertTrue(found.get(2).startsWith("c/.gitlbignore:1:"), found::toString);
  }

  @Test
  void aPatternThatTakesForEverIsGivenUp() throws IOException {
    file(".gitlbignore", "*a".repeat(40) + "b\n").file("shared/" + "a".repeat(200) + ".yaml", "x");
    List<String> found =
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> problems(read("shared")));
    assertEquals(
        List.of(
            ".gitlbignore: GLB1001 takes too long; write fewer patterns, with fewer asterisks"
                + " each"),
        found);
  }
}
