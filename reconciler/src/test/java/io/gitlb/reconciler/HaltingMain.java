// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import io.gitlb.reconciler.loop.Boundaries;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import picocli.CommandLine;

/// `gitlb reconciler`, but the process is gone the moment a step is done: no shutdown hook, no
/// flush, nothing.
public final class HaltingMain {

  /// What a process that halted at its step exits with; nothing else does.
  public static final int HALTED = 86;

  private HaltingMain() {}

  /// @param line the step; the file whose existence arms the halt; the options of the reconciler
  public static void main(String[] line) {
    Boundaries.Step last = Boundaries.Step.valueOf(line[0]);
    Path armed = Path.of(line[1]);
    Boundaries boundaries =
        step -> {
          if (step == last && Files.exists(armed)) {
            Runtime.getRuntime().halt(HALTED);
          }
        };
    System.exit(
        new CommandLine(new ReconcilerCommand(boundaries))
            .execute(Arrays.copyOfRange(line, 2, line.length)));
  }
}
