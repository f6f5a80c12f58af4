// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.demo.net.Host;
import io.gitlb.lab.segment.Observer.Sight;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/// What [Observer] is for ARP, for neighbour discovery and one address: asks by multicast every 10
/// ms, and writes down who answers. It knows nothing of speakers.
public final class NeighborObserver implements AutoCloseable {

  private static final int QUESTIONS = 16;
  private static final int FIRST_QUESTION = 208;
  private static final int RECEIVE_LIMIT_MILLIS = 50;

  // Offsets in an Ethernet frame with IPv6 and ICMPv6 (RFC 8200, RFC 4861).
  private static final int SOURCE_MAC = 6;
  private static final int NEXT_HEADER = 20;
  private static final int ADDRESSES = 22;
  private static final int LAST_OF_DESTINATION = 53;
  private static final int ICMP = 54;
  private static final int CHECKSUM = ICMP + 2;
  private static final int FLAGS = ICMP + 4;
  private static final int TARGET = ICMP + 8;
  private static final int OPTIONS = TARGET + 16;
  private static final int LENGTH = OPTIONS + 8;

  private static final int ICMPV6 = 58;
  private static final int SOLICITATION = 135;
  private static final int ADVERTISEMENT = 136;
  private static final int SOLICITED = 0x40;

  private final IpAddress address;
  private final byte[] target;
  private final List<Sight> sights = new ArrayList<>();
  private final CountDownLatch opened = new CountDownLatch(1);
  private volatile boolean closed;

  private NeighborObserver(IpAddress address) {
    this.address = address;
    this.target = address.toBytes();
  }

  /// Begins.
  ///
  /// @param host on the segment with [LabNode#LAN], no node
  /// @param address of IPv6, in a /64 that is on the segment; numbers 208 to 223 of its last /120
  ///   are nobody's
  public static NeighborObserver start(Host host, IpAddress address) {
    NeighborObserver observer = new NeighborObserver(address);
    MacAddress mac = host.mac(LabNode.LAN);
    Inside.start(host, "neighbor-observer", () -> observer.run(mac));
    try {
      observer.opened.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return observer;
  }

  private void run(MacAddress self) {
    try (PacketSocket socket =
        PacketSocket.open(LabNode.LAN, PacketSocket.Sees.IPV6, RECEIVE_LIMIT_MILLIS)) {
      opened.countDown();
      Thread asking =
          Thread.ofPlatform().daemon().name("neighbor-asks").start(() -> ask(socket, self));
      byte[] frame = new byte[128];
      while (!closed) {
        int length = socket.receive(frame);
        if (length >= OPTIONS) {
          note(frame);
        }
      }
      asking.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void ask(PacketSocket socket, MacAddress self) {
    List<byte[]> questions = new ArrayList<>();
    for (int i = 0; i < QUESTIONS; i++) {
      questions.add(question(self, FIRST_QUESTION + i));
    }
    long due = System.nanoTime();
    for (int asked = 0; !closed; asked++) {
      socket.send(questions.get(asked % QUESTIONS));
      due = Math.max(due + Observer.TICK.toNanos(), System.nanoTime());
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
    }
  }

  private byte[] question(MacAddress self, int asker) {
    byte[] source = target.clone();
    source[source.length - 1] = (byte) asker;
    byte[] last = Arrays.copyOfRange(target, 13, 16);
    byte[] frame =
        ByteBuffer.allocate(LENGTH)
            .put(new byte[] {0x33, 0x33, (byte) 0xFF})
            .put(last)
            .put(self.toBytes())
            .putShort((short) 0x86DD)
            .putInt(0x6000_0000)
            .putShort((short) (LENGTH - ICMP))
            .put((byte) ICMPV6)
            .put((byte) 255)
            .put(source)
            .put(new byte[] {(byte) 0xFF, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, (byte) 0xFF})
            .put(last)
            .put((byte) SOLICITATION)
            .put(new byte[7])
            .put(target)
            .put(new byte[] {1, 1})
            .put(self.toBytes())
            .array();
    ByteBuffer.wrap(frame).putShort(CHECKSUM, checksum(frame));
    return frame;
  }

  /// RFC 8200 section 8.1.
  private static short checksum(byte[] frame) {
    ByteBuffer octets = ByteBuffer.wrap(frame);
    int sum = LENGTH - ICMP + ICMPV6;
    for (int i = ADDRESSES; i < LENGTH; i += 2) {
      sum += Short.toUnsignedInt(octets.getShort(i));
    }
    while (sum > 0xFFFF) {
      sum = (sum & 0xFFFF) + (sum >>> 16);
    }
    return (short) ~sum;
  }

  private void note(byte[] frame) {
    if (frame[NEXT_HEADER] != ICMPV6
        || Byte.toUnsignedInt(frame[ICMP]) != ADVERTISEMENT
        || !Arrays.equals(frame, TARGET, OPTIONS, target, 0, target.length)) {
      return;
    }
    boolean asked = (frame[FLAGS] & SOLICITED) != 0;
    Sight sight =
        new Sight(
            System.nanoTime(),
            address,
            MacAddress.ofBytes(Arrays.copyOfRange(frame, SOURCE_MAC, SOURCE_MAC + 6)),
            asked ? Byte.toUnsignedInt(frame[LAST_OF_DESTINATION]) : Sight.NONE);
    synchronized (sights) {
      sights.add(sight);
    }
  }

  /// What was seen from a moment on.
  public List<Sight> since(long nanos) {
    synchronized (sights) {
      return sights.stream().filter(sight -> sight.nanos() >= nanos).toList();
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
