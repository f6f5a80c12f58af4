// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.speaker.NeedsRoot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that answers, a client whose kernel and tools judge, and between them a bridge that
/// passes multicast only to who takes part in the group. Needs root, `ip`, `arping` and `ndisc6`.
@Tag("alone")
final class WireNamespaceTest {

  private static final String V4 = "192.0.2.100";
  private static final String V6 = "2001:db8::b0a:1";
  private static final String MAC = "02:00:5e:00:53:01";

  @TempDir Path directory;

  private final String suffix = Long.toString(ProcessHandle.current().pid());
  private final String node = "wire-n" + suffix;
  private final String client = "wire-c" + suffix;
  private final String network = "wire-s" + suffix;
  private final List<Process> started = new ArrayList<>();

  @BeforeEach
  void layCables() throws Exception {
    NeedsRoot.or(run("ip netns add " + node).code() == 0, "needs root to make namespaces");
    NeedsRoot.or(
        run("ndisc6 --version").code() == 0 && run("arping -V").code() == 0, "needs tools");
    ok("ip netns add " + client);
    ok("ip netns add " + network);
    ok("ip -n " + network + " link add br0 type bridge mcast_snooping 1 mcast_querier 1");
    ok("ip -n " + network + " link set br0 up");
    attach(node, "n0", MAC, "1");
    attach(client, "c0", "02:00:5e:00:53:02", "2");
  }

  private void attach(String host, String port, String mac, String last) throws Exception {
    ok("ip link add eth0 netns " + host + " type veth peer name " + port + " netns " + network);
    ok("ip -n " + host + " link set eth0 address " + mac);
    ok("ip -n " + host + " addr add 192.0.2." + last + "/24 dev eth0");
    ok("ip -n " + host + " addr add 2001:db8::" + last + "/64 dev eth0 nodad");
    ok("ip -n " + network + " link set " + port + " master br0 up");
    ok("ip -n " + host + " link set eth0 up");
  }

  @AfterEach
  void remove() throws Exception {
    for (Process process : started) {
      process.destroyForcibly().waitFor();
    }
    for (String name : List.of(node, client, network)) {
      run("ip netns del " + name);
    }
  }

  @Test
  void toolsAndTheKernelsOwnResolutionAreAnsweredInBothFamilies() throws Exception {
    Path log = start(V4, V6);
    await(log, () -> text(log).contains("OPENED eth0"));
    // The group has to be known to the bridge, and duplicate detection of the client to be over.
    await(log, () -> inClient("ndisc6 -1 -r 1 -w 500 " + V6 + " eth0").text().contains(upper()));
    Ran arping = inClient("arping -c 2 -w 3 -I eth0 " + V4);
    assertTrue(arping.text().toLowerCase(Locale.ROOT).contains(MAC), arping::toString);
    Ran detection = inClient("arping -D -c 2 -w 3 -I eth0 " + V4);
    assertEquals(1, detection.code(), () -> "taken: " + detection);
    for (String address : List.of(V4, V6)) {
      // Has the kernel resolve the address, as for a first packet.
      ok("ip -n " + client + " neigh replace " + address + " dev eth0 nud none");
      ok("ip -n " + client + " neigh replace " + address + " dev eth0 use");
      await(log, () -> inClient("ip neigh show " + address).text().contains(MAC));
      // The kernel looks whether we are still there, by a request to us alone, without an option.
      inClient("ip neigh change " + address + " dev eth0 lladdr " + MAC + " nud probe");
      await(log, () -> inClient("ip neigh show " + address).text().contains("REACHABLE"));
    }
    Ran own = inClient("ip addr add " + V6 + "/64 dev eth0");
    assertEquals(0, own.code());
    await(log, () -> inClient("ip addr show dev eth0").text().contains("dadfailed"));
    assertTrue(text(log).contains("kind=PROBE"), () -> text(log));
  }

