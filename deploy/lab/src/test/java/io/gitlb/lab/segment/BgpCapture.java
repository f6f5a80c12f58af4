// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.demo.net.Host;
import io.gitlb.demo.net.Poll;
import io.gitlb.demo.net.RunningProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// What passes by a host on BGP's port, captured by tcpdump with the kernel's time.
public final class BgpCapture {

  private static final Duration LIMIT = Duration.ofSeconds(10);

  /// What tcpdump itself takes.
  private static final int WHOLE = 262_144;

  private final Path file;
  private final RunningProcess process;

  private BgpCapture(Path file, RunningProcess process) {
    this.file = file;
    this.process = process;
  }

  /// Begins.
  ///
  /// @param file where to; a new one for each capture
  /// @param filter of tcpdump, beside that for the port; may be empty
  public static BgpCapture start(Host host, Path file, String filter) {
    return start(host, file, filter, WHOLE);
  }

  /// The same for frames that are known to be short: there is room for many more of them in the
  /// kernel.
  ///
  /// @param octets that no frame is longer than
  public static BgpCapture startShort(Host host, Path file, int octets) {
    return start(host, file, "", octets);
  }

  private static BgpCapture start(Host host, Path file, String filter, int octets) {
    RunningProcess process =
        host.start(
            file.getFileName().toString(),
            List.of(
                "tcpdump",
                "-Z",
                "root",
                "-U",
                "-B",
                "16384",
                "--immediate-mode",
                "-s",
                String.valueOf(octets),
                "--time-stamp-precision=nano",
                "-i",
                LabNode.LAN,
                "-w",
                file.toString(),
                "tcp port 179" + (filter.isEmpty() ? "" : " and " + filter)),
            Map.of());
    if (Poll.until(LIMIT, process::output, said -> said.contains("listening on"))
        instanceof Poll.TimedOut<?> _) {
      throw new IllegalStateException("tcpdump does not begin: " + process.output());
    }
    return new BgpCapture(file, process);
  }

  /// Ends the capture and reads it.
  ///
  /// @return every whole message, by time
  /// @throws IllegalStateException when the kernel had no room for some frames
  public List<BgpMessage> stop() {
    process.stop();
    if (!process.output().contains("\n0 packets dropped by kernel")) {
      throw new IllegalStateException("tcpdump missed frames: " + process.output());
    }
    return read();
  }

  /// What was captured so far.
  public List<BgpMessage> read() {
    try {
      return BgpStreams.read(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
