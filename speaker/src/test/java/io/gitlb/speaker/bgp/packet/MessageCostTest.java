// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What reading a message allocates. A peer may send as many as it likes: what is not a part of the
/// result must not grow with the message.
final class MessageCostTest {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final int TIMES = 200;

  /// @param most octets: of a prefix, its two records and the places in two lists
  @ParameterizedTest
  @CsvSource({
    "KEEPALIVE, 160",
    "UPDATE_OF_ONE, 2400",
    "UPDATE_OF_810, 45000",
    "WITHDRAWAL_OF_814, 45000",
    "IPV6_UPDATE_OF_237, 19500",
  })
  void readingTakesLittleMoreThanTheResult(CodecOnMessage.Kind kind, long most) {
    CodecOnMessage reading = new CodecOnMessage();
    reading.kind = kind;
    reading.make();
    decode(reading); // Classes are loaded.
    long before = THREADS.getCurrentThreadAllocatedBytes();
    decode(reading);
    long each = (THREADS.getCurrentThreadAllocatedBytes() - before) / TIMES;

    assertTrue(each <= most, () -> each + " octets");
  }

  private static void decode(CodecOnMessage reading) {
    for (int i = 0; i < TIMES; i++) {
      reading.decode();
    }
  }
}
