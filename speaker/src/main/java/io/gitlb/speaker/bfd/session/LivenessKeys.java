// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import io.gitlb.speaker.bfd.Authentication;
import io.gitlb.speaker.bfd.AuthenticationKey;
import io.gitlb.speaker.bfd.AuthenticationType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The keys of the liveness sessions: lines `ID HEX`, the first signs, at most two are accepted. A
/// file that turns bad is a problem that is told; the last good keys stay in force.
public final class LivenessKeys {

  private static final AuthenticationType TYPE = AuthenticationType.METICULOUS_SHA1;
  private static final int MAX_FILE_OCTETS = 4_096;

  private final @Nullable Path file;
  private volatile @Nullable Authentication current;
  private volatile @Nullable String problem;

  private LivenessKeys(@Nullable Path file) {
    this.file = file;
  }

  /// Sessions go without authentication.
  public static LivenessKeys none() {
    return new LivenessKeys(null);
  }

  /// Reads the file for the first time.
  ///
  /// @throws IllegalArgumentException with what is wrong with it
  public static LivenessKeys ofFile(Path file) {
    LivenessKeys keys = new LivenessKeys(file);
    keys.refresh();
    keys.problem()
        .ifPresent(
            text -> {
              throw new IllegalArgumentException(text);
            });
    return keys;
  }

  /// What is in force; none without authentication.
  public Optional<Authentication> current() {
    return Optional.ofNullable(current);
  }

  /// What is wrong with the file as it is now.
  public Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /// Reads the file again. Blocks.
  void refresh() {
    Path path = file;
    if (path == null) {
      return;
    }
    try {
      if (Files.size(path) > MAX_FILE_OCTETS) {
        throw new IllegalArgumentException(
            "the file is longer than " + MAX_FILE_OCTETS + " octets");
      }
      current = parse(Files.readAllLines(path));
      problem = null;
    } catch (IOException | IllegalArgumentException e) {
      problem = path + ": " + e.getMessage() + "; write one or two lines ID HEX";
    }
  }

  /// @throws IllegalArgumentException naming the line, never the key
  static Authentication parse(List<String> lines) {
    List<AuthenticationKey> keys = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty()) {
        keys.add(key(line, i + 1));
      }
    }
    return new Authentication(TYPE, keys);
  }

  private static AuthenticationKey key(String line, int number) {
    String[] words = line.split("\\s+", -1);
    boolean formed =
        words.length == 2
            && words[0].matches("[0-9]{1,3}")
            && Integer.parseInt(words[0]) <= 255
            && words[1].matches("[0-9a-fA-F]{40}");
    if (!formed) {
      throw new IllegalArgumentException(
          "line " + number + " is not a number from 0 to 255 and 40 hex digits");
    }
    return new AuthenticationKey(Integer.parseInt(words[0]), HexFormat.of().parseHex(words[1]));
  }
}
