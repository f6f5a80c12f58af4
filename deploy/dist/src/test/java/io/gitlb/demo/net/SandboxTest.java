// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What works without root. Namespaces are tested in the lab.
final class SandboxTest {

  @Test
  void closingEndsItsProcessesAndRemovesItsFiles() throws IOException {
    Sandbox sandbox = Sandbox.open();
    RunningProcess sleeper = sandbox.machine().start("sleeper", List.of("sleep", "60"), Map.of());
    Files.createSymbolicLink(sandbox.scratch().resolve("link"), Path.of("/"));

    sandbox.close();
    sandbox.close();

    assertFalse(sleeper.isRunning());
    assertFalse(Files.exists(sandbox.scratch()));
    assertTrue(Files.exists(Path.of("/")));
  }

  @Test
  void whatIsClosedLaterIsClosedNewestFirstAndAFailureStopsNothing() {
    List<String> closed = new ArrayList<>();
    Sandbox sandbox = Sandbox.open();
    sandbox.closeLater(() -> closed.add("first"));
    sandbox.closeLater(
        () -> {
          throw new IOException("the clean-up of one thing fails in this test");
        });
    sandbox.closeLater(() -> closed.add("last"));

    sandbox.close();

    assertEquals(List.of("last", "first"), closed);
  }

  @Test
  void theOutputOfAProcessIsInItsLog(@TempDir Path logs) {
    try (Sandbox sandbox = Sandbox.open(logs)) {
      RunningProcess process =
          sandbox
              .machine()
              .start(
                  "talker",
                  List.of("sh", "-c", "echo $WORD; echo two; exit 3"),
                  Map.of("WORD", "one"));

      assertTrue(process.await(Duration.ofSeconds(10)));

      assertEquals(3, process.exitCode());
      assertEquals("one\ntwo\n", process.output());
      assertEquals(List.of("two"), process.tail(1));
    }
    assertTrue(Files.exists(logs.resolve("talker.log")));
  }

  @Test
  void aCommandThatDoesNotExistIsAResult() {
    try (Sandbox sandbox = Sandbox.open()) {
      CommandResult result = sandbox.machine().exec("no-such-program-anywhere");
      assertEquals(127, result.exitCode());
      assertFalse(result.ok());
    }
  }

  @Test
  void aHangingCommandIsEnded() {
    CommandResult result = Commands.run(List.of("sleep", "60"), Duration.ofMillis(50));
    assertEquals(CommandResult.TIMED_OUT, result.exitCode());
  }

  @Test
  void theScratchOfARunningProcessIsNotSwept() {
    try (Sandbox sandbox = Sandbox.open()) {
      Sandbox.sweep();
      assertTrue(Files.isDirectory(sandbox.scratch()));
    }
  }
}
