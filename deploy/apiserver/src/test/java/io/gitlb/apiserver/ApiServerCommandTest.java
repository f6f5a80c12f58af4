// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// `gitlb apiserver`.
class ApiServerCommandTest {

  @Test
  void itSaysWhereItServesAndRunsUntilItIsEnded(@TempDir Path folder) throws Exception {
    Path kubeconfig = folder.resolve("kubeconfig");
    try (PipedReader reader = new PipedReader();
        PipedWriter writer = new PipedWriter(reader);
        BufferedReader lines = new BufferedReader(reader)) {
      CommandLine command = new CommandLine(new ApiServerCommand());
      command.setOut(new PrintWriter(writer, true));
      command.setErr(new PrintWriter(new StringWriter(), true));
      CompletableFuture<Integer> ended = new CompletableFuture<>();
      Thread running =
          Thread.ofVirtual()
              .start(
                  () ->
                      ended.complete(
                          command.execute(
                              "--listen",
                              "[::1]:0",
                              "--san",
                              "api.example.com,192.0.2.1",
                              "--kubeconfig",
                              kubeconfig.toString())));
      String line = lines.readLine();
      assertTrue(line.startsWith("API server on https://[::1]:"), line);
      assertTrue(Files.readString(kubeconfig).contains("server: https://[::1]:"));
      running.interrupt();
      assertEquals(1, ended.get(20, TimeUnit.SECONDS));
    }
  }

  @Test
  void anAddressThatIsNoneIsRefusedWithWhatIsAllowed() {
    StringWriter errors = new StringWriter();
    CommandLine command = new CommandLine(new ApiServerCommand());
    command.setErr(new PrintWriter(errors, true));
    assertEquals(2, command.execute("--listen", "nowhere", "--kubeconfig", "unused"));
    assertTrue(
        errors.toString().contains("--listen: found 'nowhere', allowed is HOST:PORT"),
        errors::toString);
  }
}
