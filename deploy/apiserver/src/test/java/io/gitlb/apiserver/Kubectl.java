// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs the real kubectl against one server, with a home of its own. The binary is the one that the
/// system property `gitlb.kubectl` names, else the one that `kubectl.sh` finds or installs.
final class Kubectl {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// A first installation downloads 37 MB.
  private static final Duration INSTALL_PATIENCE = Duration.ofMinutes(5);

  private final Path binary;
  private final Path home;

  private Kubectl(Path binary, Path home) {
    this.binary = binary;
    this.home = home;
  }

  /// @param home an empty folder; gets the kubeconfig
  static Kubectl of(ApiServer server, Path home) {
    server.writeKubeconfig(home.resolve("kubeconfig"));
    return new Kubectl(binary(), home);
  }

  private static Path binary() {
    String named = System.getProperty("gitlb.kubectl", "");
    if (!named.isEmpty()) {
      return Path.of(named);
    }
    Result found = finished(start(new ProcessBuilder("sh", "kubectl.sh")), INSTALL_PATIENCE);
    if (found.code() != 0) {
      throw new IllegalStateException("kubectl.sh: " + found.errors());
    }
    return Path.of(found.output().strip());
  }

  /// How a command ended.
  record Result(int code, String output, String errors) {

    String ok() {
      if (code != 0) {
        throw new AssertionError("kubectl exited with " + code + ": " + errors);
      }
      return output;
    }
  }

  /// Runs a command to its end.
  Result run(String... arguments) {
    return finished(begin(arguments), PATIENCE);
  }

  /// Starts a command that goes on by itself.
  Process begin(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(binary.toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("KUBECONFIG", home.resolve("kubeconfig").toString());
    builder.environment().put("HOME", home.toString());
    return start(builder);
  }

  /// Writes a manifest next to the kubeconfig.
  Path manifest(String yaml) {
    try {
      return Files.writeString(Files.createTempFile(home, "manifest", ".yaml"), yaml);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static Process start(ProcessBuilder builder) {
    try {
      return builder.start();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static Result finished(Process process, Duration patience) {
    StringBuilder errors = new StringBuilder();
    Thread drain = Thread.ofVirtual().start(() -> errors.append(text(process.getErrorStream())));
    Thread guard =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                      process.destroyForcibly();
                    }
                  } catch (InterruptedException over) {
                    process.destroyForcibly();
                  }
                });
    try {
      String output = text(process.getInputStream());
      drain.join();
      guard.join();
      return new Result(process.waitFor(), output, errors.toString());
    } catch (InterruptedException interrupted) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  private static String text(java.io.InputStream stream) {
    try (stream) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
