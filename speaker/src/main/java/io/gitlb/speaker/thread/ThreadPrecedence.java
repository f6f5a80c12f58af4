// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.thread;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has the kernel prefer a thread that must be on time, by its nice value (setpriority(2)). The
/// Java virtual machine leaves its own priorities unheeded on Linux.
public final class ThreadPrecedence {

  private static final Logger log = LoggerFactory.getLogger(ThreadPrecedence.class);

  // sys/resource.h; Linux takes number 0 as the calling thread, not as its process.
  private static final int PRIO_PROCESS = 0;
  private static final int NICE = -15;

  private ThreadPrecedence() {}

  /// Prefers the calling thread, and says so when the kernel refuses: it asks for CAP_SYS_NICE.
  ///
  /// @param what the thread does, for people: the beginning of a sentence
  @SuppressWarnings("restricted")
  public static void take(String what) {
    Linker linker = Linker.nativeLinker();
    Optional<MemorySegment> symbol = linker.defaultLookup().find("setpriority");
    int answer = symbol.map(found -> call(linker, found)).orElse(-1);
    if (answer != 0) {
      log.info("{} has no precedence on a busy node: it needs CAP_SYS_NICE", what);
    }
  }

  @SuppressWarnings("restricted")
  private static int call(Linker linker, MemorySegment function) {
    MethodHandle handle =
        linker.downcallHandle(
            function,
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT));
    try {
      return (int) handle.invokeExact(PRIO_PROCESS, 0, NICE);
    } catch (Throwable e) {
      log.debug("setpriority", e);
      return -1;
    }
  }
}
