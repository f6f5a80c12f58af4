// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The process that made something, in a form that fits into a name. The start time tells a process
/// from a later one that was given the same id.
///
/// @param pid process id
/// @param startTicks start time in clock ticks since boot, field 22 of `/proc/PID/stat`; 0 where
///   there is no `/proc`
record Owner(long pid, long startTicks) {

  /// `gitlb-PID-START`, then anything after a further dash.
  private static final Pattern NAME = Pattern.compile("gitlb-(\\d{1,10})-([0-9a-z]{1,12})(?:-.*)?");

  private static final int START_TICKS_FIELD = 22;
  private static final int STATE_FIELD = 3;

  /// In place of the start time of a process that has ended and whose parent has not looked yet.
  private static final long ZOMBIE = -1;

  static Owner self() {
    long pid = ProcessHandle.current().pid();
    return new Owner(pid, startTicks(pid).orElse(0L));
  }

  static Owner of(ProcessHandle process) {
    return new Owner(process.pid(), startTicks(process.pid()).orElse(0L));
  }

  /// The owner that a name carries; empty when the name is not one of ours.
  static Optional<Owner> inName(String name) {
    Matcher matcher = NAME.matcher(name);
    return matcher.matches()
        ? Optional.of(
            new Owner(
                Long.parseLong(matcher.group(1)),
                Long.parseLong(matcher.group(2), Character.MAX_RADIX)))
        : Optional.empty();
  }

  /// Start of every name that this process gives.
  String prefix() {
    return "gitlb-" + pid + "-" + Long.toString(startTicks, Character.MAX_RADIX);
  }

  /// Whether this very process still runs. A zombie does not.
  boolean isRunning() {
    Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    long ticks = startTicks(pid).orElse(0L);
    return process.isPresent() && ticks != ZOMBIE && ticks == startTicks;
  }

  private static Optional<Long> startTicks(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      // Field 2 is the command in brackets and may hold blanks and brackets itself; fields count
      // from 1.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      boolean zombie = fields[0].equals("Z");
      return zombie
          ? Optional.of(ZOMBIE)
          : Optional.of(Long.parseLong(fields[START_TICKS_FIELD - STATE_FIELD]));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
