// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.git.LocalRepository.ConfigFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.eclipse.jgit.internal.storage.dfs.DfsRepositoryDescription;
import org.eclipse.jgit.internal.storage.dfs.InMemoryRepository;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.TreeFormatter;

/// A directory of files, read as if it were a commit: by the same code and the same rules, so that
/// what is said of the one holds for the other. No link is followed.
public final class DirectoryTree implements AutoCloseable {

  /// More than any commit is read of; what lies beyond need not be loaded to be refused.
  private static final long MOST_BYTES = 64L * 1024 * 1024;

  private final InMemoryRepository repository =
      new InMemoryRepository(new DfsRepositoryDescription("directory"));
  private final ObjectId root;
  private long bytes;

  private DirectoryTree(Path directory) throws IOException {
    try (ObjectInserter inserter = repository.newObjectInserter()) {
      root = insert(directory, inserter);
      inserter.flush();
    }
  }

  /// Takes in what the directory holds now.
  ///
  /// @throws IOException when something in it cannot be read
  public static DirectoryTree read(Path directory) throws IOException {
    IsolatedSystemReader.install();
    return new DirectoryTree(directory);
  }

  /// The definitions' files.
  ///
  /// @param paths directories or files, relative to the root; `.` is the root
  public ConfigFiles files(List<String> paths) throws IOException {
    try (ObjectReader reader = repository.newObjectReader()) {
      ConfigTree.Content content = ConfigTree.read(reader, root, paths);
      return new ConfigFiles(content.files(), content.problems());
    }
  }

  /// The directories below a directory, by name; empty when there is none such.
  public SortedSet<String> directories(String path) throws IOException {
    try (ObjectReader reader = repository.newObjectReader()) {
      return Directories.below(reader, root, path);
    }
  }

  private ObjectId insert(Path directory, ObjectInserter inserter) throws IOException {
    SortedSet<Entry> entries = new TreeSet<>();
    try (Stream<Path> children = Files.list(directory)) {
      for (Path child : children.toList()) {
        if (!child.getFileName().toString().equals(Constants.DOT_GIT)) {
          add(entries, child, inserter);
        }
      }
    }
    TreeFormatter tree = new TreeFormatter();
    entries.forEach(entry -> tree.append(entry.name, entry.mode, entry.id));
    return inserter.insert(tree);
  }

  private void add(SortedSet<Entry> entries, Path file, ObjectInserter inserter)
      throws IOException {
    String name = file.getFileName().toString();
    if (Files.isSymbolicLink(file)) {
      byte[] target = Files.readSymbolicLink(file).toString().getBytes(StandardCharsets.UTF_8);
      entries.add(new Entry(name, FileMode.SYMLINK, inserter.insert(Constants.OBJ_BLOB, target)));
    } else if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
      boolean isModule = Files.exists(file.resolve(Constants.DOT_GIT), LinkOption.NOFOLLOW_LINKS);
      entries.add(
          isModule
              ? new Entry(name, FileMode.GITLINK, ObjectId.zeroId())
              : new Entry(name, FileMode.TREE, insert(file, inserter)));
    } else if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      entries.add(new Entry(name, FileMode.REGULAR_FILE, content(file, name, inserter)));
    }
  }

  /// Files that no rule looks into are there by name alone.
  private ObjectId content(Path file, String name, ObjectInserter inserter) throws IOException {
    boolean isRead = ConfigTree.isDefinition(name) || name.startsWith(".");
    long size = isRead ? Files.size(file) : 0;
    bytes += size;
    if (bytes > MOST_BYTES) {
      throw new IOException(
          "%s: more than %d MiB of files; name a narrower directory"
              .formatted(file, MOST_BYTES / 1024 / 1024));
    }
    return inserter.insert(Constants.OBJ_BLOB, isRead ? Files.readAllBytes(file) : new byte[0]);
  }

  @Override
  public void close() {
    repository.close();
  }

  /// In the order of trees: a directory as if its name ended in a slash.
  private record Entry(String name, FileMode mode, ObjectId id) implements Comparable<Entry> {

    private String key() {
      return mode.equals(FileMode.TREE) ? name + "/" : name;
    }

    @Override
    public int compareTo(Entry other) {
      return key().compareTo(other.key());
    }
  }
}
