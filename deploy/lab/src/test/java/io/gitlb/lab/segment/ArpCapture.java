// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.demo.net.Host;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// Writes down each gratuitous ARP frame that reaches a host.
public final class ArpCapture implements AutoCloseable {

  private final List<Observer.Sight> frames = new ArrayList<>();
  private final CountDownLatch opened = new CountDownLatch(1);
  private volatile boolean closed;

  private ArpCapture() {}

  /// Begins.
  public static ArpCapture start(Host host) {
    ArpCapture capture = new ArpCapture();
    Inside.start(host, "capture", capture::run);
    try {
      capture.opened.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return capture;
  }

  private void run() {
    byte[] frame = new byte[128];
    try (PacketSocket socket = PacketSocket.open(LabNode.LAN, 100)) {
      opened.countDown();
      while (!closed) {
        if (socket.receive(frame) >= ArpFrames.LENGTH && ArpFrames.isGratuitous(frame)) {
          Ipv4 address = ArpFrames.sender(frame);
          MacAddress mac = ArpFrames.senderMac(frame);
          synchronized (frames) {
            frames.add(new Observer.Sight(System.nanoTime(), address, mac, Observer.Sight.NONE));
          }
        }
      }
    }
  }

  /// What came from one node since a moment, by time.
  public List<Observer.Sight> since(long nanos, MacAddress mac) {
    synchronized (frames) {
      return frames.stream()
          .filter(frame -> frame.nanos() >= nanos && frame.mac().equals(mac))
          .toList();
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
