// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.demo.net.Host;
import io.gitlb.demo.net.RunningProcess;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// A process that sends ARP requests that concern nobody, at a steady rate.
public final class ArpFlood {

  private static final int FIRST_TARGET = 0x0A63_0000;
  private static final int TARGETS = 0x1_0000;
  private static final long BURST_NANOS = 1_000_000;

  private ArpFlood() {}

  /// Starts it on a host; its output says at the end how many frames a second it came to.
  public static RunningProcess start(Host host, Ipv4 sender, int perSecond, int seconds) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return host.start(
        "flood",
        List.of(
            java,
            "-Xmx32m",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            ArpFlood.class.getName(),
            host.mac(LabNode.LAN).toString(),
            Integer.toString(sender.bits()),
            Integer.toString(perSecond),
            Integer.toString(seconds)),
        Map.of());
  }

  /// The process: MAC, address as a number, frames a second, seconds.
  public static void main(String[] line) {
    int perSecond = Integer.parseInt(line[2]);
    byte[] frame =
        ArpFrames.request(
            MacAddress.of(line[0]), new Ipv4(Integer.parseInt(line[1])), new Ipv4(FIRST_TARGET));
    try (PacketSocket socket = PacketSocket.open(LabNode.LAN, 1)) {
      long start = System.nanoTime();
      long end = start + Integer.parseInt(line[3]) * 1_000_000_000L;
      long sent = 0;
      for (long now = start; now < end; now = System.nanoTime()) {
        long owed = (now - start) * perSecond / 1_000_000_000L;
        while (sent < owed) {
          ArpFrames.retarget(frame, FIRST_TARGET + (int) (sent % TARGETS));
          socket.send(frame);
          sent++;
        }
        LockSupport.parkNanos(BURST_NANOS);
      }
      System.out.println("rate " + sent * 1_000_000_000L / (System.nanoTime() - start));
    }
  }
}
