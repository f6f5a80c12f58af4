// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.demo.net.Host;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import java.time.Duration;
import java.util.OptionalLong;

/// Asks one ARP question at a time and takes the time until its answer.
public final class ArpPinger implements AutoCloseable {

  /// An answer that takes longer is lost.
  private static final long LIMIT_NANOS = 1_000_000_000L;

  private final Inside inside;
  private final PacketSocket socket;
  private final MacAddress self;
  private final Ipv4 sender;
  private final byte[] frame = new byte[128];

  /// @param sender its own address there
  public ArpPinger(Host host, Ipv4 sender) {
    this(host, sender, 1_000);
  }

  /// @param sender its own address there
  /// @param waitMillis for one frame
  public ArpPinger(Host host, Ipv4 sender, int waitMillis) {
    this.inside = new Inside(host);
    this.self = host.mac(LabNode.LAN);
    this.sender = sender;
    this.socket = inside.call(() -> PacketSocket.open(LabNode.LAN, waitMillis));
  }

  /// Asks by broadcast.
  ///
  /// @return nanoseconds until the answer; empty when it is lost
  public OptionalLong ask(Ipv4 address) {
    byte[] request = ArpFrames.request(self, sender, address);
    long start = System.nanoTime();
    socket.send(request);
    while (System.nanoTime() - start < LIMIT_NANOS) {
      int length = socket.receive(frame);
      if (length >= ArpFrames.LENGTH
          && ArpFrames.isReply(frame)
          && !ArpFrames.isGratuitous(frame)
          && ArpFrames.sender(frame).equals(address)) {
        return OptionalLong.of(System.nanoTime() - start);
      }
    }
    return OptionalLong.empty();
  }

  /// Asks by broadcast again and again until somebody answers; for a socket that waits shortly.
  ///
  /// @return when the answer came, as [System#nanoTime()]; empty when none came in time
  public OptionalLong first(Ipv4 address, Duration limit) {
    byte[] request = ArpFrames.request(self, sender, address);
    long end = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() < end) {
      socket.send(request);
      for (int length = socket.receive(frame); length > 0; length = socket.receive(frame)) {
        if (length >= ArpFrames.LENGTH
            && ArpFrames.isReply(frame)
            && !ArpFrames.isGratuitous(frame)
            && ArpFrames.sender(frame).equals(address)) {
          return OptionalLong.of(System.nanoTime());
        }
      }
    }
    return OptionalLong.empty();
  }

  @Override
  public void close() {
    socket.close();
    inside.close();
  }
}
