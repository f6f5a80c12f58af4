// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.loop.Boundaries;
import io.gitlb.reconciler.loop.Boundaries.Step;
import java.io.IOException;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.TreeFormatter;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;

/// Writes a tree that differs from another one in a few files. Reads and writes the directories on
/// the way to those files and no others, so its cost does not depend on the size of the whole.
final class TreeWriter {

  /// Git compares names as bytes, and a directory as if its name ended in a slash.
  private static final Comparator<Entry> GIT_ORDER =
      (a, b) -> compareUnsigned(Constants.encode(a.sortName()), Constants.encode(b.sortName()));

  private final ObjectReader reader;
  private final ObjectInserter inserter;
  private final Boundaries boundaries;

  TreeWriter(ObjectReader reader, ObjectInserter inserter, Boundaries boundaries) {
    this.reader = reader;
    this.inserter = inserter;
    this.boundaries = boundaries;
  }

  private record Entry(String name, FileMode mode, ObjectId id) {

    String sortName() {
      return mode.equals(FileMode.TREE) ? name + "/" : name;
    }
  }

  /// Writes blobs and trees.
  ///
  /// @param base the tree to start from; empty for none
  /// @param edits path → what the file shall hold; empty removes it
  /// @return the new tree, `base` itself when nothing is different
  ObjectId write(Optional<ObjectId> base, SortedMap<String, Optional<byte[]>> edits)
      throws IOException {
    Optional<ObjectId> written = directory(base, edits);
    return written.isPresent() ? written.get() : inserter.insert(new TreeFormatter());
  }

  /// @return empty when nothing is left in the directory; Git has no empty ones
  private Optional<ObjectId> directory(
      Optional<ObjectId> base, SortedMap<String, Optional<byte[]>> edits) throws IOException {
    // name → entry
    Map<String, Entry> entries = entries(base);
    // name of a directory → path below it → edit
    SortedMap<String, SortedMap<String, Optional<byte[]>>> below = new TreeMap<>();
    for (Map.Entry<String, Optional<byte[]>> edit : edits.entrySet()) {
      int slash = edit.getKey().indexOf('/');
      if (slash < 0) {
        put(entries, edit.getKey(), FileMode.REGULAR_FILE, blob(edit.getValue()));
      } else {
        below
            .computeIfAbsent(edit.getKey().substring(0, slash), _ -> new TreeMap<>())
            .put(edit.getKey().substring(slash + 1), edit.getValue());
      }
    }
    for (Map.Entry<String, SortedMap<String, Optional<byte[]>>> child : below.entrySet()) {
      Optional<ObjectId> old =
          Optional.ofNullable(entries.get(child.getKey()))
              .filter(entry -> entry.mode().equals(FileMode.TREE))
              .map(Entry::id);
      put(entries, child.getKey(), FileMode.TREE, directory(old, child.getValue()));
    }
    return format(entries);
  }

  private Map<String, Entry> entries(Optional<ObjectId> tree) throws IOException {
    Map<String, Entry> entries = new TreeMap<>();
    if (tree.isPresent()) {
      CanonicalTreeParser parser = new CanonicalTreeParser(null, reader, tree.get());
      for (; !parser.eof(); parser.next()) {
        String name = parser.getEntryPathString();
        entries.put(name, new Entry(name, parser.getEntryFileMode(), parser.getEntryObjectId()));
      }
    }
    return entries;
  }

  private Optional<ObjectId> blob(Optional<byte[]> content) throws IOException {
    if (content.isEmpty()) {
      return Optional.empty();
    }
    ObjectId written = inserter.insert(Constants.OBJ_BLOB, content.get());
    boundaries.reached(Step.BLOB);
    return Optional.of(written);
  }

  private static void put(
      Map<String, Entry> entries, String name, FileMode mode, Optional<ObjectId> id) {
    id.ifPresentOrElse(
        found -> entries.put(name, new Entry(name, mode, found)), () -> entries.remove(name));
  }

  private Optional<ObjectId> format(Map<String, Entry> entries) throws IOException {
    if (entries.isEmpty()) {
      return Optional.empty();
    }
    TreeFormatter formatter = new TreeFormatter();
    entries.values().stream()
        .sorted(GIT_ORDER)
        .forEach(entry -> formatter.append(entry.name(), entry.mode(), entry.id()));
    ObjectId written = inserter.insert(formatter);
    boundaries.reached(Step.TREE);
    return Optional.of(written);
  }

  private static int compareUnsigned(byte[] a, byte[] b) {
    return java.util.Arrays.compareUnsigned(a, b);
  }
}
