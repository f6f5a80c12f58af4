// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.demo.net.Host;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// Writes down each gratuitous ARP frame and each ARP probe that reaches a host.
public final class ArpCapture implements AutoCloseable {

  private final List<Observer.Sight> frames = new ArrayList<>();
  private final List<Observer.Sight> probes = new ArrayList<>();
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
        if (socket.receive(frame) >= ArpFrames.LENGTH) {
          note(frame, System.nanoTime());
        }
      }
    }
  }

  private void note(byte[] frame, long nanos) {
    if (ArpFrames.isGratuitous(frame)) {
      add(frames, ArpFrames.sender(frame), frame, nanos);
    } else if (ArpFrames.isProbe(frame)) {
      add(probes, ArpFrames.target(frame), frame, nanos);
    }
  }

  private void add(List<Observer.Sight> to, Ipv4 address, byte[] frame, long nanos) {
    MacAddress mac = ArpFrames.senderMac(frame);
    synchronized (frames) {
      to.add(new Observer.Sight(nanos, address, mac, Observer.Sight.NONE));
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

  /// When an address was told of since a moment, by time, as [System#nanoTime].
  public long[] told(long nanos, Ipv4 address) {
    return times(frames, nanos, address);
  }

  /// When an address was probed since a moment, by time, as [System#nanoTime].
  public long[] probed(long nanos, Ipv4 address) {
    return times(probes, nanos, address);
  }

  private long[] times(List<Observer.Sight> of, long nanos, Ipv4 address) {
    synchronized (frames) {
      return of.stream()
          .filter(frame -> frame.nanos() >= nanos && frame.address().equals(address))
          .mapToLong(Observer.Sight::nanos)
          .toArray();
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
