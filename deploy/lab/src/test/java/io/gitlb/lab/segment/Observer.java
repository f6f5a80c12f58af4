// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.demo.net.Host;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/// Asks by broadcast who has each address, every 10 ms for as long as it lives, and writes down who
/// answers. It knows nothing of speakers. Each round asks for another address of the observer's, so
/// that an answer tells which question it belongs to.
public final class Observer implements AutoCloseable {

  /// Between two rounds of questions.
  public static final Duration TICK = Duration.ofMillis(10);

  /// The first address that a question is answered to is number 208 of the addresses' own /24.
  private static final int FIRST_QUESTION = 208;

  private static final int OF_24 = 0xFFFF_FF00;

  private static final int QUESTIONS = 16;
  private static final int RECEIVE_LIMIT_MILLIS = 50;

  private final List<Ipv4> addresses;
  private final List<Sight> sights = new ArrayList<>();
  private final CountDownLatch opened = new CountDownLatch(1);
  private volatile boolean closed;
  private long asked;

  /// One frame that says who has an address.
  ///
  /// @param nanos when it came, as [System#nanoTime]
  /// @param question which of the last rounds it answers; [#NONE] when nobody had asked
  public record Sight(long nanos, IpAddress address, MacAddress mac, int question) {

    public static final int NONE = -1;

    /// Whether nobody had asked.
    public boolean gratuitous() {
      return question == NONE;
    }
  }

  private Observer(List<Ipv4> addresses) {
    this.addresses = List.copyOf(addresses);
  }

  /// Begins.
  ///
  /// @param host on the segment with [LabNode#LAN], no node
  public static Observer start(Host host, List<Ipv4> addresses) {
    Observer observer = new Observer(addresses);
    MacAddress mac = host.mac(LabNode.LAN);
    Inside.start(host, "observer", () -> observer.run(mac));
    try {
      observer.opened.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return observer;
  }

  private void run(MacAddress self) {
    try (PacketSocket socket = PacketSocket.open(LabNode.LAN, RECEIVE_LIMIT_MILLIS)) {
      opened.countDown();
      Thread asking =
          Thread.ofPlatform().daemon().name("observer-asks").start(() -> ask(socket, self));
      byte[] frame = new byte[128];
      while (!closed) {
        int length = socket.receive(frame);
        if (length >= ArpFrames.LENGTH) {
          note(frame);
        }
      }
      asking.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void ask(PacketSocket socket, MacAddress self) {
    Ipv4 asker = new Ipv4((addresses.getFirst().bits() & OF_24) + FIRST_QUESTION);
    List<byte[]> requests =
        addresses.stream().map(address -> ArpFrames.request(self, asker, address)).toList();
    long due = System.nanoTime();
    while (!closed) {
      for (byte[] request : requests) {
        ArpFrames.resender(request, asker.bits() + (int) (asked % QUESTIONS));
        socket.send(request);
      }
      asked++;
      due = Math.max(due + TICK.toNanos(), System.nanoTime());
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
    }
  }

  private void note(byte[] frame) {
    boolean gratuitous = ArpFrames.isGratuitous(frame);
    if (!gratuitous && !ArpFrames.isReply(frame)) {
      return;
    }
    Ipv4 address = ArpFrames.sender(frame);
    if (addresses.contains(address)) {
      Sight sight =
          new Sight(
              System.nanoTime(),
              address,
              ArpFrames.senderMac(frame),
              gratuitous ? Sight.NONE : ArpFrames.lastOctetOfTarget(frame));
      synchronized (sights) {
        sights.add(sight);
        sights.notifyAll();
      }
    }
  }

  /// What was seen from a moment on.
  public List<Sight> since(long nanos) {
    synchronized (sights) {
      int first = sights.size();
      while (first > 0 && sights.get(first - 1).nanos() >= nanos) {
        first--;
      }
      return List.copyOf(sights.subList(first, sights.size()));
    }
  }

  /// Waits for a frame.
  ///
  /// @param nanos no earlier one counts
  public Optional<Sight> await(long nanos, Duration limit, Predicate<Sight> wanted) {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      Optional<Sight> found = since(nanos).stream().filter(wanted).findFirst();
      long left = end - System.nanoTime();
      if (found.isPresent() || left <= 0) {
        return found;
      }
      LockSupport.parkNanos(TICK.toNanos() / 2);
    }
  }

  /// Forgets what is older: a run of hours would not fit.
  public void forgetBefore(long nanos) {
    synchronized (sights) {
      sights.removeIf(sight -> sight.nanos() < nanos);
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
