// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a process has used so far (proc(5)).
///
/// @param seconds of processor time, of all its threads
record Usage(double seconds, double residentMiB) {

  /// Linux has this many ticks a second, whatever the kernel's own timer has.
  private static final double TICKS = 100;

  static Usage of(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
    // Behind the name, which may hold anything: the 12th and 13th are user and system time.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    double ticks = Double.parseDouble(fields[11]) + Double.parseDouble(fields[12]);
    double resident =
        Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToDouble(line -> Double.parseDouble(line.split("\\s+")[1]) / 1024)
            .findFirst()
            .orElseThrow();
    return new Usage(ticks / TICKS, resident);
  }
}
