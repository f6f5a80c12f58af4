// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.thread;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class ThreadPrecedenceTest {

  /// Another name in another release would go unnoticed, until a router misses packets.
  @Test
  void theThreadThatCollectsIsKnownByItsName() {
    assertEquals(1, ThreadPrecedence.collectors().size());
  }
}
