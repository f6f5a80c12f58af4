// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.loop.Boundaries;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeWriterTest {

  private static final int ROUNDS = Integer.getInteger("gitlb.random.rounds", 1);

  /// Names that sort differently as files and as directories.
  private static final List<String> NAMES =
      List.of("a", "a-b", "a.b", "a0", "b", "v4", "v4.yaml", "é", "10", "9");

  @TempDir Path temp;
  private GitCli git;
  private Mirror mirror;

  @BeforeEach
  void start() {
    mirror = new Mirror(temp.resolve("work.git"), "refs/heads/main");
    git = GitCli.in(temp.resolve("work.git"));
  }

  @AfterEach
  void stop() {
    mirror.close();
  }

  private ObjectId write(Optional<ObjectId> base, SortedMap<String, Optional<byte[]>> edits)
      throws IOException, GitProblemException {
    Repository repository = mirror.repository();
    try (ObjectReader reader = repository.newObjectReader();
        ObjectInserter inserter = repository.newObjectInserter()) {
      ObjectId tree = new TreeWriter(reader, inserter, Boundaries.NONE).write(base, edits);
      inserter.flush();
      return tree;
    }
  }

  private static Optional<byte[]> text(String text) {
    return Optional.of(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void filesAreAddedChangedAndRemovedAndEmptyDirectoriesGo() throws Exception {
    ObjectId first =
        write(
            Optional.empty(),
            new TreeMap<>(Map.of("a/b/c", text("1"), "a/b/d", text("2"), "e", text("3"))));
    assertEquals("a/b/c\na/b/d\ne", git.run("ls-tree", "-r", "--name-only", first.name()));

    ObjectId second =
        write(
            Optional.of(first),
            new TreeMap<>(
                Map.of("a/b/c", Optional.empty(), "a/b/d", Optional.empty(), "e", text("4"))));

    assertEquals("e", git.run("ls-tree", "-r", "--name-only", second.name()));
    assertEquals("4", git.run("cat-file", "blob", second.name() + ":e"));
    assertEquals(
        "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
        write(Optional.of(second), new TreeMap<>(Map.of("e", Optional.empty()))).name(),
        "Git's empty tree");
  }

  @Test
  void whatIsNotEditedKeepsItsModeAndId() throws Exception {
    String blob = blob("x");
    String tree =
        git.run(
            "100755 blob %s\trun.sh\n120000 blob %s\tlink\n"
                .formatted(blob, blob)
                .getBytes(StandardCharsets.UTF_8),
            "mktree");
    ObjectId written =
        write(Optional.of(ObjectId.fromString(tree)), new TreeMap<>(Map.of("z", text("1"))));
    assertTrue(
        git.run("ls-tree", written.name())
            .startsWith("120000 blob %s\tlink\n100755 blob %s\trun.sh\n".formatted(blob, blob)));
  }

  private String blob(String content) throws Exception {
    mirror.repository();
    return git.run(content.getBytes(StandardCharsets.UTF_8), "hash-object", "-w", "--stdin");
  }

  @Test
  void randomEditsGiveTheTreeThatGitItselfWouldWrite() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = System.nanoTime();
      Random random = new Random(seed);
      // path → text
      SortedMap<String, String> model = new TreeMap<>();
      Optional<ObjectId> tree = Optional.empty();
      for (int step = 0; step < 12; step++) {
        SortedMap<String, Optional<byte[]>> edits = randomEdits(random, model);
        tree = Optional.of(write(tree, edits));
        assertEquals(gitTree(model), tree.get().name(), () -> "seed " + seed + ", " + model);
      }
    }
  }

  /// A file never takes the place of a directory or the other way round, as in a ledger.
  private static SortedMap<String, Optional<byte[]>> randomEdits(
      Random random, SortedMap<String, String> model) {
    SortedMap<String, Optional<byte[]>> edits = new TreeMap<>();
    for (int i = 0; i < 6; i++) {
      String path =
          "d-"
              + pick(random)
              + "/"
              + (random.nextBoolean() ? "d-" + pick(random) + "/" : "")
              + "f-"
              + pick(random);
      if (random.nextInt(3) == 0) {
        model.remove(path);
        edits.put(path, Optional.empty());
      } else {
        String content = "content " + random.nextInt(1000);
        model.put(path, content);
        edits.put(path, text(content));
      }
    }
    return edits;
  }

  private static String pick(Random random) {
    return NAMES.get(random.nextInt(NAMES.size()));
  }

  /// What `git write-tree` makes of an index with these files.
  private String gitTree(SortedMap<String, String> model) throws Exception {
    git.run("read-tree", "--empty");
    StringBuilder index = new StringBuilder();
    for (Map.Entry<String, String> file : model.entrySet()) {
      index
          .append("100644 ")
          .append(blob(file.getValue()))
          .append('\t')
          .append(file.getKey())
          .append('\0');
    }
    git.run(
        index.toString().getBytes(StandardCharsets.UTF_8), "update-index", "-z", "--index-info");
    return git.run("write-tree");
  }
}
