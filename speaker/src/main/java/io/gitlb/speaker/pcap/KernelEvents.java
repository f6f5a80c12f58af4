// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import io.gitlb.speaker.l2.SegmentPort;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hears from the kernel that an interface or an address has changed. What has changed is not read:
/// whoever is told looks for himself, and has to look now and then anyway, since the kernel drops
/// messages when they are too many.
final class KernelEvents implements SegmentPort.Watch {

  private static final Logger LOG = LoggerFactory.getLogger(KernelEvents.class);

  // <linux/rtnetlink.h>
  private static final int RTMGRP_LINK = 0x1;
  private static final int RTMGRP_IPV4_IFADDR = 0x10;
  private static final int RTMGRP_IPV6_IFADDR = 0x100;

  private final Runnable changed;
  private final Thread thread;
  private volatile boolean closing;

  private KernelEvents(Runnable changed) {
    this.changed = changed;
    thread = Thread.ofPlatform().name("kernel-events").daemon().unstarted(this::run);
  }

  /// Listens in the network namespace of the calling thread.
  ///
  /// @param changed told on a thread of its own, for each bunch of messages; never when the kernel
  ///   does not let us
  static KernelEvents open(Runnable changed) {
    KernelEvents events = new KernelEvents(changed);
    events.thread.start();
    return events;
  }

  /// The thread ends within a second or two after this.
  @Override
  public void close() {
    closing = true;
  }

  private void run() {
    try (NetlinkSocket socket =
        NetlinkSocket.open(RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR)) {
      while (!closing) {
        switch (socket.receive()) {
          case NetlinkSocket.Received.Messages _, NetlinkSocket.Received.Dropped _ -> changed.run();
          case NetlinkSocket.Received.Nothing _ -> {}
        }
      }
    } catch (IOException e) {
      LOG.warn("changes of interfaces are noticed by the second: {}", e.getMessage());
    }
  }
}