  @Test
  void anInterfaceThatGoesAndComesIsNoticedAndJoinedAnew() throws Exception {
    Path log = start(V4, V6);
    await(log, () -> text(log).contains("OPENED eth0"));
    long start = System.nanoTime();
    ok("ip -n " + network + " link set n0 down");
    await(log, () -> text(log).contains("CLOSED eth0"));
    long noticed = (System.nanoTime() - start) / 1_000_000;
    assertTrue(noticed < 1_000, "a pulled cable was noticed after " + noticed + " ms");
    ok("ip -n " + network + " link del n0");
    attach(node, "n1", MAC, "1");
    await(log, () -> text(log).split("OPENED eth0", -1).length == 3);
    await(log, () -> inClient("ndisc6 -1 -r 1 -w 500 " + V6 + " eth0").text().contains(upper()));
  }

  @Test
  void settingsOfTheKernelThatWorkAgainstUsAreFoundAndSeenToBeOver() throws Exception {
    ok("ip -n " + node + " link set lo up");
    ok("ip -n " + node + " addr add " + V4 + "/32 dev lo");
    ok("ip netns exec " + node + " sysctl -q -w net.ipv4.ip_forward=1");
    ok("ip netns exec " + node + " sysctl -q -w net.ipv4.conf.eth0.proxy_arp=1");
    Path log = start(V4);
    await(log, () -> text(log).contains("FOUND KernelFinding[code=GLB6011, interfaceName=eth0"));
    await(log, () -> text(log).contains("FOUND KernelFinding[code=GLB6012"));
    assertTrue(text(log).contains(V4 + " is on lo"), () -> text(log));
    ok("ip netns exec " + node + " sysctl -q -w net.ipv4.conf.all.arp_ignore=1");
    await(log, () -> text(log).contains("OVER KernelFinding[code=GLB6011"));
    ok("ip -n " + node + " addr add " + V4 + "/32 dev eth0");
    ok("ip -n " + node + " addr del " + V4 + "/32 dev lo");
    await(log, () -> text(log).contains("FOUND KernelFinding[code=GLB6015"));
  }

  @Test
  void fiveThousandGroupsAreJoined() throws Exception {
    String[] addresses = new String[5_000];
    for (int i = 0; i < addresses.length; i++) {
      addresses[i] = "2001:db8::1:" + Integer.toHexString(i + 1);
    }
    Path log = start(addresses);
    await(log, () -> text(log).contains("OPENED eth0"));
    assertTrue(text(log).contains("JOINED all"), () -> text(log));
    assertTrue(
        inNode("ip maddr show dev eth0").text().contains("ff02::1:ff01:1388"), "the last one");
  }

  private static String upper() {
    return MAC.toUpperCase(Locale.ROOT);
  }

  private Path start(String... arguments) throws IOException {
    Path log = directory.resolve("log");
    List<String> command =
        new ArrayList<>(
            List.of(
                "ip",
                "netns",
                "exec",
                node,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                WirePeer.class.getName()));
    command.addAll(List.of(arguments));
    started.add(
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start());
    return log;
  }

  /// What a command said.
  private record Ran(int code, String text) {}

  private Ran inClient(String command) {
    return run("ip netns exec " + client + " " + command);
  }

  private Ran inNode(String command) {
    return run("ip netns exec " + node + " " + command);
  }

  private static void ok(String command) {
    Ran ran = run(command);
    assertEquals(0, ran.code(), () -> command + ": " + ran.text());
  }

  private static Ran run(String command) {
    try {
      Process process = new ProcessBuilder(command.split(" ")).redirectErrorStream(true).start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(process.waitFor(20, TimeUnit.SECONDS), command);
      return new Ran(process.exitValue(), text);
    } catch (IOException e) {
      return new Ran(127, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(command, e);
    }
  }

  private static String text(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static void await(Path log, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, () -> "not so after 20 s; the peer says: " + text(log));
      Thread.sleep(20);
    }
  }
}
