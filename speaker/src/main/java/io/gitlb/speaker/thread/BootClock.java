// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.thread;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The kernel's clock that nobody can set and that goes on while the machine is suspended
/// (CLOCK_BOOTTIME, clock_gettime(2)). [System#nanoTime()] stands still meanwhile.
///
/// A hypervisor that pauses a virtual machine may stop this one, too (kvm-clock): then nothing in
/// the machine tells that time has passed.
public final class BootClock {

  private static final Logger log = LoggerFactory.getLogger(BootClock.class);

  // time.h, Linux
  private static final int CLOCK_BOOTTIME = 7;
  private static final long SECOND_NANOS = 1_000_000_000L;

  private BootClock() {}

  /// The function and where a thread has it put the time; loaded with the first use.
  @SuppressWarnings("restricted")
  private static final class Kernel {

    // Does not block, so that no state of the thread need change around it.
    private static final MethodHandle CLOCK_GETTIME =
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().find("clock_gettime").orElseThrow(),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS),
                Linker.Option.critical(false));

    // struct timespec: seconds, nanoseconds
    private static final ThreadLocal<MemorySegment> TIMESPEC =
        ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, 2));

    static long nanos() {
      MemorySegment timespec = TIMESPEC.get();
      int answer;
      try {
        answer = (int) CLOCK_GETTIME.invokeExact(CLOCK_BOOTTIME, timespec);
      } catch (Throwable e) {
        throw new IllegalStateException("clock_gettime", e);
      }
      if (answer != 0) {
        throw new IllegalStateException("clock_gettime answers " + answer);
      }
      return timespec.getAtIndex(ValueLayout.JAVA_LONG, 0) * SECOND_NANOS
          + timespec.getAtIndex(ValueLayout.JAVA_LONG, 1);
    }
  }

  /// Reads it once, which takes some ten milliseconds the first time, to see whether it can be.
  ///
  /// @return nanoseconds since the machine started; from any thread; empty where the kernel or the
  ///   machine has another layout
  public static Optional<LongSupplier> open() {
    boolean isKnown =
        ValueLayout.ADDRESS.byteSize() == Long.BYTES
            && System.getProperty("os.name", "").startsWith("Linux");
    try {
      if (isKnown && Kernel.nanos() > 0) {
        return Optional.of(Kernel::nanos);
      }
    } catch (RuntimeException | LinkageError e) {
      log.debug("CLOCK_BOOTTIME", e);
    }
    log.info("the time that this machine is suspended for is not noticed: no CLOCK_BOOTTIME");
    return Optional.empty();
  }
}
