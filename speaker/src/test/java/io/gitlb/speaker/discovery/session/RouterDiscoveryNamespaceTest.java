// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.discovery.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.speaker.NeedsRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two namespaces with a cable between them, and one of us in each.
final class RouterDiscoveryNamespaceTest {

  private final String a = "ra-a" + ProcessHandle.current().pid();
  private final String b = "ra-b" + ProcessHandle.current().pid();
  private final List<Process> started = new ArrayList<>();

  @TempDir private Path directory;

  @BeforeEach
  void layCable() throws Exception {
    NeedsRoot.or(tried("ip netns add " + a), "needs root to make namespaces");
    assertTrue(tried("ip netns add " + b));
    connect();
  }

  private void connect() throws Exception {
    assertTrue(tried("ip link add va netns " + a + " type veth peer name vb netns " + b));
    for (String[] end : new String[][] {{a, "va", "1"}, {b, "vb", "2"}}) {
      String ip = "ip -n " + end[0];
      // No address of the kernel's own making: there is one way to be found.
      assertTrue(tried(ip + " link set " + end[1] + " addrgenmode none"));
      assertTrue(tried(ip + " addr add fe80::" + end[2] + "/64 dev " + end[1] + " nodad"));
      assertTrue(tried(ip + " link set " + end[1] + " up"));
    }
  }

  @AfterEach
  void cleanUp() throws Exception {
    for (Process process : started) {
      process.destroyForcibly().waitFor();
    }
    tried("ip netns del " + a);
    tried("ip netns del " + b);
  }

  @Test
  void bothEndsFindEachOtherAlsoOnAnInterfaceThatCameBack() throws Exception {
    Path one = start(a, "va", "gone0");
    Path other = start(b, "vb");
    await(one, () -> text(one).contains("FOUND fe80::2 on va"));
    await(other, () -> text(other).contains("FOUND fe80::1 on vb"));
    assertTrue(text(one).contains("IMPEDED gone0: there is no such interface"), text(one));
    assertEquals(0, count(one, "FOUND fe80::1"), "it found itself");

    assertTrue(tried("ip -n " + a + " link del va"));
    connect();
    assertTrue(tried("ip -n " + b + " addr del fe80::2/64 dev vb"));
    assertTrue(tried("ip -n " + b + " addr add fe80::22/64 dev vb nodad"));

    await(one, () -> text(one).contains("FOUND fe80::22 on va"));
    assertEquals(1, count(other, "FOUND"), () -> text(other));
  }

  /// What comes from behind a router has a lower hop limit.
  @Test
  void whatIsNotOfThisLinkIsNotHeard() throws Exception {
    Path one = start(a, "va");
    // The cable is in service a moment after it is laid.
    await(one, () -> advertised(254));
    TimeUnit.MILLISECONDS.sleep(1_500);
    assertTrue(advertised(254));
    TimeUnit.MILLISECONDS.sleep(500);
    assertFalse(text(one).contains("FOUND"), () -> text(one));
    await(
        one,
        () -> {
          assertTrue(advertised(255));
          return text(one).contains("FOUND fe80::2 on va");
        });
  }

  /// Whether a stranger at the other end has sent an advertisement with that hop limit.
  private boolean advertised(int hopLimit) {
    return succeeds(java(b, AdvertisementSender.class, "vb", Integer.toString(hopLimit)));
  }

  private Path start(String namespace, String... interfaces) throws IOException {
    Path output = directory.resolve("log-" + namespace);
    started.add(
        new ProcessBuilder(java(namespace, DiscoveryPeer.class, interfaces))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start());
    return output;
  }

  private static List<String> java(String namespace, Class<?> main, String... arguments) {
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
                main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  private static void await(Path output, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, () -> "in vain: " + text(output));
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private static String text(Path output) {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static long count(Path output, String part) {
    return text(output).lines().filter(line -> line.contains(part)).count();
  }

  private static boolean tried(String command) {
    return succeeds(List.of(command.split(" ", -1)));
  }

  private static boolean succeeds(List<String> command) {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
