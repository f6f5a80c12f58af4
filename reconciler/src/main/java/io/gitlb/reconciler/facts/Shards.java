// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.facts;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;

/// Spreads a list over files so that none grows large: one file while that is enough, 256 of them
/// by a hash of the names from then on. One more entry rewrites one file.
final class Shards {

  /// A file may have four times as much before readers refuse it.
  static final int ONE_FILE = 64 * 1024;

  private Shards() {}

  /// Adds the files of one list.
  ///
  /// @param path without ending
  /// @param heading the key of the list
  /// @param entries name → the lines of its item
  static void write(
      SortedMap<String, String> files,
      String path,
      String heading,
      SortedMap<String, String> entries) {
    long length = entries.values().stream().mapToLong(String::length).sum();
    if (entries.isEmpty()) {
      return;
    }
    if (length <= ONE_FILE) {
      files.put(path + ".yaml", heading + ":\n" + String.join("", entries.values()));
      return;
    }
    SortedMap<String, StringBuilder> shards = new TreeMap<>();
    entries.forEach(
        (name, lines) ->
            shards
                .computeIfAbsent(
                    path + "/" + shard(name) + ".yaml", _ -> new StringBuilder(heading + ":\n"))
                .append(lines));
    shards.forEach((file, text) -> files.put(file, text.toString()));
  }

  private static String shard(String name) {
    CRC32 hash = new CRC32();
    hash.update(name.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().toHexDigits((byte) hash.getValue());
  }
}
