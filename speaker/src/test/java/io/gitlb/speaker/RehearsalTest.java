// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RehearsalTest {

  @TempDir Path directory;

  @Test
  void everythingIsPlayedWithoutALinkToo() throws Exception {
    List<String> omissions = Rehearsal.play(directory, "no-such-link");
    assertEquals(
        List.of(),
        // Whether there is a way to a documentation address is the machine's matter.
        omissions.stream().filter(one -> !one.startsWith("nothing was sent to ")).toList());
    try (Stream<Path> state = Files.list(directory.resolve("state"))) {
      assertTrue(state.findAny().isPresent(), "it has stored what it was told");
    }
  }
}
