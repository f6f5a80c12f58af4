// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// Everything temporary that one demo or one test makes: namespaces, cables, processes, routers,
/// files. It is all gone after [#close], which a shutdown hook calls when nobody else did.
public final class Sandbox implements AutoCloseable {

  private final String prefix =
      Owner.self().prefix()
          + "-"
          + Integer.toString(ThreadLocalRandom.current().nextInt(36 * 36 * 36 * 36), 36);
  private final Path scratch;
  private final Path logs;
  private final Thread shutdownHook = new Thread(this::close, "sandbox-shutdown");
  private final Deque<AutoCloseable> closeables = new ArrayDeque<>();
  private final List<String> namespaces = new ArrayList<>();
  private volatile boolean closed;

  private Sandbox(Optional<Path> logDirectory) {
    try {
      scratch =
          Files.createDirectory(Leftovers.scratchParent().resolve(prefix), Leftovers.ownerOnly());
      logs = Files.createDirectories(logDirectory.orElse(scratch.resolve("logs")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runtime.getRuntime().addShutdownHook(shutdownHook);
  }

  /// A sandbox whose log files are temporary too.
  public static Sandbox open() {
    return new Sandbox(Optional.empty());
  }

  /// A sandbox whose log files stay, in `logDirectory`.
  public static Sandbox open(Path logDirectory) {
    return new Sandbox(Optional.of(logDirectory));
  }

  /// Removes what killed runs of this user left behind: their processes, namespaces, router
  /// directories and scratch directories. What belongs to a process that still runs is not touched.
  ///
  /// @return one line for each thing that was removed
  public static List<String> sweep() {
    return Leftovers.sweep();
  }

  /// What every name of this sandbox begins with.
  public String prefix() {
    return prefix;
  }

  /// A directory for files that end with the sandbox, readable for our own user only.
  public Path scratch() {
    return scratch;
  }

  /// Where the log files of its processes are.
  public Path logs() {
    return logs;
  }

  /// The real machine. Processes started on it see its own network.
  public Host machine() {
    return new Host(this, "machine", Optional.empty());
  }

  /// A new host without any interface but loopback.
  ///
  /// @param name short and unique within the sandbox
  public Host host(String name) {
    String namespace = prefix + "-" + name;
    Commands.run(List.of("ip", "netns", "add", namespace)).orThrow();
    synchronized (this) {
      namespaces.add(namespace);
    }
    Host host = new Host(this, name, Optional.of(namespace));
    host.ip("link", "set", "lo", "up").orThrow();
    return host;
  }

  /// A new, empty layer-2 segment.
  public Segment segment(String name) {
    return new Segment(this, host(name));
  }

  /// Lays a cable between two hosts; both ends are up. An interface name has at most 15 characters.
  public void link(Host left, String leftInterface, Host right, String rightInterface) {
    List<String> command = new ArrayList<>(List.of("ip", "link", "add", leftInterface));
    left.namespace().ifPresent(name -> command.addAll(List.of("netns", name)));
    command.addAll(List.of("type", "veth", "peer", "name", rightInterface));
    right.namespace().ifPresent(name -> command.addAll(List.of("netns", name)));
    Commands.run(command).orThrow();
    left.ip("link", "set", leftInterface, "up").orThrow();
    right.ip("link", "set", rightInterface, "up").orThrow();
  }

  /// Has something closed with the sandbox, before its namespaces go; the newest first.
  public synchronized void closeLater(AutoCloseable closeable) {
    closeables.push(closeable);
  }

  synchronized RunningProcess start(
      String name, List<String> command, Map<String, String> environment) {
    if (closed) {
      throw new ClosedException();
    }
    Path log = logs.resolve(name + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      RunningProcess running = new RunningProcess(name, process, log);
      closeLater(running);
      Files.writeString(
          scratch.resolve(Leftovers.PROCESSES),
          running.identity().prefix() + "\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
      return running;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Whether it is being taken down, or is already gone.
  public boolean isClosing() {
    return closed;
  }

  /// Somebody wanted to start something in a sandbox that is being taken down.
  public static final class ClosedException extends RuntimeException {
    ClosedException() {
      super("the sandbox is closed");
    }
  }

  /// Ends its processes and removes everything. Goes on after a failure, and a second call does
  /// nothing.
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    while (!closeables.isEmpty()) {
      try {
        closeables.pop().close();
      } catch (Exception e) {
        System.err.println("clean-up: " + e.getMessage());
      }
    }
    namespaces.forEach(Leftovers::removeNamespace);
    Leftovers.removeTree(scratch);
    try {
      Runtime.getRuntime().removeShutdownHook(shutdownHook);
    } catch (IllegalStateException _) {
      // The process is already ending; the hook finds nothing left to do.
    }
  }
}
