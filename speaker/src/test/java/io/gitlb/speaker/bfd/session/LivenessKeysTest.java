// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LivenessKeysTest {

  private static final String A = "1 " + "0a".repeat(20) + "\n";
  private static final String B = "2 " + "0b".repeat(20) + "\n";

  @TempDir Path directory;

  @Test
  void aFileThatTurnsBadIsToldAndTheLastGoodKeysStay() throws IOException {
    Path file = Files.writeString(directory.resolve("keys"), A);
    LivenessKeys keys = LivenessKeys.ofFile(file);
    var first = keys.current();
    Files.writeString(file, "1 secretsecret");
    keys.refresh();
    assertEquals(first, keys.current());
    assertTrue(keys.problem().orElseThrow().contains("line 1"));
    assertFalse(keys.problem().orElseThrow().contains("secretsecret"));
    Files.writeString(file, B + A);
    keys.refresh();
    assertEquals(Optional.empty(), keys.problem());
    assertEquals(2, keys.current().orElseThrow().keys().size());
  }

  @Test
  void badFilesAreRefusedAtTheStart() throws IOException {
    for (String text : new String[] {"", A + A, A + B + "3 " + "0c".repeat(20), "256" + A}) {
      Path file = Files.writeString(directory.resolve("keys"), text);
      assertThrows(IllegalArgumentException.class, () -> LivenessKeys.ofFile(file), text);
    }
  }
}
