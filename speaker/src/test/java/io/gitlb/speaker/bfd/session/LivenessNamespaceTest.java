// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two processes in namespaces of their own, a cable between them. Needs root and `ip`.
final class LivenessNamespaceTest {

  private static final String OLD = "1 " + "0a".repeat(20) + "\n";
  private static final String NEW = "2 " + "0b".repeat(20) + "\n";

  @TempDir Path directory;

  private final String suffix = Long.toString(ProcessHandle.current().pid());
  private final String a = "bfd-a" + suffix;
  private final String b = "bfd-b" + suffix;
  private final List<Process> started = new ArrayList<>();

  @BeforeEach
  void layCable() throws Exception {
    assumeTrue(tried("ip netns add " + a), "needs root to make namespaces");
    run("ip netns add " + b);
    connect();
  }

  private void connect() throws Exception {
    run("ip link add va netns " + a + " type veth peer name vb netns " + b);
    for (String[] end : new String[][] {{a, "va", "1"}, {b, "vb", "2"}}) {
      String ip = "ip -n " + end[0];
      run(ip + " addr add 192.0.2." + end[2] + "/24 dev " + end[1]);
      run(ip + " addr add fe80::" + end[2] + "/64 dev " + end[1] + " nodad");
      run(ip + " link set " + end[1] + " up");
    }
  }

  @AfterEach
  void removeCable() throws Exception {
    for (Process process : started) {
      process.destroyForcibly().waitFor();
    }
    tried("ip netns del " + a);
    tried("ip netns del " + b);
  }

  @Test
  void sessionsComeUpInBothFamiliesAndNoticeACutAndAReplacedInterface() throws Exception {
    Path keys = Files.writeString(directory.resolve("keys"), OLD);
    String[] ofA = {"va", "192.0.2.1", "192.0.2.2", "va", "fe80::1", "fe80::2"};
    String[] ofB = {"vb", "192.0.2.2", "192.0.2.1", "vb", "fe80::2", "fe80::1"};
    Path logA = start(a, keys, ofA);
    Path logB = start(b, keys, ofB);
    await(logA, () -> count(logA, "UP ") == 2 && count(logB, "UP ") == 2);
    run("ip -n " + b + " link set vb down");
    await(logA, () -> count(logA, "DETECTION_TIME_EXPIRED") >= 2);
    run("ip -n " + b + " link del vb");
    connect();
    await(logA, () -> count(logA, "UP ") == 4 && count(logB, "UP ") == 4);
  }

  @Test
  void case29APacketFromBehindARouterDoesNotReachUs() throws Exception {
    Path logA = start(a, null, "va", "192.0.2.1", "192.0.2.2");
    Path logB = start(b, null, "vb", "192.0.2.2", "192.0.2.1");
    await(logA, () -> count(logA, "UP ") == 1 && count(logB, "UP ") == 1);
    String nft = "ip netns exec " + b + " nft ";
    run(nft + "add table ip t");
    run(nft + "add chain ip t o { type filter hook postrouting priority 0 ; }");
    run(nft + "add rule ip t o udp dport 7482 ip ttl set 254");
    await(logA, () -> count(logA, "DETECTION_TIME_EXPIRED") == 1);
    int upBefore = count(logA, "UP ");
    TimeUnit.MILLISECONDS.sleep(1_500);
    assertEquals(upBefore, count(logA, "UP "));
    assertEquals(0, count(logA, "unknown"), "the kernel drops it, so nothing was counted");
  }

  @Test
  void aShortPauseAndNewKeysDisturbNobody() throws Exception {
    Path keys = Files.writeString(directory.resolve("keys"), OLD);
    Path logA = start(a, keys, "va", "192.0.2.1", "192.0.2.2");
    Path logB = start(b, keys, "vb", "192.0.2.2", "192.0.2.1");
    await(logA, () -> count(logA, "UP ") == 1 && count(logB, "UP ") == 1);
    for (String text : List.of(OLD + NEW, NEW + OLD, NEW)) {
      replace(keys, text);
      TimeUnit.MILLISECONDS.sleep(2_500);
    }
    long pid = started.getFirst().pid();
    run("kill -STOP " + pid);
    TimeUnit.MILLISECONDS.sleep(120);
    run("kill -CONT " + pid);
    TimeUnit.MILLISECONDS.sleep(1_000);
    assertEquals(0, count(logA, "DOWN ") + count(logB, "DOWN "), () -> text(logA) + text(logB));
  }

  @Test
  void aLongPauseOfOursIsNoDeathOfTheirs() throws Exception {
    Path logA = start(a, null, "va", "192.0.2.1", "192.0.2.2");
    Path logB = start(b, null, "vb", "192.0.2.2", "192.0.2.1");
    await(logA, () -> count(logA, "UP ") == 1 && count(logB, "UP ") == 1);
    long pid = started.getFirst().pid();
    run("kill -STOP " + pid);
    TimeUnit.MILLISECONDS.sleep(1_500);
    run("kill -CONT " + pid);
    await(logA, () -> count(logA, "UP ") == 2);
    assertEquals(0, count(logA, "DETECTION_TIME_EXPIRED"), () -> text(logA));
    assertTrue(count(logA, "NEIGHBOR_SIGNALED_DOWN") > 0, () -> text(logA));
  }

  private void replace(Path file, String text) throws IOException {
    Path fresh = Files.writeString(directory.resolve("fresh"), text);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private Path start(String namespace, @Nullable Path keys, String... sessions) throws IOException {
    Path output = directory.resolve("log-" + namespace);
    List<String> command =
        new ArrayList<>(
            List.of(
                "ip",
                "netns",
                "exec",
                namespace,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                LivenessPeer.class.getName(),
                keys == null ? "-" : keys.toString()));
    command.addAll(List.of(sessions));
    // `ip netns exec` becomes the program itself, so the process's number is Java's.
    started.add(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start());
    return output;
  }

  // Only our own lines: what is logged begins with the time.
  private static int count(Path log, String text) {
    return (int)
        text(log)
            .lines()
            .filter(line -> line.matches("(UP|DOWN|INIT|ADMIN_DOWN|cpu) .*"))
            .filter(line -> text.endsWith(" ") ? line.startsWith(text) : line.contains(text))
            .count();
  }

  private static String text(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void await(Path log, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, () -> "waited in vain: " + text(log));
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private static void run(String command) throws Exception {
    assertTrue(tried(command), command);
  }

  private static boolean tried(String command) throws Exception {
    return new ProcessBuilder(command.split(" "))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }
}
