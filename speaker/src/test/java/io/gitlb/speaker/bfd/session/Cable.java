// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.speaker.NeedsRoot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Two namespaces with a cable between them: `va` with 192.0.2.1 and fe80::1, `vb` with 192.0.2.2
/// and fe80::2. Ends what was started in them.
final class Cable implements AutoCloseable {

  final String a;
  final String b;
  private final Path directory;
  private final List<Process> started = new ArrayList<>();

  private Cable(Path directory) {
    String suffix = Long.toString(ProcessHandle.current().pid());
    this.a = "bfd-a" + suffix;
    this.b = "bfd-b" + suffix;
    this.directory = directory;
  }

  /// Skips the test where we may not.
  ///
  /// @param directory for what the processes say
  static Cable lay(Path directory) throws IOException, InterruptedException {
    Cable cable = new Cable(directory);
    NeedsRoot.or(tried("ip netns add " + cable.a), "needs root to make namespaces");
    run("ip netns add " + cable.b);
    cable.connect();
    return cable;
  }

  void connect() throws IOException, InterruptedException {
    run("ip link add va netns " + a + " type veth peer name vb netns " + b);
    for (String[] end : new String[][] {{a, "va", "1"}, {b, "vb", "2"}}) {
      String ip = "ip -n " + end[0];
      run(ip + " addr add 192.0.2." + end[2] + "/24 dev " + end[1]);
      run(ip + " addr add fe80::" + end[2] + "/64 dev " + end[1] + " nodad");
      run(ip + " link set " + end[1] + " up");
    }
  }

  @Override
  public void close() {
    try {
      for (Process process : started.reversed()) {
        process.destroyForcibly().waitFor();
      }
      tried("ip netns del " + a);
      tried("ip netns del " + b);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Starts a class of the tests; answers where it writes.
  Path java(String namespace, Class<?> program, List<String> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
    command.addAll(arguments);
    return start(namespace, command);
  }

  /// `ip netns exec` becomes the program itself, so the process's number is the program's.
  Path start(String namespace, List<String> program) throws IOException {
    Path output = directory.resolve("log-" + namespace + "-" + started.size());
    List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    command.addAll(program);
    started.add(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start());
    return output;
  }

  /// The number of what was started first.
  long firstPid() {
    return started.getFirst().pid();
  }

  // Only the programs' own lines: what is logged begins with the time.
  static int count(Path log, String text) {
    return (int)
        text(log)
            .lines()
            .filter(line -> line.matches("(UP|DOWN|INIT|ADMIN_DOWN|cpu) .*"))
            .filter(line -> text.endsWith(" ") ? line.startsWith(text) : line.contains(text))
            .count();
  }

  /// How many sessions are up by what was told last of each.
  static long up(Path log) {
    Map<String, String> states = new HashMap<>();
    text(log)
        .lines()
        .filter(line -> line.matches("(UP|DOWN|INIT|ADMIN_DOWN) \\S+ .*"))
        .map(line -> line.split(" ", 3))
        .forEach(words -> states.put(words[1], words[0]));
    return states.values().stream().filter(state -> state.equals("UP")).count();
  }

  static String text(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void await(Path log, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, () -> "waited in vain: " + text(log));
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  static void run(String command) throws IOException, InterruptedException {
    assertTrue(tried(command), command);
  }

  static boolean tried(String command) throws IOException, InterruptedException {
    return new ProcessBuilder(command.split(" "))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }
}
