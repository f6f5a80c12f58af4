// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.thread;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has the kernel prefer a thread that must be on time, by its nice value (setpriority(2)). The
/// Java virtual machine leaves its own priorities unheeded on Linux.
public final class ThreadPrecedence {

  private static final Logger log = LoggerFactory.getLogger(ThreadPrecedence.class);

  // sys/resource.h; Linux takes a thread's number, and 0 as the calling thread, not its process.
  private static final int PRIO_PROCESS = 0;
  private static final int CALLING_THREAD = 0;
  private static final int NICE = -15;

  private static final Path THREADS = Path.of("/proc/self/task");

  // What HotSpot calls the thread on which the serial collector works.
  private static final String COLLECTOR = "VM Thread";

  private ThreadPrecedence() {}

  /// Prefers the calling thread, and says so when the kernel refuses: it asks for CAP_SYS_NICE.
  /// Prefers also the virtual machine's own thread, which collects the garbage: it stops every
  /// other one for as long as it waits for a processor itself.
  ///
  /// @param what the thread does, for people: the beginning of a sentence
  public static void take(String what) {
    if (prefer(CALLING_THREAD)) {
      collectors().forEach(ThreadPrecedence::prefer);
    } else {
      log.info("{} has no precedence on a busy node: it needs CAP_SYS_NICE", what);
    }
  }

  @SuppressWarnings("restricted")
  private static boolean prefer(int thread) {
    Linker linker = Linker.nativeLinker();
    Optional<MemorySegment> symbol = linker.defaultLookup().find("setpriority");
    return symbol.map(found -> call(linker, found, thread)).orElse(-1) == 0;
  }

  /// Thread ids (gettid(2)); empty where the kernel or the virtual machine names none.
  static List<Integer> collectors() {
    try (Stream<Path> threads = Files.list(THREADS)) {
      return threads
          .filter(ThreadPrecedence::collects)
          .map(thread -> Integer.valueOf(thread.getName(thread.getNameCount() - 1).toString()))
          .toList();
    } catch (IOException | UncheckedIOException e) {
      log.debug("{}", THREADS, e);
      return List.of();
    }
  }

  private static boolean collects(Path thread) {
    try {
      return Files.readString(thread.resolve("comm")).strip().equals(COLLECTOR);
    } catch (IOException _) {
      return false; // It has ended meanwhile.
    }
  }

  @SuppressWarnings("restricted")
  private static int call(Linker linker, MemorySegment function, int thread) {
    MethodHandle handle =
        linker.downcallHandle(
            function,
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT));
    try {
      return (int) handle.invokeExact(PRIO_PROCESS, thread, NICE);
    } catch (Throwable e) {
      log.debug("setpriority", e);
      return -1;
    }
  }
}
