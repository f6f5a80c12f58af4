// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import static io.gitlb.speaker.bfd.session.Cable.await;
import static io.gitlb.speaker.bfd.session.Cable.count;
import static io.gitlb.speaker.bfd.session.Cable.run;
import static io.gitlb.speaker.bfd.session.Cable.text;
import static io.gitlb.speaker.bfd.session.Cable.up;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two processes in namespaces of their own, a cable between them. Needs root and `ip`.
@Tag("alone")
final class LivenessNamespaceTest {

  private static final String OLD = "1 " + "0a".repeat(20) + "\n";
  private static final String NEW = "2 " + "0b".repeat(20) + "\n";

  @TempDir Path directory;

  @Test
  void sessionsComeUpInBothFamiliesAndNoticeACutAndAReplacedInterface() throws Exception {
    try (Cable cable = Cable.lay(directory)) {
      Path keys = Files.writeString(directory.resolve("keys"), OLD);
      String[] ofA = {"va", "192.0.2.1", "192.0.2.2", "va", "fe80::1", "fe80::2"};
      String[] ofB = {"vb", "192.0.2.2", "192.0.2.1", "vb", "fe80::2", "fe80::1"};
      Path logA = start(cable, cable.a, keys, ofA);
      Path logB = start(cable, cable.b, keys, ofB);
      await(logA, () -> up(logA) == 2 && up(logB) == 2);
      run("ip -n " + cable.b + " link set vb down");
      await(logA, () -> up(logA) == 0 && count(logA, "DETECTION_TIME_EXPIRED") >= 2);
      run("ip -n " + cable.b + " link del vb");
      cable.connect();
      await(logA, () -> up(logA) == 2 && up(logB) == 2);
    }
  }

  @Test
  void case29APacketFromBehindARouterDoesNotReachUs() throws Exception {
    try (Cable cable = Cable.lay(directory)) {
      Path logA = start(cable, cable.a, null, "va", "192.0.2.1", "192.0.2.2");
      Path logB = start(cable, cable.b, null, "vb", "192.0.2.2", "192.0.2.1");
      await(logA, () -> up(logA) == 1 && up(logB) == 1);
      String nft = "ip netns exec " + cable.b + " nft ";
      run(nft + "add table ip t");
      run(nft + "add chain ip t o { type filter hook postrouting priority 0 ; }");
      run(nft + "add rule ip t o udp dport 7482 ip ttl set 254");
      await(logA, () -> up(logA) == 0 && count(logA, "DETECTION_TIME_EXPIRED") > 0);
      int upBefore = count(logA, "UP ");
      TimeUnit.MILLISECONDS.sleep(1_500);
      assertEquals(upBefore, count(logA, "UP "));
      assertEquals(0, count(logA, "unknown"), "the kernel drops it, so nothing was counted");
    }
  }

  @Test
  void aShortPauseAndNewKeysDisturbNobody() throws Exception {
    try (Cable cable = Cable.lay(directory)) {
      Path keysA = Files.writeString(directory.resolve("keysA"), OLD);
      Path keysB = Files.writeString(directory.resolve("keysB"), OLD);
      Path logA = start(cable, cable.a, keysA, "va", "192.0.2.1", "192.0.2.2");
      Path logB = start(cable, cable.b, keysB, "vb", "192.0.2.2", "192.0.2.1");
      await(logA, () -> up(logA) == 1 && up(logB) == 1);
      // One node has them later than the other at each step, and not always the same one.
      boolean first = true;
      long stalls = 0;
      for (String text : List.of(OLD + NEW, NEW + OLD, NEW)) {
        replace(first ? keysA : keysB, text);
        stalls += stallsWhileASessionGoesOn();
        replace(first ? keysB : keysA, text);
        stalls += stallsWhileASessionGoesOn();
        first = !first;
      }
      int lost = count(logA, "DETECTION_TIME_EXPIRED") + count(logB, "DETECTION_TIME_EXPIRED");
      long allowed = 2 * stalls;
      assertTrue(lost <= allowed, () -> "allowed " + allowed + "\n" + text(logA) + text(logB));
      long pid = cable.firstPid();
      run("kill -STOP " + pid);
      TimeUnit.MILLISECONDS.sleep(120);
      run("kill -CONT " + pid);
      TimeUnit.MILLISECONDS.sleep(1_000);
      // A busy machine may cost a session a moment; keys cost it nothing.
      await(logA, () -> up(logA) == 1 && up(logB) == 1);
      assertEquals(
          0,
          count(logA, "authentication") + count(logB, "authentication"),
          () -> text(logA) + text(logB));
    }
  }

  /// Lets a second and a half pass.
  ///
  /// @return how often the machine stood still for longer than a session may miss packets by
  private static long stallsWhileASessionGoesOn() throws InterruptedException {
    long stalls = 0;
    for (int i = 0; i < 150; i++) {
      long before = System.nanoTime();
      TimeUnit.MILLISECONDS.sleep(10);
      if (System.nanoTime() - before > TimeUnit.MILLISECONDS.toNanos(100)) {
        stalls++;
      }
    }
    return stalls;
  }

  @Test
  void aLongPauseOfOursIsNoDeathOfTheirs() throws Exception {
    try (Cable cable = Cable.lay(directory)) {
      Path logA = start(cable, cable.a, null, "va", "192.0.2.1", "192.0.2.2");
      Path logB = start(cable, cable.b, null, "vb", "192.0.2.2", "192.0.2.1");
      await(logA, () -> up(logA) == 1 && up(logB) == 1);
      long pid = cable.firstPid();
      int expiredA = count(logA, "DETECTION_TIME_EXPIRED");
      int expiredB = count(logB, "DETECTION_TIME_EXPIRED");
      int ups = count(logA, "UP ");
      run("kill -STOP " + pid);
      await(logB, () -> count(logB, "DETECTION_TIME_EXPIRED") > expiredB);
      TimeUnit.MILLISECONDS.sleep(500);
      run("kill -CONT " + pid);
      await(logA, () -> count(logA, "UP ") > ups);
      assertEquals(expiredA, count(logA, "DETECTION_TIME_EXPIRED"), () -> text(logA));
      assertTrue(count(logA, "NEIGHBOR_SIGNALED_DOWN") > 0, () -> text(logA));
    }
  }

  private void replace(Path file, String text) throws IOException {
    Path fresh = Files.writeString(directory.resolve("fresh"), text);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static Path start(Cable cable, String namespace, @Nullable Path keys, String... sessions)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of(keys == null ? "-" : keys.toString()));
    arguments.addAll(List.of(sessions));
    return cable.java(namespace, LivenessPeer.class, arguments);
  }
}
