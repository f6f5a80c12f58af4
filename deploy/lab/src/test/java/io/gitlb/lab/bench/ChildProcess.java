// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A process that the benchmark measures or needs; it ends with the benchmark.
final class ChildProcess implements AutoCloseable {

  /// What a main class of this package prints when it works.
  static final String READY = "READY";

  /// What `bin/gitlb` gives the reconciler; the bare client gets the same.
  private static final List<String> RECONCILER_OPTIONS =
      List.of("-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xms16m", "-Xmx192m");

  private static final List<String> SERVER_OPTIONS =
      List.of("-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xms1g", "-Xmx2g");

  private final String name;
  private final Process process;
  private final Path log;
  private final BufferedReader output;
  private final Writer input;

  private ChildProcess(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
    this.output = new BufferedReader(process.inputReader(StandardCharsets.UTF_8));
    this.input = process.outputWriter(StandardCharsets.UTF_8);
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
  }

  /// Starts any program; what it prints goes to `NAME.log`.
  static ChildProcess start(
      Path directory, String name, List<String> command, Map<String, String> environment) {
    Path log = directory.resolve(name + ".log");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    return start(name, builder, log);
  }

  /// Starts the stand-in, and waits until it serves.
  static ChildProcess server(Path directory, String name, Path kubeconfig) {
    return java(directory, name, BenchApiServer.class, SERVER_OPTIONS, kubeconfig);
  }

  /// Starts the bare client with the reconciler's options, and waits until it watches.
  static ChildProcess bareClient(Path directory, Path kubeconfig) {
    return java(directory, "bare-client", BareClient.class, RECONCILER_OPTIONS, kubeconfig);
  }

  private static ChildProcess java(
      Path directory, String name, Class<?> main, List<String> options, Path kubeconfig) {
    Path log = directory.resolve(name + ".log");
    List<String> command =
        new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString()));
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.add(kubeconfig.toString());
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
    ChildProcess child = start(name, builder, log);
    String first = child.readLine();
    if (!first.equals(READY)) {
      throw child.failure("said '" + first + "' instead of " + READY);
    }
    return child;
  }

  private static ChildProcess start(String name, ProcessBuilder builder, Path log) {
    try {
      return new ChildProcess(name, builder.start(), log);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + name, e);
    }
  }

  /// Says a line and hears one.
  String ask(String question) {
    try {
      input.write(question + "\n");
      input.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(name + " has ended", e);
    }
    return readLine();
  }

  private String readLine() {
    try {
      String line = output.readLine();
      if (line == null) {
        throw failure("has ended");
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Throws when the process is gone.
  void check() {
    if (!process.isAlive()) {
      throw failure("has ended with exit code " + process.exitValue());
    }
  }

  /// What to throw, with the last words of its log.
  IllegalStateException failure(String what) {
    String tail = "";
    try {
      List<String> lines = Files.readAllLines(log);
      tail = String.join("\n  ", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    } catch (IOException _) {
      // Then without its last words.
    }
    return new IllegalStateException(name + " " + what + "; its log ends with:\n  " + tail);
  }

  /// Processor time since its start, user and system.
  Duration cpu() {
    return process
        .info()
        .totalCpuDuration()
        .orElseThrow(() -> failure("does not tell its processor time"));
  }

  /// A line of `/proc/PID/status` in MiB; 0 where there is no such file.
  double memoryMiB(String field) {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    try {
      return Files.readAllLines(status).stream()
          .filter(line -> line.startsWith(field + ":"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException _) {
      return 0;
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
